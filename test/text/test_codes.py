"""Codes: a text of Hangul that names tokens."""

import unicodedata

import pytest
from conftest import lexicon_of

from tts.errors import InputError
from tts.text import codes
from tts.text.frontend import build_frontend
from tts.text.spoken import FrontEndConfig
from tts.text.tokens import TokenTable

UNITS = ("syllable", "initial_final")


def front(unit):
    return build_frontend(FrontEndConfig(language="zh", frontend="pinyin", unit=unit))


def test_a_code_is_the_id_as_a_hangul_syllable():
    table = TokenTable({"_": 0, "ma1": 1, ",": 7})
    assert codes.code_of("ma1", table) == "각"
    assert codes.in_codes(["ma1", ",", "ma1"], table) == "각갇각"


@pytest.mark.parametrize("unit", UNITS)
def test_every_token_but_blank_and_space_has_its_own_code(unit):
    table = front(unit).token_table()
    entries = dict(codes.entries(table))
    said = list(entries.values())
    assert all(len(tokens) == 1 for tokens in said)
    assert {tokens[0] for tokens in said} == set(table.symbols) - {"_", " "}
    assert all(unicodedata.name(code).startswith("HANGUL SYLLABLE") for code in entries)


@pytest.mark.parametrize("unit", UNITS)
def test_the_lexicon_says_a_text_in_codes_as_its_tokens(unit):
    frontend = front(unit)
    lexicon = dict(lexicon_of(frontend.config))
    spoken = frontend("今天天气很好，你呢？")
    text = codes.in_codes(spoken.tokens, frontend.token_table())
    assert [token for code in text for token in lexicon[code]] == spoken.tokens
    assert len(text) == len(spoken.tokens)


def test_no_code_for_blank_space_unknown_tokens_and_large_ids():
    table = TokenTable({"_": 0, " ": 1, "a": 2, "far": 20000})
    assert [token for _, (token,) in codes.entries(table)] == ["a"]
    for token in ("_", " ", "far"):
        with pytest.raises(InputError, match="has no code"):
            codes.in_codes(["a", token], table)
    with pytest.raises(InputError, match="not in the token table: 'b'"):
        codes.in_codes(["a", "b"], table)
