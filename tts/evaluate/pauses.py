"""Find silence inside words, which listeners hear as stumbling."""

from __future__ import annotations

import numpy as np

from tts.evaluate.intelligibility import Errors
from tts.evaluate.utterance import SystemUtterance

QUIET_DB = -40.0  # below the loudest frame of the utterance
LEAST_SECONDS = 0.08
# The blank after a word's last token belongs to it, and the next word may begin a little early.
END_SECONDS = 0.05
_FRAME_SECONDS = 0.01


def pauses_in_words(utterance: SystemUtterance) -> Errors | None:
    """Count words with a pause inside: more than 80 ms at least 40 dB below the utterance's loudest
    10 ms, with sound of the same word before and after, per words of which the times are known:
    texts (--texts) spoken by PyTorch or ONNX Runtime.
    """
    if not utterance.word_spans:
        return None
    step = round(_FRAME_SECONDS * utterance.mel.sample_rate)
    samples = utterance.samples_S[: len(utterance.samples_S) // step * step]
    power_N = (samples.astype(np.float64).reshape(-1, step) ** 2).mean(axis=1)
    loud_N = power_N > power_N.max() * 10 ** (QUIET_DB / 10)
    broken = sum(
        _longest_gap(
            loud_N[round(start / _FRAME_SECONDS) : round((end - END_SECONDS) / _FRAME_SECONDS)]
        )
        > round(LEAST_SECONDS / _FRAME_SECONDS)
        for start, end in utterance.word_spans
    )
    return Errors(broken, len(utterance.word_spans))


def _longest_gap(loud_N: np.ndarray) -> int:
    """Return the most frames in a row that are not loud, between two that are."""
    places = np.flatnonzero(loud_N)
    return int(np.diff(places).max()) - 1 if len(places) > 1 else 0
