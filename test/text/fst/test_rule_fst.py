"""The rule FST gives, through the runtimes' own engine, what the front end gives."""

import os
import subprocess
import sys

import kaldifst
import pytest
from conftest import rule_fsts

from tts.text.codes import code_of
from tts.text.frontend import build_frontend
from tts.text.mandarin.lattice import Lattice
from tts.text.spoken import FrontEndConfig

TEXTS = [
    "今天天气很好，我们出去走走吧。",
    "我也想买两把好雨伞；你呢？",
    "银行行长说：“一不小心，一年就过去了……”",
    "他慢慢地走，跑得很快——不对！！",
    "一二三，第一天，一个人，不是一样的。",
    "请给我一杯热茶，谢谢！",
    "北 京 是 首都。",
    "（括号）《书名》“引号”‘单引号’",
    "、，。开头和结尾。。，",
    "OK，ABC三号，T恤衫",
    "老舍的《茶馆》很好看，小李想请你也去。",
    "他说“你好”也很小声",
    "emoji😀在这里",
    "一会儿去玩儿，这儿有个小孩儿在吃冰棍儿，女儿没事儿。",
]


@pytest.fixture(scope="module")
def rules():
    """For a front end a function from text to the tokens that its rule FST writes."""
    made = {}

    def make(config, path):
        if config not in made:
            frontend = build_frontend(config)
            table = frontend.token_table()
            tokens = {code_of(token, table): token for token in table.symbols}
            marks = {"，": ",", "。": ".", "！": "!", "？": "?"}
            normalizer = kaldifst.TextNormalizer(str(path))
            made[config] = lambda text: [
                {**tokens, **marks}.get(character, character) for character in normalizer(text)
            ]
        return made[config]

    return make


WHOLE = FrontEndConfig("zh", "pinyin", "syllable")  # also that of a kind in test/runtime
OWN = FrontEndConfig(
    "zh", "pinyin", "initial_final", erhua="fused", user_lexicon="茶馆 cha4 guan4\n"
)


def test_rule_reads_as_the_front_end(rules):
    read, frontend = rules(WHOLE, rule_fsts(WHOLE)[1]), build_frontend(WHOLE)
    for text in TEXTS:
        assert read(text) == frontend(text).tokens, text


def test_fused_erhua_and_own_words(rules, tmp_path, monkeypatch):
    """Of the vocabulary the words of the texts alone: they are what the transducer can take."""
    known = Lattice.words
    monkeypatch.setattr(
        Lattice, "words", lambda lattice: [w for w in known(lattice) if w in "".join(TEXTS)]
    )
    frontend = build_frontend(OWN)
    read = rules(OWN, frontend.write_rule_fsts(tmp_path)[1])
    for text in TEXTS:
        assert read(text) == frontend(text).tokens, text


def test_same_file_each_time():
    """The order of a set differs from process to process, that of a file must not."""
    code = "from tts.text.mandarin import vocabulary; print(list(vocabulary.frequencies()))"
    printed = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True, check=True,
        ).stdout
        for seed in "12"
    }  # fmt: skip
    assert len(printed) == 1


def test_every_line_of_a_corpus(rules, shared_data):
    lines = (shared_data / "text/bznsyp-000001-010000.txt").read_text(encoding="utf-8").split("\n")
    read, frontend = rules(WHOLE, rule_fsts(WHOLE)[1]), build_frontend(WHOLE)
    for line in lines[:20000:100]:
        marked = line.split("\t")[1]
        text = "".join(c for c in marked if c not in "#1234")
        assert read(text) == frontend(text).tokens, text


def test_other_front_ends_have_none(tmp_path):
    assert build_frontend(FrontEndConfig()).write_rule_fsts(tmp_path) == []
    assert not list(tmp_path.iterdir())
