"""Exported vocoders as vocoders: the same samples, and another mel refused."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper

from tts.errors import InputError
from tts.export.vocoder import export_griffin_lim
from tts.mel import MelConfig
from tts.vocoders import load_vocoder, vocode
from tts.vocoders.griffin_lim import GriffinLim
from tts.vocoders.onnx import check_onnx_mel

MEL = MelConfig()
SHAPE = [1, MEL.n_mels, "T"]


def test_an_exported_vocoder_makes_the_same_samples(tmp_path):
    path = tmp_path / "vocoder.onnx"
    export_griffin_lim(MEL, path, 2)
    mel_TF = torch.randn(20, MEL.n_mels) - 5
    ours, theirs = vocode(load_vocoder(path, MEL), mel_TF), vocode(GriffinLim(MEL, 2), mel_TF)
    assert ours.shape == (20 * MEL.hop_length,)
    np.testing.assert_allclose(ours, theirs, atol=1e-2)


def test_an_onnx_vocoder_of_another_mel_is_refused(tmp_path):
    """By its metadata where they are there, by the shape of its input otherwise."""
    path = tmp_path / "vocoder.onnx"
    export_griffin_lim(MEL, path, 1)
    slower = MelConfig(hop_length=220, f_max=7600.0)
    with pytest.raises(InputError, match="hop_length: vocoder 256, model 220; f_max: vocoder 8000"):
        load_vocoder(path, slower)
    graph = onnx.load(str(path))
    onnx.helper.set_model_props(graph, {"sample_rate": "22050"})  # as other exporters write
    onnx.save(graph, str(path))
    load_vocoder(path, MelConfig(f_max=7600.0))
    with pytest.raises(InputError, match="gives 256 samples a frame, the model's mel needs 220"):
        load_vocoder(path, slower)
    with pytest.raises(InputError, match="n_mels: vocoder 80, model 100"):
        load_vocoder(path, MelConfig(n_mels=100))
    with pytest.raises(InputError, match="sample_rate: vocoder 22050, model 24000"):
        load_vocoder(path, MelConfig(sample_rate=24000))
    onnx.helper.set_model_props(graph, {"sample_rate": "22 kHz"})
    onnx.save(graph, str(path))
    with pytest.raises(InputError, match="sample_rate: vocoder 22 kHz, model 22050"):
        load_vocoder(path, MEL)
    del graph.metadata_props[:]
    onnx.save(graph, str(path))
    with pytest.raises(InputError, match="metadata lack sample_rate"):
        load_vocoder(path, MEL)


def test_files_that_give_no_samples(tmp_path):
    path = tmp_path / "vocos.onnx"
    mel = helper.make_tensor_value_info("mel", TensorProto.FLOAT, SHAPE)
    names, bins = ("mag", "x", "y"), MEL.n_fft // 2 + 1
    outputs = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, bins, "T"]) for n in names]
    nodes = [helper.make_node("Conv", ["mel", "kernel"], [name]) for name in names]
    kernel = onnx.numpy_helper.from_array(np.zeros((bins, MEL.n_mels, 1), np.float32), "kernel")
    graph = helper.make_graph(nodes, "vocos", [mel], outputs, [kernel])
    opset = helper.make_opsetid("", 17)
    model = helper.make_model(graph, opset_imports=[opset], ir_version=8)
    helper.set_model_props(model, {"sample_rate": str(MEL.sample_rate)})
    onnx.save(model, str(path))
    with pytest.raises(InputError, match="gives 513 bins a frame, the model's mel needs 1025"):
        check_onnx_mel(path, MelConfig(n_fft=2048))
    assert load_vocoder(path, MEL)(torch.zeros(1, 9, MEL.n_mels)).shape == (1, 9 * MEL.hop_length)
    del model.graph.output[2]
    onnx.save(model, str(path))
    with pytest.raises(InputError, match="gives mag, x"):
        load_vocoder(path, MEL)
    path.write_bytes(b"no graph")
    with pytest.raises(InputError, match="cannot be run by ONNX Runtime"):
        load_vocoder(path, MEL)
    with pytest.raises(InputError, match="does not exist"):
        load_vocoder(tmp_path / "none.onnx", MEL)
