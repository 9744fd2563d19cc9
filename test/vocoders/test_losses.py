"""Vocoder losses against values worked out by hand or by other code."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from tts.features.mel import log_mel
from tts.mel import MelConfig
from tts.vocoders.losses import (
    MelDistance,
    PhaseDistance,
    SpectralDistance,
    discriminator_loss,
    feature_loss,
    generator_loss,
)


def judged(*scores: list[float]) -> list:
    """Sub-discriminators whose two layers' features are the scores and their doubles."""
    return [(torch.tensor([s]), [torch.tensor(s), 2 * torch.tensor(s)]) for s in scores]


REAL, MADE = judged([0.5, 2.0], [1.0]), judged([0.0, -2.0], [0.5])


@pytest.mark.parametrize(
    "kind, mean, of_discriminator, of_generator",
    [
        # (1-.5)^2, (1-2)^2 -> .625; 0, 4 -> 2; second: 0 and .25.
        ("least_squares", False, 0.625 + 2.0 + 0.0 + 0.25, (1 + 9) / 2 + 0.25),
        ("least_squares", True, (0.625 + 2.0 + 0.25) / 2, (5 + 0.25) / 2),
        # relu(1-.5)=.5, 0 -> .25; relu(1+0)=1, 0 -> .5; second: 0 and 1.5.
        ("hinge", False, 0.25 + 0.5 + 0.0 + 1.5, (1 + 3) / 2 + 0.5),
        ("hinge", True, (0.75 + 1.5) / 2, (2 + 0.5) / 2),
    ],
)
def test_adversarial_losses(kind, mean, of_discriminator, of_generator):
    assert float(discriminator_loss(REAL, MADE, kind, mean)) == pytest.approx(of_discriminator)
    assert float(generator_loss(MADE, kind, mean)) == pytest.approx(of_generator)


def test_feature_loss():
    # First: (.5 + 4) / 2 = 2.25 and twice that; second: .5 and 1.
    assert float(feature_loss(REAL, MADE)) == pytest.approx(2.25 + 4.5 + 0.5 + 1.0)
    assert float(feature_loss(REAL, MADE, mean=True)) == pytest.approx((3.375 + 0.75) / 2)


def test_feature_loss_teaches_the_generator_alone():
    real, made = torch.ones(3, requires_grad=True), torch.zeros(3, requires_grad=True)
    feature_loss([(real, [real * 2])], [(made, [made * 2])]).backward()
    assert real.grad is None and made.grad is not None


def signals(seed: int = 0, length: int = 256 * 40) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.RandomState(seed)
    pair = 0.1 * random.standard_normal((2, length))
    return tuple(pair.astype(np.float32))


def test_mel_distance_is_that_of_the_numpy_mel_up_to_the_nyquist_frequency():
    a, b = signals()
    mel = dataclasses.replace(MelConfig(), f_max=11025.0)
    wanted = np.abs(log_mel(a, mel) - log_mel(b, mel)).mean()
    found = MelDistance(MelConfig())(torch.from_numpy(a)[None], torch.from_numpy(b)[None])
    assert float(found) == pytest.approx(wanted, rel=1e-4)
    assert wanted != pytest.approx(
        np.abs(log_mel(a, MelConfig()) - log_mel(b, MelConfig())).mean(), rel=1e-3
    )


def test_spectral_distance_against_scipy():
    from scipy.signal import stft

    a, b = signals(1)
    wanted = []
    for size in (512, 1024, 2048):
        window = np.hanning(size + 1)[:-1]
        options = {"window": window, "nperseg": size, "noverlap": size * 3 // 4}
        options |= {"boundary": "even", "padded": False}
        made, real = (np.abs(stft(x, **options)[2]) * window.sum() for x in (a, b))
        convergence = np.linalg.norm(real - made) / np.linalg.norm(real)
        wanted.append(convergence + np.abs(np.log(real) - np.log(made)).mean())
    found = SpectralDistance()(torch.from_numpy(a)[None], torch.from_numpy(b)[None])
    assert float(found) == pytest.approx(np.mean(wanted), rel=2e-3)


def test_phase_distance_against_numpy_angles():
    """1 - cos of what the advance of phases differs by, weighted by both magnitudes' roots."""
    from scipy.signal import stft

    a, b = signals(2)
    wanted = []
    for size in (512, 1024, 2048):
        window = np.hanning(size + 1)[:-1]
        options = {"window": window, "nperseg": size, "noverlap": size * 7 // 8}
        options |= {"boundary": "even", "padded": False}
        made, real = (stft(x, **options)[2] for x in (a, b))
        for axis in (0, 1):
            turned = np.diff(np.angle(made), axis=axis) - np.diff(np.angle(real), axis=axis)
            first, second = (np.delete(np.abs(real), at, axis=axis) for at in (-1, 0))
            wanted.append(np.average(1 - np.cos(turned), weights=np.sqrt(first * second)))
    found = PhaseDistance()(torch.from_numpy(a)[None], torch.from_numpy(b)[None])
    assert float(found) == pytest.approx(np.mean(wanted), rel=2e-3)


def test_phase_distance_hears_what_the_others_do_not():
    """A chord whose tones begin elsewhere and drift: magnitudes stay, the course of phases not."""
    time = np.arange(22050) / 22050
    chord = sum(np.sin(2 * np.pi * f * time) for f in (200, 400, 600, 800))
    drifting = sum(np.sin(2 * np.pi * (f + 8) * time) for f in (200, 400, 600, 800))
    later = sum(np.sin(2 * np.pi * f * time + 1) for f in (200, 400, 600, 800))
    chord, drifting, later = (
        torch.from_numpy(0.1 * x.astype(np.float32))[None] for x in (chord, drifting, later)
    )
    distance = PhaseDistance()
    assert float(distance(later, chord)) < 0.2 * float(distance(drifting, chord))


def test_distances_of_a_signal_to_itself_are_0():
    a = torch.from_numpy(signals()[0])[None]
    assert float(PhaseDistance()(a, a)) == pytest.approx(0, abs=1e-6)
    assert float(MelDistance(MelConfig())(a, a)) == 0
    assert float(SpectralDistance()(a, a)) == 0
