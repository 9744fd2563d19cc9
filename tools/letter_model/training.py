"""Train the letter-to-sound model of English on the words of a dictionary."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping

from letter_model.graphones import align
from letter_model.ngrams import train

# Words of the dictionary that the model is never trained on, for measuring.
NUM_HELD_OUT = 2000
ORDER = 6
# N-grams that raise the log likelihood of the dictionary by less are left out.
LEAST_GAIN = 1.0
# Entries like sos EH OW EH S are no spelling: their letters say these phones too rarely.
_LEAST_LIKELIHOOD = -3.2
_LEAST_COUNT = 3


def held_out(words: Iterable[str]) -> list[str]:
    """Return 2,000 words of a-z, two letters or more, that training leaves out: by their hash."""
    plain = (word for word in words if len(word) > 1 and word.isascii() and word.isalpha())
    return sorted(plain, key=lambda word: hashlib.sha256(word.encode()).digest())[:NUM_HELD_OUT]


def train_model(entries: Mapping[str, str]) -> bytes:
    """Return the packed model of a dictionary: words in lower case -> phones without stress.

    Words that are not of a-z alone are passed over, and so are those of `held_out`.
    """
    spared = set(held_out(entries))
    pairs = [
        (word, phones.split())
        for word, phones in sorted(entries.items())
        if word.isascii() and word.isalpha() and word not in spared
    ]
    aligned = [found for found in align(pairs) if found and found.likelihood > _LEAST_LIKELIHOOD]
    counts: dict[tuple, int] = defaultdict(int)
    for found in aligned:
        for graphone in found.graphones:
            counts[graphone] += 1
    usual = sorted(graphone for graphone, count in counts.items() if count >= _LEAST_COUNT)
    numbers = {graphone: number for number, graphone in enumerate(usual)}
    sequences = [
        [numbers[graphone] for graphone in found.graphones]
        for found in aligned
        if all(graphone in numbers for graphone in found.graphones)
    ]
    names = [" ".join((letter, *phones)) for letter, phones in usual]
    return train(sequences, names, ORDER, LEAST_GAIN)
