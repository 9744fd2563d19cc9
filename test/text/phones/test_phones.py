"""Phones of any language: symbols become tokens, what is unknown is said, tables stay."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts.errors import InputError
from tts.infer.long_text import say_sentences
from tts.text.frontend import build_frontend, check_config, sample_text, with_symbols
from tts.text.lexicon import missing_words, read_lexicon, write_lexicon
from tts.text.phones.learning import learn
from tts.text.spoken import FrontEndConfig, Problem

SYMBOLS = ", . a b c ch oː s S tʰ |"
CONFIG = FrontEndConfig("phones", "phones", symbols=SYMBOLS)


def items(*texts):
    return [{"text": text, "custom": {}} for text in texts]


def test_symbols_become_tokens_and_unknown_ones_are_reported():
    spoken = build_frontend(CONFIG)("a tʰ  zz | oː , x")
    assert spoken.tokens == ["a", "tʰ_0", "|", "oː_0", ","]
    sources = [word.source for word in spoken.words]
    assert sources == ["phone", "phone", "space", "phone", "punctuation"]
    assert spoken.normalized == "a tʰ | oː ,"
    reason = "left out: not one of the 11 symbols of this voice"
    assert spoken.problems == (Problem(6, "zz", reason), Problem(16, "x", reason))


def test_a_phone_without_a_letter_can_be_said_and_marks_alone_cannot():
    frontend = build_frontend(FrontEndConfig("phones", "phones", symbols="@ { a , 。 |"))
    for text in ("@", ", {"):
        said, _ = say_sentences(text, frontend)
        assert [spoken.tokens for spoken in said] == [text.split()]
    with pytest.raises(InputError, match="there is only punctuation"):
        say_sentences(", 。 |", frontend)


def test_table_is_the_blank_and_the_symbols_in_their_order():
    table = build_frontend(CONFIG).token_table()
    assert list(table.symbols)[:5] == ["_", ",", ".", "a", "b"] and table.pad_id == 0
    assert list(table.symbols.values()) == list(range(12))


@given(st.text(alphabet=string.printable + "oːtʰ|", max_size=60))
def test_any_string_is_said_or_reported(text):
    spoken = build_frontend(CONFIG)(text)
    parts = text.split()
    assert len(spoken.words) + len(spoken.problems) == len(parts)
    for problem in spoken.problems:
        assert text[problem.position :].startswith(problem.text)


def test_table_of_a_corpus_holds_what_its_texts_do_but_the_blank():
    config = FrontEndConfig("phones", "phones")
    assert learn(config, False, lambda name: items("b a . _ x||y", "a c")).symbols == ". a b c"
    texts = [{"text": "Ah.", "custom": {"normalized_text": "a"}}]
    assert learn(config, True, lambda name: texts).symbols == "a"
    assert learn(CONFIG, True, lambda name: items("q")) == CONFIG
    with pytest.raises(InputError, match="no symbols in 1 texts"):
        learn(config, True, lambda name: items(" "))


def test_rare_symbols_are_named(capsys):
    learn(FrontEndConfig("phones", "phones"), True, lambda name: items("a b " * 5 + "bb"))
    assert "1 of 3 symbols stand fewer than 5 times in the texts\n  bb\n" in capsys.readouterr().out


def test_given_symbols_are_checked(tmp_path):
    path = tmp_path / "symbols.txt"
    config = FrontEndConfig("phones", "phones")
    path.write_text("b a\ntʰ\n", encoding="utf-8")
    assert with_symbols(config, path).symbols == "b a tʰ"
    assert with_symbols(config, "") == config
    for text, fault in (("a b a", "a stands twice"), ("", "no symbol"), ("a _", "_ cannot")):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=fault):
            with_symbols(config, path)
    with pytest.raises(InputError, match="cannot be read"):
        with_symbols(config, tmp_path / "none")


def test_configurations_that_no_voice_can_have():
    check_config(FrontEndConfig("phones", "phones"))
    with pytest.raises(InputError, match="needs its symbols"):
        build_frontend(FrontEndConfig("phones", "phones"))
    with pytest.raises(InputError, match="same name"):
        build_frontend(FrontEndConfig("phones", "phones", symbols="oː oː_0"))
    with pytest.raises(InputError, match="--symbols is for phones with unit phone"):
        check_config(FrontEndConfig(symbols="a b"))


def test_the_lexicon_holds_what_runtimes_can_tell_apart(tmp_path):
    frontend = build_frontend(CONFIG)
    path = tmp_path / "lexicon.txt"
    report = write_lexicon(path, frontend.lexicon(), frontend.token_table())
    assert report.written == 11 + 9 and report.summary().endswith("refused: none")
    entries = read_lexicon(path)
    assert entries["oː"] == ["oː_0"] and "s" not in entries
    said = frontend("a s oː")
    assert [p.text for p in missing_words(said, entries, by_character=False)] == ["s"]


def test_long_texts_are_cut_between_symbols():
    frontend = build_frontend(CONFIG)
    sentence = "a tʰ b | c ch oː , " * 20 + "s ."
    said, problems = say_sentences(" ".join([sentence] * 8), frontend)
    assert len(said) == 8 and not problems
    assert all(spoken.tokens == frontend(sentence).tokens for spoken in said)


def test_a_sentence_for_readmes_is_one_the_voice_can_say():
    assert sample_text(CONFIG) == "a b c ch oː s S tʰ"
    assert not build_frontend(CONFIG)(sample_text(CONFIG)).problems
