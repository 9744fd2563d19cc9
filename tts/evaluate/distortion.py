"""Measure distances of mels: mel-cepstral distortion and mean absolute difference."""

from __future__ import annotations

import numpy as np

from tts.evaluate.utterance import Comparison


def mel_cepstral_distortion(comparison: Comparison) -> float:
    """Measure the mel-cepstral distortion of the waveforms in dB: 10/ln 10 * sqrt(2 * sum over m =
    1..13 of squared differences of the mel cepstrum c_m), where log_mel(f) = c_0 + sum of c_m
    cos(pi m (f + 1/2) / F) is the natural-log amplitude mel over F bins. c_0 is left out, silences
    count; mean over the pairs of frames. Figures from cepstra of another analysis or scale (SPTK,
    WORLD, orthonormal DCT) differ.
    """
    return float(comparison.heard.distance_P.mean())


def model_distortion(comparison: Comparison) -> float | None:
    """Measure the same distortion between the mel as the model made it, before any vocoder, and the
    recording's.
    """
    pairs = comparison.modelled
    return None if pairs is None else float(pairs.distance_P.mean())


def model_mel_l1(comparison: Comparison) -> float | None:
    """Measure the mean absolute difference of the natural-log mels, before any vocoder, over the
    same pairs as the distortion before the vocoder.
    """
    pairs = comparison.modelled
    if pairs is None:
        return None
    mel = comparison.spoken.model_mel_TF[pairs.spoken_P].astype(np.float64)
    return float(np.abs(mel - comparison.recorded.mel_TF[pairs.recorded_P]).mean())
