"""Words with one spelling and several pronunciations."""

from pathlib import Path

import pytest

from tts.text.english.arpabet import lexicon_table, to_ipa
from tts.text.english.heteronym_rules import RULES
from tts.text.english.heteronyms import choose, reading_in, readings, stressed_forms
from tts.text.english.tagger import is_verb
from tts.text.frontend import build_frontend
from tts.text.spoken import FrontEndConfig

FOLDER = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def english():
    return build_frontend(FrontEndConfig())


def cases(name):
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines]


@pytest.mark.parametrize(
    ("name", "fewest", "share"),
    [("heteronyms.tsv", 200, 0.98), ("heteronyms_heldout.tsv", 80, 0.9)],
)
def test_our_sentences(english, name, fewest, share):
    sentences = cases(name)
    assert len(set(sentences)) == len(sentences) >= fewest
    right = 0
    for sentence, word, expected in sentences:
        assert expected in readings()[word], sentence
        right += reading_in(english(sentence).normalized, word) == expected
    assert right >= share * len(sentences)


def test_no_sentence_is_in_both_sets():
    both = [{sentence for sentence, *_ in cases(f"heteronyms{n}.tsv")} for n in ("", "_heldout")]
    assert not both[0] & both[1]


def test_readings_are_pronunciations_that_differ():
    table = lexicon_table()
    assert len(readings()) >= 60
    for word, several in readings().items():
        spoken = [to_ipa(phones) for phones in several.values()]
        assert len(set(spoken)) == len(spoken) > 1, word
        assert not table.unknown(token for tokens in spoken for token in tokens)
    for word, rules in RULES.items():
        assert {name for name, _, _ in rules} <= readings()[word].keys(), word


def test_stress_moves(english):
    tokens = ["".join(word.tokens) for word in english("They record a record.").words]
    assert tokens[2:7:4] == ["ɹɪkˈɔːɹd", "ɹˈɛkɚd"]
    assert english.normalize("They record a record.") == "They record'2 a record."
    assert stressed_forms()["recorded"] == 1 and stressed_forms()["permitting"] == 1


def test_every_reading_has_an_entry_of_its_own(english):
    entries = dict(english.lexicon())
    for word, several in readings().items():
        for number, phones in enumerate(several.values(), 1):
            key = word if number == 1 else f"{word}'{number}"
            assert entries[key] == list(to_ipa(phones))


@pytest.mark.parametrize(
    ("sentence", "verb"),
    [
        ("we want to record it", True),
        ("the old record", False),
        ("farmers produce food", True),
        ("did the band record a song", True),
        ("according to record sales", False),
        ("record the song", True),
        ("do not record", True),
        ("for record sales", False),
    ],
)
def test_is_verb(sentence, verb):
    words = sentence.split()
    index = next(i for i, w in enumerate(words) if w in ("record", "produce"))
    assert is_verb(words, index) is verb


def test_any_neighbours_will_do():
    for words in (["read"], ["READ"] * 50, [",", "read", "."], ["a"] * 100 + ["Job"]):
        for index, word in enumerate(words):
            if word.lower() in readings():
                assert choose(words, index) in readings()[word.lower()]
