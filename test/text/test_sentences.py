"""Long texts in sentences: nothing lost, nothing twice, no number or abbreviation cut."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.errors import InputError
from tts.text.languages import NAMES, language_of
from tts.text.sentences import split_sentences


def without_space(text):
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Pi is 3.14 or so. Yes.", ["Pi is 3.14 or so.", "Yes."]),
        ("Mr. Fox met Dr. Hen. They ran.", ["Mr. Fox met Dr. Hen.", "They ran."]),
        ("Fruit, e.g. pears, is good. Eat.", ["Fruit, e.g. pears, is good.", "Eat."]),
        ("He left the U.S. in May. Why?", ["He left the U.S. in May.", "Why?"]),
        ("Come at 5 p.m. He waits. Go.", ["Come at 5 p.m.", "He waits.", "Go."]),
        ("J. R. Smith wrote it. Read it.", ["J. R. Smith wrote it.", "Read it."]),
        ("See No. 5 and www.a.com. Then go on.", ["See No. 5 and www.a.com.", "Then go on."]),
        ('"Really?" "Yes..." (No!) Fine.', ['"Really?"', '"Yes..."', "(No!)", "Fine."]),
        ("A line\nanother line of the text", ["A line", "another line of the text"]),
    ],
)
def test_english_sentences(text, pieces):
    assert split_sentences(text, "en-us", len(text) - 1) == pieces


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("你好。“走吧！”他说……好？", ["你好。", "“走吧！”", "他说……", "好？"]),
        ("约3.14吧.对!1,000个。", ["约3.14吧.", "对!", "1,000个。"]),
        ("我用Mr. Li的书。好。", ["我用Mr. Li的书。", "好。"]),
    ],
)
def test_mandarin_sentences(text, pieces):
    assert split_sentences(text, "zh", len(text) - 1) == pieces


def test_a_short_text_stays_whole():
    assert split_sentences("One. Two.", "en-us") == ["One. Two."]
    assert split_sentences("  一。二。", "zh") == ["  一。二。"]
    assert split_sentences(" \n ", "zh") == split_sentences("", "en-us") == []


def test_a_long_sentence_is_cut_after_commas_then_at_spaces_then_anywhere():
    assert split_sentences("aa bb, cc dd ee, ff gg.", "en-us", 18) == ["aa bb, cc dd ee,", "ff gg."]
    assert split_sentences("aa bb cc dd ee", "en-us", 6) == ["aa bb", "cc dd", "ee"]
    assert split_sentences("一二三，四五六七", "zh", 5) == ["一二三，", "四五六七"]
    assert split_sentences("x" * 25, "en-us", 10) == ["x" * 10, "x" * 10, "x" * 5]
    assert split_sentences("一二abcd三四", "zh", 5) == ["一二", "abcd三", "四"]
    marked = "我在重庆<chong2 qing4>住"
    assert split_sentences(marked, "zh", 18) == ["我在重庆<chong2 qing4>", "住"]
    with pytest.raises(InputError, match="at least 1"):
        split_sentences("a", "zh", 0)


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(st.text(max_size=80), st.text(alphabet="ab.,!? \n3:。，“”一<>Mr-…", max_size=80)),
    st.sampled_from(NAMES),
    st.integers(1, 30),
)
def test_nothing_is_lost_or_said_twice(text, language, most):
    pieces = split_sentences(text, language, most)
    if len(text) <= most:
        assert pieces == ([text] if text.strip() else [])
        return
    assert all(piece == piece.strip() and 0 < len(piece) <= most for piece in pieces)
    place = 0
    for piece in pieces:
        found = text.index(piece, place)
        assert not text[place:found].strip()
        place = found + len(piece)
    assert not text[place:].strip()


@pytest.mark.parametrize("piece", ["a", "好", ".", "1", '."', "Mr. ", "a.b", "\n", "<a "])
@pytest.mark.parametrize("language", ["en-us", "zh"])
def test_a_hundred_thousand_characters(piece, language):
    text = (piece * 100_000)[:100_000]
    pieces = split_sentences(text, language)
    assert max(map(len, pieces), default=0) <= language_of(language).max_chars
    assert without_space("".join(pieces)) == without_space(text)
