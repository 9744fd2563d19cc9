"""The harmonic vocoder: pitch of known signals, pulses, the envelope it begins with, chunks."""

from __future__ import annotations

import dataclasses
import itertools

import pytest
import torch
import torch.nn.functional as F

from tts.errors import InputError
from tts.mel import MelConfig
from tts.vocoders.harmonic import NOISE_FRAMES, Harmonic, HarmonicConfig, power_of
from tts.vocoders.pitch import PitchConfig, PitchPredictor, track_pitch
from tts.vocoders.spectra import LogMel, margins
from tts.vocoders.stream import stream

MEL = MelConfig()
SMALL = HarmonicConfig(channels=16, num_layers=2, pitch=PitchConfig(channels=8, num_layers=2))


def network(config: HarmonicConfig = SMALL) -> Harmonic:
    torch.manual_seed(0)
    return Harmonic(config, MEL).eval().requires_grad_(False)


def noise_alone() -> Harmonic:
    """A network whose gains of noise are 1 and whose pulses are silent."""
    model = network()
    torch.nn.init.zeros_(model.head.out.weight)
    bias = model.head.out.bias.view(SMALL.split, 3, -1)
    bias[:, 0] = -30.0
    return model


def with_margins(samples_BS: torch.Tensor) -> torch.Tensor:
    return F.pad(samples_BS, margins(MEL))


def tone(f0: float, seconds: float = 0.5) -> torch.Tensor:
    """Eight harmonics of F0 with falling strength, (1, S)."""
    time = torch.arange(int(seconds * MEL.sample_rate) // 256 * 256) / MEL.sample_rate
    cosines = (torch.cos(2 * torch.pi * k * f0 * time + k) / k for k in range(1, 9))
    return 0.1 * sum(cosines)[None]


@pytest.mark.parametrize("f0", [71.3, 110.0, 205.7, 441.0])
def test_pitch_of_tones(f0):
    found, voiced = track_pitch(with_margins(tone(f0)), MEL, PitchConfig())
    inside = slice(3, -3)
    assert voiced[0, inside].all()
    torch.testing.assert_close(
        found[0, inside], torch.full_like(found[0, inside], f0), rtol=0.01, atol=0
    )


def test_noise_and_silence_are_unvoiced():
    torch.manual_seed(0)
    for samples in (0.1 * torch.randn(1, 12800), torch.zeros(1, 12800), 1e-5 * tone(200.0)):
        assert track_pitch(with_margins(samples), MEL, PitchConfig())[1].float().mean() < 0.05


def test_the_predictor_learns_the_pitch_it_is_told():
    torch.manual_seed(0)
    predictor = PitchPredictor(MEL.n_mels, PitchConfig(channels=32, num_layers=1))
    log_mel, pitches = LogMel(MEL), [90.0, 130.0, 180.0, 260.0]
    mel_BTF = torch.cat([log_mel(tone(f0))[:, 3:-3] for f0 in pitches])
    f0_BT = torch.tensor(pitches)[:, None].expand(mel_BTF.shape[:2])
    voiced_BT = torch.ones_like(f0_BT, dtype=torch.bool)
    adam = torch.optim.Adam(predictor.parameters(), lr=3e-3)
    for _ in range(200):
        adam.zero_grad()
        predictor.loss(mel_BTF, f0_BT, voiced_BT).backward()
        adam.step()
    torch.testing.assert_close(predictor(mel_BTF), f0_BT, rtol=0.02, atol=0)


def test_pulses_have_all_harmonics_and_the_power_of_noise():
    model = network()
    f0_BTS = model._f0_of_samples(torch.full((1, 86), 441.0))
    pulses = model.source(f0_BTS, model._marks(f0_BTS))[0, :22000]  # 440 periods
    assert float(pulses.square().mean()) == pytest.approx(24 * 2 * 441 / 22050, rel=1e-3)
    spectrum = torch.fft.rfft(pulses * torch.hann_window(len(pulses))).abs()
    harmonics = spectrum[440:11000:440]
    assert harmonics.min() > 0.99 * harmonics.max() and spectrum[660] < 1e-3 * spectrum[440]


def test_untrained_it_has_the_envelope_of_the_mel():
    """With gains of 1, noise alone, a mel of coloured noise comes back within its own variation."""
    model = noise_alone()
    white = torch.randn(1, 51200, generator=torch.Generator().manual_seed(1))
    coloured = 0.1 * (white[:, 1:] + 0.9 * white[:, :-1])
    log_mel = LogMel(MEL)
    mel_BTF = log_mel(coloured[:, : 199 * 256])
    found_BTF = log_mel(model(mel_BTF))
    difference = (found_BTF - mel_BTF)[:, 4:-4].mean(1)[0]
    assert difference.abs().max() < 0.35 and difference.mean().abs() < 0.1


def test_the_same_mel_has_the_same_samples():
    model, mel_BTF = network(), torch.randn(1, 40, MEL.n_mels) - 5
    assert torch.equal(model(mel_BTF), model(mel_BTF))


@pytest.mark.parametrize("cuts", [(7, 50, 51), (1, 2, 99), (64,)])
def test_chunks_with_their_marks_are_the_whole(cuts):
    model, mel_BTF = network(), torch.randn(1, 100, MEL.n_mels) - 5
    whole = model(mel_BTF)
    both = torch.cat([mel_BTF.double(), model.marks(mel_BTF)], dim=2)
    ends = [0, *cuts, 100]
    chunks = [both[:, a:b] for a, b in itertools.pairwise(ends)]

    def speak(part):
        return model(part[..., :-2].float(), part[..., -2:])

    parts = list(stream(speak, chunks, model.context, MEL.hop_length, torch.cat))
    torch.testing.assert_close(torch.cat(parts, 1), whole, atol=1e-5, rtol=0)


def test_teaching_uses_the_recordings_pitch():
    model = network().requires_grad_(True)
    samples = tone(150.0)
    (made, heard), losses = model.teach(LogMel(MEL)(samples), with_margins(samples))
    assert made.shape == heard.shape == samples.shape and not made.equal(heard)
    assert set(losses) == {"pitch_loss"}
    (made.square().mean() + sum(losses.values())).backward()
    assert all(p.grad is not None for p in model.parameters())


def test_where_a_recording_has_no_pitch_the_predicted_one_is_taught():
    """As when the vocoder speaks: an arbitrary one would teach other pulses."""
    model = network()
    noise_BS = 0.1 * torch.randn(1, 12800, generator=torch.Generator().manual_seed(1))
    mel_BTF = LogMel(MEL)(noise_BS)
    assert not track_pitch(with_margins(noise_BS), MEL, PitchConfig())[1].any()
    torch.manual_seed(0)
    (filtered_BS, _), _ = model.teach(mel_BTF, with_margins(noise_BS))
    torch.manual_seed(0)
    marks_BT2 = model.marks(mel_BTF)
    marks_BT2[..., 1:] += torch.randint(NOISE_FRAMES, (1, 1, 1))
    expected_BS = model._samples(model._filtered(mel_BTF, model.pitch(mel_BTF), marks_BT2)[0])
    torch.testing.assert_close(filtered_BS, expected_BS)


def test_what_is_heard_has_the_magnitudes_that_are_meant():
    """Of noise: their spread about the mean falls; filtered noise has that of random numbers."""
    model = noise_alone()
    mel_BTF = LogMel(MEL)(0.1 * torch.randn(1, 51200, generator=torch.Generator().manual_seed(1)))
    mixed, power = model._filtered(mel_BTF, model.pitch(mel_BTF), None)
    spreads = [
        (power_of(spectrum)[:, 1:-1, 8:-8] / power[:, 1:-1, 8:-8]).clamp(min=1e-9).log().std()
        for spectrum in (mixed, model._calm(mixed, power))
    ]
    assert spreads[0] > 1.1 and spreads[1] < 0.1
    samples = model._samples(model._calm(mixed, power))
    torch.testing.assert_close(model(mel_BTF), samples)


def test_impossible_sizes():
    with pytest.raises(InputError, match="f0_min 20"):
        Harmonic(HarmonicConfig(pitch=PitchConfig(f0_min=20.0)), MEL)
    with pytest.raises(InputError, match="f0_max 8000"):
        Harmonic(HarmonicConfig(pitch=PitchConfig(f0_max=8000.0)), MEL)
    with pytest.raises(InputError, match="f0_min 700"):
        PitchConfig(f0_min=700.0)
    with pytest.raises(InputError, match="kernel_size odd"):
        PitchConfig(kernel_size=4)
    with pytest.raises(InputError, match="split 3 does not divide"):
        Harmonic(dataclasses.replace(SMALL, split=3), MEL)


def test_autocast_does_not_round_the_signal():
    model, samples_BS = network(), tone(200.0)
    mel_BTF = LogMel(MEL)(samples_BS)
    # So that the filters are those of the mel's envelope, whatever the precision of hidden layers.
    model.head.out.weight.zero_()

    def heard() -> torch.Tensor:
        torch.manual_seed(0)
        return model.teach(mel_BTF, with_margins(samples_BS))[0][-1]

    expected_BS = heard()
    with torch.autocast("cpu", torch.bfloat16):
        rounded_BS = heard()
    torch.testing.assert_close(rounded_BS, expected_BS, atol=1e-6, rtol=1e-5)
