"""Find Mandarin words and readings as the cheapest path through a lattice of dictionary words.

Each word has a cost (how rare it is and how unusual its reading), each pair of neighbours
another one (sandhi, parts of speech). Costs are whole numbers, a pair sees no more than the end
of one word and the beginning of the next, so a finite-state transducer gives the same path:
tts/text/fst/readings.py writes it for the runtimes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tts.text.mandarin import sandhi, vocabulary
from tts.text.mandarin.erhua import takes_suffix
from tts.text.mandarin.grammar import (
    OWN_KINDS,
    OWN_READINGS,
    SECOND,
    Left,
    Right,
    cost_by_rule,
    number_before,
    role_of,
)
from tts.text.mandarin.pinyin import split_tone
from tts.text.mandarin.vocabulary import LONGEST

NEVER = 1 << 40  # the cost of what cannot be

_USER = -5000  # a word of the user's own lexicon stands over all others


class Entry(NamedTuple):
    """Hold a word in one reading (inner sandhi applied) and one of the ways it can end (said)."""

    word: str
    reading: tuple[str, ...]
    said: tuple[str, ...]
    cost: int
    left: Left
    right: Right
    source: str


Feature = tuple[str, ...]


def features(right: Right, left: Left) -> list[Feature]:
    """Return what a model can weigh where two words meet."""
    found: list[Feature] = [("kinds", right.kind, left.kind)]
    if right.end in (sandhi.KEPT, sandhi.RAISED) and left.tone == "3":
        found.append(("third", right.end, str(right.length), str(left.length)))
        found.append(("third kinds", right.end, right.kind, left.kind))
        if right.character:
            found.append(("third character", right.end, right.character))
    elif right.end in sandhi.YI:
        found.append(("yi", right.end, left.tone))
    return found


class Lattice:
    """Read runs of Hanzi; with weights learned from labels and the user's own words.

    readings: word -> further readings (inner sandhi applied) and their costs; weights: what
    (word, reading) and the features of meetings cost more; user: the user's words; learning:
    weights are still to come.
    """

    def __init__(
        self,
        readings: Mapping[str, Mapping[tuple[str, ...], int]] | None = None,
        weights: Mapping[Feature, int] | None = None,
        user: Mapping[str, tuple[str, ...]] | None = None,
        learning: bool = False,
    ):
        self.readings = {word: dict(known) for word, known in (readings or {}).items()}
        self.weights = dict(weights or {})
        self.user = dict(user or {})
        self.longest = max([LONGEST, *map(len, self.user)])
        # Only these characters are told apart from others; when learning, all.
        weighed = {key[2] for key in self.weights if key[0] == "third character"}
        self.apart = None if learning else frozenset(weighed)
        self.entries_of: dict[str, tuple[Entry, ...]] = {}
        self.meetings: dict[tuple[Right, Left], int] = {}

    def words(self) -> Iterable[str]:
        """Return every word that the lattice knows, in the same order each time."""
        return dict.fromkeys(
            [
                *sorted(vocabulary.characters()),
                *vocabulary.frequencies(),
                *self.readings,
                *self.user,
            ]
        )

    def entries(self, word: str) -> tuple[Entry, ...]:
        """Return all ways of saying a word; none where it is no word."""
        found = self.entries_of.get(word)
        if found is None:
            found = tuple(self._make(word))
            self.entries_of[word] = found
        return found

    def _make(self, word: str) -> Iterable[Entry]:
        if word in self.user:
            # Said as written inside; its last third tone may still be raised. A character of
            # the user's is read so alone, not in the words of the dictionary.
            cost = vocabulary.cost_of(word) if len(word) == 1 else _USER
            yield from self._entries_for(word, self.user[word], cost, "lexicon")
            return
        if len(word) > 1 and word not in vocabulary.frequencies():
            return
        base = vocabulary.cost_of(word)
        usual = sandhi.inside(word, vocabulary.reading(word))
        costs = {usual: base}
        for second, more in SECOND.get(word, {}).items():
            costs[(second,)] = base + more
        learned = self.readings.get(word, {})
        for reading, weight in learned.items():
            costs[reading] = costs.get(reading, base) + weight
        best = min(costs, key=costs.__getitem__)
        for reading, cost in costs.items():
            by_model = reading in learned and (reading != usual or best != usual)
            source = "model" if by_model else "dictionary"
            yield from self._entries_for(word, reading, cost, source)

    def _entries_for(
        self, word: str, reading: tuple[str, ...], cost: int, source: str
    ) -> Iterable[Entry]:
        """Make entries (see entries_for); characters that no weight tells apart look the same."""
        for entry in entries_for(word, reading, cost, source):
            character = entry.right.character
            if not character or self.apart is None or character in self.apart:
                yield entry
            else:
                yield entry._replace(right=entry.right._replace(character=""))

    def alone(self) -> Iterable[tuple[str, tuple[str, ...]]]:
        """Yield every word with the syllables that it has by itself."""
        for word in self.words():
            entries = [entry for entry in self.entries(word) if can_end(entry.right)]
            best = min(entries, key=lambda entry: entry.cost, default=None)
            if best and all(best.said):
                yield word, best.said

    def pairs(self, firsts: str) -> Iterable[tuple[str, tuple[str, ...]]]:
        """Yield characters whose tone the next one decides, before every usual character."""
        for character in vocabulary.characters():
            if vocabulary.is_usual(character):
                for first in firsts:
                    pair = first + character
                    if not self.entries(pair):
                        yield pair, tuple(s for entry in self.read(pair) for s in entry.said)

    def meeting(self, right: Right, left: Left) -> int:
        """Return what it costs that `left` follows `right`; NEVER where it cannot."""
        cost = self.meetings.get((right, left))
        if cost is None:
            if sandhi.allows(right.end, left.tone):
                weights = self.weights
                cost = cost_by_rule(right, left)
                cost += sum(weights.get(feature, 0) for feature in features(right, left))
            else:
                cost = NEVER
            self.meetings[right, left] = cost
        return cost

    def read(self, hanzi: str, fixed: Mapping[int, tuple[str, ...]] | None = None) -> list[Entry]:
        """Return the cheapest path of entries through a run of Hanzi. Linear in its length.

        fixed: where a stretch begins whose syllables are given -> these syllables.
        """
        best: list[dict[Right | None, _Step]] = [{} for _ in range(len(hanzi) + 1)]
        best[0][None] = _Step(0, None, None, None)
        for start, options in enumerate(self._options(hanzi, fixed or {})):
            here = best[start]
            if here:
                for entry in options:
                    self._extend(here, entry, best[start + len(entry.word)])
        return _trace(best)

    def _extend(
        self, here: dict[Right | None, _Step], entry: Entry, there: dict[Right | None, _Step]
    ) -> None:
        """Join an entry to the paths that end `here`; keep the best one `there`."""
        least, before = NEVER, None
        left = entry.left
        meetings = self.meetings
        for right, step in here.items():
            cost = step.cost
            if right is not None:
                meeting = meetings.get((right, left))
                cost += self.meeting(right, left) if meeting is None else meeting
            if cost < least:
                least, before = cost, right
        if least < NEVER:
            cost = least + entry.cost
            known = there.get(entry.right)
            if known is None or cost < known.cost:
                there[entry.right] = _Step(cost, entry, before, here[before])

    def _options(
        self, hanzi: str, fixed: Mapping[int, tuple[str, ...]]
    ) -> Iterable[Sequence[Entry]]:
        """Yield for each place the entries that can begin there."""
        barriers = sorted(fixed, reverse=True)
        listed = vocabulary.frequencies()
        inside = 0  # up to here a given stretch reaches
        for start in range(len(hanzi)):
            if start in fixed:
                barriers.pop()
                inside = start + len(fixed[start])
                word = hanzi[start:inside]
                yield list(entries_for(word, fixed[start], 0, "override", bends=False))
                continue
            limit = min(start + self.longest, barriers[-1] if barriers else len(hanzi))
            found: list[Entry] = []
            if start >= inside:
                for stop in range(start + 1, limit + 1):
                    word = hanzi[start:stop]
                    known = self.entries_of.get(word)
                    if known is not None:
                        found += known
                    elif stop == start + 1 or word in listed or word in self.user:
                        found += self.entries(word)
            yield found


class _Step(NamedTuple):
    """Hold the best path to a place that ends in one way: cost, last entry, what was before."""

    cost: int
    entry: Entry | None
    right: Right | None
    before: object  # the step before


def entries_for(
    word: str, reading: tuple[str, ...], cost: int, source: str, bends: bool = True
) -> Iterable[Entry]:
    """Yield entries of one reading, one for each way it can end; bends: its end takes sandhi."""
    first, kind = reading[0], vocabulary.kind_of(word)
    if len(word) == 1 and (word in OWN_KINDS or word + first in OWN_READINGS):
        kind = word + first
    left = Left(_tone(first), min(len(word), 3), kind, role_of(word, first, kind))
    number = number_before(word)
    forms = sandhi.ends(word, reading) if bends else [(sandhi.PLAIN, reading)]
    for end, said in forms:
        changes = len(word) == 1 and end in (sandhi.KEPT, sandhi.RAISED)
        if word == "一":
            left = left._replace(role="" if end == "yi1" else "alone")
        suffix = takes_suffix(word[-1])
        right = Right(end, min(len(word), 2), kind, suffix, word if changes else "", number)
        yield Entry(word, reading, said, cost, left, right, source)


def _tone(syllable: str) -> str:
    return split_tone(syllable)[1] if syllable else "5"


def can_end(right: Right | None) -> bool:
    """Return whether a run can end so."""
    return right is None or sandhi.allows(right.end, "")


def _trace(best: list[dict[Right | None, _Step]]) -> list[Entry]:
    """Return the entries of the best path that reaches the end."""
    ways = [step for right, step in best[-1].items() if can_end(right)]
    step = min(ways, key=lambda way: way.cost)
    path: list[Entry] = []
    while step.entry is not None:
        path.append(step.entry)
        step = step.before  # type: ignore[assignment]
    return path[::-1]
