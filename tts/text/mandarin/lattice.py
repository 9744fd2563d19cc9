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
from tts.text.mandarin.pinyin import split_tone
from tts.text.mandarin.vocabulary import LONGEST

NEVER = 1 << 40  # the cost of what cannot be

# Characters of several readings or uses: each has kinds of its own, one for a reading.
_OWN_KINDS = frozenset("的地得了着过为都还长重只个一不儿第种行")
# Further readings of single characters, and what they cost more than the usual one.
_SECOND = {
    "地": {"de": 100},
    "得": {"dei3": 150, "de2": 200},
    "为": {"wei4": 100},
    "儿": {"er": 0},
    "只": {"zhi1": 150},
    "种": {"zhong4": 150},
    "行": {"hang2": 150},
}
_THIRD_TONES = 100  # two third tones in a row, neither of them raised
_COUNTING = 300  # 一 in its own tone before anything but a number, or not before a number
_USER = -5000  # a word of the user's own lexicon stands over all others
# Kinds of neighbours -> what their meeting costs, from the grammar of the particles.
_MEETINGS = {
    ("a", "地de"): -250,
    ("d", "地de"): -250,
    ("P", "地de"): -150,
    ("v", "地de"): -50,
    ("n", "地de"): 150,
    ("地de", "v"): -150,
    ("地de", "n"): 100,
    ("第di4", "m"): 300,
    ("d", "得dei3"): -250,
    ("r", "得dei3"): -150,
    ("v", "得dei3"): 300,
    ("a", "得dei3"): 300,
    ("得dei3", "v"): -100,
    ("得dei3", "d"): -20,
    ("得dei3", "a"): -50,
    ("得dei3", "了le"): 400,
    ("n", "得dei3"): -70,
    ("r", "得de"): 250,
    ("得de2", "了le"): -200,
    ("得de2", "m"): -200,
    ("得de2", "第di4"): -200,
    **{(kind, "得de2"): -150 for kind in "nrtqfs"},
    ("v", "得de2"): 200,
    ("a", "得de2"): 200,
    ("得dei3", "p"): -100,
    ("为wei4", vocabulary.NAME): -200,
    ("为wei4", "r"): -200,
    ("为wei4", "person"): -250,
    ("v", "为wei4"): 250,
    ("m", "只zhi1"): -450,
    ("m", "行hang2"): -250,
    ("种zhong4", "n"): -50,
    ("种zhong4", vocabulary.NAME): -50,
    **{(kind, "种zhong4"): -150 for kind in "dfvrst"},
    ("n", "种zhong4"): -60,
    ("N", "种zhong4"): -60,
    ("m", "种zhong4"): 500,
    ("a", "种zhong4"): 200,
}
# 一 that changes its tone, alone or in a counted word (一年), as the last digit of a number.
_LAST_DIGIT = 3000
_LAST_DIGIT_OF = {
    "十": ("alone", "unit", "other", "起"),  # 21起案件
    "一": ("alone", "unit", "other"),  # but 五一一起去
    "点": ("unit", "alone"),  # 3.1米, but 三点一刻
}
# How nouns end for whom something is done: 为读者, 为祖国.
_PERSONS = frozenset("者人们员生民客友众师手户亲国家司校队厂村妈爸")
_UNITS = frozenset("米公里元亿倍吨厘毫平度分秒")
_SUFFIX_WANTED = 150  # 儿 as a child after a character that takes the suffix, and the reverse


class Left(NamedTuple):
    """Hold what the word before an entry can see of it: its first tone, length (to 3) and kind.

    role: see _role.
    """

    tone: str
    length: int
    kind: str
    role: str = ""


class Right(NamedTuple):
    """Hold what the word after an entry can see of it.

    end: see sandhi.ends; length up to 2; kind; suffix: its last character takes the suffix 儿;
    character: a word of one character whose third tone may change, else empty. number: the last
    character of a word that is all a number.
    """

    end: str
    length: int
    kind: str
    suffix: bool
    character: str
    number: str = ""


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


def _rules(right: Right, left: Left) -> int:
    """Return the cost of a meeting by rule."""
    cost = _MEETINGS.get((right.kind, left.kind), 0) + _MEETINGS.get((right.kind, left.role), 0)
    if right.end == sandhi.KEPT and left.tone == "3":
        cost += _THIRD_TONES
    elif right.end in sandhi.YI and right.length == 1:
        counts = left.kind in ("m", "一yi1")
        cost += _COUNTING if counts != (right.end == "yi1") else 0
    if left.role and left.role in _LAST_DIGIT_OF.get(right.number, ()):
        cost += _LAST_DIGIT
    if left.kind == "儿er":
        cost += 0 if right.suffix else _SUFFIX_WANTED
    elif left.kind == "儿er2":
        cost += _SUFFIX_WANTED if right.suffix else 0
    return cost


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
        """Return every word that the lattice knows."""
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
        for second, more in _SECOND.get(word, {}).items():
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
            if self.apart is None or entry.right.character in self.apart:
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
                cost = _rules(right, left)
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
                    found += self.entries(word) if known is None else known
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
    if len(word) == 1 and word in _OWN_KINDS:
        kind = word + first
    left = Left(_tone(first), min(len(word), 3), kind, _role(word, first, kind))
    number = _number_before(word)
    forms = sandhi.ends(word, reading) if bends else [(sandhi.PLAIN, reading)]
    for end, said in forms:
        changes = len(word) == 1 and end in (sandhi.KEPT, sandhi.RAISED)
        if word == "一":
            left = left._replace(role="" if end == "yi1" else "alone")
        suffix = takes_suffix(word[-1])
        right = Right(end, min(len(word), 2), kind, suffix, word if changes else "", number)
        yield Entry(word, reading, said, cost, left, right, source)


def _role(word: str, first: str, kind: str) -> str:
    """Return what a word counts one of: unit (一米, 一倍), other (一个), 起 of 一起; or person.

    Empty for other words; of 一 alone entries_for decides.
    """
    if len(word) > 1 and kind in "nNr" and word[-1] in _PERSONS:
        return "person"
    if word[0] != "一" or first == "yi1" or len(word) == 1:
        return ""
    measure = word[1]
    if measure == "起":
        return measure if len(word) == 2 else ""
    if measure in _UNITS:
        return "unit"
    return "other" if vocabulary.is_measure(measure) else ""


def _number_before(word: str) -> str:
    """Return the last character of a number that 一 may end: 十, 一 or 点 (of decimals)."""
    if all(character in sandhi.NUMBER for character in word):
        return "一" if word[-1] == "一" else "十"
    decimal = word[-1] == "点" and all(character in sandhi.NUMBER for character in word[:-1])
    return "点" if decimal else ""


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
