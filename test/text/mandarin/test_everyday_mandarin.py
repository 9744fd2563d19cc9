"""Text as people write it: codes, slashes, scores, units, polyphones, traditional characters."""

from functools import cache

import pytest

from tts.text.frontend import FrontEndConfig, build_frontend

KINDS = (
    *("one", "ordinal", "codes", "slash", "polyphones", "traditional", "units", "letters"),
    *("surnames", "must", "medicine", "signs", "short"),
    *("scores", "versions", "years", "drops", "prices", "marks", "names", "clock", "days"),
)


@cache
def front_end(language):
    return build_frontend(FrontEndConfig(language, "pinyin", "syllable"))


def value(language, text, field):
    """The normalised text, the syllables (5: neutral tone), or the problems."""
    spoken = front_end(language)(text)
    if field == "normalized":
        return spoken.normalized
    if field == "problem":
        return "; ".join(f"{problem.position} {problem.text}" for problem in spoken.problems)
    words = [word for word in spoken.words if word.source not in ("punctuation", "space")]
    syllables = [token for word in words for token in word.tokens]
    return " ".join(s if s[-1].isdigit() else s + "5" for s in syllables)


def rows(root):
    lines = (root / "test/text/everyday_zh.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines]


@pytest.mark.parametrize("kind", KINDS)
def test_texts_of_a_kind(root, kind):
    wrong = []
    chosen = [row[1:] for row in rows(root) if row[0] == kind]
    for language, text, field, wanted in chosen:
        said = value(language, text, field)
        if not any(form in said for form in wanted.split(" | ")):
            wrong.append(f"{text}: {said}, not {wanted}")
    assert len(chosen) >= 3
    assert not wrong, "\n".join(wrong)


def test_every_row_is_of_a_kind(root):
    assert {row[0] for row in rows(root)} == set(KINDS)
