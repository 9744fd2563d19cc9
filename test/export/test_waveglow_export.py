"""WaveGlow as ONNX: equal to PyTorch without noise, noise inside, one noise for both."""

from __future__ import annotations

import dataclasses

import numpy as np
import onnx
import pytest
import torch

from tts.errors import InputError
from tts.export import waveglow as export
from tts.export.graph import open_session, outputs_of, read_metadata
from tts.export.voice import export_vocoder
from tts.export.waveglow import SIGMA, export_waveglow
from tts.infer.onnx_noise import noise_of, open_seeded
from tts.mel import MelConfig
from tts.vocoders import load_vocoder
from tts.vocoders.waveglow import Waveglow, WaveglowConfig

MEL = MelConfig(sample_rate=8000, n_fft=64, win_length=64, hop_length=16, n_mels=5, f_max=4000.0)
TINY = WaveglowConfig(channels=8, num_layers=3, num_flows=4, early_every=2, denoiser=0.3)


def network(config: WaveglowConfig = TINY) -> Waveglow:
    torch.manual_seed(0)
    model = Waveglow(config, MEL).eval().requires_grad_(False)
    for coupling in model.WN:
        torch.nn.init.normal_(coupling.end.weight, std=0.2)
    return model


def sigma_of(path) -> float:
    (number,) = [n for n in onnx.load(str(path)).graph.initializer if n.name == SIGMA]
    return float(onnx.numpy_helper.to_array(number))


@pytest.mark.parametrize("denoiser", [0.0, 0.3])
def test_graph_equals_pytorch_at_lengths_never_traced(tmp_path, denoiser):
    model = network(dataclasses.replace(TINY, denoiser=denoiser, sigma=0.0))
    path = tmp_path / "vocoder.onnx"
    assert export_waveglow(model, path, {"licence": "none"}) < 1e-4
    session = open_session(path)
    mel_BTF = torch.randn(2, 77, MEL.n_mels)
    (audio,) = outputs_of(session, mel_BTF.transpose(1, 2).numpy())
    np.testing.assert_allclose(audio, model(mel_BTF).numpy(), atol=1e-4)
    metadata = read_metadata(path)
    assert metadata["model_type"] == "hifigan" and metadata["licence"] == "none"


def test_pytorch_with_the_same_noise_says_the_same(tmp_path):
    """The noise of the graph, seeded from outside, through PyTorch: sigma is in the graph."""
    model, path = network(), tmp_path / "vocoder.onnx"
    export_waveglow(model, path)
    assert sigma_of(path) == pytest.approx(0.6)
    frames = 30
    mel_BTF = torch.randn(1, frames, MEL.n_mels)
    given = mel_BTF.transpose(1, 2).numpy()
    first, second = (outputs_of(open_seeded(path, 1), given, noise_of(7))[0] for _ in range(2))
    assert np.array_equal(first, second)
    noise_BNG = torch.from_numpy(noise_of(7)[: frames * 16]).view(1, 8, -1)
    wanted = model.speak(0.6 * noise_BNG, model.upsampled(mel_BTF))
    np.testing.assert_allclose(first, wanted, atol=1e-4)


def test_every_run_has_another_noise(tmp_path):
    path = tmp_path / "vocoder.onnx"
    export_waveglow(network(), path)
    session, mel_NFT = open_session(path), np.zeros((1, 5, 40), np.float32)
    first, second = (outputs_of(session, mel_NFT)[0] for _ in range(2))
    assert np.abs(first - second).std() > 0.1
    vocoder = load_vocoder(path, MEL)
    assert vocoder(torch.zeros(1, 40, 5)).shape == (1, 640)


def test_a_graph_that_differs_is_not_written(tmp_path, monkeypatch):
    monkeypatch.setattr(export, "WAVEGLOW_TOLERANCE", 0.0)
    with pytest.raises(InputError, match="differs from PyTorch"):
        export_waveglow(network(), tmp_path / "vocoder.onnx")
    assert not list(tmp_path.iterdir())


def test_a_checkpoint_is_exported_by_its_file(tmp_path):
    model = network(dataclasses.replace(TINY, denoiser=0.01))
    torch.save({"state_dict": model.state_dict()}, tmp_path / "waveglow.pt")
    out = tmp_path / "vocoder.onnx"
    assert export_vocoder(str(tmp_path / "waveglow.pt"), MEL, out, "BSD") < 1e-4
    assert read_metadata(out)["comment"] == "Waveglow, weights waveglow.pt"
    assert sigma_of(out) == pytest.approx(0.6)
    with pytest.raises(InputError, match="Waveglow has no 8-bit export"):
        export_vocoder(str(tmp_path / "waveglow.pt"), MEL, out, int8=True)
