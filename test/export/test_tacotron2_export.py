"""Tacotron 2 as one ONNX graph: a loop that stores the step once, equal to PyTorch."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
import torch

from tts.export.graph import MAX_IR_VERSION, OPSET, graphs_of, open_session, outputs_of
from tts.export.onnx import export_graph
from tts.models.attention_decoder import FRAMES_A_TOKEN, AttentionDecoderConfig
from tts.models.facts import Facts
from tts.models.graphs import INPUTS
from tts.models.tacotron2 import Tacotron2, Tacotron2Config
from tts.models.tacotron2_layers import Tacotron2EncoderConfig, Tacotron2PostNetConfig

NUM_TOKENS, BLANK = 20, 1
ENCODER = Tacotron2EncoderConfig(channels=64, num_layers=2)
DECODER = AttentionDecoderConfig(prenet_channels=32, rnn_channels=64, attention_channels=16)
POSTNET = Tacotron2PostNetConfig(channels=16, num_layers=3)


def small_model(gate: float = 0.0, **options) -> Tacotron2:
    """Random weights, whose statistics are those of no training; `gate` is added to its logit."""
    torch.manual_seed(2)
    torch.set_num_threads(1)
    config = Tacotron2Config(encoder=ENCODER, decoder=DECODER, postnet=POSTNET, **options)
    model = Tacotron2(config, Facts(NUM_TOKENS, 80, -5.0, 2.0, BLANK)).eval()
    for name, value in model.named_buffers():
        if "running" in name:
            value.uniform_(0.5, 1.5)
    torch.nn.init.normal_(model.decoder.gate_layer.weight, std=3.0)
    torch.nn.init.constant_(model.decoder.gate_layer.bias, gate)
    return model


def exported(folder, model, int8=False):
    (graph,) = model.export_graphs([], int8)
    return folder / graph.file, export_graph(graph, folder / graph.file, {}), graph


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path, parity, _ = exported(tmp_path_factory.mktemp("onnx"), small_model(gate=-3.0))
    assert parity.worst < 1e-4 and parity.length > 1000
    return path


def test_one_loop_with_scan_outputs(file):
    model = onnx.load(str(file))
    assert model.ir_version <= MAX_IR_VERSION and model.opset_import[0].version == OPSET
    assert [tensor.name for tensor in model.graph.input] == list(INPUTS)
    kinds = [node.op_type for graph in graphs_of(model.graph) for node in graph.node]
    assert kinds.count("Loop") == 1 and kinds.count("LSTM") == 1
    assert not [kind for kind in kinds if "Sequence" in kind]
    # Weights are stored once.
    stored = sum(int(np.prod(tensor.dims)) for tensor in model.graph.initializer)
    assert stored < 1.05 * sum(p.numel() for p in small_model().parameters())


@pytest.mark.parametrize("options", [{"blanks": "keep"}, {"attention_window": 3}])
def test_options_are_equal_to_pytorch(options, tmp_path):
    _, parity, _ = exported(tmp_path, small_model(gate=-1.0, **options))
    assert parity.worst < 1e-4


def spoken(session, ids, noise=0.0, speed=1.0):
    ids = np.array([ids], dtype=np.int64)
    scales = [np.array([scale], dtype=np.float32) for scale in (noise, speed)]
    return outputs_of(session, ids, np.array([ids.shape[1]]), *scales)


IDS = [1, 5, 1, 6, 1, 7, 1, 8, 1]


def test_noise_and_speed_have_their_meaning(file):
    """No noise: one answer; noise: the prenet loses values anew; speed: the mel is stretched."""
    session = open_session(file)
    quiet = spoken(session, IDS)
    assert np.array_equal(spoken(session, IDS)[0], quiet[0])
    assert not np.array_equal(spoken(session, IDS, 0.667)[0], spoken(session, IDS, 0.667)[0])
    slow = spoken(session, IDS, speed=2.0)
    assert slow[0].shape[2] == 2 * quiet[0].shape[2]
    assert np.array_equal(slow[1], 2 * quiet[1]) and quiet[1].sum() == quiet[0].shape[2]
    ends = slow[0][:, :, [0, -1]], quiet[0][:, :, [0, -1]]
    np.testing.assert_allclose(*ends, atol=1e-5)


def test_a_gate_that_never_opens_ends_at_the_limit(tmp_path):
    path, _, _ = exported(tmp_path, small_model(gate=-1e4))
    mel, durations = spoken(open_session(path), IDS)
    assert mel.shape[2] == FRAMES_A_TOKEN * 6 and durations[0, 2:8:2].sum() == 0


def test_8_bit(tmp_path, file):
    """A quarter of the file, the mel nearly the same; the frames' own products stay as they are."""
    path, parity, graph = exported(tmp_path, small_model(gate=-3.0), int8=True)
    assert parity.mean < 0.02
    names = {tensor.name for tensor in onnx.load(str(path)).graph.initializer}
    assert {"step.read.weight", "step.first.weight_int8"} <= names
    assert path.stat().st_size < 0.55 * file.stat().st_size
    assert graph.int8
