"""The wavelet transform of contours: against a plain sum, its inverse, padding."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from tts.features.cwt import FRAME_SECONDS, NUM_SCALES, TAU_0, _kernels, cwt, inverse
from tts.mel import MelConfig


def contour(frames: int, seed: int) -> np.ndarray:
    """A declining phrase with accents and a little jitter, of mean 0 and deviation 1."""
    random = np.random.RandomState(seed)
    t = np.arange(frames) * FRAME_SECONDS
    values = -0.3 * t + 0.1 * np.cumsum(random.standard_normal(frames)) / math.sqrt(frames)
    for centre in random.uniform(0, t[-1], 1 + frames // 30):
        width, height = random.uniform(0.06, 0.3), random.uniform(-1, 1)
        values += height * np.exp(-(((t - centre) / width) ** 2))
    return (values - values.mean()) / values.std()


def direct(values: np.ndarray, frame_seconds: float) -> np.ndarray:
    """The transform's definition, frame by frame, up to the common gain."""
    result = np.zeros((len(values), NUM_SCALES))
    for i in range(1, NUM_SCALES + 1):
        tau = 2 ** (i + 1) * TAU_0
        for t in range(len(values)):
            total = 0.0
            for x, value in enumerate(values):
                u = (x - t) * frame_seconds / tau
                total += value * 2 / (3**0.5 * math.pi**0.25) * (1 - u * u) * math.exp(-u * u / 2)
            result[t, i - 1] = total * frame_seconds * tau**-0.5 * (i + 2.5) ** -2.5
    return result


@pytest.mark.parametrize("frame_seconds", [FRAME_SECONDS, 0.005])
def test_is_its_definition(frame_seconds):
    values = contour(90, 1)
    signal = torch.tensor(values, dtype=torch.float32)[None]
    found = cwt(signal, torch.ones(1, 90), frame_seconds)[0].numpy()
    wanted = direct(values, frame_seconds)
    gain = found[:, 4] @ wanted[:, 4] / (wanted[:, 4] @ wanted[:, 4])
    np.testing.assert_allclose(found, gain * wanted, atol=1e-5)


@pytest.mark.parametrize(("frames", "least"), [(40, 0.95), (300, 0.99), (900, 0.995)])
def test_inverse_returns_the_contour(frames, least):
    values = torch.tensor(np.stack([contour(frames, seed) for seed in range(5)])).float()
    back = inverse(cwt(values, torch.ones(5, frames)))
    for wanted, found in zip(values, back, strict=True):
        assert np.corrcoef(wanted, found)[0, 1] > least
        assert (wanted - found).std() < 2 * math.sqrt(1 - least)


def test_padding_changes_nothing():
    values = [torch.tensor(contour(frames, frames)).float() for frames in (37, 100, 411)]
    padded, mask = torch.full((3, 500), 7.0), torch.zeros(3, 500, dtype=torch.bool)
    for row, value in enumerate(values):
        padded[row, : len(value)], mask[row, : len(value)] = value, True
    together = cwt(padded, mask)
    assert together.shape == (3, 500, NUM_SCALES) and (together[~mask] == 0).all()
    for row, value in enumerate(values):
        alone = cwt(value[None], torch.ones(1, len(value)))[0]
        torch.testing.assert_close(together[row, : len(value)], alone, atol=2e-6, rtol=0)


def test_in_lower_precision_as_in_full():
    values = torch.tensor(contour(200, 3)).float()[None]
    mask = torch.ones(1, 200)
    with torch.autocast("cpu", torch.bfloat16):
        found = cwt(values, mask)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, cwt(values, mask))


def test_kernels_of_all_lengths_are_parts_of_a_few():
    """No length of a batch makes new ones, or copies any to the device."""
    cpu = torch.device("cpu")
    _kernels.cache_clear()
    for length in (*range(100, 900, 7), 1500, 2000):
        cwt(torch.randn(1, length), torch.ones(1, length))
    assert _kernels.cache_info().misses == 2
    long = _kernels(1024, FRAME_SECONDS, cpu)
    for length in (1, 37, 411, 1024):
        own = _kernels(length, FRAME_SECONDS, cpu)
        assert torch.equal(long[:, 1024 - length : 1023 + length], own)
    assert _kernels(1024, FRAME_SECONDS, torch.device("meta")).device.type == "meta"


def test_frame_length_is_that_of_the_mel():
    assert MelConfig().frame_seconds == FRAME_SECONDS
    assert MelConfig(sample_rate=24000, hop_length=300).frame_seconds == 0.0125
