"""Build a transducer over UTF-8 bytes of small parts: a rule FST of the runtimes.

A part is what may be read at one place and what is then written: a string (as it is), a pair of
what is read and what is written, or a function that adds states after a given one and returns
the state at its end. Parts are combined by functions (`either`, `some`, ...).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

Part = str | tuple[str, str] | Callable[["Transducer", int], int]


class Transducer:
    """Hold states and arcs; what begins alike shares its states.

    alike: other characters (３) that are read wherever an ASCII character (3) is.
    """

    def __init__(self, alike: Mapping[str, str] | None = None) -> None:
        import kaldifst

        self.alike = alike or {}

        self.arc = kaldifst.StdArc
        self.fst: Any = kaldifst.StdVectorFst()
        self.shared: dict[tuple[int, int, int], int] = {}
        self.ends: dict[tuple[int, Part], int] = {}

    def state(self) -> int:
        return self.fst.add_state()

    def size(self) -> tuple[int, int]:
        """Return numbers of states and arcs."""
        states = self.fst.num_states
        return states, sum(self.fst.num_arcs(state) for state in range(states))

    def join(self, start: int, end: int, cost: float = 0.0) -> None:
        """Add an arc that reads and writes nothing."""
        self.fst.add_arc(start, self.arc(0, 0, cost, end))

    def chain(self, start: int, text: str, written: str) -> int:
        """Read `text`, write `written`; returns the state at the end of the chain."""
        reads, writes = text.encode(), written.encode()
        for index in range(max(len(reads), len(writes))):
            read = reads[index] if index < len(reads) else 0
            write = writes[index] if index < len(writes) else 0
            key = start, read, write
            following = self.shared.get(key)
            if following is None:
                following = self.shared[key] = self.state()
                self.fst.add_arc(start, self.arc(read, write, 0.0, following))
                for other in self.alike.get(chr(read), "") if read else "":
                    self._also(start, other.encode(), write, following)
            start = following
        return start

    def _also(self, start: int, read: bytes, write: int, end: int) -> None:
        """Add another character that leads from `start` to `end` in the middle of a chain."""
        for byte in read[:-1]:
            key = start, byte, 0
            if key not in self.shared:
                self.shared[key] = self.state()
                self.fst.add_arc(start, self.arc(byte, 0, 0.0, self.shared[key]))
            start = self.shared[key]
        self.fst.add_arc(start, self.arc(read[-1], write, 0.0, end))

    def loop(self, start: int, end: int, text: str, written: str, cost: float = 0.0) -> None:
        """Add a way from `start` to `end` that reads `text` and writes `written`."""
        self.join(self.chain(start, text, written), end, cost)

    def after(self, start: int, part: Part) -> int:
        """Return the state after a part that begins at `start`; asked again, the same state."""
        key = start, part
        if key not in self.ends:
            if isinstance(part, str):
                self.ends[key] = self.chain(start, part, part)
            elif isinstance(part, tuple):
                self.ends[key] = self.chain(start, *part)
            else:
                self.ends[key] = part(self, start)
        return self.ends[key]

    def others(
        self, start: int, end: int, known: Collection[str] = (), *, kept: bool = True
    ) -> None:
        """Add a way from `start` to `end` over any one character but the `known` ones.

        kept: it is written as it is; else nothing is written.
        """

        def add(begin: int, byte: int, following: int) -> None:
            self.fst.add_arc(begin, self.arc(byte, byte if kept else 0, 0.0, following))

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
