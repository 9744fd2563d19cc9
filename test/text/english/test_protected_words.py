"""Words with pronunciations of their own, through normalisation and back."""

import pytest

from tts.text.english.protected_words import protect
from tts.text.frontend import build_frontend
from tts.text.spoken import FrontEndConfig


@pytest.fixture(scope="module")
def english():
    return build_frontend(FrontEndConfig())


def overridden(spoken):
    return ["".join(word.tokens) for word in spoken.words if word.source == "override"]


def test_inline_overrides_are_said(english):
    spoken = english("I read<R EH1 D> 25 naïve<N AH0 IY1 V>'s; résumé<R EH1 Z UW0 M EY2>.")
    assert overridden(spoken) == ["ɹˈɛd", "nəˈiːvz", "ɹˈɛzumˌeɪ"]
    assert spoken.normalized == "I read twenty five naïve's; résumé."
    assert spoken.problems == ()


def test_the_runtime_is_given_a_spelling_that_sounds_so(english):
    assert english.normalize("I read<R EH1 D> it") == "I read'2 it"
    assert english.normalize("a dear<D IH1 R> one") == "a dear one"
    (spoken,) = english(english.normalize("foo<R EH1 D>")).words
    assert spoken.source == "dictionary" and "".join(spoken.tokens) == "ɹˈɛd"
    # Nothing sounds so: the runtime, given a lexicon, says the word as usual.
    assert english.normalize("foo<B L EY1 R G Z>") == "foo"
    assert dict(english.lexicon(["vlarp<B L EY1 R G Z>"]))["vlarp"]


def test_what_is_wrong_is_said_and_the_word_as_usual(english):
    spoken = english("ab\u2603 I read<R EH> it, 5<6>7 \u2603")
    positions = {problem.text: problem.position for problem in spoken.problems}
    assert positions["read<R EH>"] == 6
    assert [p.position for p in spoken.problems if p.text == "\u2603"] == [2, 27]
    assert overridden(spoken) == []
    assert "ɹˈiːd" in ["".join(word.tokens) for word in spoken.words]


def test_positions_are_those_of_the_input(english):
    text = "one<W AH1 N> two<T UW1>\u2603 x<Y AE> three<TH R IY1> \u2603"
    spoken = english(text)
    found = [problem.position for problem in spoken.problems]
    assert found == [text.index("\u2603"), text.index("x<Y AE>"), text.rindex("\u2603")]


def test_letters_right_after_the_brackets_are_a_word_of_their_own(english):
    spoken = english("wound<W AW1 N D>s")
    assert [word.text for word in spoken.words] == ["wound", " ", "s"]


def test_texts_with_the_made_up_words_themselves(english):
    text = "zqxja read<R EH1 D> zqxjb"
    marked = protect(text, {})
    assert len(marked.words) == 1 and marked.written(marked.text) == "zqxja read zqxjb"
    assert overridden(english(text)) == ["ɹˈɛd"]
    english("zqxj xjqv vqzx read<R EH1 D>")


def test_brackets_that_are_no_pronunciation_are_ordinary_text(english):
    assert english("if a<b and c>d then").normalized == "if a b and c d then"
    spoken = english("<b>bold</b> and <i>it</i>al, read <R EH1 D>☃")
    assert spoken.normalized == "bold and ital, read"
    assert [p.text for p in spoken.problems] == ["<b>", "</b>", "<i>", "</i>", "<R EH1 D>", "☃"]
    for problem in spoken.problems:
        assert spoken.text[problem.position :].startswith(problem.text)
