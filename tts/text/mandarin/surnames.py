"""Read surnames.txt: surnames with readings of their own, and the words that they make."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

# A part of a word, and its syllables where it is a surname; others are read as the lattice does.
Part = tuple[str, tuple[str, ...]]


@lru_cache(maxsize=1)
def _sections() -> dict[str, list[list[str]]]:
    path = Path(__file__).with_name("surnames.txt")
    sections: dict[str, list[list[str]]] = {}
    lines: list[list[str]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        line = line.partition("#")[0].strip()
        if line.startswith("["):
            lines = sections.setdefault(line.strip("[]"), [])
        elif line:
            lines.append(line.split())
    return sections


def surnames() -> dict[str, tuple[str, ...]]:
    """Return the surnames and their syllables, the longer ones first."""
    found = {name: tuple(items[: len(name)]) for name, *items in _sections()["surnames"]}
    return dict(sorted(found.items(), key=lambda item: -len(item[0])))


@lru_cache(maxsize=1)
def named() -> dict[str, tuple[Part, ...]]:
    """Return the words that surnames make, in parts: 单|老师, 小|单, 姓|单."""
    groups = {name: [w for line in rows for w in line] for name, rows in _sections().items()}
    found: dict[str, tuple[Part, ...]] = {}
    for name, *items in _sections()["surnames"]:
        surname = (name, tuple(items[: len(name)]))
        before = ["姓"]
        for group in items[len(name) :]:
            if group == "familiar":
                before += groups[group]
            else:
                found.update({name + title: (surname, (title, ())) for title in groups[group]})
        found.update({word + name: ((word, ()), surname) for word in before})
    return found
