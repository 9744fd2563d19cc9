"""What every front end must do, whatever its language or unit."""

import base64
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from conftest import lexicon_of
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.config import from_dict, to_dict
from tts.errors import InputError
from tts.text.bpe import pack_bpe, train_bpe
from tts.text.frontend import build_frontend, metadata_flags
from tts.text.spoken import FrontEndConfig

ENGLISH = FrontEndConfig()
SYLLABLE = FrontEndConfig(language="zh", frontend="pinyin", unit="syllable")
SENTENCES = {
    "en-us": ["The quick brown fox jumps over the lazy dog.", "She sells sea shells, daily!"],
    "zh": ["今天天气很好，我们去公园玩。", "他们喜欢看电影吗？", "一个人不知道。"],
}


def with_bpe(config, size):
    plain = build_frontend(config)
    texts = [plain.normalize(text) for text in SENTENCES[config.language]]
    model = pack_bpe(train_bpe(texts, size))
    return replace(config, unit="bpe", vocab_size=size, bpe_model=model)


CONFIGS = {
    "english": ENGLISH,
    "english-bpe": with_bpe(ENGLISH, 40),
    "english-characters": replace(ENGLISH, unit="characters"),
    "syllable": SYLLABLE,
    "initial_final": replace(SYLLABLE, unit="initial_final"),
    "mandarin-bpe": with_bpe(SYLLABLE, 40),
    "prosody-fused": replace(SYLLABLE, prosody=True, erhua="fused"),
    "mixed": replace(SYLLABLE, language="zh_en"),
}
HARD = [
    *(
        "",
        " ",
        "...",
        "。。！？",
        "\0\x07\u200b\ufeff",
        "😀👨‍👩‍👧",
        "\ud800",
        "a" * 3000,
        "５０％",
        "#5",
    ),
    *("1" * 400, "$€£¥ 5", "-5--5—5", "مرحبا", "ＡＢＣ", "x" + "\u0301" * 50, "'-'-'", "{}[]<>\\"),
    *("龘𠀀\u4dbf\u9fff", "İıſßﬃ", "好" * 3000, "\u2028\u2029\x85", "12:30:45 3/4 1e9 №5 5'10\""),
]


@pytest.fixture(params=list(CONFIGS), scope="module")
def frontend(request):
    return build_frontend(CONFIGS[request.param])


def check(frontend, text):
    """The contract that holds for any string at all."""
    spoken = frontend(text)
    table = frontend.token_table()
    assert spoken.text == text and table.unknown(spoken.tokens) == []
    assert spoken == frontend(text)
    # For the runtimes a heteronym's other reading has a number: read'2.
    sent = re.sub(r"(?<=[a-z])'\d", "", frontend.normalize(text))
    assert spoken.normalized.lower() == sent.lower()
    for problem in spoken.problems:
        assert 0 <= problem.position < len(text)
        assert problem.text and problem.reason
    assert "".join(
        word.text for word in spoken.words if word.source not in ("space", "prosody")
    ) == (spoken.normalized.replace(" ", ""))
    return spoken


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_string_is_answered(text):
    for config in CONFIGS.values():
        check(build_frontend(config), text)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab'-,.!?:$%0159 一不好儿长３％…—“”ＡéI", max_size=40))
def test_any_likely_string_is_answered(text):
    for config in CONFIGS.values():
        check(build_frontend(config), text)


@pytest.mark.parametrize("text", HARD)
def test_hard_strings_are_answered(frontend, text):
    check(frontend, text)


def test_normalizing_twice_changes_nothing(frontend):
    for text in [*SENTENCES["en-us"], *SENTENCES["zh"], "Hello: \"world\" -- it's 5 o'clock"]:
        once = frontend.normalize(text)
        assert frontend.normalize(once) == once
        assert frontend(once).tokens == frontend(text).tokens


def test_threads_give_the_same_answers(frontend):
    texts = [*SENTENCES["en-us"], *SENTENCES["zh"], "3 apples, 5 元", "2021-01-05"] * 6
    alone = [frontend(text).tokens for text in texts]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda text: frontend(text).tokens, texts)) == alone


def test_forked_process_gives_the_same_answer(frontend):
    text = "5 apples and 三个苹果, 25%"
    expected = frontend(text).tokens
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, repr(frontend(text).tokens == expected).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 10) == b"True"


def test_lexicon_entries_are_in_the_table(frontend):
    table = frontend.token_table()
    entries = lexicon_of(frontend.config)
    assert entries and all(word and tokens for word, tokens in entries)
    assert not table.unknown({token for _, tokens in entries for token in tokens})


def test_config_survives_storing():
    for config in CONFIGS.values():
        assert from_dict(FrontEndConfig, to_dict(config)) == config


def test_flags_for_the_runtime():
    flags = metadata_flags(ENGLISH)
    assert (flags["has_espeak"], flags["jieba"], flags["use_eos_bos"]) == ("1", "0", "0")
    assert (flags["language"], flags["voice"], flags["pad_id"]) == ("English", "en-us", "0")
    flags = metadata_flags(SYLLABLE)
    assert (flags["has_espeak"], flags["jieba"], flags["use_eos_bos"]) == ("0", "1", "0")
    assert flags["pad_id"] == "1"
    espeak = FrontEndConfig(frontend="espeak", framing="runtime")
    assert metadata_flags(espeak)["use_eos_bos"] == "1"


@pytest.mark.parametrize(
    "config",
    [
        replace(ENGLISH, unit="syllable"),
        replace(ENGLISH, framing="runtime"),
        replace(SYLLABLE, frontend="lexicon"),
        replace(ENGLISH, unit="bpe"),
        replace(ENGLISH, unit="bpe", bpe_model=base64.b64encode(b"no model").decode()),
        replace(ENGLISH, unit="bpe", bpe_model="no base64!"),
    ],
)
def test_parts_that_do_not_match_are_refused(config):
    with pytest.raises(InputError):
        build_frontend(config).token_table()


def test_importing_front_ends_loads_nothing_heavy(root):
    code = (
        "import sys, tts.text.frontend, tts.text.english.frontend, tts.text.english.espeak\n"
        "import tts.text.mandarin.frontend\n"
        "heavy = {'wetext', 'pypinyin', 'sentencepiece', 'pocketsphinx', 'torch', 'numpy'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"
