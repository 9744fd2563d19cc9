"""Resampling keeps what fits below the new Nyquist frequency and removes the rest."""

from __future__ import annotations

import numpy as np
import pytest

from tts.features.resample import resample


@pytest.mark.parametrize("from_rate", [48000, 44100, 16000])
@pytest.mark.parametrize("frequency", [100, 1000, 6000])
def test_resampling_keeps_tones_in_place(from_rate, frequency):
    n = np.arange(from_rate // 2)
    out = resample(np.sin(2 * np.pi * frequency * n / from_rate), from_rate, 22050)
    assert out.dtype == np.float32 and len(out) == int(len(n) * 22050 / from_rate + 0.5)
    m = np.arange(1000, len(out) - 1000)
    expected = np.sin(2 * np.pi * frequency * m / 22050)
    assert np.abs(out[1000:-1000] - expected).max() < 1e-4


def test_resampling_removes_what_would_fold_back():
    n = np.arange(48000)
    for frequency in (11100, 13000, 20000):
        out = resample(np.sin(2 * np.pi * frequency * n / 48000), 48000, 22050)
        assert np.sqrt(np.mean(out[1000:-1000] ** 2)) < 1e-4  # -80 dB


@pytest.mark.parametrize("samples", [0, 1, 2, 319, 320, 321, 20000])
def test_any_length(samples):
    out = resample(np.full(samples, 0.5, dtype=np.float32), 48000, 22050)
    assert len(out) == int(samples * 22050 / 48000 + 0.5)
    assert np.isfinite(out).all() and np.abs(out).max(initial=0) < 0.6


def test_equals_scipys_polyphase_filter():
    signal = pytest.importorskip("scipy.signal")
    samples = np.random.default_rng(0).normal(0, 0.1, 30000)
    smooth = signal.sosfilt(signal.butter(8, 0.3, output="sos"), samples)
    expected = signal.resample_poly(smooth, 147, 320, window=("kaiser", 9.0))
    out = resample(smooth, 48000, 22050)
    assert np.abs(out[200:-200] - expected[200 : len(out) - 200]).max() < 2e-3


def test_the_same_rate_returns_the_same_samples():
    samples = np.random.default_rng(0).normal(0, 0.1, 100).astype(np.float32)
    np.testing.assert_array_equal(resample(samples, 22050, 22050), samples)
