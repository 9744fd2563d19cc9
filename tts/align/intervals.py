"""Read Praat's TextGrid files in long and in short (.interval) form; write them in long form."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tts.errors import InputError
from tts.files import write_text


@dataclass(frozen=True)
class Interval:
    """Hold a labelled stretch of time in seconds."""

    start: float
    end: float
    label: str


@dataclass(frozen=True)
class TextGrid:
    """Hold interval tiers by name, in the file's order, and the end of its time in seconds."""

    end: float
    tiers: dict[str, list[Interval]]


# What Praat itself reads: quoted strings, numbers standing free and flags; the rest is comment.
ITEM = re.compile(r'"(?:[^"]|"")*"|(?<!\S)[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?(?!\S)|<exists>')


def read_textgrid(path: Path) -> dict[str, list[Interval]]:
    """Read the interval tiers of a TextGrid by name; point tiers are skipped.

    Raises: InputError when the file is absent or not a TextGrid, or its times run backwards.
    """
    tiers = load_textgrid(path).tiers
    for name, tier in tiers.items():
        for before, after in itertools.pairwise(tier):
            if after.start < before.start:
                raise InputError(
                    f"{path} is not a complete TextGrid: tier {name!r}: time runs backwards at "
                    f"{after.start} s"
                )
    return tiers


def load_textgrid(path: Path) -> TextGrid:
    """Read a TextGrid whatever its times are; point tiers are skipped.

    Raises: InputError when the file is absent or not a TextGrid.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path} does not exist") from None
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = data.decode("utf-16" if wide else "utf-8-sig", errors="replace")
    items = (match.group() for match in ITEM.finditer(text))
    try:
        return _parse(items)
    except (StopIteration, ValueError) as error:
        why = str(error) or "it ends early"
        raise InputError(f"{path} is not a complete TextGrid: {why}") from None


def _parse(items: Iterator[str]) -> TextGrid:
    """Parse the sequence of values that both forms share."""
    if (_string(next(items)), _string(next(items))) != ("ooTextFile", "TextGrid"):
        raise ValueError("it does not begin with ooTextFile, TextGrid")
    _, end, exists = float(next(items)), float(next(items)), next(items)
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
        tiers[name] = [
            Interval(float(next(items)), float(next(items)), _string(next(items)))
            for _ in range(count)
        ]
    return TextGrid(end, tiers)


def _string(item: str) -> str:
    if not item.startswith('"'):
        raise ValueError(f"a quoted text is expected where {item!r} stands")
    return item[1:-1].replace('""', '"')


def only_tier(path: Path) -> list[Interval]:
    """Return the one tier of a file that has a single tier, whatever its name."""
    tiers = list(read_textgrid(path).values())
    if len(tiers) != 1:
        raise InputError(f"{path} has {len(tiers)} interval tiers; one is expected")
    return tiers[0]


def write_textgrid(path: Path, tiers: Mapping[str, Sequence[Interval]], end: float) -> None:
    """Write tiers that last from 0 to `end` seconds in Praat's long form, atomically."""
    lines = ['File type = "ooTextFile"', 'Object class = "TextGrid"', "", "xmin = 0"]
    lines += [f"xmax = {end!r}", "tiers? <exists>", f"size = {len(tiers)}", "item []:"]
    for number, (name, tier) in enumerate(tiers.items(), 1):
        lines += [f"    item [{number}]:", '        class = "IntervalTier"']
        lines += [f"        name = {_quoted(name)}", "        xmin = 0"]
        lines += [f"        xmax = {end!r}", f"        intervals: size = {len(tier)}"]
        for position, item in enumerate(tier, 1):
            lines += [f"        intervals [{position}]:", f"            xmin = {item.start!r}"]
            lines += [
                f"            xmax = {item.end!r}",
                f"            text = {_quoted(item.label)}",
            ]
    write_text(path, "\n".join(lines) + "\n")


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
