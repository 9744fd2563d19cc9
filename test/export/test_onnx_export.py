"""Acoustic models as ONNX: parity, live inputs, metadata, loops, packages and the scripts."""

import dataclasses
import subprocess
import sys
import wave

import numpy as np
import onnx
import pytest
import torch

from tts.checkpoint import load_checkpoint, save_checkpoint
from tts.config import to_dict
from tts.errors import InputError
from tts.export.graph import MAX_IR_VERSION, open_session, outputs_of, read_metadata, run_graph
from tts.export.onnx import compare, export_graph
from tts.export.package import assemble, atomic_folder
from tts.export.parts import VOCODER, Parts, default_model, vocoder_of
from tts.export.voice import (
    ExportOptions,
    check_tables,
    package_voice,
    parse_steps,
    write_base,
)
from tts.infer.onnx import OnnxVoice
from tts.infer.speak import speak_text
from tts.mel import MelConfig
from tts.models.facts import Facts
from tts.models.flow_decoder import FlowDecoderConfig
from tts.models.graphs import ExportGraph
from tts.models.matcha import Matcha, MatchaConfig
from tts.models.text_encoder import TextEncoderConfig
from tts.text.frontend import build_frontend
from tts.text.spoken import FrontEndConfig
from tts.vocoders.vocos import Vocos, VocosConfig
from tts.voice import SpeakingOptions, load_voice

ZH = FrontEndConfig(language="zh", frontend="pinyin", unit="initial_final")
MEL = MelConfig()
CORPUS = {
    "name": "x",
    "dataset": "BZNSYP",
    "dataset_license": "non-commercial use only",
    "dataset_comment": "for non-commercial use only",
}
TINY = MatchaConfig(
    encoder=TextEncoderConfig(channels=16, filter_channels=16, num_layers=1, duration_channels=8),
    decoder=FlowDecoderConfig(
        channels=(16, 16), num_mid_blocks=1, head_channels=8, norm_groups=4, time_channels=16
    ),
)


@pytest.fixture(scope="module")
def table():
    return build_frontend(ZH).token_table()


@pytest.fixture(scope="module")
def model(table):
    torch.manual_seed(3)
    torch.set_num_threads(1)
    model = Matcha(TINY, Facts(table.num_embeddings, MEL.n_mels, -5.5, 2.0)).eval()
    with torch.no_grad():
        model.encoder.proj_w.proj.bias += 1.2
    return model


@pytest.fixture(scope="module")
def exp_dir(model, table, tmp_path_factory):
    """A trained voice's folder, as the training loop leaves it."""
    folder = tmp_path_factory.mktemp("exp")
    config = {
        "model": {"name": "matcha", **to_dict(TINY)},
        "mel": to_dict(MEL),
        "frontend": to_dict(ZH),
        "corpus": CORPUS,
    }
    weights = model.state_dict()
    content = {"model": weights, "ema": weights, "config": config, "tokens": table.text()}
    save_checkpoint(folder / "epoch-1.pt", {**content, "epoch": 1, "step": 1})
    return folder


@pytest.fixture(scope="module")
def exported(model, tmp_path_factory):
    (graph,) = model.export_graphs([2])
    path = tmp_path_factory.mktemp("onnx") / graph.file
    assert path.name == "model-steps-2.onnx"
    return path, export_graph(graph, path, {"sample_rate": str(MEL.sample_rate)})


def inputs(model, size):
    """The runtime's four inputs for repeatable ids, at speed 1 and without noise."""
    return [tensor.numpy() for tensor in model.export_graphs([2])[0].examples(size, 0)]


def test_equal_to_pytorch_at_other_lengths(exported):
    path, parity = exported
    assert parity.worst < 1e-4
    assert parity.length > 100
    graph = onnx.load(str(path))
    assert graph.ir_version <= MAX_IR_VERSION
    kinds = [tensor.type.tensor_type.elem_type for tensor in graph.graph.input]
    assert kinds == [onnx.TensorProto.INT64] * 2 + [onnx.TensorProto.FLOAT] * 2


def test_every_input_counts(exported, model):
    session = open_session(exported[0])
    ids, count, noise_scale, length_scale = inputs(model, 31)
    mel = run_graph(session, ids, count, noise_scale, length_scale)
    assert mel.shape[:2] == (1, MEL.n_mels)
    slower = run_graph(session, ids, count, noise_scale, length_scale * 2)
    assert slower.shape[2] == 2 * mel.shape[2]
    noisy = run_graph(session, ids, count, noise_scale + 1, length_scale)
    assert np.abs(noisy - mel).max() > 0.1
    shorter, durations = outputs_of(session, ids, count - 10, noise_scale, length_scale)
    alone = run_graph(session, ids[:, :-10], count - 10, noise_scale, length_scale)
    assert np.array_equal(shorter, alone) and durations.shape == ids.shape
    assert (durations[0, -10:] == 0).all() and durations.sum() == shorter.shape[2]


def test_frames_of_each_id_are_a_second_output(exported, model):
    session = open_session(exported[0])
    assert [tensor.name for tensor in session.get_outputs()] == ["mel", "durations"]
    for length_scale in (1.0, 0.7, 1.3):
        arrays = [*inputs(model, 31)[:3], np.array([length_scale], np.float32)]
        mel, durations = outputs_of(session, *arrays)
        assert durations.dtype == np.int64 and durations.shape == arrays[0].shape
        assert durations.min() >= 0 and durations.sum() == mel.shape[2]


def test_another_model_fails_the_check(exported, table):
    torch.manual_seed(9)
    other = Matcha(TINY, Facts(table.num_embeddings, MEL.n_mels)).eval()
    with pytest.raises(InputError, match="gives mel of shape"):
        compare(exported[0], other.export_graphs([2])[0])


def graph_of(module, inputs, example, **options):
    """A graph of a module that is its own reference."""
    options = {"outputs": ("y",), "dynamic": {}, "reference": module, **options}
    return ExportGraph("m.onnx", lambda: module, inputs, examples=example, **options)


def row(size, seed):
    return [torch.randn(1, size, generator=torch.Generator().manual_seed(size + seed))]


def test_frozen_length_is_an_error_and_no_file(tmp_path):
    class Frozen(torch.nn.Module):
        """Counts its columns in Python, which tracing freezes."""

        def forward(self, x):
            return x + float(len(x[0]))

    graph = graph_of(Frozen(), ("x",), row, dynamic={"x": {1: "L"}})
    with pytest.raises(InputError, match="frozen something that depends on the length"):
        export_graph(graph, tmp_path / "m.onnx", {})
    assert not list(tmp_path.iterdir())


def test_lost_input_is_an_error(tmp_path):
    class Deaf(torch.nn.Module):
        """Does without its second input."""

        def forward(self, x, scale):
            return 2 * x

    def example(size, seed):
        return [*row(size, seed), torch.ones(1)]

    with pytest.raises(InputError, match="scale"):
        export_graph(graph_of(Deaf(), ("x", "scale"), example), tmp_path / "m.onnx", {})
    assert not list(tmp_path.iterdir())


class Recurrent(torch.nn.Module):
    """Feed a state back until it is large, a number of times that the input decides."""

    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)
        torch.nn.init.constant_(self.layer.weight, 1.5)
        torch.nn.init.constant_(self.layer.bias, 0.1)

    def forward(self, start: torch.Tensor, limit: torch.Tensor) -> torch.Tensor:
        state = start.abs()
        states = state
        while bool(state.sum() < limit.sum()):
            state = self.layer(state)
            states = torch.cat([states, state])
        return states


def test_scripted_graph_keeps_its_loop(tmp_path):
    """Other inputs than the runtime's four, one output, a loop that ends by what it computes."""

    def example(size, seed):
        return [torch.full((1, 1), 0.5), torch.tensor([float(size)])]

    module = torch.jit.script(Recurrent().eval())
    options = {"outputs": ("states",), "dynamic": {"states": {0: "S"}}}
    graph = graph_of(module, ("start", "limit"), example, **options)
    parity = export_graph(graph, tmp_path / "m.onnx", {})
    assert parity.worst < 1e-4
    session = open_session(tmp_path / "m.onnx")
    start = np.full((1, 1), 0.5, np.float32)
    lengths = [len(run_graph(session, start, np.array([x], np.float32))) for x in (0, 1, 100)]
    assert lengths[0] == 1 and lengths[0] < lengths[1] < lengths[2]


def test_flow_steps_share_weights(model, tmp_path):
    """Six steps are a loop, as large as two but for what each step adds."""
    sizes = []
    for count in (2, 6):
        (graph,) = model.export_graphs([count])
        export_graph(graph, tmp_path / graph.file, {})
        sizes.append((tmp_path / graph.file).stat().st_size)
    assert sizes[1] < sizes[0] + 4 * 4 * 16 * 8


def test_folder_is_replaced_whole_or_not_at_all(tmp_path):
    folder = tmp_path / "package"
    with atomic_folder(folder) as new:
        (new / "a").write_text("1")
    with pytest.raises(ZeroDivisionError), atomic_folder(folder) as new:
        (new / "a").write_text("2")
        raise ZeroDivisionError
    assert (folder / "a").read_text() == "1"
    with atomic_folder(folder) as new:
        (new / "b").write_text("3")
    assert [path.name for path in tmp_path.iterdir()] == ["package"]
    assert [path.name for path in folder.iterdir()] == ["b"]


def test_package_refuses_mismatch_and_foreign_folder(exported, tmp_path):
    (tmp_path / "tokens.txt").write_text("_ 0\n")
    vocoder = tmp_path / "vocoder.onnx"
    graph = onnx.load(str(exported[0]))
    onnx.helper.set_model_props(graph, {"sample_rate": "16000"})
    onnx.save(graph, str(vocoder))
    vocoders, tokens = {VOCODER: vocoder}, tmp_path / "tokens.txt"
    parts = Parts([exported[0]], vocoders, tokens, None, [], ZH, CORPUS)
    with pytest.raises(InputError, match=r"features of 22050 Hz.*16000 Hz"):
        assemble(tmp_path / "package", parts)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    with pytest.raises(InputError, match="is no package"):
        assemble(tmp_path / "mine", dataclasses.replace(parts, vocoders={VOCODER: exported[0]}))


def test_foreign_tables_are_refused(exp_dir, tmp_path):
    voice = load_voice(exp_dir)
    (tmp_path / "tokens.txt").write_text("_ 0\na 1\n")
    with pytest.raises(InputError, match="not the token table"):
        check_tables(voice, str(tmp_path / "tokens.txt"), "")
    (tmp_path / "cmvn.json").write_text('{"fbank_mean": -5.5, "fbank_std": 2.5}')
    with pytest.raises(InputError, match="was trained with"):
        check_tables(voice, "", str(tmp_path / "cmvn.json"))
    (tmp_path / "cmvn.json").write_text('{"fbank_mean": -5.5, "fbank_std": 2.0}')
    voice.table.write(tmp_path / "tokens.txt")
    check_tables(voice, str(tmp_path / "tokens.txt"), str(tmp_path / "cmvn.json"))


def test_base_checkpoint_has_the_weights_in_16_bits(exp_dir, tmp_path):
    voice, path = load_voice(exp_dir), tmp_path / "base.pt"
    write_base(voice, path)
    content = load_checkpoint(path)
    assert set(content) == {"model", "config", "tokens"} and "train" not in content["config"]
    again = load_voice(path)
    assert again.table.text() == voice.table.text() and again.mel == voice.mel
    assert again.frontend_config == voice.frontend_config
    for name, value in voice.model.state_dict().items():
        stored = content["model"][name]
        assert (stored.dtype == torch.float16) == (value.dim() > 1)
        torch.testing.assert_close(again.model.state_dict()[name], value, rtol=1e-3, atol=1e-4)
    with pytest.raises(InputError, match="could not write"):
        write_base(voice, path / "base.pt")  # a file where a folder should be


def test_steps():
    assert parse_steps("6,2 3") == [2, 3, 6]
    for text in ("", "0", "2,x"):
        with pytest.raises(InputError, match="expected numbers"):
            parse_steps(text)


def run(root, script, *arguments):
    done = subprocess.run(
        [sys.executable, root / "egs/baker_zh/TTS/matcha" / script, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_scripts_from_checkpoint_to_wav(exp_dir, root, tmp_path):
    package, vocoder = tmp_path / "voice-zh", tmp_path / "vocos.pt"  # weights as published
    torch.save(Vocos(VocosConfig(channels=128, num_layers=1), MEL).state_dict(), vocoder)
    out = run(
        root,
        "export_onnx.py",
        *("--exp-dir", exp_dir, "--epoch", 1, "--steps", 2, "--int8", 1),
        *("--output-dir", tmp_path, "--package", package, "--vocoder", vocoder),
        *("--int8", 1),
    )
    assert "largest difference from PyTorch" in out
    names = {path.name for path in package.iterdir()}
    facts = {"tokens.txt", "lexicon.txt", "frontend.toml", "README.md"}
    facts |= {"numbers.fst", "readings.fst"}
    vocoders = {"vocoder.onnx", "vocoder.int8.onnx"}
    assert names == {"model-steps-2.onnx", "model-steps-2.int8.onnx", *facts, *vocoders}
    small = package / "model-steps-2.int8.onnx"
    assert vocoder_of(package, small) == package / "vocoder.int8.onnx"
    assert vocoder_of(package, package / "model-steps-2.onnx") == package / "vocoder.onnx"
    assert default_model(package).name == default_model(package, 2).name == "model-steps-2.onnx"
    with pytest.raises(InputError, match=r"no model of 3 steps \(numbers there: 2\)"):
        default_model(package, 3)
    assert read_metadata(package / "model-steps-2.int8.onnx") == read_metadata(
        package / "model-steps-2.onnx"
    )
    metadata = read_metadata(package / "model-steps-2.onnx")
    assert {"use_eos_bos", "pad_id", "n_speakers", "has_espeak", "jieba"} <= metadata.keys()
    assert metadata["num_ode_steps"] == "2"
    assert metadata["dataset_comment"] == CORPUS["dataset_comment"]
    readme = (package / "README.md").read_text(encoding="utf-8")
    assert f"--matcha-noise-scale={SpeakingOptions.noise_scale}" in readme
    assert "for non-commercial use only" in readme and "8-bit weights" in readme
    assert "acoustic-model=model-steps-2.onnx" in readme
    wav = tmp_path / "out.wav"
    out = run(
        root,
        "onnx_pretrained.py",
        *("--acoustic-model", package / "model-steps-2.onnx"),
        *("--vocoder", package / "vocoder.onnx", "--tokens", package / "tokens.txt"),
        *("--lexicon", package / "lexicon.txt", "--input-text", "今天天气很好。今天。"),
        *("--output-wav", wav, "--max-chars", 7, "--pause", 1, "--seed", 7),
    )
    assert "RTF" in out
    with wave.open(str(wav)) as file:
        assert file.getframerate() == MEL.sample_rate
        assert file.getnframes() > MEL.sample_rate
    models = [tmp_path / name for name in ("model-steps-2.onnx", "model-steps-2.int8.onnx")]
    only = ExportOptions(int8_only=True, package=str(tmp_path / "only"), vocoder=str(vocoder))
    package_voice(load_voice(exp_dir, epoch=1), models, only)
    names = {path.name for path in (tmp_path / "only").iterdir()}
    assert names == {"model-steps-2.int8.onnx", "vocoder.int8.onnx", *facts}
    assert default_model(tmp_path / "only", 2).name == "model-steps-2.int8.onnx"
    readme = (tmp_path / "only" / "README.md").read_text(encoding="utf-8")
    assert "vocoder=vocoder.int8.onnx" in readme and "All weights are in 8 bit" in readme
    small = tmp_path / "small.wav"
    said = ("--input-text", "今天天气很好。", "--output-wav", small)
    assert "RTF" in run(root, "onnx_pretrained.py", "--package", tmp_path / "only", *said)
    (package / "lexicon.txt").write_text("天 t ian1\n今天 j in1 t ian1\n", encoding="utf-8")
    files = [package / name for name in ("vocoder.onnx", "tokens.txt", "lexicon.txt")]
    voice = OnnxVoice(package / "model-steps-2.onnx", *files)
    speech = speak_text(voice, "今天，天气。")
    assert [(p.position, p.text) for p in voice.missing(speech.spoken)] == [(4, "气")]
    cut = SpeakingOptions(max_chars=6, pause=0.5)
    long = speak_text(voice, "今天，天气。今天，天气。", cut)
    assert (speech.num_sentences, long.num_sentences) == (1, 2)
    assert long.tokens == 2 * speech.tokens and len(voice.missing(long.spoken)) == 2
    silence = np.zeros(MEL.sample_rate // 2, dtype=np.float32)
    assert np.array_equal(long.samples, np.concatenate([speech.samples, silence, speech.samples]))
    assert np.array_equal(long.mel_TF, np.concatenate([speech.mel_TF, speech.mel_TF]))
    for text in ("", "？！", "😀"):
        with pytest.raises(InputError, match="nothing to say in"):
            speak_text(voice, text)
