"""Training of the letter-to-sound model: what is spared, how letters are aligned, n-grams."""

import sys
from math import exp
from pathlib import Path

import pytest

from tts.evaluate.pronunciation import phone_errors
from tts.text.english.dictionary import published
from tts.text.english.letters import LetterModel, letters_to_phones
from tts.text.english.ngrams import NgramModel

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

from letter_model import graphones, ngrams, training

# A made-up language: every letter says one phone, c says two, e at the end says none.
SOUNDS = {"b": ["B"], "a": ["AA"], "c": ["K", "S"], "d": ["D"], "e": ["EH"]}


def made_up(count):
    words = {}
    for number in range(count):
        word = "".join("bacde"[number // 5**place % 5] for place in range(4))
        said = [p for i, c in enumerate(word) for p in ([] if (i, c) == (3, "e") else SOUNDS[c])]
        words[word] = " ".join(said)
    return words


def test_shipped_model_on_words_it_was_not_trained_on():
    entries = published()
    words = training.held_out(entries)[::4]
    said = [letters_to_phones(word) for word in words]
    errors = phone_errors(said, [[entries[word].split()] for word in words])
    assert len(words) == 500
    assert errors.phones < 9 and errors.words < 34


def test_held_out_words_are_the_same_whatever_the_order():
    words = sorted(published())
    chosen = training.held_out(words)
    assert len(chosen) == 2000 == len(set(chosen))
    assert chosen == training.held_out(reversed(words))
    assert all(word.isalpha() and len(word) > 1 for word in chosen)


def test_training_spares_the_held_out_words(monkeypatch):
    monkeypatch.setattr(training, "NUM_HELD_OUT", 60)
    entries = made_up(625)
    packed = training.train_model(entries)
    assert packed == training.train_model(dict(reversed(entries.items())))
    model = LetterModel(packed)
    for word in training.held_out(entries):
        assert model.phones(word) == entries[word].split(), word
    spared = dict.fromkeys(training.held_out(entries), "B B B B")
    assert training.train_model({**entries, **spared}) == packed


def test_alignment_finds_the_letters_of_each_phone():
    pairs = [(word, phones.split()) for word, phones in made_up(625).items()]
    aligned = graphones.align([*pairs, ("a", ["B"] * 3)])
    assert aligned[-1] is None
    for (word, _), found in zip(pairs, aligned, strict=False):
        if word.endswith("ee"):
            continue  # which e is silent cannot be known
        expected = [(c, tuple(SOUNDS[c])) for c in word]
        if word[-1] == "e":
            expected[-1] = ("e", ())
        assert list(found.graphones) == expected


@pytest.mark.parametrize("least_gain", [-1e9, 0.5])
def test_probabilities_after_every_state_sum_to_one(least_gain):
    sequences = [[0, 1, 2], [0, 1, 0], [2, 2, 1], [0, 1, 2], [1], [0, 0, 2, 1]] * 3
    model = NgramModel(ngrams.train(sequences, ["a", "b", "c"], 3, least_gain))
    assert model.names == ["a", "b", "c"]
    states = {model.start}
    for _ in range(3):
        states |= {model.step(state, symbol)[1] for state in states for symbol in range(3)}
    assert len(states) > 3
    for state in states:
        total = sum(exp(model.step(state, symbol)[0]) for symbol in range(5))
        assert total == pytest.approx(1.0, abs=0.02)
    assert model.step(model.start, 0)[0] > model.step(model.start, 1)[0]
