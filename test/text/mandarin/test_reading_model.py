"""Weights of readings are learned from labels, the same each time, and survive packing."""

import pytest

from tts.errors import InputError
from tts.text.frontend import build_frontend
from tts.text.mandarin.lattice import Lattice
from tts.text.mandarin.reading_model import labelled_runs, learn, pack, unpack
from tts.text.spoken import FrontEndConfig

# A speaker who says 喜欢 with a neutral tone, 血 as xie3 after 流, and never raises a third tone.
SENTENCES = [
    ("我喜欢猫", "wo3 xi3 huan mao1"),
    ("他喜欢狗", "ta1 xi3 huan gou3"),
    ("她也喜欢雨", "ta1 ye3 xi3 huan yu3"),
    ("你喜欢水", "ni3 xi3 huan shui3"),
    ("手上流血", "shou3 shang4 liu2 xie3"),
    ("他流血了", "ta1 liu2 xie3 le"),
    ("我想走", "wo3 xiang3 zou3"),
    ("你也走", "ni3 ye3 zou3"),
    ("我也想", "wo3 ye3 xiang3"),
    ("很小很好", "hen3 xiao3 hen3 hao3"),
]


@pytest.fixture(scope="module")
def runs():
    return [(hanzi, tuple(said.split()), n) for n, (hanzi, said) in enumerate(SENTENCES)]


def right(lattice, runs):
    """The share of runs said as labelled."""
    said = [tuple(s for e in lattice.read(hanzi) for s in e.said) for hanzi, _, _ in runs]
    return sum(a == labels for a, (_, labels, _) in zip(said, runs, strict=True)) / len(runs)


def test_what_is_labelled_is_learned(runs):
    assert right(Lattice(), runs) <= 0.2
    lattice = learn(runs, epochs=40)
    assert right(lattice, runs) == 1.0
    # and holds for what was not seen
    assert [s for e in lattice.read("你想喜欢") for s in e.said] == ["ni3", "xiang3", "xi3", "huan"]


def test_a_single_sentence_teaches_no_reading(runs):
    once = [*runs, ("老鼠", ("lao3", "shu2"), 99)]
    assert "老鼠" not in learn(once, epochs=1).readings


def test_the_same_runs_give_the_same_model(runs):
    packed = pack(learn(runs, epochs=3))
    assert packed == pack(learn(runs, epochs=3))
    lattice = unpack(packed)
    assert pack(lattice) == packed
    assert right(lattice, runs) == right(learn(runs, epochs=3), runs)


def test_a_front_end_reads_with_its_model(runs):
    config = FrontEndConfig("zh", "pinyin", "syllable", reading_model=pack(learn(runs, epochs=40)))
    words = build_frontend(config)("我喜欢猫。").words
    assert [word.source for word in words] == ["dictionary", "model", "dictionary", "punctuation"]


@pytest.mark.parametrize("packed", ["?", "aGVsbG8=", "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj"])
def test_anything_else_is_refused(packed):
    with pytest.raises(InputError, match="reading_model"):
        unpack(packed)


def test_runs_of_labelled_words():
    frontend = build_frontend(FrontEndConfig("zh", "pinyin", "syllable"))
    spoken = frontend.from_labels(
        "你好，世界Ｂ吗", None, ["ni2", "hao3", "shi4", "jie4", "bi4", "ma5"]
    )
    assert labelled_runs([spoken.words]) == [
        ("你好", ("ni2", "hao3"), 0),
        ("世界", ("shi4", "jie4"), 0),
        ("吗", ("ma",), 0),
    ]
