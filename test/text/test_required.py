"""What a pattern must find in a text, and rules that are skipped because of it."""

import csv
import re
from pathlib import Path

import pytest

from tts.text.english.rules import RULES as ENGLISH
from tts.text.mandarin.rules import RULES as MANDARIN
from tts.text.required import required_characters
from tts.text.verbalize import Rule, compile_rules


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"\bkm(?=\d)", ["k", "m", "0123456789"]),
        (r"(?i:x)y?(?:z){2}", ["xX", "z"]),
        (r"(?i)a(?-i:b)", ["aA", "b"]),
        (r"(?:ab|c|[de])f*", ["acde"]),
        (r"(?:ab|c*)", []),
        (r"[^a]\w.(?!q)(?<!q)", []),
        (r"(?<=%)[A-C]", ["%", "ABC"]),
    ],
)
def test_sets(pattern, expected):
    assert sorted(map(sorted, required_characters(pattern))) == sorted(map(sorted, expected))


def test_every_match_has_what_its_pattern_asks_for():
    """On the tables of texts, for every rule of both languages."""
    matches = 0
    for language, rules in (("en", ENGLISH), ("zh", MANDARIN)):
        table = Path(__file__).with_name(f"everyday_{language}.tsv")
        rows = csv.reader(table.open(encoding="utf-8"), delimiter="\t")
        texts = [row[1] for row in rows if len(row) > 1] + [row[2] for row in rules]
        for pattern, *_ in rules:
            needs = required_characters(pattern)
            compiled = re.compile(pattern, re.ASCII)
            for text in texts:
                if compiled.search(text):
                    matches += 1
                    assert not any(need.isdisjoint(text) for need in needs), (pattern, text)
    assert matches > 1000


def test_a_rule_may_need_what_a_rule_above_wrote():
    say = compile_rules(
        [Rule("q", "z", "", ""), Rule("z", "y", "", ""), Rule("k", "x", "", "")], {}
    )
    assert say("aqa") == "aya"
    assert say("akq") == "axy"
