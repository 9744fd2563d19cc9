"""infer.py: one checkpoint says everything; the same seed says it the same way."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from conftest import TINY_MODEL, make_tiny_work

from tts.checkpoint import average_weights, load_checkpoint
from tts.errors import InputError
from tts.files import write_text
from tts.infer.long_text import say_sentences
from tts.infer.pytorch import TorchVoice
from tts.infer.speak import Request, read_texts, speak, speak_text
from tts.models.facts import Facts
from tts.text.frontend import build_frontend
from tts.text.languages import language_of
from tts.text.spoken import FrontEndConfig
from tts.text.tokens import TokenTable
from tts.train.acoustic import train
from tts.vocoders import vocode
from tts.vocoders.griffin_lim import GriffinLim
from tts.voice import SpeakingOptions, find_source, load_voice


@pytest.fixture(scope="module")
def work(tmp_path_factory) -> Path:
    """A working folder with two epochs of a tiny English voice."""
    work = make_tiny_work(tmp_path_factory.mktemp("infer") / "work")
    # A copy: the front end's own table is shared by the whole process.
    table = TokenTable(build_frontend(FrontEndConfig()).token_table().symbols)
    number = table.num_embeddings
    extra = [letter for letter in "abcdefgh" if letter not in table.symbols]  # of the fixture
    table.symbols.update({letter: number + i for i, letter in enumerate(extra)})
    table.write(work / "data" / "tokens.txt")
    folders = {"exp_dir": str(work / "exp"), "manifest_dir": str(work / "data" / "fbank")}
    small = {"max_duration": 2.0, "num_workers": 0, "tensorboard": False, "save_every_n": 1}
    options = {"train": {**folders, **small, "num_epochs": 2, "lr": 1e-2}, "model": TINY_MODEL}
    train("matcha", options, {"name": "ljspeech"}, "ljspeech")
    return work


def say(voice, *requests: Request, **options) -> list:
    backend = TorchVoice(voice, GriffinLim(voice.mel))
    return list(speak(backend, requests, SpeakingOptions(**options)))


def test_the_same_seed_gives_the_same_speech_whatever_came_before(work):
    voice = load_voice(work / "exp")
    one, two = say(voice, Request("a", "A fine day."), Request("b", "Another."), seed=1)
    (again,) = say(voice, Request("b", "Another."), seed=1)
    (other,) = say(voice, Request("b", "Another."), seed=2)
    assert np.array_equal(two.samples, again.samples)
    assert two.samples.shape == other.samples.shape
    assert not np.array_equal(two.samples, other.samples)
    assert one.samples.dtype == np.float32 and abs(one.samples).max() <= 1
    assert len(one.samples) == len(one.mel_TF) * voice.mel.hop_length
    assert len(one.durations) == len(voice.encode(one.tokens))


def test_options_change_what_they_name(work):
    voice = load_voice(work / "exp", epoch=2)
    request = Request("a", "A fine day.")
    (plain,), (slow,) = say(voice, request), say(voice, request, length_scale=2.0)
    assert len(slow.mel_TF) == pytest.approx(2 * len(plain.mel_TF), abs=2)
    (cold,), (cold2,) = (say(voice, request, noise_scale=0.0, seed=seed) for seed in (1, 2))
    assert np.array_equal(cold.mel_TF, cold2.mel_TF)
    (many,) = say(voice, request, num_steps=6)
    assert many.mel_TF.shape == plain.mel_TF.shape
    for wrong in (
        {"num_steps": 0},
        {"noise_scale": -1.0},
        {"length_scale": 0.0},
        {"seed": -1},
        {"pause": -0.1},
    ):
        with pytest.raises(InputError, match=r"must be|at least"):
            SpeakingOptions(**wrong)


def test_tokens_and_mels_given(work):
    voice = load_voice(work / "exp")
    mel_TF = np.full((30, 80), -5.0, dtype=np.float16)
    tokens = voice.frontend("A fine day.").tokens
    from_tokens, from_mel = say(
        voice, Request("a", tokens=tokens), Request("b", "b", mel_TF=mel_TF)
    )
    assert np.array_equal(from_tokens.samples, say(voice, Request("a", "A fine day."))[0].samples)
    assert len(from_mel.samples) == 30 * voice.mel.hop_length
    with pytest.raises(InputError, match=r"tokens are not in the token table.*'θθ'"):
        say(voice, Request("a", tokens=["θθ"]))


def test_what_cannot_be_said_is_reported(work):
    voice = load_voice(work / "exp")
    (speech,) = say(voice, Request("a", "hello 𓀀 there"))
    assert [problem.text for problem in speech.problems] == ["𓀀"]
    for text in ("", "   ", "?!", "𓀀"):
        with pytest.raises(InputError, match="a: nothing to say"):
            say(voice, Request("a", text))


def test_a_long_text_is_spoken_sentence_by_sentence(work):
    voice = load_voice(work / "exp")
    first, second = say(voice, Request("a", "A fine day."), Request("b", "Bees hum."))
    (whole,) = say(voice, Request("c", "A fine day. Bees hum."))
    long_text = Request("d", "A fine day. 𓀀! Bees hum.")
    (long,) = say(voice, long_text, max_chars=12)
    assert (whole.num_sentences, long.num_sentences) == (1, 2)
    quiet = np.zeros(round(SpeakingOptions.pause * voice.mel.sample_rate), dtype=np.float32)
    assert np.array_equal(long.samples, np.concatenate([first.samples, quiet, second.samples]))
    assert np.array_equal(long.mel_TF, np.concatenate([first.mel_TF, second.mel_TF]))
    assert long.tokens == first.tokens + second.tokens
    assert len(long.durations) == len(first.durations) + len(second.durations)
    assert long.times[-1].end == pytest.approx(long.seconds)
    assert [(problem.text, problem.position) for problem in long.problems] == [("𓀀", 12)]
    (slower,) = say(voice, long_text, max_chars=12, pause=1.0)
    assert len(slower.samples) - len(long.samples) == voice.mel.sample_rate - len(quiet)
    (cut,) = say(voice, Request("e", "a" * 60), max_chars=20)
    assert cut.num_sentences == 3 and "cut here" in cut.problems[0].reason


def test_threads_speak_as_one_does_and_leave_the_global_generator_alone(work, monkeypatch):
    """One voice for many threads: one front end, and noise of the options' seed alone."""
    built = []

    def build(config):
        time.sleep(0.05)  # long enough for every thread to come while it is built
        built.append(config)
        return build_frontend(config)

    monkeypatch.setattr("tts.voice.build_frontend", build)
    voice = load_voice(work / "exp")
    backend = TorchVoice(voice, GriffinLim(voice.mel))
    seeds = [1, 2, 3, 1, 2, 3]
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    with ThreadPoolExecutor(6) as pool:
        options = [SpeakingOptions(seed=seed) for seed in seeds]
        said = list(pool.map(lambda how: speak_text(backend, "A fine day.", how).samples, options))
    assert torch.equal(torch.rand(3), expected)
    assert len(built) == 1
    for seed, samples in zip(seeds, said, strict=True):
        (alone,) = say(voice, Request("a", "A fine day."), seed=seed)
        assert np.array_equal(samples, alone.samples)
    assert not np.array_equal(said[0], said[1])


def test_noise_of_a_seed_is_that_of_the_global_generator(work):
    """Speech of a seed is what it was when the seed was set for the whole process."""
    model = load_voice(work / "exp").model
    ids = torch.tensor([[0, 5, 0, 7, 0]]), torch.tensor([5])
    with torch.inference_mode():
        torch.manual_seed(42)
        expected = model.synthesise(*ids)["mel_BTF"]
        generator = torch.Generator().manual_seed(42)
        assert torch.equal(model.synthesise(*ids, generator=generator)["mel_BTF"], expected)
        assert not torch.equal(model.synthesise(*ids, generator=generator)["mel_BTF"], expected)


def test_the_vocoder_computes_where_the_model_does(work):
    class Vocoder(GriffinLim):
        def to(self, device):
            self.moved_to = device
            return self

    voice = load_voice(work / "exp")
    vocoder = Vocoder(voice.mel)
    TorchVoice(voice, vocoder, "cpu")
    assert vocoder.moved_to == "cpu"
    doubled = GriffinLim(voice.mel, 2).to(torch.float64)  # stands for another device
    assert vocode(doubled, torch.zeros(3, 80, dtype=torch.float64)).dtype == np.float64


@pytest.mark.gpu
def test_on_a_gpu(work):
    voice = load_voice(work / "exp")
    backend = TorchVoice(voice, GriffinLim(voice.mel), "cuda")
    assert backend.vocoder.inverse.is_cuda
    one, two = (speak_text(backend, "A fine day.").samples for _ in range(2))
    assert np.array_equal(one, two)


def test_a_hundred_thousand_characters_are_said_piece_by_piece():
    """What the model is given at a time stays short, so that memory does."""
    for config in (FrontEndConfig(), FrontEndConfig("zh", "pinyin", "syllable")):
        frontend = build_frontend(config)
        said, problems = say_sentences(
            "好" * 100_000 if config.language == "zh" else "ba" * 50_000, frontend
        )
        most = language_of(config.language).max_chars
        assert len(said) == -(-100_000 // most)
        assert max(len(spoken.text) for spoken in said) == most
        (problem,) = problems
        assert problem.position == most and f"{len(said) - 1} times" in problem.reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the text is empty"),
        (" \n", "the text is empty"),
        ("?!...", "there is only punctuation"),
        ("\0\x07", r"'\\x00' at 0: left out: U\+0000; .*U\+0007"),
        ("😀" * 9, "GRINNING FACE, 9 times"),
        ("😀😂🎂", "GRINNING FACE; .*BIRTHDAY CAKE"),
    ],
)
def test_why_nothing_can_be_said(text, reason):
    for config in (FrontEndConfig(), FrontEndConfig("zh", "pinyin", "syllable")):
        with pytest.raises(InputError, match=f"nothing to say in .*{reason}"):
            say_sentences(text, build_frontend(config))


def test_one_text_that_cannot_be_said_does_not_end_the_others(work):
    voice = load_voice(work / "exp")
    requests = [Request("a", "One."), Request("b", "..."), Request("c", "Two."), Request("d", "")]
    refused = []
    backend = TorchVoice(voice, GriffinLim(voice.mel))
    spoken = speak(backend, requests, refused=refused.append)
    assert [speech.id for speech in spoken] == ["a", "c"]
    assert [str(error)[:2] for error in refused] == ["b:", "d:"]


def test_which_checkpoint(work):
    exp = work / "exp"
    raw, ema = (load_voice(exp, 2, which).model.state_dict() for which in ("raw", "ema"))
    content = load_checkpoint(exp / "epoch-2.pt")
    name = "encoder.emb.weight"
    assert torch.equal(raw[name], content["model"][name])
    assert torch.equal(ema[name], content["ema"][name]) and not torch.equal(raw[name], ema[name])
    assert find_source(exp, 2, "raw") == (exp, "raw")
    assert find_source(exp, None, "epoch-1.pt") == (exp / "epoch-1.pt", "ema")
    assert find_source("/nowhere", None, str(exp / "epoch-1.pt"))[0] == exp / "epoch-1.pt"
    assert "best-valid-loss.pt" in load_voice(exp).source
    expected = average_weights([exp / "epoch-1.pt", exp / "epoch-2.pt"], "ema")
    for source, epoch in ((exp, 2), (exp, None), (exp / "epoch-2.pt", None)):
        mean = load_voice(source, epoch, average=2)
        assert torch.equal(mean.model.state_dict()[name], expected[name])
        assert "mean of epochs 1, 2" in mean.source


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"exp_dir": "/nowhere"}, "experiment folder /nowhere does not exist"),
        ({"epoch": 7}, r"epoch-7.pt does not exist \(epochs there: 1, 2\)"),
        ({"epoch": 2, "average": 3}, "up to epoch 2 .* has only the epochs 1, 2"),
        ({"which": "best"}, "must be ema or raw"),
    ],
)
def test_clear_errors(work, arguments, message):
    with pytest.raises(InputError, match=message):
        load_voice(**{"exp_dir": work / "exp", **arguments})
    with pytest.raises(InputError, match=r"--checkpoint epoch-9.pt: neither.*best-valid-loss.pt"):
        find_source(work / "exp", None, "epoch-9.pt")
    with pytest.raises(InputError, match="give either --epoch 2 or"):
        find_source(work / "exp", 2, "epoch-1.pt")


def test_an_empty_folder_has_no_checkpoint(tmp_path):
    with pytest.raises(InputError, match="no checkpoint in"):
        load_voice(tmp_path)


def test_checkpoints_of_icefall_need_their_table(tmp_path):
    """They hold weights and no configuration; the architecture is the published one."""
    from tts.models.matcha import Matcha

    table = TokenTable.of(["_", "^", "$", " ", *"abcdefgh"])
    table.write(tmp_path / "tokens.txt")
    torch.manual_seed(0)
    model = Matcha(Matcha.Config(), Facts(table.num_embeddings, mel_mean=-5.5, mel_std=2.0))
    path = tmp_path / "epoch-7.pt"
    torch.save({"model": model.state_dict(), "exp_dir": Path("/a")}, path)
    with pytest.raises(InputError, match=r"carries no configuration.*--tokens"):
        load_voice(tmp_path, 7)
    voice = load_voice(tmp_path, 7, tokens=tmp_path / "tokens.txt")
    assert (voice.frontend_config.frontend, voice.frontend_config.framing) == (
        "espeak",
        "reference",
    )
    assert float(voice.model.mel_mean) == -5.5
    assert voice.encode(["a"]) == [1, 0, 4, 0, 2]
    (speech,) = say(voice, Request("x", tokens=list("abc")), num_steps=1)
    assert np.isfinite(speech.samples).all()

    TokenTable.of("_abcd").write(tmp_path / "tokens.txt")
    with pytest.raises(InputError, match=r"was trained with 12 tokens, .* has 5"):
        load_voice(path, tokens=tmp_path / "tokens.txt")
    mandarin = {"language": "zh", "frontend": "pinyin", "unit": "syllable", "framing": "blank"}
    TokenTable.of("_abcdefghijk").write(tmp_path / "tokens.txt")
    adopted = load_voice(path, tokens=tmp_path / "tokens.txt", frontend=mandarin)
    assert adopted.frontend_config.frontend == "pinyin"
    weights = {name: value for name, value in model.state_dict().items() if "up_blocks" not in name}
    torch.save({"model": weights}, path)
    with pytest.raises(InputError, match="another architecture"):
        load_voice(path, tokens=tmp_path / "tokens.txt")
    torch.save({"model": {"w": torch.ones(1)}}, path)
    with pytest.raises(InputError, match="neither this project's checkpoint, nor icefall's"):
        load_voice(path, tokens=tmp_path / "tokens.txt")


def test_text_files(tmp_path):
    path = tmp_path / "texts.txt"
    path.write_bytes("\ufeffa1|Hello there.\r\n\r\nJust a line | with a bar?\n".encode())
    first, _ = read_texts(path)
    assert (first.id, first.text) == ("a1", "Hello there.")
    write_text(path, "One.\n\nTwo.\n")
    assert [(request.id, request.text) for request in read_texts(path)] == [
        ("0001", "One."),
        ("0003", "Two."),
    ]
    for content, message in (
        (b"\n", "no text"),
        (b"a|b\na|c\n", "ids given twice: a"),
        (b"../a|b\n", "cannot name a file"),
        (b"\xff\xfe", "not UTF-8"),
    ):
        path.write_bytes(content)
        with pytest.raises(InputError, match=message):
            read_texts(path)
    with pytest.raises(InputError, match="does not exist"):
        read_texts(tmp_path / "none.txt")


def infer(root: Path, work: Path, *arguments: str, status: int = 0) -> str:
    command = [sys.executable, str(root / "egs/ljspeech/TTS/matcha/infer.py"), "--work", str(work)]
    result = subprocess.run(
        [*command, *arguments], capture_output=True, text=True, check=False, cwd=work,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    output = result.stdout + result.stderr
    assert result.returncode == status and "Traceback" not in output, output
    return output


def test_the_command_that_users_of_icefall_know(root, work):
    output = infer(
        root, work, "--epoch", "2", "--exp-dir", "./exp", "--tokens", "./data/tokens.txt",
        "--cmvn", "./data/fbank/cmvn.json", "--output-wav", "x.wav", "--input-text", "A 𓀀 day.",
    )  # fmt: skip
    samples, rate = soundfile.read(work / "x.wav")
    assert rate == 22050 and len(samples) > 0 and "RTF" in output and "'𓀀'" in output
    infer(
        root, work, "--exp-dir", "exp", "--input-text", "A day. A day.", "--max-chars", "7",
        "--pause", "2", "--steps", "1", "--temperature", "0", "--output-wav", "x.mp3",
    )  # fmt: skip
    info = soundfile.info(work / "x.mp3")
    assert info.format == "MP3" and info.frames > 2 * rate
    write_text(work / "texts.txt", "a|One.\nb|Two.\n")
    infer(root, work, "--exp-dir", "exp", "--checkpoint", "epoch-1.pt", "--input-file", "texts.txt")
    assert {path.name for path in (work / "exp" / "wavs").iterdir()} == {"a.wav", "b.wav"}
    write_text(work / "texts.txt", "c|One.\nd|?!\ne|Two. Three.\n")
    output = infer(
        root, work, "--exp-dir", "exp", "--input-file", "texts.txt", "--max-chars", "6", status=1
    )
    assert "error: d: nothing to say in '?!': there is only punctuation" in output
    assert {"c.wav", "e.wav"} < {path.name for path in (work / "exp" / "wavs").iterdir()}
    assert "e.wav" in output and "of speech in 2 sentences" in output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--input-text", ""], "nothing to say"),
        ([], "give one of --input-text, --input-file and --test-set"),
        (["--input-text", "a", "--vocoder", "none.pt"], "none.pt"),
        (["--input-text", "a", "--steps", "0"], "at least 1"),
        (["--input-text", "a", "--device", "cuda:99"], "device cuda:99"),
        (["--input-text", "a", "--output-wav", "/dev/null/x.wav"], "/dev/null"),
        (["--input-text", "a", "--output-wav", "x.opus"], r".wav, .flac, .ogg, .mp3"),
        (["--input-text", "a", "--pause", "-1"], "a pause of -1.0 s"),
        (["--test-set"], "cuts_test.jsonl.gz does not exist"),
    ],
)
def test_mistakes_end_with_one_line(root, work, arguments, message):
    output = infer(root, work, "--exp-dir", "exp", *arguments, status=2)
    assert message in output and output.strip().splitlines()[-1].startswith("error: ")
