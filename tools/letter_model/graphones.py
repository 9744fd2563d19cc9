"""Align the letters of words with their phones by expectation maximisation.

Every letter stands for no phone, one or two: a graphone is a letter with the phones it says
(Bisani and Ney, Joint-sequence models for grapheme-to-phoneme conversion, 2008).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Graphone = tuple[str, tuple[str, ...]]

_LETTERS = 26
# Before the first round: a phone a letter is likely, silent letters less, two phones rare.
_START = (0.3, 1.0, 0.05)
_TINY = 1e-300


@dataclass(frozen=True)
class Aligned:
    """Hold the graphones of a word, in order, and their mean log probability."""

    graphones: tuple[Graphone, ...]
    likelihood: float


@dataclass
class _Group:
    """Hold pairs of one length: letters (L, N) and phones (P, N) as numbers, phones from 1 on."""

    indices: np.ndarray
    letters: np.ndarray
    phones: np.ndarray

    def reachable(self, letter: int) -> range:
        """Return how many phones the first `letter` letters can have said."""
        rest, num_phones = len(self.letters) - letter, len(self.phones)
        return range(max(0, num_phones - 2 * rest), min(num_phones, 2 * letter) + 1)

    def cell(self, letter: int, phone: int, count: int) -> tuple:
        """Return index into a table (letter, phone, phone): `count` phones from `phone` on."""
        said = [self.phones[phone + k] if k < count else 0 for k in range(2)]
        return (self.letters[letter], *said)


def align(pairs: Sequence[tuple[str, Sequence[str]]], rounds: int = 8) -> list[Aligned | None]:
    """Return most likely graphones of words in a-z with their phones; None where there are none.

    A word with more than two phones a letter (mr, w) has no alignment.
    """
    names = ["", *sorted({phone for _, phones in pairs for phone in phones})]
    numbers = {name: number for number, name in enumerate(names)}
    groups = _groups(pairs, numbers)
    table = np.full((_LETTERS, len(names), len(names)), _START[2])
    table[:, 0, 0], table[:, 1:, 0], table[:, 0, 1:] = _START[0], _START[1], 0.0
    for _ in range(rounds):
        counts = np.zeros_like(table)
        for group in groups:
            _expect(group, table, counts)
        table = counts / np.maximum(counts.sum(axis=(1, 2), keepdims=True), _TINY)
    aligned: list[Aligned | None] = [None] * len(pairs)
    for group in groups:
        for index, counts_of, likelihood in _best(group, table):
            word, phones = pairs[index]
            graphones, place = [], 0
            for letter, count in zip(word, counts_of, strict=True):
                graphones.append((letter, tuple(phones[place : place + count])))
                place += count
            aligned[index] = Aligned(tuple(graphones), likelihood)
    return aligned


def _groups(pairs: Sequence[tuple[str, Sequence[str]]], numbers: dict[str, int]) -> list[_Group]:
    by_length: dict[tuple[int, int], list[int]] = defaultdict(list)
    for index, (word, phones) in enumerate(pairs):
        if 0 < len(phones) <= 2 * len(word):
            by_length[len(word), len(phones)].append(index)
    return [
        _Group(
            np.array(indices),
            np.array([[ord(letter) - ord("a") for letter in pairs[i][0]] for i in indices]).T,
            np.array([[numbers[phone] for phone in pairs[i][1]] for i in indices]).T,
        )
        for _, indices in sorted(by_length.items())
    ]


def _forward(group: _Group, table: np.ndarray, best: bool) -> tuple[np.ndarray, np.ndarray]:
    """Sum (or maximise) over all ways to each cell (letters, phones); find the best last step."""
    shape = (len(group.letters) + 1, len(group.phones) + 1, len(group.indices))
    forward, steps = np.zeros(shape), np.zeros(shape, np.int8)
    forward[0, 0] = 1.0
    for i in range(1, shape[0]):
        for j in group.reachable(i):
            ways = np.stack(
                [
                    forward[i - 1, j - k] * table[group.cell(i - 1, j - k, k)]
                    if j >= k
                    else np.zeros(shape[2])
                    for k in range(3)
                ]
            )
            steps[i, j] = ways.argmax(axis=0)
            forward[i, j] = ways.max(axis=0) if best else ways.sum(axis=0)
    return forward, steps


def _expect(group: _Group, table: np.ndarray, counts: np.ndarray) -> None:
    """Add to `counts` how often each graphone is expected in the words of a group."""
    forward, _ = _forward(group, table, best=False)
    num_letters, num_phones = len(group.letters), len(group.phones)
    backward = np.zeros_like(forward)
    backward[-1, -1] = 1.0
    total = np.maximum(forward[-1, -1], _TINY)
    for i in range(num_letters - 1, -1, -1):
        for j in group.reachable(i):
            for k in range(min(2, num_phones - j) + 1):
                cell = group.cell(i, j, k)
                way = backward[i + 1, j + k] * table[cell]
                np.add.at(counts, cell, forward[i, j] * way / total)
                backward[i, j] += way


def _best(group: _Group, table: np.ndarray) -> list[tuple[int, list[int], float]]:
    """Find for each word its index, the phones each letter says, and the mean log probability."""
    forward, steps = _forward(group, table, best=True)
    likelihoods = np.log(np.maximum(forward[-1, -1], _TINY)) / len(group.letters)
    found = []
    for n, index in enumerate(group.indices.tolist()):
        counts, place = [], len(group.phones)
        for i in range(len(group.letters), 0, -1):
            counts.append(int(steps[i, place, n]))
            place -= counts[-1]
        found.append((index, counts[::-1], float(likelihoods[n])))
    return found
