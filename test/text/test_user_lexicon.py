"""The user's own pronunciations."""

import pytest

from tts.errors import InputError
from tts.text.user_lexicon import merge, parse


def test_lines_of_both_languages():
    text = (
        "\ufefftencha\tT EH1 N CH AH0 # a name\r\n\n# more\n"
        "O’Neil  ow0 n iy1 l\n重庆 chong2 qing4\n花儿 huar1\n"
    )
    assert parse(text, "zh_en", "x") == {
        "tencha": ("T", "EH1", "N", "CH", "AH0"),
        "o'neil": ("OW0", "N", "IY1", "L"),
        "重庆": ("chong2", "qing4"),
        "花儿": ("huar1",),
    }


def test_every_malformed_line_is_named_in_one_message():
    text = (
        "tencha T EH1 N\nfoo\nbar B AX0\n重庆 chong2 qing4\n"
        "baz B AE Z\ntencha T IY1\nhm HH M\n? P\n"
    )
    with pytest.raises(InputError) as caught:
        parse(text, "en-us", "my.txt")
    message = str(caught.value)
    assert message.startswith("my.txt: 7 of its lines cannot be used")
    for number, reason in (
        (2, "no pronunciation"),
        (3, "no phone of ARPAbet"),
        (4, "Hanzi"),
        (5, "lacks its stress digit"),
        (6, "stands already in line 1"),
        (7, "no vowel"),
        (8, "no part of a word"),
    ):
        (line,) = [line for line in message.splitlines() if f"line {number}:" in line]
        assert reason in line
    assert "for example: tencha T EH1 N CH AH0" in message


def test_malformed_mandarin_lines():
    with pytest.raises(InputError) as caught:
        parse("重庆 chong2\n重 zhong\n庆 qang4\n重x chong2\nabc EY1\n", "zh", "x")
    message = str(caught.value)
    for reason in (
        "2 characters but 1",
        "tone digit",
        "no syllable of Mandarin",
        "Hanzi and other",
    ):
        assert reason in message
    assert "5 of its lines" in message and "重庆 chong2 qing4" in message


def test_many_faults_are_counted():
    with pytest.raises(InputError, match="and 30 more"):
        parse("x\n" * 50, "en-us", "x")


def test_added_entries_stand_over_stored_ones():
    merged = merge("a EY1\nb B IY1\n", "B B EH1\nc S IY1\n", "en-us", "x")
    assert parse(merged, "en-us", "x") == {
        **{"a": ("EY1",), "b": ("B", "EH1"), "c": ("S", "IY1")},
    }
    with pytest.raises(InputError, match="new"):
        merge("a EY1\n", "b", "en-us", "new.txt")
