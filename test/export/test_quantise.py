"""Products in 8 bit: what is quantised, shared, kept, and how far it is off."""

from __future__ import annotations

import logging

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from tts.export.graph import graphs_of, open_session, run_graph, write_graph
from tts.export.onnx import export_graph
from tts.export.quantise import quantise
from tts.models.facts import Facts
from tts.models.flow_decoder import FlowDecoderConfig
from tts.models.matcha import Matcha, MatchaConfig
from tts.models.rows import Convolution
from tts.models.text_encoder import TextEncoderConfig

VOCAB, MELS = 30, 80
SMALL = MatchaConfig(
    encoder=TextEncoderConfig(channels=64, filter_channels=96, num_layers=1, duration_channels=64),
    decoder=FlowDecoderConfig(
        channels=(64, 64), num_mid_blocks=1, head_channels=32, norm_groups=4, time_channels=64
    ),
)


def write(module, path, change=None):
    """Trace a module of rows (T, D) with a free T."""
    dynamic = {"x": {0: "T"}, "y": {0: "T"}}
    names = {"inputs": ["x"], "outputs": ["y"], "dynamic": dynamic, "metadata": {}}
    write_graph(module, [torch.randn(9, 64)], path, **names, change=change)
    return onnx.load(str(path))


def operators(model):
    return [node.op_type for graph in graphs_of(model.graph) for node in graph.node]


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(3)
    torch.set_num_threads(1)
    matcha = Matcha(SMALL, Facts(VOCAB, MELS, -5.5, 2.0)).eval()
    with torch.no_grad():
        matcha.encoder.proj_w.proj.bias += 1.2
        matcha.encoder.proj_w.proj.weight.zero_()  # no duration near an edge
    return matcha


def test_shared_matrix_is_stored_once(tmp_path):
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("weight", torch.randn(64, 64))

        def forward(self, x):
            return torch.relu(x @ self.weight) @ self.weight

    graph = write(Twice(), tmp_path / "m.onnx", quantise)
    assert operators(graph).count("MatMulInteger") == 2
    matrices = [tensor for tensor in graph.graph.initializer if np.prod(tensor.dims) == 64 * 64]
    assert [tensor.data_type for tensor in matrices] == [onnx.TensorProto.INT8]


def test_convolution_is_quantised_before_its_windows(tmp_path):
    """Beyond the edges stands the value of zero, and the same numbers come out for each T."""
    torch.manual_seed(0)
    conv = nn.Conv1d(64, 64, 5, padding=2)
    graph = write(Convolution(conv), tmp_path / "m.onnx", quantise)
    nodes = {node.op_type: node for node in graph.graph.node}
    assert operators(graph).count("DynamicQuantizeLinear") == 1
    assert nodes["Pad"].input[0] == nodes["DynamicQuantizeLinear"].output[0]
    assert nodes["Pad"].input[2] == nodes["DynamicQuantizeLinear"].output[2]
    session = open_session(tmp_path / "m.onnx")
    for num_rows in (1, 2, 7, 50):
        x = torch.rand(num_rows, 64) + 1  # zero lies outside the values, inside the range
        with torch.no_grad():
            wanted = conv(x.t()[None])[0].t().numpy()
        np.testing.assert_allclose(run_graph(session, x.numpy()), wanted, atol=0.03)


def test_small_and_named_matrices_stay(tmp_path):
    class Three(nn.Module):
        def __init__(self):
            super().__init__()
            for name, size in (("large", 64), ("kept", 64), ("small", 2)):
                self.register_buffer(name, torch.randn(64, size))

        def forward(self, x):
            return x @ self.large @ self.kept @ self.small

    graph = write(Three(), tmp_path / "m.onnx", lambda model: quantise(model, keep=["kept"]))
    assert operators(graph).count("MatMulInteger") == 1
    kinds = {tensor.name: tensor.data_type for tensor in graph.graph.initializer}
    assert kinds["kept"] == kinds["small"] == onnx.TensorProto.FLOAT and "large" not in kinds


def test_other_large_constants_are_stored_in_16_bits(tmp_path):
    class Added(nn.Module):
        def __init__(self):
            super().__init__()
            for name, scale in (("moved", 1.0), ("kept", 1.0), ("huge", 1e5)):
                self.register_buffer(name, scale * torch.rand(1, 4096))
            self.register_buffer("traced", torch.rand(1, 4096), persistent=False)

        def forward(self, x):
            return (x[:, :1] + self.moved + self.kept + self.traced) * self.huge

    module = Added()
    graph = write(module, tmp_path / "m.onnx", lambda model: quantise(model, keep=["kept"]))
    kinds = {tensor.name: tensor.data_type for tensor in graph.graph.initializer}
    assert kinds["moved_half"] == onnx.TensorProto.FLOAT16 and "moved" not in kinds
    assert list(kinds.values()).count(onnx.TensorProto.FLOAT16) == 2
    assert kinds["kept"] == kinds["huge"] == onnx.TensorProto.FLOAT
    x = torch.randn(3, 64)
    found = run_graph(open_session(tmp_path / "m.onnx"), x.numpy())
    np.testing.assert_allclose(found / 1e5, module(x).numpy() / 1e5, atol=2e-3)


def test_voice_is_smaller_and_close(model, tmp_path):
    sizes, found = [], []
    for int8 in (False, True):
        (graph,) = model.export_graphs([2], int8)
        path = tmp_path / f"{int8}.onnx"
        parity = export_graph(graph, path, {"sample_rate": "1"})
        sizes.append(path.stat().st_size)
        found.append(parity)
    assert found[0].worst < 1e-4 < found[1].mean < 0.2 and found[1].moved == 0
    assert sizes[1] < 0.6 * sizes[0]
    quantised = onnx.load(str(path))
    assert operators(quantised).count("MatMulInteger") > 20
    assert {item.domain for item in quantised.opset_import} == {""}  # ONNX's own alone


@pytest.mark.slow
def test_voice_of_the_usual_size_is_a_third_in_8_bit(tmp_path):
    torch.manual_seed(3)
    matcha = Matcha(MatchaConfig(), Facts(VOCAB, MELS, -5.5, 2.0)).eval()
    sizes = []
    for int8 in (False, True):
        (graph,) = matcha.export_graphs([3], int8)
        path = tmp_path / f"{int8}.onnx"
        export_graph(graph, path, {"sample_rate": "1"})
        sizes.append(path.stat().st_size)
    assert sizes[1] <= 0.35 * sizes[0], sizes


def test_logging_is_left_alone(tmp_path):
    """The root logger keeps its level: whoever exports still hears of other things."""
    before = logging.getLogger().level
    logging.getLogger().setLevel(logging.INFO)
    try:
        write(Convolution(nn.Conv1d(64, 64, 3, padding=1)), tmp_path / "m.onnx", quantise)
        assert logging.getLogger().level == logging.INFO
    finally:
        logging.getLogger().setLevel(before)
