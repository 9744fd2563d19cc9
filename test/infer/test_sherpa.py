"""The helper for sherpa-onnx without a runtime: cutting, what is sent, what is refused.

With the real runtimes: test/runtime/test_helper.py.
"""

import sys
from types import SimpleNamespace

import pytest

from tts.config import to_dict, write_toml
from tts.errors import InputError
from tts.export.package import FRONTEND_FILE, default_model
from tts.infer import sherpa
from tts.text import codes
from tts.text.frontend import FrontEndConfig, build_frontend
from tts.text.tokens import TokenTable

MANDARIN = FrontEndConfig("zh", "pinyin", "syllable")
LONG = "今天天气很好，我们去公园散步，" * 60 + "你呢？" + "好" * 1500 + "。走！"


class Engine:
    """Notes what it is asked, and answers as many samples."""

    def __init__(self):
        self.asked = []

    def generate(self, text, generation=None, sid=0, speed=1.0):
        self.asked.append((text, generation, sid, speed))
        return SimpleNamespace(samples=[0.5, -0.5], sample_rate=22050)


class Generation:
    tokens = None


@pytest.fixture
def newer(monkeypatch):
    """A runtime that takes tokens."""
    module = SimpleNamespace(GenerationConfig=Generation, __version__="2.0.1")
    monkeypatch.setitem(sys.modules, "sherpa_onnx", module)


@pytest.fixture
def older(monkeypatch):
    """A runtime that takes nothing but text."""
    module = SimpleNamespace(GenerationConfig=object, __version__="1.13.4")
    monkeypatch.setitem(sys.modules, "sherpa_onnx", module)


@pytest.mark.parametrize("config", [MANDARIN, FrontEndConfig()])
@pytest.mark.parametrize("longest", [7, 50, 400])
def test_runs_lose_nothing_and_keep_the_limit(config, longest):
    english = "The weather, as they say, is fine; we go! " * 20 + "and " * 300 + "b" * 300
    spoken = build_frontend(config)(LONG if config is MANDARIN else english)
    runs = list(sherpa.runs_of(spoken, longest))
    assert [token for run in runs for token in run] == spoken.tokens
    assert max(map(len, runs)) <= longest
    assert all(runs)


def test_runs_end_with_sentences_and_else_at_commas():
    front = build_frontend(MANDARIN)
    assert [run[-1] for run in sherpa.runs_of(front("你好。今天，很好！走吧"))] == [".", "!", "ba"]
    runs = list(sherpa.runs_of(front("今天天气很好，我们去公园散步，" * 3), 20))
    assert [run[-1] for run in runs] == [","] * len(runs)
    assert len(runs) > 1


def test_a_newer_runtime_gets_the_tokens_uncut(newer):
    engine, front = Engine(), build_frontend(FrontEndConfig())
    speech = sherpa.speak_with(engine, front, "Fine; we go! Yes.", length_scale=2.0, sid=3)
    generations = [generation for _, generation, _, _ in engine.asked]
    assert [token for g in generations for token in g.tokens[0]] == front(
        "Fine; we go! Yes."
    ).tokens
    assert {g.extra["min_words_in_sentence"] for g in generations} == {"1000000"}
    assert {(g.speed, g.sid, g.silence_scale) for g in generations} == {(0.5, 3, 1.0)}
    assert speech.samples.tolist() == [0.5, -0.5] * len(generations)
    assert speech.sample_rate == 22050


def test_an_older_runtime_gets_codes(older):
    engine, front = Engine(), build_frontend(MANDARIN)
    speech = sherpa.speak_with(engine, front, "今天是2024年，😀。走吧！", sid=2)
    table = front.token_table()
    texts = [text for text, *_ in engine.asked]
    assert "".join(texts) == codes.in_codes(front("今天是2024年，😀。走吧！").tokens, table)
    assert [asked[2:] for asked in engine.asked] == [(2, 1.0)] * len(texts)
    (problem,) = speech.problems
    assert problem.text == "😀"


def test_an_older_runtime_speaks_no_english_lexicon_voice(older, tmp_path):
    with pytest.raises(InputError, match=r"needs sherpa-onnx 2\.x, this is 1\.13\.4"):
        sherpa.speak_with(Engine(), build_frontend(FrontEndConfig()), "Hello.")


@pytest.mark.parametrize("text", ["", "...", "\0\x07", "😀"])
def test_nothing_to_say_is_an_error(newer, text):
    with pytest.raises(InputError, match="nothing to say in"):
        sherpa.speak_with(Engine(), build_frontend(MANDARIN), text)


def test_without_the_runtime_it_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "sherpa_onnx", None)
    with pytest.raises(InputError, match="pip install sherpa-onnx==") as raised:
        sherpa.SherpaVoice(tmp_path)
    assert "\n" not in str(raised.value)


def test_folders_that_are_no_package(newer, tmp_path):
    with pytest.raises(InputError, match=r"no model-steps-N\.onnx"):
        sherpa.SherpaVoice(tmp_path)
    for steps in (2, 3, 12):
        (tmp_path / f"model-steps-{steps}.onnx").touch()
        (tmp_path / f"model-steps-{steps}.int8.onnx").touch()
    assert default_model(tmp_path).name == "model-steps-3.onnx"
    write_toml(tmp_path / FRONTEND_FILE, to_dict(MANDARIN))
    TokenTable.of("_ab").write(tmp_path / "tokens.txt")
    with pytest.raises(InputError, match="different voices"):
        sherpa.SherpaVoice(tmp_path)
    build_frontend(MANDARIN).token_table().write(tmp_path / "tokens.txt")
    with pytest.raises(InputError, match=r"vocoder\.onnx missing"):
        sherpa.SherpaVoice(tmp_path)
