"""Monotonic alignment search: the best path of frames through tokens."""

from __future__ import annotations

import torch
from torch import Tensor


def maximum_path(log_p_BLT: Tensor, token_lens: Tensor, frame_lens: Tensor) -> Tensor:
    """Durations of the monotonic path with the greatest sum of log-likelihoods.

    The path starts at the first token and frame, ends at the last ones, and moves from one
    frame to the next by staying or by advancing one token (Kim et al. 2020, Glow-TTS,
    algorithm 1).

    Args:
      log_p_BLT: log-likelihood of each frame under each token, any device, any float type.
      token_lens: int64 (B,), real tokens of each row.
      frame_lens: int64 (B,), real frames of each row; at least as many as tokens.

    Returns: int64 durations (B, L) in frames on the same device; every real token has at
    least one, padding has 0, rows sum to `frame_lens`.
    Raises: ValueError when a row has fewer frames than tokens.
    """
    import numpy as np
    from monotonic_alignment_search import core

    tokens, frames = token_lens.cpu(), frame_lens.cpu()
    if bool((frames < tokens).any()):
        row = int((frames < tokens).nonzero()[0, 0])
        raise ValueError(
            f"row {row} has {int(frames[row])} frames for {int(tokens[row])} tokens: "
            "a monotonic path needs one frame for each token"
        )
    # The kernel adds up in place, so it gets a copy of its own.
    scores = log_p_BLT.detach().to("cpu", torch.float32, copy=True).contiguous().numpy()
    path = np.zeros(scores.shape, dtype=np.int32)
    core.maximum_path_c(
        path, scores, tokens.numpy().astype(np.int32), frames.numpy().astype(np.int32)
    )
    return torch.from_numpy(path.sum(2, dtype=np.int64)).to(log_p_BLT.device)


def expand_index(durations_BL: Tensor, num_frames: int | Tensor) -> Tensor:
    """The token of every frame: int64 (B, T).

    Frame n belongs to the first token whose cumulated duration exceeds n; frames past the
    end belong to the last token. Durations may be fractional (a length scale).
    """
    ends_BL = torch.cumsum(durations_BL, dim=1)
    frame_T = torch.arange(num_frames, device=durations_BL.device)
    index_BT = (ends_BL[:, :, None] <= frame_T).sum(1)
    return torch.clamp(index_BT, max=durations_BL.shape[1] - 1)
