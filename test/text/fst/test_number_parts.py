"""Parts of transducers: numbers are written as number_words.py says them; how parts combine."""

import random

import kaldifst
import pytest

from tts.text.fst.number_parts import fraction, number
from tts.text.fst.transducer import Transducer, either, maybe, some, table, times
from tts.text.mandarin.number_words import hanzi_number
from tts.text.mandarin.words import KINDS


@pytest.fixture
def build(tmp_path):
    """A part as a function from what is read to what is written; "" for what it does not read."""

    def build(part):
        builder = Transducer({"3": "３"})
        builder.start = builder.state()
        builder.finals.add(builder.after(builder.start, part))
        path = str(tmp_path / "part.fst")
        builder.write(path)
        fst = kaldifst.StdVectorFst.read(path)
        kaldifst.arcsort(fst, "ilabel")
        fst.write(path)
        return kaldifst.TextNormalizer(path)

    return build


def test_whole_numbers(build):
    write = build(number())
    assert [n for n in range(20_001) if write(str(n)) != hanzi_number(str(n))] == []


def test_longer_numbers(build):
    random.seed(1)
    write = build(number(commas=True))
    for _ in range(3000):
        digits = random.choices("00001223456789", k=random.randint(5, 15))
        value = int("".join(digits))
        for written in (str(value), f"{value:,}", f"{value}.0{value % 97}"):
            assert write(written) == hanzi_number(written), written
    for refused in ("1,2345", "1234,567", "12,", ",123", "1.", "1000000000000000"):
        assert write(refused) == "", refused
    assert write("007") == "零零七"
    assert write("３3") == "三十三"


def test_what_is_written_before(build):
    assert build(number("百分之"))("10.5") == "百分之十点五"


def test_fractions(build):
    write = build(fraction(range(1, 100), 3))
    for written in ("1/2", "3/100", "3/101", "99/300", "17/20"):
        assert write(written) == KINDS["fraction"](written)
    assert write("100/3") == ""


def test_parts_combine(build):
    write = build(either(("a", "A"), some(table({"a": "x", "b": "y"}))))
    assert write("abba") == "xyyx"
    assert write("") == write("c") == ""
    assert [build(times("a", 1, 2))("a" * n) for n in range(4)] == ["", "a", "aa", ""]
    assert build(maybe(("a", "b")))("a") == "b"


def test_what_begins_alike_stays_apart(build):
    """What may follow in one alternative may not in another that reads the same first."""
    write = build(either(some("a"), "ab"))
    assert (write("aaa"), write("ab"), write("aab")) == ("aaa", "ab", "")


def test_other_characters(build):
    """All characters but the known ones, also where their first bytes are the same."""

    def part(builder, start):
        end = builder.state()
        builder.others(start, end, "号3")
        return end

    write = build(part)
    for character in "a号叶3３😀é，":
        assert write(character) == ("" if character in "号3３" else character)
