"""Estimate an n-gram model with back-off, prune it and pack it for tts.text.english.ngrams.

Interpolated modified Kneser-Ney smoothing (Chen and Goodman, An empirical study of smoothing
techniques for language modeling, 1999), then pruned by what each n-gram adds to the
likelihood. Symbols are numbers; two more mark the beginning and the end of a sequence.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# Probabilities and back-off weights are stored as one of so many values.
_VALUES = {"probability": 64, "backoff": 16}
_FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "lc": 4, "lp": 0, "pb": 0}]


@dataclass
class _Level:
    """Hold the n-grams of one length: arrays with one entry each.

    context: index of its first n - 1 symbols on the level before; symbol: its last one;
    suffix: index of its last n - 1 symbols there; count: how often it was seen.
    """

    context: np.ndarray
    symbol: np.ndarray
    suffix: np.ndarray
    count: np.ndarray
    first: np.ndarray  # whether it begins a sequence
    probability: np.ndarray | None = None
    backoff: np.ndarray | None = None


def train(
    sequences: Sequence[Sequence[int]], names: Sequence[str], order: int, least_gain: float
) -> bytes:
    """Return the packed model of `sequences`, whose symbols are the places of `names`, 254 at most.

    least_gain: n-grams that raise the log likelihood of the sequences by less are left out.
    """
    num_symbols = len(names)
    begin, end = num_symbols, num_symbols + 1
    tokens = np.array([t for s in sequences for t in (begin, *s, end)])
    owner = np.repeat(np.arange(len(sequences)), [len(s) + 2 for s in sequences])
    levels = _count(tokens, owner, order, num_symbols + 2)
    backoffs = _smooth(levels, begin, num_symbols + 2)
    levels = _renumber(levels, _kept(levels, backoffs, least_gain))
    return _pack(levels, names)


def _count(tokens: np.ndarray, owner: np.ndarray, order: int, size: int) -> list[_Level]:
    """Return all n-grams up to `order` inside the sequences."""
    levels: list[_Level] = []
    shorter = np.zeros(len(tokens), np.int64)
    for n in range(1, order + 1):
        starts = np.arange(len(tokens) - n + 1)
        starts = starts[owner[starts] == owner[starts + n - 1]]
        keys = shorter[starts] * size + tokens[starts + n - 1]
        found, inverse, count = np.unique(keys, return_inverse=True, return_counts=True)
        suffix = np.zeros(len(found), np.int64)
        if n > 1:
            suffix[inverse] = shorter[starts + 1]
        first = np.zeros(len(found), bool)
        first[inverse] = tokens[starts] == size - 2
        levels.append(_Level(found // size, found % size, suffix, count, first))
        shorter = np.full(len(tokens), -1, np.int64)
        shorter[starts] = inverse
    return levels


def _smooth(levels: list[_Level], begin: int, size: int) -> list[np.ndarray]:
    """Set every probability; returns the back-off weight of each level's contexts."""
    backoffs = []
    for n, level in enumerate(levels):
        seen = level.count.astype(float)
        if n + 1 < len(levels):
            # Not how often, but after how many different symbols.
            before = np.bincount(levels[n + 1].suffix, minlength=len(seen))
            seen = np.where(level.first, seen, before)
        if n == 0:
            seen[level.symbol == begin] = 0.0
        discount = _discounts(seen)[np.minimum(seen, 3).astype(int)]
        num_contexts = len(levels[n - 1].count) if n else 1
        total = np.maximum(np.bincount(level.context, seen, num_contexts), 1e-9)
        backoff = np.bincount(level.context, discount, num_contexts) / total
        lower = levels[n - 1].probability[level.suffix] if n else 1.0 / size
        level.probability = (seen - discount) / total[level.context]
        level.probability = level.probability + backoff[level.context] * lower
        backoffs.append(backoff)
    return backoffs


def _discounts(seen: np.ndarray) -> np.ndarray:
    """Return what is taken from counts 0, 1, 2 and from 3 on."""
    one, two, three, four = (max(int((seen == k).sum()), 1) for k in (1, 2, 3, 4))
    ratio = one / (one + 2 * two)
    exact = [1 - 2 * ratio * two / one, 2 - 3 * ratio * three / two, 3 - 4 * ratio * four / three]
    return np.array([0.0, *np.clip(exact, 0.05, [0.95, 1.9, 2.9])])


def _kept(levels: list[_Level], backoffs: list[np.ndarray], least_gain: float) -> list[np.ndarray]:
    """Return which n-grams stay: those that help, and those that longer ones are built on."""
    keep = [np.ones(len(level.count), bool) for level in levels]
    for n in range(len(levels) - 1, 0, -1):
        level = levels[n]
        needed = np.zeros(len(level.count), bool)
        if n + 1 < len(levels):
            longer, kept = levels[n + 1], keep[n + 1]
            needed[longer.context[kept]] = True
            needed[longer.suffix[kept]] = True
        without = backoffs[n][level.context] * levels[n - 1].probability[level.suffix]
        gain = level.count * (np.log(level.probability) - np.log(without))
        keep[n] = needed | (gain > least_gain)
    return keep


def _renumber(levels: list[_Level], keep: list[np.ndarray]) -> list[_Level]:
    """Return the kept n-grams, with back-off weights that make every context sum to one."""
    kept: list[_Level] = []
    places = np.zeros(1, np.int64)
    for n, (level, keeping) in enumerate(zip(levels, keep, strict=True)):
        context, suffix = level.context[keeping], level.suffix[keeping]
        new = _Level(
            *(places[context], level.symbol[keeping], places[suffix]),
            *(level.count[keeping], level.first[keeping], level.probability[keeping]),
        )
        if n:
            below = kept[-1]
            size = len(below.count)
            said = np.bincount(new.context, new.probability, size)
            lower = np.bincount(new.context, below.probability[new.suffix], size)
            below.backoff = np.maximum(1 - said, 1e-4) / np.maximum(1 - lower, 1e-4)
        kept.append(new)
        places = np.cumsum(keeping) - 1
    kept[-1].backoff = np.ones(len(kept[-1].count))
    return kept


def _pack(levels: list[_Level], names: Sequence[str]) -> bytes:
    """Return the model as xz-compressed bytes: a line of JSON, then one byte a number."""
    sizes = [1, *(len(level.count) for level in levels)]
    children = [
        np.bincount(level.context, minlength=size)
        for level, size in zip(levels, sizes, strict=False)
    ]
    extended = [counts > 0 for counts in [*children[1:], np.zeros(sizes[-1], int)]]
    logs = {
        "probability": np.log(np.concatenate([level.probability for level in levels])),
        "backoff": np.log(
            np.concatenate([lv.backoff[e] for lv, e in zip(levels, extended, strict=True)])
        ),
    }
    codes, values = {}, {}
    for name, numbers in logs.items():
        codes[name], values[name] = _quantised(numbers, _VALUES[name])
    header = {"names": list(names), "nodes": sizes[1:], **values}
    streams = [
        np.concatenate(children),
        np.concatenate([level.symbol for level in levels]),
        *codes.values(),
    ]
    body = b"".join(stream.astype(np.uint8).tobytes() for stream in streams)
    line = json.dumps(header, separators=(",", ":")).encode() + b"\n"
    return lzma.compress(line + body, format=lzma.FORMAT_XZ, filters=_FILTERS)


def _quantised(numbers: np.ndarray, count: int) -> tuple[np.ndarray, list[float]]:
    """Find for each number the index of its value; the `count` values are means of equal shares."""
    edges = np.quantile(numbers, np.linspace(0, 1, count + 1)[1:-1])
    codes = np.searchsorted(edges, numbers)
    sizes = np.maximum(np.bincount(codes, minlength=count), 1)
    means = np.bincount(codes, numbers, count) / sizes
    return codes, [round(float(mean), 4) for mean in means]
