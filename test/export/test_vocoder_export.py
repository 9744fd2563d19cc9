"""ONNX vocoders: equal to PyTorch, the runtime's metadata, bounded size."""

import onnx
import pytest
import torch

from tts.errors import InputError
from tts.export.graph import MAX_IR_VERSION, open_session, read_metadata
from tts.export.vocoder import check_parity, export_griffin_lim, export_hifigan
from tts.mel import MelConfig
from tts.vocoders.griffin_lim import GriffinLim
from tts.vocoders.hifigan import V3, Hifigan

MEL = MelConfig()


@pytest.fixture
def generator():
    torch.manual_seed(1)
    return Hifigan(V3).eval().requires_grad_(False)


def test_hifigan(generator, tmp_path):
    path = tmp_path / "hifigan.onnx"
    assert export_hifigan(generator, path, {"licence": "none"}) < 1e-4
    metadata = read_metadata(path)
    assert metadata["model_type"] == "hifigan"
    assert metadata["sample_rate"] == str(V3.mel.sample_rate)
    assert metadata["licence"] == "none"
    model = onnx.load(str(path))
    assert model.ir_version <= MAX_IR_VERSION
    batch = torch.randn(2, V3.mel.n_mels, 9)
    (audio,) = open_session(path).run(None, {"mel": batch.numpy()})
    assert audio.shape == (2, 9 * V3.mel.hop_length)


def test_griffin_lim(tmp_path):
    path = tmp_path / "vocoder.onnx"
    assert export_griffin_lim(MEL, path, 6) < 1e-2
    assert read_metadata(path)["model_type"] == "hifigan"
    assert path.stat().st_size < 10e6  # the basis is stored once, not once per iteration


def test_another_vocoder_fails_the_check(tmp_path):
    path = tmp_path / "vocoder.onnx"
    export_griffin_lim(MEL, path, 2)
    with pytest.raises(InputError, match="differs from PyTorch by"):
        check_parity(path, GriffinLim(MEL, 3), 1e-2)
