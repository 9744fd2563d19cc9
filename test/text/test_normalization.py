"""Normalisation of both languages: golden tables, every rule's example, any string, any length."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.text.english import normalize as normalize_english
from tts.text.english import rules as rules_english
from tts.text.mandarin import normalize as normalize_mandarin
from tts.text.mandarin import rules as rules_mandarin
from tts.text.mandarin import rules_everyday, rules_mixed, rules_symbols

LANGUAGES = {
    "en": (normalize_english.normalize, rules_english.RULES),
    "zh": (
        normalize_mandarin.normalize,
        [
            *rules_mandarin.RULES,
            *rules_mixed.MIXED,
            *rules_everyday.EVERYDAY,
            *rules_symbols.SYMBOLS,
        ],
    ),
}
ALLOWED = {
    "en": re.compile(r"(?:[A-Za-z']+|[,.!?;])(?: [A-Za-z']+|[,.!?;])*"),
    "zh": re.compile(r"[\u3400-\u9fff〇\U00020000-\U0003ffffA-Za-z' ，。！？]*"),
}
# What the rules look at, so that random strings meet them.
LIKELY = (
    "$€£¥%°#@&+-=/~^:.,'\"()<>_*×÷≤²½⁻·–”》①ºαβή 0123579aAbCkmgstIVX五个年月日元第到比😀é…—－１％　"
)
LIKELY_WORDS = re.split(
    "[|]",
    "No. 5|3:30 pm|May 5|Louis|XIV|5 kg|$1.5|million|1990s|a.m.|U.S.|www.a.com|x@y.org|#tag|2/3|"
    "-5|10-12|第III章|2个|138 1234 5678|3-2|获胜|G123|次列车|5%|℃|2024年|-|.|,| |,000|th|'s",
)
any_text = st.one_of(
    st.text(max_size=60),
    st.text(alphabet=st.characters(), max_size=40),  # lone surrogates as well
    st.text(alphabet=LIKELY, max_size=40),
    st.lists(st.sampled_from(LIKELY_WORDS), max_size=12).map("".join),
    st.lists(st.sampled_from(LIKELY_WORDS), max_size=12).map(" ".join),
)


@pytest.mark.parametrize(
    ("language", "example", "said"),
    [(name, row[2], row[3]) for name, (_, rules) in LANGUAGES.items() for row in rules],
)
def test_every_rule_says_its_example(language, example, said):
    normalize, _ = LANGUAGES[language]
    assert normalize(example)[0] == said


@pytest.mark.parametrize("kind", ["", "_fresh", "_heldout"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_golden_table(root, language, kind):
    """At least 95 % right; the tool prints what is right by category, and every failure."""
    table = root / "test" / "text" / f"golden_{language}{kind}.tsv"
    command = [sys.executable, "tools/score_normalization.py", language, str(table)]
    scored = subprocess.run(
        [*command, "--at-least", "95"], cwd=root, capture_output=True, text=True, check=False
    )
    print(scored.stdout)
    assert scored.returncode == 0, scored.stdout + scored.stderr
    lines = table.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line[0] != "#"]
    counts = [sum(row[0] == category for row in rows) for category in {row[0] for row in rows}]
    most, least = {"": (170, 5), "_fresh": (120, 4), "_heldout": (60, 2)}[kind]
    assert len(rows) >= most and len(counts) >= 24 and min(counts) >= least


def test_a_table_below_the_wanted_score_fails(root, tmp_path):
    table = tmp_path / "table.tsv"
    table.write_text("cardinal\tI have 3.\tI have four.\n", encoding="utf-8")
    command = [sys.executable, "tools/score_normalization.py", "en", str(table), "--at-least", "50"]
    scored = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert scored.returncode == 2 and "found  I have three." in scored.stdout
    table.write_text("cardinal\tI have 3.\n", encoding="utf-8")
    scored = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert scored.returncode == 2 and f"{table}:1: not category" in scored.stderr


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=300, deadline=None)
@given(text=any_text)
def test_any_string_becomes_words(language, text):
    normalize, _ = LANGUAGES[language]
    said, problems = normalize(text)
    assert not said or ALLOWED[language].fullmatch(said), said
    assert not re.search(r"  |^ | $| [,.!?;，。！？]|[,.!?;，。！？]{2}", said), said
    for problem in problems:
        assert problem.text and problem.reason
        assert text.startswith(problem.text, problem.position), problem
    assert normalize(text) == (said, problems)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_normalised_stays_as_it_is(language, root):
    normalize, _ = LANGUAGES[language]
    table = root / "test" / "text" / f"golden_{language}.tsv"
    for line in table.read_text(encoding="utf-8").splitlines():
        said = normalize(line.split("\t")[1])[0]
        assert normalize(said) == (said, [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_threads_and_processes_say_the_same(language, root):
    normalize, rules = LANGUAGES[language]
    texts = [row[2] for row in rules] * 2
    alone = [normalize(text) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(normalize, texts)) == alone
    module = normalize.__module__
    code = (
        f"import ast, sys; from {module} import normalize\n"
        "texts = ast.literal_eval(sys.stdin.read())\n"
        "print([normalize(text)[0] for text in texts])"
    )
    fresh = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code], input=repr(texts), encoding="utf-8", cwd=root,
        capture_output=True, check=True,
    )  # fmt: skip
    assert fresh.stdout.strip() == repr([said for said, _ in alone])


LONG = [
    "a",
    "7",
    "$",
    "😀",
    "好",
    "5'",
    "º",
    "²",
    "α ",
    "I",
    "a1",
    "1/2",
    "½",
    "x\u0301",
    "a.",
    "1-",
    "5 kg",
    "#",
    "a好1😀",
]


@pytest.mark.parametrize("piece", LONG)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_very_long_text_is_answered(language, piece):
    """Anything quadratic in here would take minutes."""
    normalize, _ = LANGUAGES[language]
    said, problems = normalize((piece * 100_000)[:100_000])
    assert said or problems


@pytest.mark.parametrize("language", LANGUAGES)
def test_neighbours_that_are_equal_are_one_problem(language):
    normalize, _ = LANGUAGES[language]
    (problem,) = normalize("😀" * 5000)[1]
    assert problem.position == 0 and "GRINNING FACE, 5000 times" in problem.reason
    (problem,) = normalize("=" * 30)[1]
    assert "EQUALS SIGN, 30 times" in problem.reason
    assert normalize("\u200d\ufe0f")[1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_dropped_between_digits_separates_them(language):
    normalize, _ = LANGUAGES[language]
    apart = normalize("5 6")[0]
    for text in ("5⑥", "⑤⑥", "⑤6", "5“”6", "5》《6"):
        assert normalize(text) == (apart, []), text
    said, problems = normalize("5😀6")
    assert said == apart and [(p.position, p.text) for p in problems] == [(1, "😀")]
    assert normalize("５６")[0] == normalize("56")[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_greek_word_is_left_out_as_one(language):
    normalize, _ = LANGUAGES[language]
    problems = normalize("a Ελληνικά, λόγος π")[1]
    assert [(p.position, p.text) for p in problems] == [(2, "Ελληνικά"), (12, "λόγος")]
    assert normalize("αβ")[1] == []


def test_long_english_texts_are_looked_through_in_blocks():
    """What stands in one block or another is said as in its own sentence."""
    say = normalize_english.normalize
    prose = "The quiet garden was full of light when the bells began to ring in the old town. "
    sentences = [f"{prose}Room 12 cost $45.50 on 3 May {year}." for year in range(1990, 2002)]
    whole, problems = say(" ".join(sentences))
    assert not problems and whole == " ".join(say(sentence)[0] for sentence in sentences)
    assert "nineteen ninety" in whole
