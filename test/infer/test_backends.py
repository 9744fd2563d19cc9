"""PyTorch and ONNX Runtime behind one call: the same requests are the same speech."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tts.errors import InputError
from tts.export.onnx import export_graph
from tts.export.vocoder import export_griffin_lim
from tts.export.voice import SCALES_FILE
from tts.infer.onnx import OnnxVoice
from tts.infer.pytorch import TorchVoice
from tts.infer.speak import Request, speak
from tts.mel import MelConfig
from tts.models.facts import Facts
from tts.models.fastspeech2 import FastSpeech2, FastSpeech2Config
from tts.models.feed_forward_transformer import FeedForwardConfig
from tts.models.variance_adaptor import VarianceConfig
from tts.text.spoken import FrontEndConfig
from tts.text.tokens import TokenTable
from tts.vocoders.griffin_lim import GriffinLim
from tts.voice import SpeakingOptions, Voice

SMALL = FeedForwardConfig(channels=16, num_layers=1, filter_channels=16, kernel_size_1=3)
MEL = MelConfig()
REQUESTS = [
    Request("plain", tokens=["a", "b", "c"]),
    Request("scaled", tokens=["a", "b"], scales={"length_scale": [1, 2], "pitch_scale": [1, 1.5]}),
    Request("mel", "as recorded", mel_TF=np.full((9, MEL.n_mels), -4.0, dtype=np.float16)),
]


@pytest.fixture(scope="module")
def backends(tmp_path_factory):
    """One voice of random weights through PyTorch and through its exported files."""
    folder = tmp_path_factory.mktemp("backends")
    table = TokenTable.of(["_", "a", "b", "c"])
    table.write(folder / "tokens.txt")
    torch.manual_seed(2)
    config = FastSpeech2Config(SMALL, VarianceConfig(channels=8), SMALL)
    model = FastSpeech2(config, Facts(table.num_embeddings, MEL.n_mels, -5.0, 2.0)).eval()
    facts = {"sample_rate": str(MEL.sample_rate), "hop_length": str(MEL.hop_length)}
    facts["frontend"] = "{}"
    for graph in model.export_graphs([]):
        export_graph(graph, folder / graph.file, facts)
    export_griffin_lim(MEL, folder / "vocoder.onnx", 2)
    parts = folder / "vocoder.onnx", folder / "tokens.txt"
    voice = Voice(model, "fastspeech2", MEL, FrontEndConfig(), table, {}, "test")
    exported = [OnnxVoice(folder / name, *parts) for name in ("model.onnx", SCALES_FILE)]
    return TorchVoice(voice, GriffinLim(MEL, 2)), *exported


def test_the_same_requests_are_the_same_speech(backends):
    ours, _, exported = backends
    options = SpeakingOptions(length_scale=1.5, energy_scale=0.9)
    said = [speak(voice, REQUESTS, options) for voice in (ours, exported)]
    for one, two in zip(*said, strict=True):
        assert (one.id, one.tokens, one.problems) == (two.id, two.tokens, two.problems)
        assert one.times == two.times and one.samples.shape == two.samples.shape
        np.testing.assert_allclose(one.mel_TF, two.mel_TF, atol=1e-3)
        np.testing.assert_allclose(one.samples, two.samples, atol=1e-2)
        assert one.samples.dtype == two.samples.dtype == np.float32


def test_a_file_without_scales_says_so(backends):
    _, exported, _ = backends
    (plain, *_) = speak(exported, REQUESTS[:1])
    assert plain.id == "plain"
    with pytest.raises(InputError, match=f"use {SCALES_FILE}"):
        list(speak(exported, REQUESTS[1:2]))
    with pytest.raises(InputError, match=r"energy scale 0\.9: .* no such control"):
        list(speak(exported, REQUESTS[:1], SpeakingOptions(energy_scale=0.9)))
