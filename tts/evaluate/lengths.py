"""Measure errors of timing: of whole utterances and of their tokens."""

from __future__ import annotations

import numpy as np

from tts.evaluate.utterance import Comparison, SystemUtterance


def _frames(utterance: SystemUtterance) -> int:
    """Count the frames as the model made them, else those of the waveform."""
    return len(utterance.mel_TF if utterance.model_mel_TF is None else utterance.model_mel_TF)


def length_error_ms(comparison: Comparison) -> float:
    """Measure the absolute difference of the total lengths, in milliseconds, counted in frames."""
    return comparison.frame_ms * abs(_frames(comparison.spoken) - _frames(comparison.recorded))


def length_error_percent(comparison: Comparison) -> float:
    """Measure the same difference in percent of the length of the recording."""
    recorded = _frames(comparison.recorded)
    return 100 * abs(_frames(comparison.spoken) - recorded) / recorded


def token_duration_error(comparison: Comparison) -> float | None:
    """Measure the mean absolute difference of the durations in frames a token, blanks and marks
    included, against an alignment of the recording: that of the stage `align` where there is one,
    else the voice's own.
    """
    if not comparison.has_durations:
        return None
    spoken = np.asarray(comparison.spoken.durations_L, dtype=np.float64)
    return float(np.abs(spoken - comparison.recorded_durations_L).mean())


def duration_error_ms(comparison: Comparison) -> float | None:
    """Measure the mean absolute difference of the durations in milliseconds a token, each blank's
    frames given to the token before it, so that models with and without blanks can be compared;
    against the same alignment.
    """
    if not comparison.has_durations or comparison.blanks_L is None:
        return None
    spoken, recorded = (
        without_blanks(durations_L, comparison.blanks_L)
        for durations_L in (comparison.spoken.durations_L, comparison.recorded_durations_L)
    )
    return comparison.frame_ms * float(np.abs(spoken - recorded).mean())


def without_blanks(durations_L: np.ndarray, blanks_L: np.ndarray) -> np.ndarray:
    """Return durations of the tokens alone: a blank's frames go to the token before it, a first
    blank stays itself. The sum stays the same.
    """
    starts = ~np.asarray(blanks_L, dtype=bool)
    starts[:1] = True
    return np.add.reduceat(np.asarray(durations_L, dtype=np.float64), np.flatnonzero(starts))
