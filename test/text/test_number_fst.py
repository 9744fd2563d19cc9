"""numbers.fst writes numbers and symbols as the normaliser says them, and loses nothing."""

import random
import re

import kaldifst
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_normalization import LIKELY, LIKELY_WORDS

from tts.text.fst.numbers import write_number_fst
from tts.text.mandarin import normalize as normalize_mandarin
from tts.text.mandarin import rules as rules_mandarin
from tts.text.mandarin.normalize import normalize
from tts.text.mandarin.rules import RULES

# What may stand around a number.
CARRIERS = [
    "一共有{}。",
    "他说{}，然后走了。",
    "（{}）",
    "{}",
    "比例是{}%",
    "￥{}",
    "到{}℃为止",
    "长{} km",
]


@pytest.fixture(scope="module")
def write(tmp_path_factory):
    path = tmp_path_factory.mktemp("numbers") / "numbers.fst"
    states, arcs = write_number_fst(path)
    assert 10_000 < states < arcs < 120_000
    assert path.stat().st_size < 2_000_000
    return kaldifst.TextNormalizer(str(path))


def differences(write, texts):
    """The texts that are written with a digit left or otherwise than they are normalised."""
    found = []
    for text in texts:
        written, said = write(text), normalize(text)[0]
        if re.search("[0-9０-９]", written) or normalize(written)[0] != said:
            found.append((text, written, said))
    return found


def test_every_rule_says_its_example(write):
    assert len(RULES) > 90
    assert differences(write, [row[2] for row in RULES]) == []


def test_whole_numbers(write):
    """Each length and ending; test_number_parts.py has all numbers up to 20000."""
    plain = [f"是{number}。" for number in range(0, 20_001, 43)]
    assert differences(write, plain) == []


def test_longer_numbers_and_decimals(write):
    random.seed(1)
    texts = []
    for _ in range(1000):
        digits = "".join(random.choices("0001223456789", k=random.randint(4, 12)))
        number = random.choice(["{}", "{:,}", "{}.5", "{:,}.07"]).format(int(digits))
        if not re.fullmatch(r"(1[3-9]\d{9}|[48]00\d{7})(\.\d+)?", number):  # no telephone
            texts.append(random.choice(CARRIERS).format(number))
    assert len(texts) > 900
    assert differences(write, texts) == []


@pytest.mark.parametrize("table", ["golden_zh", "golden_zh_heldout"])
def test_golden_tables(write, root, table, monkeypatch):
    """Where rules_mixed.py changes what is said, the normaliser alone says it."""
    lines = (root / "test" / "text" / f"{table}.tsv").read_text(encoding="utf-8").splitlines()
    texts = [line.split("\t")[1] for line in lines]
    said = [normalize(text) for text in texts]
    monkeypatch.setattr(normalize_mandarin, "say", rules_mandarin.say)
    texts = [text for text, before in zip(texts, said, strict=True) if normalize(text) == before]
    assert len(texts) >= 60
    assert differences(write, texts) == []


def test_texts_without_numbers_stay_as_they_are(write, root):
    lines = (root / "test/runtime/sentences_zh.txt").read_text(encoding="utf-8").splitlines()
    assert len(lines) >= 200
    assert [line for line in lines if write(line) != line] == []


def test_numbers_as_the_normaliser_takes_them_for(write):
    assert write("３－５天，１２％") == "三到五天，百分之十二"
    assert write("⑩、Ⅲ、½") == "十、三、二分之一"


character = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
any_text = st.one_of(
    st.text(character, min_size=1, max_size=40),
    st.text(LIKELY, min_size=1, max_size=40),
    st.lists(st.sampled_from(LIKELY_WORDS), min_size=1, max_size=12).map("".join),
)


@settings(max_examples=300, deadline=None)
@given(text=any_text)
def test_nothing_is_lost(write, text):
    """No text is refused, no digit stays, and Hanzi stay in their order."""
    written = write(text)
    assert written or not re.search(r"[\w一-鿿]", text)
    assert not re.search("[0-9]", written)
    # 年, 至 and 到 between two years become one 到.
    rest = iter(written)
    hanzi = [c for c in text if "\u4e00" <= c <= "\u9fff" and c not in "年至到"]
    assert all(c in rest for c in hanzi), (text, written)


@pytest.mark.parametrize("piece", ["7", "好", "a1", "1-", "今天3-5天，"])
def test_a_very_long_text_is_answered(write, piece):
    text = (piece * 1000)[:1000]
    assert len(write(text)) >= 500
    assert not re.search("[0-9]", write(text))
