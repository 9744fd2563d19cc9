"""WaveGlow: its equations, sizes, context, noise and denoiser."""

from __future__ import annotations

import math

import pytest
import torch

from tts.errors import InputError
from tts.mel import MelConfig
from tts.vocoders import seeded, vocode
from tts.vocoders.denoiser import Denoiser
from tts.vocoders.stream import stream
from tts.vocoders.waveglow import Waveglow, WaveglowConfig

SMALL_MEL = MelConfig(
    sample_rate=8000, n_fft=64, win_length=64, hop_length=16, n_mels=5, f_max=4000.0
)
TINY = WaveglowConfig(channels=8, num_layers=2, num_flows=6, early_every=2, denoiser=0.0)
LOUD = 0.3  # of the last layers: a flow far from doing nothing


def network(config: WaveglowConfig = TINY, mel: MelConfig = SMALL_MEL, seed: int = 0) -> Waveglow:
    """A network whose couplings and matrices are those of no special case."""
    torch.manual_seed(seed)
    model = Waveglow(config, mel).eval().requires_grad_(False)
    for coupling in model.WN:
        torch.nn.init.normal_(coupling.end.weight, std=LOUD)
    for mixing in model.convinv:
        mixing.conv.weight += 0.1 * torch.randn_like(mixing.conv.weight)
    return model


def examples(frames: int, mel: MelConfig = SMALL_MEL) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    mel_BTF = torch.randn(2, frames, mel.n_mels, generator=generator)
    return mel_BTF, 0.3 * torch.randn(2, frames * mel.hop_length, generator=generator)


@pytest.mark.parametrize(
    "channels, plain, normalised",
    [(512, 267_999_848, 268_294_760), (256, 87_731_816, 87_879_272), (64, 17_558_888, 17_595_752)],
)
def test_sizes_are_the_published_ones(channels, plain, normalised):
    """The published counts, 268.29, 87.88 and 17.60 million, are with weight norm."""
    with torch.device("meta"):
        model = Waveglow(WaveglowConfig(channels), MelConfig())
        assert sum(p.numel() for p in model.parameters()) == plain
        assert sum(p.numel() for p in model.trainable().parameters()) == normalised


@pytest.mark.parametrize("seed", range(3))
def test_inverse_and_forward_agree(seed):
    model = network(seed=seed)
    mel_BTF, samples_BS = examples(7)
    noise_BNG, _, _ = model.analyse(mel_BTF, samples_BS)
    assert (noise_BNG.flatten(1) - model.grouped(samples_BS).flatten(1)).abs().max() > 0.5
    mel_BCG = model.upsampled(mel_BTF)
    torch.testing.assert_close(model.inverse(noise_BNG, mel_BCG), samples_BS, atol=1e-4, rtol=0)
    again, _, _ = model.analyse(mel_BTF, model.inverse(noise_BNG, mel_BCG))
    torch.testing.assert_close(again, noise_BNG, atol=1e-4, rtol=0)
    speech = model.fold().inverse(noise_BNG, mel_BCG)  # with the matrices inverted once
    torch.testing.assert_close(speech, samples_BS, atol=1e-4, rtol=0)


def test_log_determinant_is_that_of_the_jacobian():
    model = network()
    mel_BTF, samples_BS = (given[:1] for given in examples(2))
    _, log_scale_B, log_det = model.analyse(mel_BTF, samples_BS)

    def noise(samples_S: torch.Tensor) -> torch.Tensor:
        return model.analyse(mel_BTF, samples_S[None])[0].flatten()

    jacobian = torch.autograd.functional.jacobian(noise, samples_BS[0])
    wanted = torch.linalg.slogdet(jacobian.double()).logabsdet
    assert abs(float(log_scale_B[0])) > 0.5 and abs(float(log_det)) > 0.1
    assert float(log_scale_B[0] + log_det) == pytest.approx(float(wanted), abs=1e-4)


def test_the_loss_of_a_case_worked_out_by_hand():
    """Groups of two: (a, b) -> (2 a, e^c 3 b + d), with c, d from a bias alone."""
    config = WaveglowConfig(
        channels=2, num_layers=1, num_flows=1, group_size=2, early_every=1, denoiser=0.0
    )
    model = network(config)
    model.convinv[0].conv.weight.copy_(torch.diag(torch.tensor([2.0, 3.0]))[..., None])
    model.WN[0].end.weight.zero_()
    model.WN[0].end.bias.copy_(torch.tensor([0.5, -0.25]))  # shift, log scale
    samples_BS = torch.zeros(1, 16)
    samples_BS[0, :4] = torch.tensor([0.1, 0.2, -0.3, 0.4])
    found = model.losses(torch.zeros(1, 1, 5), samples_BS)
    pairs = [(0.1, 0.2), (-0.3, 0.4), *[(0.0, 0.0)] * 6]
    squares = sum((2 * a) ** 2 + (math.exp(-0.25) * 3 * b + 0.5) ** 2 for a, b in pairs)
    assert float(found["noise_loss"]) == pytest.approx(squares / 2 / 16, rel=1e-5)
    assert float(found["scale_loss"]) == pytest.approx(0.25 * 8 / 16, rel=1e-5)
    assert float(found["mixing_loss"]) == pytest.approx(-math.log(6) * 8 / 16, rel=1e-5)
    wanted = squares / 32 + 0.125 - math.log(6) / 2
    assert float(found["tot_loss"]) == pytest.approx(wanted, rel=1e-5)


def test_the_loss_is_a_mean_over_rows():
    model = network()
    mel_BTF, samples_BS = examples(4)
    rows = [model.losses(mel_BTF[i : i + 1], samples_BS[i : i + 1])["tot_loss"] for i in range(2)]
    assert abs(float(rows[0] - rows[1])) > 1e-3
    assert float(model.losses(mel_BTF, samples_BS)["tot_loss"]) == pytest.approx(
        float(sum(rows)) / 2, abs=1e-5
    )


def test_training_begins_with_rotations():
    torch.manual_seed(2)
    model = Waveglow(TINY, SMALL_MEL).trainable()
    for mixing in model.convinv:
        matrix = mixing.conv.weight[..., 0]
        torch.testing.assert_close(matrix @ matrix.T, torch.eye(len(matrix)), atol=1e-5, rtol=0)
        assert float(torch.linalg.det(matrix.detach())) == pytest.approx(1, abs=1e-5)
    mel_BTF, samples_BS = examples(4)
    with torch.no_grad():
        found = model.losses(mel_BTF, samples_BS)
    assert float(found["noise_loss"]) == pytest.approx(float(samples_BS.square().mean()) / 2)
    assert float(found["scale_loss"]) == 0
    assert float(found["mixing_loss"]) == pytest.approx(0, abs=1e-5)


def test_early_outputs_are_the_first_channels_of_the_noise():
    """Of six steps, two channels leave before the third and two before the fifth."""
    assert [TINY.channels_of(flow) for flow in range(6)] == [8, 8, 6, 6, 4, 4]
    model = network()
    mel_BTF, samples_BS = examples(3)
    noise_BNG, _, _ = model.analyse(mel_BTF, samples_BS)
    for part in model.convinv[4].conv, model.WN[5].end:
        part.weight.mul_(1.5)  # steps after both
    changed, _, _ = model.analyse(mel_BTF, samples_BS)
    assert torch.equal(changed[:, :4], noise_BNG[:, :4])
    assert (changed[:, 4:] - noise_BNG[:, 4:]).abs().mean(dim=(0, 2)).min() > 1e-3


@pytest.mark.parametrize("denoiser", [0.0, 0.5])
def test_context_is_what_a_frame_sees(denoiser):
    config = WaveglowConfig(
        channels=8, num_layers=3, num_flows=4, early_every=2, denoiser=denoiser, sigma=0.5
    )
    model = network(config).fold()
    context, hop = model.context, SMALL_MEL.hop_length
    frame = context + 3
    mel_BTF = torch.randn(1, 2 * frame + 1, 5, requires_grad=True)
    generator = torch.Generator().manual_seed(0)
    model(mel_BTF, generator)[0, frame * hop : (frame + 1) * hop].square().sum().backward()
    (seen,) = torch.nonzero(mel_BTF.grad[0].abs().sum(1), as_tuple=True)
    assert frame - context <= int(seen[0]) and int(seen[-1]) <= frame + context
    assert context - (frame - int(seen[0])) <= 1  # not more latency than is needed


def test_context_of_the_published_sizes():
    with torch.device("meta"):
        assert Waveglow(WaveglowConfig(), MelConfig()).context == 103


def test_speech_in_chunks_is_speech_at_once():
    """Each frame keeps its noise: it travels beside the mel."""
    model = network(WaveglowConfig(channels=8, num_layers=2, num_flows=4, early_every=2)).fold()
    generator = torch.Generator().manual_seed(3)
    mel_BTF = torch.randn(1, 90, 5, generator=generator)
    noise_BTS = torch.randn(1, 90, 16, generator=generator)
    both_BTX = torch.cat([mel_BTF, noise_BTS], dim=2)

    def speak(some_BTX: torch.Tensor) -> torch.Tensor:
        return model(some_BTX[..., :5], noise_BTS=some_BTX[..., 5:])

    parts = list(stream(speak, both_BTX.split(13, dim=1), model.context, 16, torch.cat))
    assert len(parts) > 3
    whole = model(mel_BTF, noise_BTS=noise_BTS)
    torch.testing.assert_close(torch.cat(parts, 1), whole, atol=1e-5, rtol=0)


def test_noise_comes_from_the_generator_and_the_seed():
    model = network().fold()
    mel_BTF = torch.randn(1, 6, 5)
    state = torch.random.get_rng_state()
    first, again, other = (seeded(model, mel_BTF, seed) for seed in (1, 1, 2))
    assert torch.equal(torch.random.get_rng_state(), state)
    assert torch.equal(first, again) and not torch.allclose(first, other)
    assert (vocode(model, mel_BTF[0], seed=1) == first[0].clamp(-1, 1).numpy()).all()
    torch.manual_seed(5)
    by_torch = model(mel_BTF)
    torch.manual_seed(5)
    assert torch.equal(by_torch, model(mel_BTF))


def test_sigma_scales_the_noise():
    """With rotations alone, speech is the noise turned: its deviation is sigma."""
    config = WaveglowConfig(
        channels=4, num_layers=1, num_flows=4, early_every=2, sigma=0.25, denoiser=0.0
    )
    torch.manual_seed(0)
    model = Waveglow(config, SMALL_MEL).trainable().requires_grad_(False)
    speech = seeded(model, torch.zeros(1, 400, 5), 0)
    assert float(speech.std()) == pytest.approx(0.25, rel=0.05)


def test_the_denoiser_subtracts_magnitudes_and_leaves_phases():
    generator = torch.Generator().manual_seed(0)
    samples_BS = torch.randn(1, 40 * 16, generator=generator)
    nothing = torch.zeros(1, 33, 1)
    denoiser = Denoiser(SMALL_MEL, 0.5)
    torch.testing.assert_close(denoiser(samples_BS, nothing), samples_BS, atol=1e-5, rtol=0)
    # A bias far above every magnitude leaves nothing.
    assert denoiser(samples_BS, torch.full((1, 33, 1), 1e4)).abs().max() < 1e-4
    tone = torch.sin(torch.arange(60 * 16) * 2 * math.pi * 8 / 64)[None]  # the middle of bin 8
    of_tone = denoiser.magnitudes(tone)[:, :, 30:31]
    half = denoiser(tone, of_tone)[0, 400:560]
    torch.testing.assert_close(half, 0.5 * tone[0, 400:560], atol=5e-3, rtol=0)


def test_a_zero_mel_without_noise_is_made_silent():
    config = WaveglowConfig(
        channels=8, num_layers=2, num_flows=4, early_every=2, sigma=0.0, denoiser=1.0
    )
    model = network(config).fold()
    zeros = torch.zeros(1, 60, 5)
    bare = model.inverse(torch.zeros(1, 8, 120), model.upsampled(zeros))
    inside = slice(20 * 16, 40 * 16)
    assert bare[0, inside].std() > 0
    assert model(zeros)[0, inside].square().mean() < 0.1 * bare[0, inside].square().mean()


def test_sizes_that_make_no_network_are_refused():
    with pytest.raises(InputError, match="hop_length 441 is no multiple of group_size 8"):
        Waveglow(TINY, MelConfig(hop_length=441))
    with pytest.raises(InputError, match="2 channels must be left after 12 steps"):
        WaveglowConfig(early_every=2)
    with pytest.raises(InputError, match="must be even"):
        WaveglowConfig(group_size=7)
    with pytest.raises(InputError, match="kernel_size odd"):
        WaveglowConfig(kernel_size=4)
    with pytest.raises(InputError, match="0 or more"):
        WaveglowConfig(sigma=-0.1)
