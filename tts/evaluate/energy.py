"""Measure the error of the frames' energy."""

from __future__ import annotations

import numpy as np

from tts.evaluate.utterance import Comparison


def energy_mae(comparison: Comparison) -> float:
    """Measure the mean absolute difference over the pairs of the frames' energy, the L2 norm of the
    magnitude spectrum (Ren et al. 2021, table 4, who pair frame by frame, and state no scale).
    """
    pairs = comparison.heard
    spoken = comparison.spoken.energy_T[pairs.spoken_P].astype(np.float64)
    return float(np.abs(spoken - comparison.recorded.energy_T[pairs.recorded_P]).mean())


def energy_mae_deviations(comparison: Comparison) -> float | None:
    """Measure the same in standard deviations of the recording's energy, so that the loudness of a
    corpus does not matter; unknown where that is constant.
    """
    deviation = float(comparison.recorded.energy_T.astype(np.float64).std())
    return energy_mae(comparison) / deviation if deviation > 0 else None
