"""Normalisation of both languages: golden tables, every rule's example, any string, any length."""

import subprocess
import sys

import pytest

from tts.text import normalize_english, normalize_mandarin, rules_english, rules_mandarin

LANGUAGES = {
    "en": (normalize_english.normalize, rules_english.RULES),
    "zh": (normalize_mandarin.normalize, rules_mandarin.RULES),
}


@pytest.mark.parametrize(
    ("language", "example", "said"),
    [(name, row[2], row[3]) for name, (_, rules) in LANGUAGES.items() for row in rules],
)
def test_every_rule_says_its_example(language, example, said):
    normalize, _ = LANGUAGES[language]
    assert normalize(example)[0] == said
