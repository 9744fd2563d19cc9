"""Measure F0: moments of its distribution, distance of contours, errors along the pairs."""

from __future__ import annotations

import math

import numpy as np

from tts.evaluate.utterance import Comparison
from tts.evaluate.warping import dtw


def _standardised(f0_V: np.ndarray) -> np.ndarray | None:
    """Scale voiced F0 to mean 0 and deviation 1; None where it does not vary."""
    deviation = f0_V.std() if len(f0_V) else 0.0
    return (f0_V - f0_V.mean()) / deviation if deviation > 0 else None


def f0_sigma(f0_V: np.ndarray) -> float | None:
    """Measure the standard deviation of F0 in Hz over the voiced frames; in the table of systems
    over those of all utterances together. To be near the recordings' (Ren et al. 2021, table 3).
    """
    return float(f0_V.std()) if len(f0_V) else None


def f0_skewness(f0_V: np.ndarray) -> float | None:
    """Measure the skewness of F0 over the same frames: the third moment of the standardised values,
    above 0 with a long tail of high pitch. To be near the recordings'.
    """
    values = _standardised(f0_V)
    return None if values is None else float((values**3).mean())


def f0_kurtosis(f0_V: np.ndarray) -> float | None:
    """Measure the excess kurtosis of F0 over the same frames: the fourth moment of the standardised
    values less 3, which is a normal distribution's. To be near the recordings'.
    """
    values = _standardised(f0_V)
    return None if values is None else float((values**4).mean() - 3)


def contour_distance(f0_V: np.ndarray, recorded_W: np.ndarray) -> float | None:
    """Measure the mean absolute difference in Hz of two contours of voiced frames along the warping
    path on which it is least in sum; None where one has no voiced frame.
    """
    if not len(f0_V) or not len(recorded_W):
        return None
    cost_VW = np.abs(np.subtract.outer(f0_V, recorded_W))
    row_P, column_P = dtw(cost_VW).T
    return float(cost_VW[row_P, column_P].mean())


def f0_dtw(comparison: Comparison) -> float | None:
    """Measure the distance in Hz of the F0 contours by dynamic time warping: the voiced frames of
    both, the absolute difference as cost, mean along the path (Ren et al. 2021, table 3; its DTW
    has no closer definition). Known only where both are voiced somewhere.
    """
    spoken, recorded = comparison.spoken.f0_T, comparison.recorded.f0_T
    return contour_distance(spoken[spoken > 0], recorded[recorded > 0])


def log_f0_rmse(comparison: Comparison) -> float | None:
    """Measure the root mean square of the difference of natural log F0 over the pairs of frames
    that are voiced in both; 0.058 is a semitone.
    """
    spoken, recorded = _paired(comparison)
    both = (spoken > 0) & (recorded > 0)
    if not both.any():
        return None
    return math.sqrt(float((np.log(spoken[both] / recorded[both]) ** 2).mean()))


def voicing_error(comparison: Comparison) -> float:
    """Count the pairs of frames, in percent, of which one is voiced and the other is not."""
    spoken, recorded = _paired(comparison)
    return 100 * float(((spoken > 0) != (recorded > 0)).mean())


def _paired(comparison: Comparison) -> tuple[np.ndarray, np.ndarray]:
    """Return F0 of both, pair by pair."""
    pairs = comparison.heard
    return comparison.spoken.f0_T[pairs.spoken_P], comparison.recorded.f0_T[pairs.recorded_P]
