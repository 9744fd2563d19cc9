"""Measure how far predicted pronunciations are from a dictionary's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


def edit_distance(a: Sequence[str], b: Sequence[str]) -> int:
    """Count the fewest edits (insert, delete, replace) that turn `a` into `b` (Levenshtein)."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (x != y))
    return row[-1]


@dataclass(frozen=True)
class PhoneErrors:
    """Hold phone error rate and share of wrong words, in per cent."""

    phones: float
    words: float

    def __str__(self) -> str:
        return f"phone error {self.phones:.2f} %, word error {self.words:.2f} %"


def phone_errors(
    said: Iterable[Sequence[str]], expected: Iterable[Sequence[Sequence[str]]]
) -> PhoneErrors:
    """Count errors of `said` against the nearest of each word's `expected` pronunciations."""
    errors = phones = wrong = words = 0
    for ours, theirs in zip(said, expected, strict=True):
        distance, length = min((edit_distance(ours, one), len(one)) for one in theirs)
        errors += distance
        phones += length
        wrong += distance > 0
        words += 1
    return PhoneErrors(100 * errors / max(phones, 1), 100 * wrong / max(words, 1))
