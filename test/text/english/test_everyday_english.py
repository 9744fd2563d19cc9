"""Text as people write it: codes, slashes, units, capitals, chat; one table for each language."""

import pytest

from tts.text.frontend import build_frontend
from tts.text.spoken import FrontEndConfig

LEAST = 2  # lines of a kind


def rows(root, language):
    lines = (root / "test" / "text" / f"everyday_{language}.tsv").read_text(encoding="utf-8")
    return [line.split("\t") for line in lines.splitlines() if line[0] != "#"]


def found(spoken, what):
    """What the front end made of a text: normalised, a problem, or the phones of a word."""
    if what == "normalised":
        return spoken.normalized
    if what == "problem":
        return "; ".join(f"{problem.position} {problem.text}" for problem in spoken.problems)
    return next(("".join(word.tokens) for word in spoken.words if word.text == what), "")


@pytest.fixture(scope="module")
def english():
    return build_frontend(FrontEndConfig())


def test_everyday_english(english, root):
    table = rows(root, "en")
    wrong = [
        f"{kind}: {text}: {found(english(text), what)}, not {wanted}"
        for kind, text, what, wanted in table
        if found(english(text), what) not in wanted.split(" | ")
    ]
    assert not wrong, "\n".join(wrong)
    kinds = [row[0] for row in table]
    assert len(set(kinds)) >= 15 and min(map(kinds.count, kinds)) >= LEAST


def test_every_short_form_says_its_example(english):
    from tts.text.english.short_forms import rows as short_forms

    assert len(short_forms()) > 80
    wrong = []
    for written, words, example, said in short_forms():
        if not example:  # any FORM here; Art. 4, Ex. D, intl. Dale
            for mark, filled in (("9", "4"), ("B", "D"), ("X", "Dale")):
                written, words = (form.replace(mark, filled) for form in (written, words))
            example = f"any {written.replace('.,', '.')} here"
            said = f"any {words.replace('4', 'four')} here"
        assert written.replace(".,", ".") in example or written.capitalize() in example
        if english(example).normalized != said:
            wrong.append(f"{example}: {english(example).normalized}, not {said}")
    assert not wrong, "\n".join(wrong)


def test_words_in_capitals_are_of_the_dictionary():
    from tts.text.english.dictionary import dictionary
    from tts.text.english.spelling import _capital_words

    assert [word for word in _capital_words() if word not in dictionary()] == []
