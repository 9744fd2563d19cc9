"""Prosody marks: read from labels, set among words, as tokens of a voice."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.errors import InputError
from tts.text.frontend import build_frontend
from tts.text.mandarin.boundaries import by_rule
from tts.text.mandarin.boundary_model import predictor, train
from tts.text.mandarin.prosody import (
    MARKS,
    is_said,
    labelled_sentences,
    levels_of,
    read_marks,
    set_marks,
    units_of,
)
from tts.text.spoken import FrontEndConfig, Word

PLAIN = FrontEndConfig(language="zh", frontend="pinyin", unit="syllable")
PROSODY = replace(PLAIN, prosody=True)
KINDS = [
    replace(PLAIN, unit=unit, erhua=erhua)
    for unit in ("syllable", "initial_final")
    for erhua in ("split", "fused")
]
SENTENCES = [
    "昨天下午，我和两个朋友去河边钓鱼了。",
    "他玩儿了一会儿，就回家了！你去哪儿？",
    "请把GPU和三本书放在桌子上，然后，告诉我。",
    "女儿说：“今天有点儿冷……”",
]


def unmarked(tokens):
    return [token for token in tokens if token not in MARKS]


def test_labelled_marks_become_levels():
    marked = read_marks("昨天#1下午#2，我#1和朋友#3去#1钓鱼#4。")
    assert marked.text == "昨天下午，我和朋友去钓鱼。"
    assert marked.levels == (0, 1, 0, 2, 1, 0, 0, 3, 1, 0, 4)
    assert marked.faults == ()


@pytest.mark.parametrize(
    ("marked", "levels", "fault"),
    [
        ("你好", (), ""),
        ("你#1好", (1, 4), "no mark at the end"),
        ("你#1#2好#4", (2, 4), "two marks after character 1"),
        ("你#5好#4", (0, 4), "#5 is none of"),
        ("你#好#4", (0, 4), "# is none of"),
        ("#2你好#4", (0, 4), "before the first character"),
        ("你，#3好#4", (3, 4), ""),
        ("你＃2好#4\r", (2, 4), ""),
        ("", (), ""),
        ("#4", (), "before the first character"),
    ],
)
def test_odd_marks_are_reported(marked, levels, fault):
    found = read_marks(marked)
    assert found.levels == levels
    assert "#" not in found.text and "＃" not in found.text
    assert len(found.faults) == bool(fault)
    assert all(fault in message for message in found.faults)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="你好Ａb#＃12345，。 ”\r", max_size=30))
def test_no_marking_is_too_odd(marked):
    found = read_marks(marked)
    assert len(found.levels) in (0, sum(map(is_said, found.text)))
    assert set(found.levels) <= {0, 1, 2, 3, 4}
    assert read_marks(found.text).text == found.text


def test_marks_stand_before_punctuation_and_end_words():
    words = [
        Word("钓鱼去", ("diao4", "yu2", "qu4"), "dictionary"),
        Word("，", (",",), "punctuation"),
    ]
    words += [Word("花儿", ("hua1", "er"), "dictionary"), Word("GPU", ("a",), "spelled")]
    found = set_marks(words, lambda _: [0, 2, 3, 1, 0, 0])
    shown = [(word.text, word.tokens) for word in found]
    assert shown == [
        *(("钓鱼", ("diao4", "yu2")), ("#2", ("#2",)), ("去", ("qu4",)), ("#3", ("#3",))),
        *(("，", (",",)), ("花儿", ("hua1", "er")), ("#1", ("#1",)), ("GPU", ("a",))),
        ("#4", ("#4",)),
    ]
    assert {word.source for word in found if word.text[0] == "#"} == {"prosody"}


def test_each_sentence_ends_with_the_highest_mark():
    words = ["我", "。", "你", "好", "，", "！", "？", "再见"]
    assert levels_of(words, lambda words: [0] * len(units_of(words))) == [4, 0, 4, 0, 4]
    assert levels_of(["。", "，"], by_rule) == [] == levels_of([], by_rule)


@pytest.mark.parametrize("plain", KINDS, ids=lambda config: f"{config.unit}-{config.erhua}")
def test_without_marks_the_tokens_are_those_of_a_plain_voice(plain):
    frontend, marking = build_frontend(plain), build_frontend(replace(plain, prosody=True))
    table, marks = frontend.token_table(), marking.token_table()
    assert list(marks.symbols) == [*table.symbols, *MARKS]
    assert all(marks.symbols[symbol] == number for symbol, number in table.symbols.items())
    for text in SENTENCES:
        spoken, plain_words = marking(text), frontend(text)
        assert unmarked(spoken.tokens) == plain_words.tokens
        assert marks.unknown(spoken.tokens) == [] and spoken.normalized == plain_words.normalized
        words = [word for word in spoken.words if word.source != "prosody"]
        assert "".join(word.text for word in words) == "".join(w.text for w in plain_words.words)
        assert [t for t in spoken.tokens if t in MARKS][-1] == "#4"


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="我们去北京玩儿不一长行。，！#2aB' 3…女", max_size=40))
def test_any_text_keeps_its_plain_tokens(text):
    for plain in KINDS:
        spoken = build_frontend(replace(plain, prosody=True))(text)
        assert unmarked(spoken.tokens) == build_frontend(plain)(text).tokens


def test_labelled_marks_are_the_tokens_of_training():
    frontend = build_frontend(PROSODY)
    marked = "他#1在河边#2钓鱼#3，玩#1儿得很晚#4。"
    labels = ["ta1", "zai4", "he2", "bian1", "diao4", "yu2", "wanr2", "de5", "hen2", "wan3"]
    text = read_marks(marked).text
    said = "ta1 #1 zai4 he2 bian1 #2 diao4 yu2 #3 , wan2 er #1 de hen2 wan3 #4 ."
    assert " ".join(frontend.from_labels(text, marked, labels).tokens) == said
    plain = build_frontend(PLAIN).from_labels(text, marked, labels)
    assert plain.tokens == unmarked(said.split())
    predicted = frontend.from_labels(text, None, labels)
    assert unmarked(predicted.tokens) == plain.tokens and predicted.tokens[-2:] == ["#4", "."]
    odd = frontend.from_labels(text, marked.replace("#1", "#7"), labels)
    assert unmarked(odd.tokens) == plain.tokens


def test_a_text_is_said_as_its_sentences_are():
    frontend = build_frontend(PROSODY)
    together = frontend("".join(SENTENCES)).tokens
    assert together == [token for text in SENTENCES for token in frontend(text).tokens]


@pytest.mark.parametrize(
    "config",
    [
        replace(PLAIN, unit="bpe", vocab_size=40, prosody=True),
        replace(PLAIN, unit="bpe", vocab_size=40, erhua="fused"),
        FrontEndConfig(prosody=True),
        FrontEndConfig(erhua="fused"),
    ],
)
def test_voices_that_cannot_have_marks_are_refused(config):
    with pytest.raises(InputError, match="is for zh, zh_en with unit syllable or initial_final"):
        build_frontend(config)


def test_what_a_predictor_learns_from():
    frontend = build_frontend(PLAIN)
    marked = read_marks("你#1用GPU#3，好吗#4？再见#4。")
    found = labelled_sentences(frontend(marked.text).words, marked.levels)
    assert ["".join(words) for words, _ in found] == ["你用GPU，好吗", "再见"]
    assert [levels for _, levels in found] == [[1, 0, 3, 0, 4], [0, 4]]
    assert labelled_sentences(frontend("有3个").words, (0, 0)) == []


def test_all_labelled_sentences(shared_data):
    """Labelled marks read without a fault; a prosody voice says them and nothing else anew."""
    lines = (shared_data / "text" / "bznsyp-000001-010000.txt").read_text("utf-8-sig").splitlines()
    plain, marking = build_frontend(PLAIN), build_frontend(PROSODY)
    counts = dict.fromkeys(MARKS, 0)
    for first, pinyin in zip(lines[::2], lines[1::2], strict=True):
        name, marked = first.split("\t")
        found = read_marks(marked)
        assert found.faults == () and found.levels[-1] == 4, name
        if name != "002365":
            tokens = marking.from_labels(found.text, marked, pinyin.split()).tokens
            assert unmarked(tokens) == plain.from_labels(found.text, marked, pinyin.split()).tokens
            assert sum(level > 0 for level in found.levels) == len(tokens) - len(unmarked(tokens))
        for level in found.levels:
            if level:
                counts[MARKS[level - 1]] += 1
    assert counts == {"#1": 40309, "#2": 14503, "#3": 10034, "#4": 10000}


# --- predictors -----------------------------------------------------------------------------


def rhythm(draw):
    """A sentence of an invented language: 的 ends a word, 和 begins a phrase."""
    words, levels = [], []
    for index in range(draw.randint(3, 7)):
        word = draw.choice(["高山", "流水", "白云", "红花", "明月", "清风"])
        if index and draw.random() < 0.4:
            levels[-1] = 2
            words.append("和")
            levels.append(0)
        words += [word, "的"]
        levels += [0, 0, 1]
    return words, levels


@pytest.fixture(scope="module")
def learned():
    draw = random.Random(1)
    return train([rhythm(draw) for _ in range(150)])


def test_a_model_learns_what_labels_say(learned):
    draw = random.Random(2)
    predict = predictor(learned)
    for words, levels in (rhythm(draw) for _ in range(20)):
        assert predict(words)[:-1] == levels[:-1]


def test_learning_twice_gives_the_same_model(learned):
    draw = random.Random(1)
    assert train([rhythm(draw) for _ in range(150)]) == learned


def test_predictors_answer_any_words(learned):
    model = predictor(learned)
    for words in (
        [],
        ["，"],
        ["好"],
        ["A"],
        ["，", "好", "，", "，", "hello", "天气"],
        ["好"] * 3000,
    ):
        for predict in (model, by_rule):
            levels = predict(words)
            assert len(levels) == len(units_of(words)) and set(levels) <= {0, 1, 2, 3}
            assert predict(words) == levels


@pytest.mark.parametrize("packed", ["no base64!", "AAAA", "0" * 400])
def test_a_damaged_model_is_refused(packed):
    with pytest.raises(InputError, match="prosody model"):
        build_frontend(replace(PROSODY, prosody_model=packed))


def test_work_is_linear_in_the_length(learned):
    """Twice the sentence, twice the features; none of them depends on the whole text."""
    from tts.text.mandarin.boundaries import features, sentence_of

    words = ["高山", "和", "流水", "的", "，"] * 40
    once = sum(map(len, features(sentence_of(words))))
    twice = sum(map(len, features(sentence_of(words * 2))))
    assert abs(twice - 2 * once) < 60
