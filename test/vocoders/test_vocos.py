"""Vocos: sizes, framing, context, published weights."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from tts.errors import InputError
from tts.features.mel import log_mel
from tts.mel import MelConfig
from tts.vocoders.outputs import centred_hann, inverse_stft
from tts.vocoders.spectra import InverseSTFT, LogMel, centred_window, margins
from tts.vocoders.vocos import Vocos, VocosConfig, config_of, load_weights

RATES = {
    22050: MelConfig(),
    24000: MelConfig(sample_rate=24000, f_max=12000.0, n_mels=100),
    44100: MelConfig(sample_rate=44100, n_fft=2048, win_length=2048, hop_length=441, n_mels=128),
}
TINY = VocosConfig(channels=16, num_layers=2)


def noise(length: int, seed: int = 0) -> np.ndarray:
    return 0.1 * np.random.RandomState(seed).standard_normal(length).astype(np.float32)


def count(module: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.parametrize(
    "channels, layers, parameters",
    [(256, 8, 3_584_770), (512, 8, 13_459_970), (256, 6, 2_790_658), (192, 6, 1_650_882)],
)
def test_sizes_are_the_published_ones(channels, layers, parameters):
    with torch.device("meta"):
        assert count(Vocos(VocosConfig(channels, layers), MelConfig())) == parameters


@pytest.mark.parametrize("mel", RATES.values(), ids=map(str, RATES))
def test_torch_mel_is_the_stored_mel(mel):
    samples = noise(mel.hop_length * 50)
    ours = LogMel(mel)(torch.from_numpy(samples)[None])[0].numpy()
    np.testing.assert_allclose(ours, log_mel(samples, mel), atol=2e-4)


@pytest.mark.parametrize("mel", RATES.values(), ids=map(str, RATES))
def test_mel_of_a_segment_is_that_of_the_recording(mel):
    samples = noise(mel.hop_length * 60)
    left, right = margins(mel)
    first, last = 20, 40
    cut = samples[first * mel.hop_length - left : last * mel.hop_length + right]
    segment = LogMel(mel).of_context(torch.from_numpy(cut)[None])[0].numpy()
    np.testing.assert_allclose(segment, log_mel(samples, mel)[first:last], atol=2e-4)


@pytest.mark.parametrize("mel", RATES.values(), ids=map(str, RATES))
def test_inverse_stft_gives_back_what_was_analysed(mel):
    samples = torch.from_numpy(noise(mel.hop_length * 30))[None]
    padded = torch.nn.functional.pad(samples[:, None], margins(mel), mode="reflect")[:, 0]
    spectrum = torch.stft(
        padded,
        mel.n_fft,
        mel.hop_length,
        window=centred_window(mel),
        center=False,
        return_complex=True,
    )
    back = InverseSTFT(mel)(spectrum)
    window = centred_hann(mel.win_length, mel.n_fft)
    same = inverse_stft(spectrum.numpy(), window, mel.hop_length)
    np.testing.assert_allclose(same, back, atol=1e-5)
    assert back.shape == samples.shape
    torch.testing.assert_close(back, samples, atol=1e-5, rtol=0)


@pytest.mark.parametrize("mel", RATES.values(), ids=map(str, RATES))
def test_every_frame_gives_hop_length_samples(mel):
    vocoder = Vocos(TINY, mel)
    for frames in (1, 2, 7):
        samples = vocoder(torch.randn(2, frames, mel.n_mels))
        assert samples.shape == (2, frames * mel.hop_length)
        assert torch.isfinite(samples).all()


@pytest.mark.parametrize("mel", RATES.values(), ids=map(str, RATES))
def test_context_is_exactly_what_a_frame_sees(mel):
    """A change outside the context moves nothing; one at its edge moves the spectrum."""
    torch.manual_seed(0)
    vocoder = Vocos(TINY, mel).eval()
    for block in vocoder.backbone.convnext:
        torch.nn.init.normal_(block.dwconv.weight)
    context, frame = vocoder.context, 40
    frames_BTF = torch.randn(1, 81, mel.n_mels)
    hop = mel.hop_length

    def samples_with(change: int | None) -> torch.Tensor:
        changed_BTF = frames_BTF.clone()
        if change is not None:
            changed_BTF[0, change] += 5
        with torch.inference_mode():
            return vocoder(changed_BTF)[0, frame * hop : (frame + 1) * hop]

    for outside in (frame - context - 1, frame + context + 1):
        assert torch.equal(samples_with(outside), samples_with(None))
    for edge in (frame - context, frame + context):
        assert not torch.equal(samples_with(edge), samples_with(None))


def test_context_of_eight_layers():
    with torch.device("meta"):
        assert Vocos(VocosConfig(), MelConfig()).context == 29


def test_large_magnitudes_are_cut():
    vocoder = Vocos(TINY, MelConfig())
    with torch.no_grad():
        vocoder.head.out.bias[:513] = 1000.0
    magnitude, cosine, sine = vocoder.spectrum(torch.randn(1, 5, 80))
    assert magnitude.max().item() == 100
    torch.testing.assert_close(cosine.square() + sine.square(), torch.ones_like(cosine))


def published(config: VocosConfig = TINY, mel: MelConfig | None = None) -> dict:
    torch.manual_seed(1)
    weights = Vocos(config, mel or MelConfig()).state_dict()
    return {**weights, "feature_extractor.mel_spec.spectrogram.window": torch.ones(1024)}


def test_published_names_and_weights_are_read():
    weights = published()
    wanted = "backbone.embed backbone.norm backbone.convnext.1.dwconv backbone.convnext.1.gamma"
    wanted += " backbone.convnext.1.pwconv2 backbone.final_layer_norm head.out head.istft.window"
    for name in wanted.split():
        assert any(key.startswith(name) for key in weights), name
    assert config_of(weights, "file") == TINY
    model = load_weights(weights, MelConfig(), "file")
    mel_BTF = torch.randn(1, 9, 80)
    torch.manual_seed(1)
    torch.testing.assert_close(model(mel_BTF), Vocos(TINY, MelConfig())(mel_BTF))


def test_weights_of_another_mel_or_model_are_refused():
    other = dataclasses.replace(MelConfig(), n_mels=100)
    with pytest.raises(InputError, match=r"100 mel bins.*the voice has 80"):
        load_weights(published(mel=other), MelConfig(), "file")
    with pytest.raises(InputError, match=r"file is no Vocos.*backbone.embed.weight"):
        load_weights({"generator.weight": torch.zeros(1)}, MelConfig(), "file")
    weights = published()
    del weights["backbone.convnext.1.gamma"]
    with pytest.raises(InputError, match="does not fit"):
        load_weights(weights, MelConfig(), "file")


def test_sizes_that_make_no_network_are_refused():
    with pytest.raises(InputError, match="must be odd"):
        VocosConfig(kernel_size=6)
    with pytest.raises(InputError, match="1 or more"):
        VocosConfig(num_layers=0)
