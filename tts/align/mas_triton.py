"""Search alignments with one Triton kernel; import it only where triton is installed."""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor

MOST_TOKENS = 4096


@triton.jit(do_not_specialize=["num_tokens", "num_frames"])
def _search(
    log_p, advanced, durations, token_lens, frame_lens,
    stride_b, stride_l, stride_t, num_tokens, num_frames,
    BLOCK: tl.constexpr,
):  # fmt: skip
    """Search one utterance a program, one token a lane; frames one after another.

    `best` holds the best sum of each token so far. What came from the token before is noted
    in `advanced` (B, T, L), int8, which the same program reads on its way back.
    """
    row = tl.program_id(0).to(tl.int64)
    token = tl.arange(0, BLOCK)
    inside = token < num_tokens
    neighbour = tl.maximum(token - 1, 0)
    tokens = tl.load(token_lens + row).to(tl.int32)
    frames = tl.load(frame_lens + row).to(tl.int32)
    column = log_p + row * stride_b + token * stride_l
    notes = advanced + row * num_frames * num_tokens
    lowest = float("-inf")
    first = tl.load(column, mask=inside, other=lowest).to(tl.float32)
    best = tl.where(token == 0, first, lowest)
    for frame in range(1, frames):
        column += stride_t
        score = tl.load(column, mask=inside, other=lowest)
        before = tl.where(token == 0, lowest, tl.gather(best, neighbour, 0))
        advance = (before > best) | (token == frame)
        tl.store(notes + frame * num_tokens + token, advance.to(tl.int8), mask=inside)
        best = tl.maximum(before, best) + score.to(tl.float32)
    tl.debug_barrier()  # the notes of all lanes are read by each of them
    place = tokens - 1
    count = 0
    for step in range(1, frames):
        frame = frames - step
        count += 1
        moved = tl.load(notes + frame * num_tokens + place).to(tl.int32)
        moved = tl.where(place > 0, moved, 0)
        if moved != 0:
            tl.store(durations + row * num_tokens + place, count)
            count = 0
        place -= moved
    tl.store(durations + row * num_tokens + place, count + 1)


def durations_by_triton(log_p_BLT: Tensor, token_lens: Tensor, frame_lens: Tensor) -> Tensor:
    """Search as `tts.align.mas.maximum_path` does, in one launch; at most MOST_TOKENS tokens.

    Rows with fewer frames than tokens have no path; they get durations that mean nothing.
    """
    log_p_BLT = log_p_BLT.detach()
    rows, num_tokens, num_frames = log_p_BLT.shape
    advanced = torch.empty(
        (rows, num_frames, num_tokens), dtype=torch.int8, device=log_p_BLT.device
    )
    durations_BL = torch.zeros((rows, num_tokens), dtype=torch.int64, device=log_p_BLT.device)
    block = max(32, triton.next_power_of_2(num_tokens))
    # Triton launches on the current device, which need not be the one of the tensors.
    with torch.cuda.device_of(log_p_BLT):
        _search[(rows,)](
            log_p_BLT, advanced, durations_BL, token_lens, frame_lens,
            *log_p_BLT.stride(), num_tokens, num_frames,
            BLOCK=block, num_warps=min(8, max(1, block // 64)),
        )  # fmt: skip
    return durations_BL
