"""The rule FST gives, through the runtimes' own engine, what the front end gives."""

import kaldifst
import pytest
from conftest import rule_fsts

from tts.text.codes import code_of
from tts.text.frontend import build_frontend
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

    def make(config):
        if config not in made:
            frontend = build_frontend(config)
            _, path = rule_fsts(config)
            table = frontend.token_table()
            tokens = {code_of(token, table): token for token in table.symbols}
            marks = {"，": ",", "。": ".", "！": "!", "？": "?"}
            normalizer = kaldifst.TextNormalizer(str(path))
            made[config] = lambda text: [
                {**tokens, **marks}.get(character, character) for character in normalizer(text)
            ]
        return made[config]

    return make


OWN = {"erhua": "fused", "user_lexicon": "茶馆 cha4 guan4\n"}
CONFIGS = [  # the first is also that of a kind in test/runtime
    FrontEndConfig("zh", "pinyin", "syllable"),
    FrontEndConfig("zh", "pinyin", "initial_final", **OWN),
]


@pytest.mark.parametrize("config", CONFIGS, ids=["syllable", "initial_final-fused"])
def test_rule_reads_as_the_front_end(rules, config):
    frontend = build_frontend(config)
    for text in TEXTS:
        assert rules(config)(text) == frontend(text).tokens, text


def test_every_line_of_a_corpus(rules, shared_data):
    lines = (shared_data / "text/bznsyp-000001-010000.txt").read_text(encoding="utf-8").split("\n")
    frontend = build_frontend(CONFIGS[0])
    for line in lines[:20000:100]:
        marked = line.split("\t")[1]
        text = "".join(c for c in marked if c not in "#1234")
        assert rules(CONFIGS[0])(text) == frontend(text).tokens, text


def test_other_front_ends_have_none(tmp_path):
    assert build_frontend(FrontEndConfig()).write_rule_fsts(tmp_path) == []
    assert not list(tmp_path.iterdir())
