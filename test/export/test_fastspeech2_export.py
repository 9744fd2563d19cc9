"""FastSpeech 2 as ONNX: the runtime's inputs, blanks left out in the graph, scales, timestamps."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
import torch

from tts.export.graph import MAX_IR_VERSION, open_session, outputs_of
from tts.export.onnx import export_graph
from tts.models.facts import Facts
from tts.models.fastspeech2 import FastSpeech2, FastSpeech2Config
from tts.models.feed_forward_transformer import FeedForwardConfig
from tts.models.graphs import INPUTS
from tts.models.variance_adaptor import VarianceConfig

NUM_TOKENS, BLANK = 20, 1
SMALL = FeedForwardConfig(channels=16, num_layers=1, filter_channels=16, kernel_size_1=3)
# Some of each option, so that every branch is traced.
KINDS = {
    "paper": VarianceConfig(channels=8),
    "phone": VarianceConfig(
        channels=8, pitch="phone", energy="phone", pitch_embedding="continuous"
    ),
    "frame": VarianceConfig(channels=8, pitch="frame", energy_embedding="continuous"),
}


def small_model(kind: str = "paper") -> FastSpeech2:
    """Random weights that speak, of token durations around five frames."""
    torch.manual_seed(2)
    torch.set_num_threads(1)
    config = FastSpeech2Config(encoder=SMALL, decoder=SMALL, variance=KINDS[kind])
    statistics = {"log_f0_mean": 5.0, "log_f0_std": 0.2, "f0_min": 60.0, "f0_max": 400.0}
    statistics |= {"energy_mean": 20.0, "energy_std": 9.0, "energy_min": 0.0, "energy_max": 80.0}
    facts = Facts(NUM_TOKENS, 80, -5.0, 2.0, BLANK, contour_statistics=statistics)
    return FastSpeech2(config, facts).eval()


def exported(folder, model, number=0):
    graph = model.export_graphs([])[number]
    return folder / graph.file, export_graph(graph, folder / graph.file, {})


def inputs(size):
    """The runtime's four inputs for repeatable ids."""
    example = small_model().export_graphs([])[0].examples(size, 0)
    return [tensor.numpy() for tensor in example]


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    path, parity = exported(tmp_path_factory.mktemp("onnx"), small_model())
    assert parity.worst < 1e-4 and parity.length > 400
    graph = onnx.load(str(path))
    assert graph.ir_version <= MAX_IR_VERSION
    assert [tensor.name for tensor in graph.graph.input] == list(INPUTS)
    assert not [node for node in graph.graph.node if node.op_type in ("Loop", "If", "Scan")]
    return open_session(path)


@pytest.mark.parametrize("kind", ["phone", "frame"])
def test_options_are_equal_to_pytorch(kind, tmp_path):
    _, parity = exported(tmp_path, small_model(kind))
    assert parity.worst < 1e-4


def test_blanks_are_left_out_in_the_graph(session):
    """With or without blanks the same mel comes out; frames stand at the tokens sent."""
    tokens = np.array([[5, 6, 7, 8]], dtype=np.int64)
    framed = np.full((1, 9), BLANK, dtype=np.int64)
    framed[0, 1::2] = tokens
    ends = np.array([[BLANK, 5, 6, 7, 8, BLANK]], dtype=np.int64)
    scales = [np.array([scale], dtype=np.float32) for scale in (0.667, 1.0)]
    spoken = [outputs_of(session, ids, np.array([ids.shape[1]]), *scales) for ids in (framed, ends)]
    np.testing.assert_allclose(spoken[0][0], spoken[1][0], atol=1e-5)
    durations = spoken[0][1][0]
    assert durations[[0, 1, 3, 5, 7, 8]].tolist() == spoken[1][1][0].tolist()
    assert (durations[[2, 4, 6]] == 0).all() and durations.sum() == spoken[0][0].shape[2]


def test_noise_scale_changes_nothing_and_length_scale_does(session):
    ids, count, _, length_scale = inputs(31)
    mels = [
        outputs_of(session, ids, count, np.array([noise], np.float32), length_scale)[0]
        for noise in (0.0, 0.667, 1.0)
    ]
    assert np.array_equal(mels[0], mels[1]) and np.array_equal(mels[0], mels[2])
    slow = outputs_of(session, ids, count, np.array([1.0], np.float32), 2 * length_scale)[0]
    assert slow.shape[2] == 2 * mels[0].shape[2]


def test_scales_are_inputs_for_the_utterance_or_each_token(tmp_path):
    model = small_model()
    path, parity = exported(tmp_path, model, 1)
    assert parity.worst < 1e-4
    session = open_session(path)
    assert [tensor.name for tensor in session.get_inputs()][4:] == ["pitch_scale", "energy_scale"]
    ids, count, noise, _ = inputs(31)
    one, two = np.array([1.0], np.float32), np.full(31, 2.0, np.float32)
    plain, frames = outputs_of(session, ids, count, noise, one, one, one)
    higher = outputs_of(session, ids, count, noise, one, two, one)[0]
    louder = outputs_of(session, ids, count, noise, one, one, two)[0]
    same = outputs_of(session, ids, count, noise, one, one, np.ones(31, np.float32))[0]
    assert np.array_equal(same, plain)
    assert higher.shape == louder.shape == plain.shape
    assert np.abs(higher - plain).max() > 1e-2 and np.abs(louder - plain).max() > 1e-2
    slow = np.ones(31, np.float32)
    place = int(frames[0].argmax())
    slow[place] = 2.0
    longer = outputs_of(session, ids, count, noise, slow, one, one)[1]
    assert longer[0, place] == 2 * frames[0, place]
    assert np.array_equal(np.delete(longer, place), np.delete(frames, place))


def test_8_bit_convolutions(tmp_path):
    """Convolutions are products of rows; with wide enough layers each of them is quantised."""
    torch.manual_seed(2)
    wide = FeedForwardConfig(channels=64, num_layers=1, filter_channels=64, kernel_size_1=3)
    variance = VarianceConfig(channels=64, pitch_embedding="continuous")
    facts = Facts(NUM_TOKENS, 80, -5.0, 2.0)
    model = FastSpeech2(FastSpeech2Config(wide, variance, wide), facts).eval()
    plain, small = model.export_graphs([])[0], model.export_graphs([], int8=True)[0]
    sizes = []
    for graph in (plain, small):
        parity = export_graph(graph, tmp_path / "m.onnx", {})
        sizes.append((tmp_path / "m.onnx").stat().st_size)
    assert 1e-4 < parity.mean < 0.2 and sizes[1] < 0.6 * sizes[0]
    kinds = [node.op_type for node in onnx.load(str(tmp_path / "m.onnx")).graph.node]
    assert "Conv" not in kinds and kinds.count("MatMulInteger") > 10
