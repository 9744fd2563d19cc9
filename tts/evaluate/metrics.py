"""Distances between a spoken mel and the recording's, along one time alignment."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np

from tts.errors import InputError

NUM_COEFFICIENTS = 13
# 10 / ln 10 * sqrt(2 * sum of squares), Kubichek 1993.
DECIBELS = 10 / math.log(10) * math.sqrt(2)
# What a warping path may do: both a frame on, the first alone, the second alone.
STEPS = ((1, 1), (1, 0), (0, 1))


def mel_cepstrum(mel_TF: np.ndarray, num_coefficients: int = NUM_COEFFICIENTS) -> np.ndarray:
    """Cepstral coefficients 1..num_coefficients (T, C) of a natural-log amplitude mel.

    They are the c_m of the cosine series log_mel(f) = c_0 + sum over m of
    c_m cos(pi m (f + 1/2) / F), so c_m = 2/F * (DCT-II of the mel at m). With this scale, and
    no other, `DECIBELS` gives decibels: over all F - 1 coefficients the distance of two frames
    is the standard deviation over the bins of their difference in dB. c_0, the loudness, is
    left out.
    """
    bins = mel_TF.shape[1]
    order_C = np.arange(1, num_coefficients + 1)
    cosine_FC = np.cos(np.pi / bins * np.outer(np.arange(bins) + 0.5, order_C))
    return mel_TF.astype(np.float64) @ cosine_FC * (2 / bins)


def cepstral_distance(a_TC: np.ndarray, b_UC: np.ndarray) -> np.ndarray:
    """Distance in dB (T, U) of every frame of one cepstrum from every frame of another.

    Kubichek, "Mel-cepstral distance measure for objective speech quality assessment", 1993.
    """
    squares_TU = np.zeros((len(a_TC), len(b_UC)))
    # Differences, not the expanded square: equal frames must be at distance 0 exactly.
    for a_T, b_U in zip(a_TC.T, b_UC.T, strict=True):
        squares_TU += np.subtract.outer(a_T, b_U) ** 2
    return DECIBELS * np.sqrt(squares_TU)


def dtw(cost_TU: np.ndarray) -> np.ndarray:
    """The cheapest monotonic path through a matrix of costs, from corner to corner.

    Steps (1, 1), (1, 0) and (0, 1) weigh the same (Sakoe and Chiba 1978, without slope
    constraint); of equally cheap paths the shortest counts, so that the mean cost along the
    path does not change when the matrix is transposed.

    Args:
      cost_TU: costs of at least 0, at least one row and one column.

    Returns: int64 (P, 2), the rows and columns that the path visits.
    """
    num_rows, num_columns = cost_TU.shape
    num_diagonals = num_rows + num_columns - 1
    flat = np.ascontiguousarray(cost_TU, dtype=np.float64).ravel()
    moves = np.zeros((num_diagonals, num_rows), dtype=np.int8)
    # Of the last two diagonals, total cost and length of the path to each row; row i stands in
    # column i + 1, and what lies outside of the matrix is infinitely far.
    outside = np.full((2, num_rows + 1), np.inf)
    last, before_last = outside.copy(), outside
    last[:, 1] = flat[0], 1
    for diagonal in range(1, num_diagonals):
        low, high = max(0, diagonal - num_columns + 1), min(num_rows, diagonal + 1)
        here, down = slice(low, high), slice(low + 1, high + 1)
        # In the order of STEPS.
        cost, length = np.stack((before_last[:, here], last[:, here], last[:, down]), axis=1)
        cheapest = cost.min(0)
        length = np.where(cost == cheapest, length, np.inf)
        moves[diagonal, here] = length.argmin(0)
        row = np.arange(low, high)
        now = outside.copy()
        now[0, down] = cheapest + flat[row * (num_columns - 1) + diagonal]
        now[1, down] = length.min(0) + 1
        last, before_last = now, last
    return _walk_back(moves, num_rows - 1, num_columns - 1)


def _walk_back(moves: np.ndarray, row: int, column: int) -> np.ndarray:
    """The path that ends at (row, column); moves (diagonal, row) are indices of STEPS."""
    path = [(row, column)]
    while row + column > 0:
        down, right = STEPS[moves[row + column, row]]
        row, column = row - down, column - right
        path.append((row, column))
    return np.array(path[::-1])


@dataclass(frozen=True)
class Comparison:
    """An utterance as spoken and as recorded.

    Attributes:
      mel_TF, recorded_UF: natural-log amplitude mels.
      frame_seconds: time from frame to frame.
      durations_L, recorded_durations_L: frames of each framed token, as spoken and as an
        aligner found them in the recording, where they are known.

    Raises: InputError when a mel is empty or the numbers of bins or of tokens differ.
    """

    mel_TF: np.ndarray
    recorded_UF: np.ndarray
    frame_seconds: float
    durations_L: np.ndarray | None = None
    recorded_durations_L: np.ndarray | None = None

    def __post_init__(self) -> None:
        spoken, recorded = self.mel_TF.shape, self.recorded_UF.shape
        if spoken[1:] != recorded[1:] or 0 in spoken + recorded:
            raise InputError(f"mels of shapes {spoken} and {recorded} cannot be compared")
        if self.has_durations and len(self.durations_L) != len(self.recorded_durations_L):
            raise InputError(
                f"durations of {len(self.durations_L)} and {len(self.recorded_durations_L)} "
                "tokens cannot be compared"
            )

    @property
    def has_durations(self) -> bool:
        """Whether the durations of both are known."""
        return self.durations_L is not None and self.recorded_durations_L is not None

    @functools.cached_property
    def distance_TU(self) -> np.ndarray:
        """Cepstral distance of all pairs of frames in dB."""
        return cepstral_distance(mel_cepstrum(self.mel_TF), mel_cepstrum(self.recorded_UF))

    @functools.cached_property
    def path(self) -> tuple[np.ndarray, np.ndarray]:
        """Spoken and recorded frames that belong together: `dtw` of the cepstral distance."""
        return tuple(dtw(self.distance_TU).T)


def mel_cepstral_distortion(comparison: Comparison) -> float:
    """Mean cepstral distance in dB along the path; silences count, c_0 does not."""
    return float(comparison.distance_TU[comparison.path].mean())


def mel_l1(comparison: Comparison) -> float:
    """Mean absolute difference of the natural-log mels along the same path."""
    spoken, recorded = comparison.path
    mel, wanted = comparison.mel_TF[spoken], comparison.recorded_UF[recorded]
    return float(np.abs(mel.astype(np.float64) - wanted).mean())


def length_error_ms(comparison: Comparison) -> float:
    """Absolute difference of the total lengths in milliseconds."""
    difference = abs(len(comparison.mel_TF) - len(comparison.recorded_UF))
    return 1000 * comparison.frame_seconds * difference


def length_error_percent(comparison: Comparison) -> float:
    """Absolute difference of the total lengths in percent of the recording's."""
    recorded = len(comparison.recorded_UF)
    return 100 * abs(len(comparison.mel_TF) - recorded) / recorded


def token_duration_error(comparison: Comparison) -> float | None:
    """Mean absolute difference of the durations in frames a token, blanks and marks included.

    None where the durations of one side are unknown.
    """
    if not comparison.has_durations:
        return None
    spoken = np.asarray(comparison.durations_L, dtype=np.float64)
    return float(np.abs(spoken - comparison.recorded_durations_L).mean())
