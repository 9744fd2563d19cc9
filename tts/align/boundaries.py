"""Measure how far an aligner's phone boundaries are from known ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# Thresholds in seconds of the shares that are published for aligners.
WITHIN = (0.01, 0.02, 0.05)


@dataclass(frozen=True)
class BoundaryScore:
    """Hold statistics of boundary errors, in seconds.

    Attributes: count; mean and median of the absolute error; bias, the mean with its sign
    (positive: too late); within, the share below each of WITHIN.
    """

    count: int
    mean: float
    median: float
    bias: float
    within: tuple[float, ...]


def boundary_errors(
    edges: Sequence[tuple[float, int, int]], durations: Sequence[int], frames_per_second: float
) -> np.ndarray:
    """Return the seconds by which each boundary is late (negative: early).

    Args:
      edges: as in tts.align.phone_matching.Matching: true time, framed token before and after,
        -1 for a pause.
      durations: frames of the framed tokens.

    Between two phones stand blanks or a space: their middle is the boundary. Next to a pause
    they count as pause.
    """
    ends = np.cumsum(durations)
    errors = []
    for time, left, right in edges:
        end = ends[left] if left >= 0 else None
        start = ends[right] - durations[right] if right >= 0 else None
        sides = [side for side in (end, start) if side is not None]
        errors.append(sum(sides) / len(sides) / frames_per_second - time)
    return np.array(errors)


def score_boundaries(errors: np.ndarray) -> BoundaryScore:
    """Compute statistics of signed errors in seconds. Raises: ValueError where there are none."""
    if not len(errors):
        raise ValueError("no boundary to compare")
    size = np.abs(errors)
    within = tuple(float((size < limit).mean()) for limit in WITHIN)
    return BoundaryScore(
        len(errors), float(size.mean()), float(np.median(size)), float(errors.mean()), within
    )


def equal_shares(num_framed: int, num_frames: int) -> list[int]:
    """Give every token, blanks left out, the same length: what an aligner has to beat."""
    spoken = max(1, num_framed // 2)
    ends = np.floor(np.arange(1, spoken + 1) * num_frames / spoken + 0.5).astype(np.int64)
    durations = np.zeros(num_framed, dtype=np.int64)
    durations[1::2][:spoken] = np.diff(np.concatenate([[0], ends]))
    durations[0] += num_frames - durations.sum()
    return durations.tolist()
