"""Mandarin readings as the cheapest path: words, sandhi, the user's words, weights."""

import itertools
import random

import pytest

from tts.text.mandarin import vocabulary
from tts.text.mandarin.lattice import NEVER, Lattice, can_end


@pytest.fixture(scope="module")
def lattice():
    return Lattice()


def said(lattice, hanzi, fixed=None):
    return " ".join(s for entry in lattice.read(hanzi, fixed) for s in entry.said)


@pytest.mark.parametrize(
    ("hanzi", "syllables"),
    [
        # polyphones by their words
        ("银行行长", "yin2 hang2 hang2 zhang3"),
        ("长大了还要还钱", "zhang3 da4 le hai2 yao4 huan2 qian2"),
        ("都市里都很挤", "du1 shi4 li3 dou1 hen2 ji3"),
        ("重新种树", "chong2 xin1 zhong4 shu4"),
        ("他得去", "ta1 dei3 qu4"),
        ("跑得快", "pao3 de kuai4"),
        ("慢慢地走", "man4 man4 de zou3"),
        ("轻轻地说", "qing1 qing1 de shuo1"),
        ("这种花种了三年", "zhe4 zhong3 hua1 zhong4 le san1 nian2"),
        ("第一名", "di4 yi1 ming2"),
        ("地上", "di4 shang4"),
        ("因为你", "yin1 wei4 ni3"),
        # 一 and 不
        ("一天一夜", "yi4 tian1 yi2 ye4"),
        ("第一", "di4 yi1"),
        ("不对不好", "bu2 dui4 bu4 hao3"),
        # third tones
        ("我也想你", "wo2 ye2 xiang2 ni3"),
        ("好", "hao3"),
        ("很好听", "hen2 hao3 ting1"),
        # erhua
        ("玩儿", "wan2 er"),
        ("女儿", "nv3 er2"),
        # neutral tones
        ("骆驼和玻璃", "luo4 tuo he2 bo1 li"),
    ],
)
def test_readings(lattice, hanzi, syllables):
    assert said(lattice, hanzi) == syllables


def test_path_is_the_cheapest_of_all(lattice):
    """Against every combination of entries, on short runs."""

    def ways(hanzi):
        if not hanzi:
            yield ()
        for stop in range(1, len(hanzi) + 1):
            for entry in lattice.entries(hanzi[:stop]):
                for rest in ways(hanzi[stop:]):
                    yield (entry, *rest)

    def cost(path):
        meetings = itertools.pairwise(path)
        return sum(e.cost for e in path) + sum(
            lattice.meeting(one.right, other.left) for one, other in meetings
        )

    for hanzi in ("一也不好", "我想买米", "得地为了", "一不小心", "很好的雨伞"):
        allowed = [path for path in ways(hanzi) if can_end(path[-1].right)]
        assert cost(lattice.read(hanzi)) == min(map(cost, allowed)) < NEVER


def test_given_syllables_stand_and_no_word_crosses_them(lattice):
    assert said(lattice, "长大", {0: ("chang2",)}) == "chang2 da4"
    assert said(lattice, "我很好", {1: ("hen3",)}) == "wo2 hen3 hao3"
    words = lattice.read("银行行长", {1: ("xing2", "xing2")})
    assert [entry.word for entry in words] == ["银", "行行", "长"]
    assert words[1].source == "override"


def test_words_of_the_user_stand_over_all_others():
    lattice = Lattice(user={"行长": ("xing2", "chang2"), "天天向上好学生": ("a1",) * 7})
    (word,) = lattice.read("行长")
    assert word.said == ("xing2", "chang2") and word.source == "lexicon"
    assert [entry.word for entry in lattice.read("天天向上好学生")] == ["天天向上好学生"]


def test_a_character_of_the_user_leaves_words_alone():
    lattice = Lattice(user={"行": ("hang2",), "一个": ("yi1", "ge4"), "好米": ("hao3", "mi3")})
    assert said(lattice, "自行车行") == "zi4 xing2 che1 hang2"
    assert said(lattice, "一个人") == "yi1 ge4 ren2"
    assert said(lattice, "好米好") == "hao3 mi2 hao3"


def test_weights_change_readings():
    plain = Lattice()
    assert said(plain, "喜欢") == "xi3 huan1"
    learned = Lattice({"喜欢": {("xi3", "huan1"): 300, ("xi3", "huan"): 0}})
    (entry,) = learned.read("喜欢")
    assert entry.said == ("xi3", "huan") and entry.source == "model"
    kept = {("third", "kept", "1", "1"): -1000}
    assert said(Lattice(weights=kept), "我想") == "wo3 xiang3"


def test_every_run_has_a_path(lattice):
    drawn = random.Random(3)
    known = sorted(vocabulary.characters())
    for _ in range(200):
        hanzi = "".join(drawn.choices(known + ["一", "不", "儿"] * 2000, k=drawn.randint(1, 30)))
        entries = lattice.read(hanzi)
        assert "".join(entry.word for entry in entries) == hanzi
        assert all(len(entry.said) == len(entry.word) for entry in entries)
