"""Vocos and the harmonic one as ONNX: spectra for sherpa-onnx, samples for ONNX Runtime."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
import torch

from tts.export.graph import open_session, outputs_of, read_metadata
from tts.export.vocoder import export_vocos
from tts.mel import MelConfig
from tts.vocoders import load_vocoder
from tts.vocoders.harmonic import Harmonic, HarmonicConfig
from tts.vocoders.vocos import Vocos, VocosConfig

MELS = {
    22050: MelConfig(),
    44100: MelConfig(sample_rate=44100, n_fft=2048, win_length=2048, hop_length=512, n_mels=128),
}


def tiny(mel: MelConfig, harmonic: bool = False) -> Vocos:
    torch.manual_seed(0)
    sizes = {"channels": 16, "num_layers": 2}
    model = Harmonic(HarmonicConfig(**sizes), mel) if harmonic else Vocos(VocosConfig(**sizes), mel)
    return model.eval().requires_grad_(False)


@pytest.mark.parametrize("harmonic", [False, True], ids=["vocos", "harmonic"])
@pytest.mark.parametrize("samples", [False, True], ids=["spectrum", "samples"])
@pytest.mark.parametrize("mel", MELS.values(), ids=map(str, MELS))
def test_graph_equals_pytorch_at_lengths_never_traced(tmp_path, mel, samples, harmonic):
    model, path = tiny(mel, harmonic), tmp_path / "vocoder.onnx"
    assert export_vocos(model, path, {"licence": "none"}, samples) < 1e-3
    session = open_session(path)
    mel_BTF = torch.randn(1, 77, mel.n_mels) - 5
    outputs = outputs_of(session, mel_BTF.transpose(1, 2).numpy())
    if samples:
        (audio,) = outputs
        np.testing.assert_allclose(audio, model(mel_BTF).numpy(), atol=1e-5)
    else:
        magnitude, cosine, sine = (part.numpy() for part in model.spectrum(mel_BTF))
        np.testing.assert_allclose(outputs[0], magnitude, atol=1e-3, rtol=1e-3)
        # Phases of almost nothing are at the mercy of rounding.
        for found, wanted in zip(outputs[1:], (cosine, sine), strict=True):
            np.testing.assert_allclose(found * magnitude, wanted * magnitude, atol=1e-3)
    vocoder = load_vocoder(path, mel)
    torch.testing.assert_close(vocoder(mel_BTF), model(mel_BTF), atol=1e-5, rtol=0)


def test_a_constant_is_stored_once(tmp_path):
    """The Fourier basis of the harmonic vocoder is used by three convolutions."""
    export_vocos(tiny(MelConfig(), harmonic=True), tmp_path / "vocoder.onnx")
    nodes = onnx.load(str(tmp_path / "vocoder.onnx")).graph.node
    constants = [
        node.attribute[0].SerializeToString() for node in nodes if node.op_type == "Constant"
    ]
    assert len(constants) == len(set(constants)) > 1
    assert max(map(len, constants)) > 514 * 512 * 4


@pytest.mark.parametrize("samples", [False, True], ids=["spectrum", "samples"])
def test_8_bit_weights(tmp_path, samples):
    """Every product is of integers, the file a third, and what is said nearly the same."""
    torch.manual_seed(0)
    model = Vocos(VocosConfig(channels=128, num_layers=2), MelConfig()).eval().requires_grad_(False)
    paths = [tmp_path / name for name in ("plain.onnx", "small.onnx")]
    for path, int8 in zip(paths, (False, True), strict=True):
        export_vocos(model, path, samples=samples, int8=int8)
    kinds = [node.op_type for node in onnx.load(str(paths[1])).graph.node]
    assert kinds.count("MatMulInteger") == 5 and "MatMul" not in kinds
    basis = 4 * 1026 * 1024 if samples else 0  # of the inverse STFT, which stays
    assert (paths[1].stat().st_size - basis) < (paths[0].stat().st_size - basis) / 2
    mel_BTF = torch.randn(1, 50, 80) - 5
    plain, small = (load_vocoder(path, MelConfig())(mel_BTF) for path in paths)
    assert 0 < (plain - small).square().mean() < 1e-3 * plain.square().mean()
    assert read_metadata(paths[0]) == read_metadata(paths[1])


def test_metadata_are_what_the_runtime_reads(tmp_path):
    path = tmp_path / "vocoder.onnx"
    export_vocos(tiny(MelConfig()), path)
    metadata = read_metadata(path)
    wanted = {
        "model_type": "vocos", "n_fft": "1024", "hop_length": "256", "win_length": "1024",
        "center": "1", "normalized": "0", "window_type": "hann", "pad_mode": "reflect",
        "sample_rate": "22050",
    }  # fmt: skip
    assert wanted.items() <= metadata.items()
    export_vocos(tiny(MelConfig()), path, samples=True)
    assert read_metadata(path)["model_type"] == "hifigan"
