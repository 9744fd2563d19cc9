"""Compute the cepstrum of a mel, and distances between frames in decibels."""

from __future__ import annotations

import math

import numpy as np

NUM_COEFFICIENTS = 13
# 10 / ln 10 * sqrt(2 * sum of squares), Kubichek 1993.
DECIBELS = 10 / math.log(10) * math.sqrt(2)


def mel_cepstrum(mel_TF: np.ndarray, num_coefficients: int = NUM_COEFFICIENTS) -> np.ndarray:
    """Compute cepstral coefficients 1..num_coefficients (T, C) of a natural-log amplitude mel.

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
    """Compute the distance in dB (T, U) of every frame of one cepstrum from every frame of another.

    Kubichek, "Mel-cepstral distance measure for objective speech quality assessment", 1993.
    """
    squares_TU = np.zeros((len(a_TC), len(b_UC)))
    # Differences, not the expanded square: equal frames must be at distance 0 exactly.
    for a_T, b_U in zip(a_TC.T, b_UC.T, strict=True):
        squares_TU += np.subtract.outer(a_T, b_U) ** 2
    return DECIBELS * np.sqrt(squares_TU)
