"""Search alignments with torch's own operations: any device, nothing read back by the host."""

from __future__ import annotations

import torch
from torch import Tensor


def durations_by_torch(log_p_BLT: Tensor, token_lens: Tensor, frame_lens: Tensor) -> Tensor:
    """Search as `tts.align.mas.maximum_path` does, all rows at once, frame by frame.

    The host only queues work: it never waits for a value. Rows with fewer frames than tokens
    have no path; they get durations that sum to their frames and mean nothing.
    """
    log_p_TBL = log_p_BLT.detach().float().permute(2, 0, 1).contiguous()
    advanced_TBL = _advances(log_p_TBL)
    token_BT = _trace_back(advanced_TBL, token_lens, frame_lens)
    frame_T = torch.arange(token_BT.shape[1], device=token_BT.device)
    real_BT = (frame_T < frame_lens[:, None]).to(torch.int64)
    durations_BL = real_BT.new_zeros(log_p_TBL.shape[1:])
    return durations_BL.scatter_add_(1, token_BT, real_BT)


def _advances(log_p_TBL: Tensor) -> Tensor:
    """Return int8 (T, B, L): 1 where the best path to (token, frame) comes from the token before.

    A tie is not an advance: the path then stays on its token, seen from the end.
    """
    num_frames, rows, num_tokens = log_p_TBL.shape
    advanced_TBL = torch.empty(log_p_TBL.shape, dtype=torch.int8, device=log_p_TBL.device)
    # Best sums of the frames so far; the first column stands for "before the first token".
    before, after = (
        torch.full((rows, num_tokens + 1), -torch.inf, device=log_p_TBL.device) for _ in range(2)
    )
    before[:, 1] = log_p_TBL[0, :, 0]
    advanced_TBL[0] = 0
    for frame in range(1, num_frames):
        stay, advance = before[:, 1:], before[:, :-1]
        torch.gt(advance, stay, out=advanced_TBL[frame])
        torch.maximum(advance, stay, out=after[:, 1:])
        after[:, 1:] += log_p_TBL[frame]
        before, after = after, before
    # Token n cannot be reached by staying before frame n + 1, whatever the numbers are.
    token_L = torch.arange(num_tokens, device=log_p_TBL.device)
    frame_T = torch.arange(num_frames, device=log_p_TBL.device)
    first_TL = (token_L == frame_T[:, None]) & (token_L > 0)
    return advanced_TBL.bitwise_or_(first_TL[:, None].to(torch.int8))


def _trace_back(advanced_TBL: Tensor, token_lens: Tensor, frame_lens: Tensor) -> Tensor:
    """Return int64 (B, T): each frame's token on the best path; past the end the last one."""
    num_frames, rows, _ = advanced_TBL.shape
    frame_T = torch.arange(num_frames, device=advanced_TBL.device)
    advanced_TBL *= (frame_T[:, None] < frame_lens)[:, :, None]
    advanced_TBL[:, :, 0] = 0
    token_TB = torch.empty((num_frames, rows), dtype=torch.int64, device=advanced_TBL.device)
    token_TB[-1] = token_lens - 1
    for frame in range(num_frames - 1, 0, -1):
        token_B = token_TB[frame]
        moved_B = advanced_TBL[frame].gather(1, token_B[:, None])[:, 0]
        torch.sub(token_B, moved_B, out=token_TB[frame - 1])
    return token_TB.t()
