"""Search monotonic alignments: the best path of frames through tokens."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable

import torch
from torch import Tensor

# Scores (B, L, T) and how many tokens and frames are real: durations (B, L), as `maximum_path`.
Search = Callable[[Tensor, Tensor, Tensor], Tensor]


def maximum_path(log_p_BLT: Tensor, token_lens: Tensor, frame_lens: Tensor) -> Tensor:
    """Return the durations of the monotonic path with the greatest sum of log-likelihoods.

    The path starts at the first token and frame, ends at the last ones, and moves from one
    frame to the next by staying or by advancing one token (Kim et al. 2020, Glow-TTS,
    algorithm 1). Of paths with equal sums it is the one that, seen from the end, stays on its
    token as long as it can: of two equal ways to reach (token, frame), the one through the
    same token. Sums are float32, frame by frame, so that every device finds the same path.

    Args:
      log_p_BLT: log-likelihood of each frame under each token, any device, any float type.
      token_lens: int64 (B,), real tokens of each row.
      frame_lens: int64 (B,), real frames of each row; at least as many as tokens.

    Returns: int64 durations (B, L) in frames on the same device; every real token has at
    least one, padding has 0, rows sum to `frame_lens`.
    Raises: ValueError when a row has fewer frames than tokens; on the CPU only, since
    elsewhere looking would mean waiting for the device. Such a row gets meaningless durations.
    """
    if log_p_BLT.device.type == "cpu":
        return durations_on_cpu(log_p_BLT, token_lens, frame_lens)
    on_device = _search_for(log_p_BLT.device, log_p_BLT.shape[1])
    return on_device(log_p_BLT, token_lens, frame_lens)


def durations_on_cpu(log_p_BLT: Tensor, token_lens: Tensor, frame_lens: Tensor) -> Tensor:
    """Search as `maximum_path` does, with the wheel monotonic-alignment-search."""
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


def _search_for(
    device: torch.device, num_tokens: int
) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
    """Choose the Triton kernel on CUDA where it can run, else torch's own operations."""
    from tts.align.mas_torch import durations_by_torch

    if device.type == "cuda" and triton_works(device):
        from tts.align.mas_triton import MOST_TOKENS, durations_by_triton

        if num_tokens <= MOST_TOKENS:
            return durations_by_triton
    return durations_by_torch


@functools.cache
def triton_works(device: torch.device) -> bool:
    """Try the Triton kernel on one utterance of two frames, once for each device.

    Triton compiles at the first launch and needs a C compiler and the headers of Python for its
    launcher: that it can be imported says nothing. A failure is logged, once.
    """
    lens = torch.ones(1, dtype=torch.int64, device=device)
    try:
        from tts.align.mas_triton import durations_by_triton

        found = durations_by_triton(torch.zeros(1, 1, 2, device=device), lens, 2 * lens)
        if int(found) == 2:
            return True
        reason = f"it found {int(found)} frames where there are 2"
    except Exception as error:  # of Triton, its compiler and the driver, which share no class
        lines = str(error).strip().splitlines() or [""]
        reason = f"{type(error).__name__}: {lines[-1][:200]}"
    logging.getLogger(__name__).warning(
        f"alignment search on {device} runs without Triton, more slowly ({reason}); its kernel "
        "needs the package triton 3.2 or newer and a C compiler (CC, gcc or clang)"
    )
    return False


def cumulative_sum(x_BN: Tensor) -> Tensor:
    """Add up along the rows of (B, N), as torch.cumsum(x_BN, 1) does on the CPU.

    On CUDA torch has no deterministic cumsum of floats; integers have one. With deterministic
    algorithms asked for, floats are multiplied by a triangle of ones instead. Like the CPU's
    cumsum that sums in double precision and rounds once, so results are the same.
    """
    if not x_BN.is_floating_point() or not torch.are_deterministic_algorithms_enabled():
        return torch.cumsum(x_BN, dim=1)
    size = x_BN.shape[1]
    ones_NN = torch.ones(size, size, dtype=torch.float64, device=x_BN.device).triu_()
    return (x_BN.double() @ ones_NN).to(x_BN.dtype)


def expand_index(durations_BL: Tensor, num_frames: int | Tensor) -> Tensor:
    """Return the token of every frame: int64 (B, T).

    Frame n belongs to the first token whose cumulated duration exceeds n; frames past the
    end belong to the last token. Durations may be fractional (a length scale).
    """
    ends_BL = cumulative_sum(durations_BL)
    frame_T = torch.arange(num_frames, device=durations_BL.device)
    index_BT = (ends_BL[:, :, None] <= frame_T).sum(1)
    return torch.clamp(index_BT, max=durations_BL.shape[1] - 1)
