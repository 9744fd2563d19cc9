"""The helper for sherpa-onnx without a runtime: cutting, what is sent, what is refused.

With the real runtimes: test/runtime/test_helper.py.
"""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from tts.config import to_dict, write_toml
from tts.errors import InputError
from tts.export.parts import FRONTEND_FILE, default_model
from tts.infer import sherpa
from tts.infer.long_text import say_sentences
from tts.infer.speak import Request, speak, speak_text
from tts.text import codes
from tts.text.frontend import build_frontend
from tts.text.spoken import FrontEndConfig
from tts.text.tokens import TokenTable
from tts.voice import SpeakingOptions

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


def test_a_newer_runtime_gets_the_tokens_uncut(newer):
    engine, front = Engine(), build_frontend(FrontEndConfig())
    text = "Fine; we go! Yes."
    speech = sherpa.speak_with(engine, front, text, length_scale=2.0, sid=3)
    ((given, generation, _, _),) = engine.asked
    assert (given, generation.tokens) == ("", [front(text).tokens])
    assert generation.extra["min_words_in_sentence"] == "1000000"
    assert (generation.speed, generation.sid, generation.silence_scale) == (0.5, 3, 1.0)
    assert speech.samples.tolist() == [0.5, -0.5]
    assert speech.sample_rate == 22050


def test_an_older_runtime_gets_codes(older):
    engine, front = Engine(), build_frontend(MANDARIN)
    text = "今天是2024年，😀。走吧！"
    speech = sherpa.speak_with(engine, front, text, sid=2)
    codes_of_text = codes.in_codes(front(text).tokens, front.token_table())
    assert engine.asked == [(codes_of_text, None, 2, 1.0)]
    (problem,) = speech.problems
    assert problem.text == "😀"


def test_an_older_runtime_takes_no_tokens_of_an_espeak_voice(older):
    front = SimpleNamespace(config=FrontEndConfig("en-us", "espeak", framing="runtime"))
    with pytest.raises(InputError, match="no tokens given"):
        list(speak(sherpa.Engine(Engine(), front), [Request("a", tokens=["a"])]))


def test_long_texts_are_said_sentence_by_sentence(newer):
    engine, front = Engine(), build_frontend(MANDARIN)
    speech = sherpa.speak_with(engine, front, LONG, pause=1.0)
    said, _ = say_sentences(LONG, front)
    assert [g.tokens for _, g, _, _ in engine.asked] == [[spoken.tokens] for spoken in said]
    assert len(said) > 20
    assert len(speech.samples) == 2 * len(said) + 22050 * (len(said) - 1)


def test_what_no_runtime_takes_is_refused(newer):
    engine = sherpa.Engine(Engine(), build_frontend(FrontEndConfig()))
    for options in ({"pitch_scale": 2.0}, {"energy_scale": 0.5}):
        with pytest.raises(InputError, match="takes a length scale for the whole text"):
            speak_text(engine, "Yes.", SpeakingOptions(**options))
    for options in ({"num_steps": 5}, {"noise_scale": 0.0}, {"seed": 1}):
        with pytest.raises(InputError, match=rf"takes no {next(iter(options)).replace('_', ' ')}"):
            speak_text(engine, "Yes.", SpeakingOptions(**options))
    given = Request("a", tokens=["a"], scales={"length_scale": [2.0]})
    with pytest.raises(InputError, match="no other scale"):
        list(speak(engine, [given]))
    with pytest.raises(InputError, match="no mel that is given"):
        list(speak(engine, [Request("a", mel_TF=np.zeros((3, 80), np.float32))]))


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


def test_the_users_pronunciations_join_those_of_the_voice(newer, tmp_path, monkeypatch):
    engine = Engine()
    monkeypatch.setattr(sherpa, "_engine", lambda *_: engine)
    config = FrontEndConfig(user_lexicon="tencha T EH1 N CH AH0\n")
    (tmp_path / "model-steps-3.onnx").touch()
    write_toml(tmp_path / FRONTEND_FILE, to_dict(config))
    build_frontend(config).token_table().write(tmp_path / "tokens.txt")
    added = tmp_path / "mine.txt"
    added.write_text("zlorb Z L AO1 R B\n", encoding="utf-8")
    sherpa.SherpaVoice(tmp_path, user_lexicon=added).speak("Tencha zlorb.")
    ((_, generation, _, _),) = engine.asked
    assert generation.tokens == [[*"tˈɛntʃə", " ", *"zlˈɔːɹb", "."]]
