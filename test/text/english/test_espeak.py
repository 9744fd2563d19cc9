"""The optional espeak front end: the reference's table and ids."""

import json

import pytest

from tts.errors import InputError
from tts.text.english import espeak
from tts.text.frontend import build_frontend
from tts.text.spoken import FrontEndConfig
from tts.text.tokens import TokenTable


@pytest.fixture
def frontend():
    return build_frontend(FrontEndConfig(frontend="espeak", framing="reference"))


@pytest.fixture
def packages():
    pytest.importorskip("piper_phonemize", reason="requirements-espeak.txt is not installed")
    pytest.importorskip("tacotron_cleaner", reason="requirements-espeak.txt is not installed")


def test_table_is_the_reference_table(frontend, shared_data):
    table = frontend.token_table()
    assert table == TokenTable.read(shared_data / "reference" / "tokens_en.txt")
    assert len(table.symbols) == 157


def test_ids_equal_the_reference(packages, frontend, shared_data):
    path = shared_data / "reference" / "tokens_en_reference.json"
    for item in json.loads(path.read_text(encoding="utf-8")):
        tokens = frontend(item["text"]).tokens
        assert frontend.token_table().encode(tokens, "reference") == item["ids"], item["id"]


@pytest.mark.parametrize("text", ["", "\0", "\ud800 hello", "😀", "1e99 " + "9" * 50, "中文 é"])
def test_hard_strings_are_answered(packages, frontend, text):
    spoken = frontend(text)
    assert not frontend.token_table().unknown(spoken.tokens)
    for problem in spoken.problems:
        assert text[problem.position :].startswith(problem.text)
    assert bool(spoken.problems) == any(c in text for c in "\0😀中")


def test_missing_packages_say_what_to_type(frontend, monkeypatch):
    espeak._packages.cache_clear()
    monkeypatch.setitem(__import__("sys").modules, "piper_phonemize", None)
    with pytest.raises(InputError, match=r"pip install -r requirements-espeak\.txt"):
        frontend("hello")
    espeak._packages.cache_clear()


def test_lexicon_is_empty(frontend):
    assert list(frontend.lexicon()) == []


@pytest.mark.usefixtures("packages")
def test_mandarin_is_reported_although_it_makes_sounds(frontend):
    spoken = frontend("I love 今天 very much.")
    assert [(p.position, p.text) for p in spoken.problems] == [(7, "今天")]
