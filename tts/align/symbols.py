"""Hold the marks of every alphabet, and compute how unlike two symbols of one sound.

The symbols of a language's phones are tts.text.alphabet's.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np

from tts.text.alphabet import LENGTH, STRESS, PhoneAlphabet

_PAUSE = re.compile(r"(?:|<eps>|(?:sil|sp|spl|pau)\d*|sil[be])", re.IGNORECASE)
UNKNOWN = frozenset({"spn", "<unk>", "SPN"})

BREAK = "|"  # between words or syllables; a pause may stand there
ANY = "*"  # speech of which the aligner knew no phones


def is_pause(label: str) -> bool:
    """Return whether an aligner's label, sil, sp or nothing, means that nobody speaks."""
    return bool(_PAUSE.fullmatch(label))


@lru_cache(maxsize=4)
def table_of(alphabet: PhoneAlphabet) -> tuple[dict[str, int], np.ndarray]:
    """Number the symbols of an alphabet; return with it the cost (float32) of each for each.

    Equal symbols cost 0, unlike ones of a kind up to 1, those that must not meet 9.
    """
    symbols = dict.fromkeys((*alphabet.symbols, *sorted(STRESS), LENGTH, BREAK, ANY))
    numbers = {symbol: number for number, symbol in enumerate(symbols)}
    costs = [[_cost(a, b, alphabet) for b in numbers] for a in numbers]
    return numbers, np.array(costs, dtype=np.float32)


def _cost(a: str, b: str, alphabet: PhoneAlphabet) -> float:
    """Return the cost of one symbol in place of another: marks meet marks alone."""
    if a == b:
        return 0.0
    if ANY in (a, b):
        return 9.0 if BREAK in (a, b) else 0.1
    if BREAK in (a, b):
        return 9.0
    if a in STRESS or b in STRESS:
        return 0.1 if a in STRESS and b in STRESS else 9.0
    return 1.0 if LENGTH in (a, b) else alphabet.cost(a, b)
