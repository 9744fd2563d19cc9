"""Noise of ONNX files: the seed of a sentence counts, not what was said before it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper

from tts.errors import InputError
from tts.export.onnx import export_graph
from tts.export.vocoder import export_griffin_lim, export_vocos
from tts.export.waveglow import export_waveglow
from tts.infer.onnx import OnnxVoice
from tts.infer.onnx_noise import NOISE, NUM_NOISE, noise_as_input, noise_of
from tts.infer.speak import Request, speak
from tts.mel import MelConfig
from tts.models.facts import Facts
from tts.models.flow_decoder import FlowDecoderConfig
from tts.models.matcha import Matcha, MatchaConfig
from tts.models.text_encoder import TextEncoderConfig
from tts.text.tokens import TokenTable
from tts.vocoders.vocos import Vocos, VocosConfig
from tts.vocoders.waveglow import Waveglow, WaveglowConfig
from tts.voice import SpeakingOptions

MEL = MelConfig()
TOKENS = ["a", "b", "c", "b"]
TINY = MatchaConfig(
    encoder=TextEncoderConfig(channels=16, filter_channels=16, num_layers=1, duration_channels=8),
    decoder=FlowDecoderConfig(
        channels=(16, 16), num_mid_blocks=1, head_channels=8, norm_groups=4, time_channels=16
    ),
)


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(3)
    model = Matcha(TINY, Facts(4, MEL.n_mels, -5.5, 2.0)).eval()
    with torch.no_grad():
        model.encoder.proj_w.proj.bias += 1.2
    return model


@pytest.fixture(scope="module")
def voice(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("voice")
    table = TokenTable.of(["_", "a", "b", "c"])
    table.write(folder / "tokens.txt")
    facts = {"sample_rate": str(MEL.sample_rate), "hop_length": str(MEL.hop_length)}
    facts["frontend"] = "{}"
    path = folder / "model.onnx"
    export_graph(model.export_graphs([2])[0], path, facts)
    export_griffin_lim(MEL, folder / "vocoder.onnx", 1)
    return OnnxVoice(path, folder / "vocoder.onnx", folder / "tokens.txt")


def say(voice, seed):
    (speech,) = speak(voice, [Request("a", tokens=TOKENS)], SpeakingOptions(seed=seed))
    return speech


def test_the_same_seed_gives_the_same_speech_whatever_came_before(voice):
    first, again, other = say(voice, 1), say(voice, 1), say(voice, 2)
    assert np.array_equal(first.samples, again.samples)
    assert first.samples.shape == other.samples.shape
    assert not np.array_equal(first.samples, other.samples)
    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(lambda seed: say(voice, seed).samples, [1, 2] * 4))
    assert all(np.array_equal(samples, first.samples) for samples in said[::2])
    assert all(np.array_equal(samples, other.samples) for samples in said[1::2])


def test_another_number_of_steps_than_the_file_has_is_refused(voice):
    with pytest.raises(InputError, match=r"4 flow steps: .*model\.onnx has 2"):
        list(speak(voice, [Request("a", tokens=TOKENS)], SpeakingOptions(num_steps=4)))
    list(speak(voice, [Request("a", tokens=TOKENS)], SpeakingOptions(num_steps=2)))


def test_pytorch_with_the_same_noise_says_the_same(model, voice, monkeypatch):
    def noise(like):  # the graph draws frame by frame
        drawn_TF = torch.from_numpy(noise_of(7)[: like.numel()]).view(-1, like.shape[1])
        return drawn_TF.T[None]

    monkeypatch.setattr(torch, "randn_like", noise)
    ids = torch.tensor([voice.table.encode(TOKENS, "blank")])
    with torch.inference_mode():
        spoken = model.synthesise(ids, torch.tensor([ids.shape[1]]), 0.667, 1.0, 2)
    np.testing.assert_allclose(say(voice, 7).mel_TF, spoken["mel_BTF"][0], atol=1e-4)


def test_the_spectrum_of_a_vocos_becomes_samples(model, voice, tmp_path):
    """The file for sherpa-onnx says the same as the one that gives samples, and as PyTorch."""
    torch.manual_seed(1)
    vocos = Vocos(VocosConfig(channels=16, num_layers=1), MEL).eval().requires_grad_(False)
    said = []
    for samples in (False, True):
        export_vocos(vocos, tmp_path / f"{samples}.onnx", samples=samples)
        files = tmp_path / f"{samples}.onnx", Path(voice.name).with_name("tokens.txt")
        said.append(say(OnnxVoice(voice.name, *files), 7))
    assert said[0].samples.shape == (len(said[0].mel_TF) * MEL.hop_length,)
    np.testing.assert_allclose(said[0].samples, said[1].samples, atol=1e-5)
    wanted = vocos(torch.from_numpy(said[0].mel_TF)[None])[0]
    np.testing.assert_allclose(said[0].samples, wanted, atol=1e-5)
    again = OnnxVoice(voice.name, tmp_path / "False.onnx", files[1]).vocode(said[0].mel_TF)
    assert np.array_equal(again.samples, said[0].samples)


def test_a_vocoder_with_noise_follows_the_seed(voice, tmp_path):
    """Without noise in the mel the vocoder's alone is left: that of the seed."""
    config = WaveglowConfig(channels=8, num_layers=1, num_flows=2, early_every=1, denoiser=0.0)
    torch.manual_seed(2)
    export_waveglow(Waveglow(config, MEL).eval(), tmp_path / "waveglow.onnx")
    files = tmp_path / "waveglow.onnx", Path(voice.name).with_name("tokens.txt")
    noisy = OnnxVoice(voice.name, *files)

    def samples(seed):
        options = SpeakingOptions(seed=seed, noise_scale=0.0)
        (speech,) = speak(noisy, [Request("a", tokens=TOKENS)], options)
        return speech

    first, again, other = samples(1), samples(1), samples(2)
    assert np.array_equal(first.mel_TF, other.mel_TF)
    assert np.array_equal(first.samples, again.samples)
    assert first.samples.shape == other.samples.shape
    assert np.abs(first.samples - other.samples).std() > 0.1


def test_noise_is_normal():
    values = noise_of(42)
    assert values.shape == (NUM_NOISE,) and values.dtype == np.float32
    assert abs(values.mean()) < 0.01 and abs(values.std() - 1) < 0.01


def graph_of(*nodes):
    like = helper.make_tensor_value_info("like", TensorProto.FLOAT, [1, "T"])
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, [1, "T"])
    return helper.make_graph(list(nodes), "noise", [like], [out])


def test_noise_repeats_where_more_is_wanted_than_given():
    from onnx.reference import ReferenceEvaluator

    graph = graph_of(helper.make_node("RandomNormalLike", ["like"], ["out"]))
    assert noise_as_input(graph)
    opset = helper.make_opsetid("", 17)
    model = helper.make_model(graph, opset_imports=[opset], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    run = ReferenceEvaluator(model).run
    given = np.arange(3, dtype=np.float32)
    (values,) = run(None, {"like": np.zeros((1, 7), dtype=np.float32), NOISE: given})
    assert values.tolist() == [[0, 1, 2, 0, 1, 2, 0]]


@pytest.mark.parametrize(
    "nodes",
    [
        [helper.make_node("Identity", ["like"], ["out"])],
        [helper.make_node("RandomNormalLike", ["like"], ["out"], scale=2.0)],
        [helper.make_node("RandomNormalLike", [n], [m]) for n, m in (("like", "x"), ("x", "out"))],
    ],
)
def test_other_graphs_stay_as_they_are(nodes):
    graph = graph_of(*nodes)
    before = graph.SerializeToString()
    assert not noise_as_input(graph) and graph.SerializeToString() == before
