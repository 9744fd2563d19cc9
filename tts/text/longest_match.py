"""Cut text as the runtime does, by longest match."""

from __future__ import annotations

from collections.abc import Container

LONGEST = 10  # characters of the longest phrase that the runtime looks for


def longest_match(text: str, entries: Container[str]) -> list[str]:
    """Cut `text` into entries, the longest possible first, from the left; else characters."""
    words = []
    start = 0
    while start < len(text):
        stop = min(start + LONGEST, len(text))
        while stop > start + 1 and text[start:stop] not in entries:
            stop -= 1
        words.append(text[start:stop])
        start = stop
    return words
