"""Guess from its letters how an English word that no dictionary knows is said.

A word is read as a sequence of graphones (a letter with the phones that it says); of all
sequences the one that an n-gram model of the dictionary's graphones finds most likely is taken.
tools/train_letters.py makes the model and measures it.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from pathlib import Path

MODEL = Path(__file__).with_name("letters.xz")
# Hypotheses kept after each letter, and how far behind the best one they may be (log).
_BEAM = 16
_LONG, _LONG_BEAM = 60, 2  # longer runs of letters are no words, and need no care
_WIDTH = 8.0

NAMES = {
    **{"a": "EY", "b": "B IY", "c": "S IY", "d": "D IY", "e": "IY", "f": "EH F", "g": "JH IY"},
    **{"h": "EY CH", "i": "AY", "j": "JH EY", "k": "K EY", "l": "EH L", "m": "EH M", "n": "EH N"},
    **{"o": "OW", "p": "P IY", "q": "K Y UW", "r": "AA R", "s": "EH S", "t": "T IY", "u": "Y UW"},
    **{"v": "V IY", "w": "D AH B AH L Y UW", "x": "EH K S", "y": "W AY", "z": "Z IY"},
}


class LetterModel:
    """Hold a trained model, ready to say words."""

    def __init__(self, packed: bytes):
        from tts.text.english.ngrams import NgramModel  # brings numpy

        self._ngrams = NgramModel(packed)
        self._phones: list[list[str]] = []
        self._of_letter: dict[str, list[int]] = defaultdict(list)
        for number, name in enumerate(self._ngrams.names):
            letter, *phones = name.split()
            self._phones.append(phones)
            self._of_letter[letter].append(number)

    def phones(self, word: str) -> list[str]:
        """Return ARPAbet phones without stress of a word in a-z; other characters are skipped.

        Viterbi search letter by letter, so the time is linear in the word's length.
        """
        step = self._ngrams.step
        beam = _BEAM if len(word) <= _LONG else _LONG_BEAM
        best: dict[int, tuple] = {self._ngrams.start: (0.0, self._ngrams.start, None)}
        for letter in word:
            choices = self._of_letter.get(letter)
            if not choices:
                continue
            kept = sorted(best.values(), key=_likely)[:beam]
            least = kept[0][0] - _WIDTH
            best = {}
            for score, state, said in kept:
                if score < least:
                    break
                for graphone in choices:
                    log, after = step(state, graphone)
                    log += score
                    if after not in best or best[after][0] < log:
                        best[after] = (log, after, (graphone, said))
        ends = [
            (score + step(state, self._ngrams.end)[0], said) for score, state, said in best.values()
        ]
        said = max(ends, key=lambda end: end[0])[1]
        graphones = []
        while said:
            graphone, said = said
            graphones.append(graphone)
        return [phone for graphone in reversed(graphones) for phone in self._phones[graphone]]


def _likely(hypothesis: tuple) -> float:
    return -hypothesis[0]


@lru_cache(maxsize=1)
def _model() -> LetterModel:
    return LetterModel(MODEL.read_bytes())


def letters_to_phones(word: str) -> list[str]:
    """Guess the ARPAbet phones, without stress, of a word in a-z; see LetterModel.phones."""
    return _model().phones(word)


def spell(letters: str) -> list[list[str]]:
    """Return the names of the letters a-z in `letters`, as ARPAbet phones."""
    return [NAMES[letter].split() for letter in letters if letter in NAMES]
