"""Erhua: fused syllables, their tokens, and where they come from."""

from dataclasses import replace

import pytest

from tts.text.frontend import build_frontend
from tts.text.mandarin import erhua
from tts.text.mandarin.pinyin import SYLLABLES, pinyin_table
from tts.text.spoken import FrontEndConfig

SPLIT = FrontEndConfig(language="zh", frontend="pinyin", unit="syllable")
FUSED = replace(SPLIT, erhua="fused")


def say(config, text):
    return " ".join(build_frontend(config)(text).tokens)


@pytest.mark.parametrize("unit", ["syllable", "initial_final"])
def test_fused_tokens_follow_the_plain_table(unit):
    plain = pinyin_table(unit)
    fused = build_frontend(replace(FUSED, unit=unit)).token_table()
    extra = erhua.fused_tokens(unit)
    assert list(fused.symbols) == [*plain.symbols, *extra]
    assert len(extra) == len(set(extra)) == {"syllable": 1315, "initial_final": 180}[unit]
    for base in erhua.SYLLABLES:
        for tone in ("", "1", "4"):
            together = erhua.fused_syllable(base + tone)
            assert not fused.unknown(erhua.tokens_of(together, unit))


def test_the_list_is_made_of_known_syllables():
    assert len(set(erhua.SYLLABLES)) == len(erhua.SYLLABLES)
    assert set(erhua.SYLLABLES) <= set(SYLLABLES)
    assert erhua.fused_syllable("e2") is None and erhua.fused_syllable("er2") is None


def test_no_two_syllables_share_their_tokens():
    syllables = [s + t for s in SYLLABLES for t in ("", "1")]
    syllables += [s + "r" + t for s in erhua.SYLLABLES for t in ("", "1")]
    tokens = {erhua.tokens_of(s, "initial_final") for s in syllables}
    assert len(tokens) == len(syllables)
    assert erhua.tokens_of("ger1", "initial_final") == ("g", "eer1")
    assert erhua.tokens_of("huir4", "initial_final") == ("h", "uir4")
    assert erhua.tokens_of("er2", "initial_final") == ("er2",)


def test_labels_one_item_a_character():
    labels = ["huir4", "er2", "er5", "menr5", "zheir4", "wo3"]
    split = erhua.read_labels(labels, False)
    assert split == ["hui4", "er5", "er2", "er5", "men5", "er5", "zhei4", "er5", "wo3"]
    fused = erhua.read_labels(labels, True)
    assert fused == ["huir4", "", "er2", "er5", "menr", "", "zher4", "", "wo3"]
    assert erhua.read_labels(["mur4"], True) == ["mu4", "er5"]  # no such word


@pytest.mark.parametrize(
    ("text", "split", "fused"),
    [
        ("一会儿", "yi2 hui4 er", "yi2 huir4"),
        ("在哪儿玩儿？", "zai4 na3 er wan2 er ?", "zai4 nar3 wanr2 ?"),
        ("女儿和儿子", "nv3 er2 he2 er2 zi", "nv3 er2 he2 er2 zi"),
        ("小女孩儿", "xiao3 nv3 hai2 er", "xiao2 nv3 hair2"),
        ("儿", "er2", "er2"),
    ],
)
def test_predicted_suffixes(text, split, fused):
    toneless = [token.rstrip("1234") for token in say(SPLIT, text).split()]
    assert toneless == [token.rstrip("1234") for token in split.split()]
    toneless = [token.rstrip("1234") for token in say(FUSED, text).split()]
    assert toneless == [token.rstrip("1234") for token in fused.split()]


def test_a_suffix_reaches_across_words():
    words = [
        ("会", ["hui4"]),
        ("儿", ["er"]),
        ("儿子", ["er2", "zi"]),
        ("木", ["mu4"]),
        ("儿", ["er"]),
    ]
    assert erhua.reach_back(words) == [
        *(("会儿", ["hui4", "er"]), ("儿子", ["er2", "zi"]), ("木", ["mu4"]), ("儿", ["er"])),
    ]
    assert erhua.fuse("会儿", ["hui4", "er"]) == ["huir4", ""]
    assert erhua.fuse("木儿", ["mu4", "er"]) == ["mu4", "er"]
    assert erhua.fuse("儿儿", ["er"]) == ["er"]


def test_labelled_suffixes():
    labels = ["liu4", "wanr1", "zhao3", "nv3", "er5"]
    spoken = build_frontend(FUSED).from_labels("遛弯儿找女儿。", None, labels)
    assert " ".join(spoken.tokens) == "liu4 wanr1 zhao3 nv3 er ."
    assert spoken.words[0].text == "遛弯儿找女儿"
    both = build_frontend(replace(FUSED, prosody=True))
    said = both.from_labels("遛弯儿找女儿。", "遛#1弯#2儿找#1女儿#4。", labels).tokens
    assert " ".join(said) == "liu4 #1 wanr1 #2 zhao3 #1 nv3 er #4 ."


def test_entries_of_the_lexicon_are_fused():
    table = build_frontend(FUSED).token_table()
    entries = dict(build_frontend(FUSED).lexicon())
    assert entries["一会儿"] == ["yi2", "huir4"]
    assert entries["女儿"] == ["nv3", "er2"]
    assert not table.unknown({token for tokens in entries.values() for token in tokens})
