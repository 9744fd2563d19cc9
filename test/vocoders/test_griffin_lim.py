"""Griffin-Lim: consistency with the mel, determinism, batches."""

import dataclasses

import numpy as np
import pytest
import torch

from tts.features.mel import log_mel
from tts.mel import MelConfig
from tts.vocoders import load_vocoder
from tts.vocoders.griffin_lim import GriffinLim

MEL = MelConfig()


def harmonic_mel(seconds=0.6, frequency=220.0, mel=MEL):
    """Log mel of a gliding harmonic tone with a decaying spectrum."""
    t = np.arange(int(seconds * mel.sample_rate)) / mel.sample_rate
    phase = 2 * np.pi * frequency * (t + 0.1 * t**2)
    samples = sum(0.3 / k * np.sin(k * phase) for k in range(1, 12))
    return torch.from_numpy(log_mel(samples.astype(np.float32), mel))


def relative_error(samples_S, mel_TF, mel=MEL):
    """Error of the magnitudes, away from the ends, relative to their sum."""
    again = torch.from_numpy(log_mel(samples_S.numpy(), mel)).exp()
    return float((again - mel_TF.exp())[3:-3].abs().sum() / mel_TF.exp()[3:-3].sum())


@pytest.mark.parametrize("hop_length", [256, 255])
def test_mel_of_the_result_is_the_mel_given(hop_length):
    mel = dataclasses.replace(MEL, hop_length=hop_length)
    mel_TF = harmonic_mel(mel=mel)
    samples_BS = load_vocoder(None, mel)(mel_TF[None])
    assert samples_BS.shape == (1, len(mel_TF) * hop_length)
    assert relative_error(samples_BS[0], mel_TF, mel) < 0.15  # 0.12; without iterations 0.33


def test_iterations_and_momentum_help():
    mel_TF = harmonic_mel()

    def inconsistency(num_iterations, momentum):
        vocoder = GriffinLim(MEL, num_iterations, momentum)
        magnitude = vocoder.magnitude(mel_TF[None])
        real, imag = vocoder.analysis(vocoder.reconstruct(magnitude))
        return float((torch.hypot(real, imag) - magnitude).norm() / magnitude.norm())

    assert inconsistency(32, 0.99) < inconsistency(32, 0.0) < inconsistency(2, 0.0)


def test_analysis_undoes_synthesis():
    vocoder = GriffinLim(MEL)
    signal_BS = torch.randn(2, 9 * MEL.hop_length + MEL.n_fft)
    again_BS = vocoder.synthesis(*vocoder.analysis(signal_BS))
    inner = slice(MEL.hop_length, -MEL.hop_length)
    torch.testing.assert_close(again_BS[:, inner], signal_BS[:, inner], atol=1e-4, rtol=1e-4)


def test_magnitude_is_non_negative_and_improves_on_the_pseudo_inverse():
    mel_BTF = harmonic_mel()[None]

    def error(num_updates):
        vocoder = GriffinLim(MEL, num_updates=num_updates)
        magnitude = vocoder.magnitude(mel_BTF)
        assert (magnitude >= 0).all()
        return float((magnitude @ vocoder.filters.T - mel_BTF.exp()).norm())

    assert error(8) < error(0)


def test_deterministic_and_rows_are_independent():
    vocoder = GriffinLim(MEL, num_iterations=4)
    first, second = harmonic_mel(), harmonic_mel(frequency=330.0)
    together = vocoder(torch.stack([first, second]))
    torch.testing.assert_close(together[:1], vocoder(first[None]), atol=1e-4, rtol=1e-3)
    assert torch.equal(together, vocoder(torch.stack([first, second])))
