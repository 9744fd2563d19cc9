"""Describe a labelled recording and what can be wrong with it; readers return both."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Utterance:
    """Hold one labelled recording; `position` counts the entries of the full label file from 0.

    text is as written, normalized as the corpus itself spells it out; pinyin has one item a
    syllable, prosody is the text with its marks, phones are (start, end, label) in seconds.
    """

    id: str
    audio: Path
    text: str
    position: int
    normalized: str | None = None
    speaker: str = ""
    language: str = ""
    pinyin: tuple[str, ...] | None = None
    prosody: str | None = None
    phones: tuple[tuple[float, float, str], ...] | None = None


@dataclass(frozen=True)
class Fault:
    """Name something wrong with a corpus: kind is a short fixed word, detail is for people.

    A fault with a position rejects the entry there; one without rejects nothing (an extra
    file, a byte order mark, a text that stands twice) and is only reported.
    """

    id: str
    kind: str
    detail: str
    position: int | None = None
