"""Build a transducer over UTF-8 bytes of small parts: a rule FST of the runtimes.

A part is what may be read at one place and what is then written: a string (as it is), a pair of
what is read and what is written, or a function that adds states after a given one and returns
the state at its end. Parts are combined by functions (`either`, `some`, ...).
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from tts.files import atomic_path

Part = str | tuple[str, str] | Callable[["Transducer", int], int]


class Transducer:
    """Hold states and arcs; what begins alike shares its states.

    alike: other characters (３) that are read wherever an ASCII character (3) is.
    Attributes: start, the first state; finals, the states at which a text may end.
    """

    def __init__(self, alike: Mapping[str, str] | None = None) -> None:
        self.alike = alike or {}
        self.start = 0
        self.finals: set[int] = set()
        self.num_states = 0
        # Of each arc the _key, the state behind it and, by its number, the cost if there is one.
        self._keys, self._behind = array("q"), array("i")
        self._costs: dict[int, float] = {}
        self._shared: dict[int, int] = {}  # an arc of a chain, as _key -> the state behind it
        self._ends: dict[tuple[int, Part], int] = {}

    def state(self) -> int:
        self.num_states += 1
        return self.num_states - 1

    def size(self) -> tuple[int, int]:
        """Return numbers of states and arcs."""
        return self.num_states, len(self._keys)

    def arc(self, key: int, end: int) -> None:
        """Add an arc: what it leaves, reads and writes (_key), and the state behind it."""
        self._keys.append(key)
        self._behind.append(end)

    def join(self, start: int, end: int, cost: float = 0.0) -> None:
        """Add an arc that reads and writes nothing."""
        if cost:
            self._costs[len(self._keys)] = cost
        self.arc(_key(start, 0, 0), end)

    def write(self, path: Path | str) -> None:
        """Write the file of an OpenFst vector transducer with tropical weights, atomically.

        A state is its final weight (float32) and number of arcs (int64); an arc is what it reads
        and writes (int32), its cost (float32) and the state behind it (int32).
        """
        import numpy as np

        keys = np.asarray(self._keys)
        start = keys >> 16
        cost = np.zeros(len(keys), np.float32)
        cost[list(self._costs)] = list(self._costs.values())
        order = np.argsort(start, kind="stable")
        counts = np.bincount(start, minlength=self.num_states)
        before = np.cumsum(counts) - counts
        words = np.zeros(3 * self.num_states + 4 * len(order), np.int32)
        states = 3 * np.arange(self.num_states) + 4 * before
        final = np.full(self.num_states, np.inf, np.float32)
        final[sorted(self.finals)] = 0
        words[states], words[states + 1] = final.view(np.int32), counts
        arcs = 3 * (start[order] + 1) + 4 * np.arange(len(order))
        columns = keys >> 8 & 255, keys & 255, cost.view(np.int32), np.asarray(self._behind)
        for place, values in enumerate(columns):
            words[arcs + place] = values[order]
        with atomic_path(path) as temporary:
            temporary.write_bytes(
                struct.pack("<ii6si8sii", 2125659606, 6, b"vector", 8, b"standard", 2, 0)
                # Properties: expanded, mutable; whatever else holds is for the reader to find.
                + struct.pack("<Qqqq", 3, self.start, self.num_states, len(order))
                + words.tobytes()
            )

    def chain(self, start: int, text: str, written: str) -> int:
        """Read `text`, write `written`; returns the state at the end of the chain."""
        reads, writes = text.encode(), written.encode()
        missing = len(writes) - len(reads)
        reads, writes = reads + bytes(max(0, missing)), writes + bytes(max(0, -missing))
        for read, write in zip(reads, writes, strict=True):
            key = _key(start, read, write)
            following = self._shared.get(key)
            if following is None:
                following = self._shared[key] = self.state()
                self.arc(key, following)
                if self.alike and read:
                    for other in self.alike.get(chr(read), ""):
                        self._also(start, other.encode(), write, following)
            start = following
        return start

    def _also(self, start: int, read: bytes, write: int, end: int) -> None:
        """Add another character that leads from `start` to `end` in the middle of a chain."""
        for byte in read[:-1]:
            key = _key(start, byte, 0)
            if key not in self._shared:
                self._shared[key] = self.state()
                self.arc(key, self._shared[key])
            start = self._shared[key]
        self.arc(_key(start, read[-1], write), end)

    def loop(self, start: int, end: int, text: str, written: str, cost: float = 0.0) -> None:
        """Add a way from `start` to `end` that reads `text` and writes `written`."""
        self.join(self.chain(start, text, written), end, cost)

    def after(self, start: int, part: Part) -> int:
        """Return the state after a part that begins at `start`; asked again, the same state."""
        key = start, part
        if key not in self._ends:
            if isinstance(part, str):
                self._ends[key] = self.chain(start, part, part)
            elif isinstance(part, tuple):
                self._ends[key] = self.chain(start, *part)
            else:
                self._ends[key] = part(self, start)
        return self._ends[key]

    def others(
        self, start: int, end: int, known: Collection[str] = (), *, kept: bool = True
    ) -> None:
        """Add a way from `start` to `end` over any one character but the `known` ones.

        kept: it is written as it is; else nothing is written.
        """

        def add(begin: int, byte: int, following: int) -> None:
            self.arc(_key(begin, byte, byte if kept else 0), following)

        tails = [end]  # the states from which one, two, three bytes of any kind lead to the end
        for _ in range(3):
            tails.append(self.state())
            for byte in _CONTINUATIONS:
                add(tails[-1], byte, tails[-2])
        forms = [form for c in known for form in c + self.alike.get(c, "")]
        begun = {form.encode()[: n + 1] for form in forms for n in range(len(form.encode()))}
        left = [(start, b"")]
        while left:
            state, read = left.pop()
            for byte in _CONTINUATIONS if read else _LEADS:
                now = read + bytes([byte])
                missing = _length(now[0]) - len(now)
                if now not in begun:
                    add(state, byte, tails[missing])
                elif missing:
                    left.append((self.state(), now))
                    add(state, byte, left[-1][0])


def _key(start: int, read: int, write: int) -> int:
    """Return state, byte read and byte written of an arc as one number; 0 stands for no byte."""
    return start << 16 | read << 8 | write


_LEADS = (*range(1, 128), *range(194, 245))
_CONTINUATIONS = range(128, 192)


def _length(lead: int) -> int:
    """Return how many bytes a character has that begins with `lead`."""
    return 1 if lead < 128 else 2 if lead < 224 else 3 if lead < 240 else 4


def sequence(*parts: Part) -> Part:
    """Join parts, one after the other."""

    def add(builder: Transducer, start: int) -> int:
        for part in parts:
            start = builder.after(start, part)
        return start

    return add


def either(*parts: Part) -> Part:
    """Build a choice of one of the parts."""

    def add(builder: Transducer, start: int) -> int:
        end = builder.state()
        for part in parts:
            builder.join(builder.after(start, part), end)
        return end

    return add


def maybe(part: Part) -> Part:
    """Build a choice of the part or nothing."""
    return either("", part)


def some(part: Part) -> Part:
    """Repeat the part, once or more."""

    def add(builder: Transducer, start: int) -> int:
        again = builder.state()  # a state of its own: what else begins at `start` is not repeated
        builder.join(start, again)
        end = builder.after(again, part)
        builder.join(end, again)
        return end

    return add


def times(part: Part, least: int, most: int) -> Part:
    """Repeat the part, from `least` to `most` times."""
    return either(*(sequence(*[part] * count) for count in range(least, most + 1)))


def table(words: Mapping[str, str]) -> Part:
    """Return what is read -> what is written for it."""
    return either(*words.items())
