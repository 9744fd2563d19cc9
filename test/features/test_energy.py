"""Energy against its definition, on the mel's frames."""

from __future__ import annotations

import numpy as np
import pytest

from tts.features.energy import energy
from tts.features.mel import log_mel
from tts.mel import MelConfig


def test_is_the_norm_of_the_magnitude_spectrum():
    config, random = MelConfig(), np.random.RandomState(0)
    samples = (0.1 * random.standard_normal(256 * 20 + 157)).astype(np.float32)
    margin = (config.n_fft - config.hop_length) // 2
    padded = np.pad(samples.astype(np.float64), margin, mode="reflect")
    window = np.hanning(config.n_fft + 1)[:-1]
    found = energy(samples, config)
    assert found.dtype == np.float32 and len(found) == len(log_mel(samples, config)) == 21
    for frame in range(20):
        start = frame * config.hop_length
        spectrum = np.fft.rfft(padded[start : start + config.n_fft] * window)
        assert found[frame] == pytest.approx(np.linalg.norm(np.abs(spectrum)), rel=1e-4)
    assert found[20] == found[19]


@pytest.mark.parametrize("samples", [0, 1, 100, 128, 257])
def test_as_many_frames_as_the_mel(samples):
    wave = np.full(samples, 0.1, dtype=np.float32)
    assert len(energy(wave, MelConfig())) == len(log_mel(wave, MelConfig()))
