"""Learn how a corpus's speaker reads: weights of the lattice of words, from labelled pinyin.

A conditional random field over the paths of tts/text/mandarin/lattice.py (Lafferty et al. 2001;
hidden segmentation as in Quattoni et al. 2007): the gradient is the expected number of uses of each
weight on all paths less that on the paths that give the labels. What a speaker says of each word
enters first, as smoothed relative frequencies; the field then settles words against each other.
"""

from __future__ import annotations

import base64
import binascii
import json
import lzma
import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from tts.errors import InputError
from tts.text.characters import is_hanzi
from tts.text.mandarin import vocabulary
from tts.text.mandarin.lattice import (
    NEVER,
    Entry,
    Feature,
    Lattice,
    Right,
    can_end,
    entries_for,
    features,
)
from tts.text.mandarin.pinyin import split_tone
from tts.text.mandarin.vocabulary import UNIT
from tts.text.spoken import Word

# A run of Hanzi and its labelled syllables, one a character, with the sentence it is from.
Labelled = tuple[str, tuple[str, ...], int]

EPOCHS = 8
FEWEST = 2  # sentences in which a reading must stand to be learned
_RATE = 0.1
_DECAY = 0.02
_NEW = {1: 600, 2: 400}  # what a reading of no dictionary costs, by the length of the word
_SURE = 0.005  # nats: runs that are as good as certain teach nothing


def learn(runs: Sequence[Labelled], epochs: int = EPOCHS, seed: int = 1) -> Lattice:
    """Learn a lattice's weights from labelled runs; the same runs give the same weights."""
    readings, counts = _readings_of(runs)
    weights: dict[Any, float] = defaultdict(float)
    for word, known in counts.items():
        total = sum(known.values())
        for reading, count in known.items():
            weights[word, reading] = -UNIT * math.log((count + 0.05) / (total + 0.1))
    field = _Field(readings, weights)
    order = list(runs)
    drawn = random.Random(seed)
    for _ in range(epochs):
        drawn.shuffle(order)
        for hanzi, said, _ in order:
            field.learn_from(hanzi, said)
    return field.rounded()


def _readings_of(
    runs: Sequence[Labelled],
) -> tuple[dict[str, dict[tuple[str, ...], int]], dict[str, dict[tuple[str, ...], float]]]:
    """Collect readings to learn; count how each word is read (the usual way once more)."""
    plain = _Field({}, {})
    sentences: dict[str, dict[tuple[str, ...], set[int]]] = defaultdict(lambda: defaultdict(set))
    for hanzi, said, sentence in runs:
        for entry in plain.explain(hanzi, said):
            sentences[entry.word][entry.reading].add(sentence)
    readings: dict[str, dict[tuple[str, ...], int]] = {}
    counts: dict[str, dict[tuple[str, ...], float]] = {}
    for word, found in sorted(sentences.items()):
        known = dict.fromkeys(entry.reading for entry in plain.lattice.entries(word))
        kept: dict[tuple[str, ...], float] = dict.fromkeys(known, 0.0)
        if known:
            kept[next(iter(known))] += 1.0
        for reading, where in found.items():
            if reading in known or len(where) >= FEWEST:
                kept[reading] = kept.get(reading, 0.0) + len(where)
        if len(kept) > 1 and sum(map(len, found.values())) >= FEWEST:
            readings[word] = dict.fromkeys(kept, 0)
            counts[word] = kept
    return readings, counts


class _Arc(NamedTuple):
    """Hold a way through the lattice from one state to another, and what it is made of."""

    start: int
    end: int
    score: float  # negative cost in nats
    entry: Entry
    right: Right | None


class _Field:
    """Hold the lattice with weights that are still being learned."""

    def __init__(
        self,
        readings: Mapping[str, Mapping[tuple[str, ...], int]],
        weights: dict[Any, float],
    ):
        self.lattice = Lattice(readings, learning=True)
        self.weights = weights
        self.squares: dict[Any, float] = defaultdict(float)
        self.bases = {c: {split_tone(s)[0] for s in known} for c, known in _characters()}

    def explain(self, hanzi: str, said: Sequence[str]) -> list[Entry]:
        """Return the cheapest entries that give the labels; none where no words and readings do."""
        arcs, states = self._arcs(hanzi, said)
        best: list[tuple[float, _Arc | None]] = [(0.0, None)] + [(math.inf, None)] * states
        for arc in arcs:
            cost = best[arc.start][0] - arc.score
            if cost < best[arc.end][0]:
                best[arc.end] = cost, arc
        path = []
        arc = best[-1][1]
        while arc:
            path.append(arc.entry)
            arc = best[arc.start][1]
        return path[::-1]

    def learn_from(self, hanzi: str, said: Sequence[str]) -> None:
        """Take one step along the gradient of the probability of the labels."""
        right, states = self._arcs(hanzi, said)
        wanted = _forward(right, states)
        if wanted is None:
            return
        every, all_states = self._arcs(hanzi, None)
        reached = _forward(every, all_states)
        if reached is None or reached[-1] - wanted[-1] < _SURE:
            return
        gradient: dict[Any, float] = defaultdict(float)
        for arcs, alpha, sign in ((right, wanted, 1.0), (every, reached, -1.0)):
            for arc, share in _shares(arcs, alpha):
                if arc.entry.word in self.lattice.readings:
                    gradient[arc.entry.word, arc.entry.reading] += sign * share
                if arc.right is not None:
                    for feature in features(arc.right, arc.entry.left):
                        gradient[feature] += sign * share
        for key, value in gradient.items():
            if abs(value) > 1e-3:
                step = value + _DECAY * self.weights.get(key, 0.0) / UNIT
                self.squares[key] += step * step
                rate = UNIT * _RATE / math.sqrt(self.squares[key] + 0.1)
                self.weights[key] = self.weights.get(key, 0.0) - rate * step

    def rounded(self) -> Lattice:
        """Return the lattice with whole weights; those of next to no effect are left out."""
        readings = {
            word: {reading: round(self.weights.get((word, reading), 0.0)) for reading in known}
            for word, known in self.lattice.readings.items()
        }
        joins = {
            key: round(weight)
            for key, weight in self.weights.items()
            if isinstance(key[1], str) and abs(weight) >= 1
        }
        return Lattice(readings, joins)

    def _arcs(self, hanzi: str, said: Sequence[str] | None) -> tuple[list[_Arc], int]:
        """List all arcs into a state before those that leave it; the last state is the end.

        said: keep what gives these syllables only.
        """
        weights = self.weights
        states: list[dict[Right | None, int]] = [{} for _ in range(len(hanzi) + 1)]
        states[0][None] = 0
        arcs: list[_Arc] = []
        count = 1
        for start in range(len(hanzi)):
            here = states[start]
            for stop in range(start + 1, min(len(hanzi), start + self.lattice.longest) + 1):
                for entry in self._entries(hanzi[start:stop], said and tuple(said[start:stop])):
                    if stop == len(hanzi) and not can_end(entry.right):
                        continue
                    own = entry.cost + weights.get((entry.word, entry.reading), 0.0)
                    for right, state in here.items():
                        cost = own
                        if right is not None:
                            meeting = self.lattice.meeting(right, entry.left)
                            if meeting >= NEVER:
                                continue
                            found = features(right, entry.left)
                            cost += meeting + sum(weights.get(f, 0.0) for f in found)
                        if entry.right not in states[stop]:
                            states[stop][entry.right] = count
                            count += 1
                        end = states[stop][entry.right]
                        arcs.append(_Arc(state, end, -cost / UNIT, entry, right))
        ends = set(states[-1].values())
        arcs = [arc._replace(end=count) if arc.end in ends else arc for arc in arcs]
        return arcs, count

    def _entries(self, word: str, said: tuple[str, ...] | None) -> Iterable[Entry]:
        """Return entries of a word; of `said` only, and then even if no dictionary reads it so."""
        entries = self.lattice.entries(word)
        if said is None:
            return entries
        fitting = [entry for entry in entries if entry.said == said]
        if fitting or (len(word) > 1 and word not in vocabulary.frequencies()):
            return fitting
        for character, syllable in zip(word, said, strict=True):
            if split_tone(syllable)[0] not in self.bases.get(character, ()):
                return ()
        cost = vocabulary.cost_of(word) + _NEW[min(len(word), 2)]
        return [entry for entry in entries_for(word, said, cost, "model") if entry.said == said]


@lru_cache(maxsize=1)
def _characters() -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(vocabulary.characters().items())


def _forward(arcs: Sequence[_Arc], states: int) -> list[float] | None:
    """Compute the log probability of all ways to each state; None if the end is not reached."""
    alpha = [-math.inf] * (states + 1)
    alpha[0] = 0.0
    for arc in arcs:
        alpha[arc.end] = _added(alpha[arc.end], alpha[arc.start] + arc.score)
    return alpha if arcs and alpha[-1] > -math.inf else None


def _shares(arcs: Sequence[_Arc], alpha: Sequence[float]) -> Iterable[tuple[_Arc, float]]:
    """Yield each arc's share of all ways to the end."""
    beta = [-math.inf] * len(alpha)
    beta[-1] = 0.0
    for arc in reversed(arcs):
        way = beta[arc.end] + arc.score
        if way > -math.inf:
            beta[arc.start] = _added(beta[arc.start], way)
            share = alpha[arc.start] + way - alpha[-1]
            if share > -8:
                yield arc, math.exp(share)


def _added(one: float, other: float) -> float:
    """Compute log(exp(one) + exp(other))."""
    if one < other:
        one, other = other, one
    return one if one - other > 30 else one + math.log1p(math.exp(other - one))


def labelled_runs(sentences: Iterable[Iterable[Word]]) -> list[Labelled]:
    """Collect runs of Hanzi of labelled sentences, with one syllable for each character."""
    runs: list[Labelled] = []
    for number, words in enumerate(sentences):
        hanzi, said = "", []
        for word in [*words, Word("，", (",",), "punctuation")]:
            for character, syllable in zip(word.text, word.tokens, strict=False):
                if is_hanzi(character):
                    hanzi += character
                    said.append(syllable)
                elif hanzi:
                    runs.append((hanzi, tuple(said), number))
                    hanzi, said = "", []
    return runs


def pack(lattice: Lattice) -> str:
    """Return the weights of a lattice as the text that FrontEndConfig.reading_model holds."""
    words = [
        [word, [[" ".join(reading), weight] for reading, weight in known.items()]]
        for word, known in sorted(lattice.readings.items())
    ]
    joins = sorted([*key, weight] for key, weight in lattice.weights.items())
    plain = json.dumps([words, joins], ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(lzma.compress(plain.encode("utf-8"))).decode("ascii")


def unpack(packed: str, user: Mapping[str, tuple[str, ...]] | None = None) -> Lattice:
    """Read the lattice of packed weights (none: rules alone); InputError for anything else."""
    if not packed:
        return Lattice(user=user)
    try:
        words, joins = json.loads(lzma.decompress(base64.b64decode(packed, validate=True)))
        readings = {
            str(word): {tuple(said.split(" ")): int(weight) for said, weight in known}
            for word, known in words
        }
        weights: dict[Feature, int] = {tuple(key): int(weight) for *key, weight in joins}
    except (binascii.Error, lzma.LZMAError, ValueError, TypeError, AttributeError) as error:
        raise InputError(f"reading_model holds no model of readings: {error}") from None
    return Lattice(readings, weights, user)


def tonal_share(lattice: Lattice, runs: Iterable[Labelled]) -> float:
    """Return the share of syllables that come out as labelled, tones included."""
    counted: Counter[bool] = Counter()
    for hanzi, said, _ in runs:
        read = [syllable for entry in lattice.read(hanzi) for syllable in entry.said]
        counted.update(mine == label for mine, label in zip(read, said, strict=True))
    return counted[True] / max(1, counted.total())
