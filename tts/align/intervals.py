"""Readers of Praat's TextGrid files, in long and in short (.interval) form."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tts.errors import InputError


@dataclass(frozen=True)
class Interval:
    """A labelled stretch of time in seconds."""

    start: float
    end: float
    label: str


# What Praat itself reads: quoted strings, numbers standing free and flags; the rest is comment.
ITEM = re.compile(r'"(?:[^"]|"")*"|(?<!\S)[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?(?!\S)|<exists>')


def read_textgrid(path: Path) -> dict[str, list[Interval]]:
    """The interval tiers of a TextGrid by name; point tiers are skipped.

    Raises: InputError when the file is absent or not a TextGrid, or its times run backwards.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path} does not exist") from None
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = data.decode("utf-16" if wide else "utf-8-sig", errors="replace")
    items = (match.group() for match in ITEM.finditer(text))
    try:
        return _tiers(items)
    except (StopIteration, ValueError) as error:
        raise InputError(f"{path} is not a complete TextGrid: {error or 'it ends early'}") from None


def _tiers(items: Iterator[str]) -> dict[str, list[Interval]]:
    """Parse the sequence of values that both forms share."""
    if (_string(next(items)), _string(next(items))) != ("ooTextFile", "TextGrid"):
        raise ValueError("it does not begin with ooTextFile, TextGrid")
    _, _, exists = float(next(items)), float(next(items)), next(items)
    if exists != "<exists>":
        raise ValueError("it says that it has no tiers")
    tiers: dict[str, list[Interval]] = {}
    for _ in range(int(next(items))):
        kind, name = _string(next(items)), _string(next(items))
        _, _, count = float(next(items)), float(next(items)), int(next(items))
        if kind == "TextTier":
            for _ in range(2 * count):
                next(items)
            continue
        tier = [
            Interval(float(next(items)), float(next(items)), _string(next(items)))
            for _ in range(count)
        ]
        for before, after in itertools.pairwise(tier):
            if after.start < before.start:
                raise ValueError(f"tier {name!r}: time runs backwards at {after.start} s")
        tiers[name] = tier
    return tiers


def _string(item: str) -> str:
    if not item.startswith('"'):
        raise ValueError(f"a quoted text is expected where {item!r} stands")
    return item[1:-1].replace('""', '"')


def only_tier(path: Path) -> list[Interval]:
    """The one tier of a file that has a single tier, whatever its name."""
    tiers = list(read_textgrid(path).values())
    if len(tiers) != 1:
        raise InputError(f"{path} has {len(tiers)} interval tiers; one is expected")
    return tiers[0]
