"""What a language gives to the planner of prosody: sentences, phones, its voice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from toy_corpus.phones import Phone


@dataclass(frozen=True)
class Unit:
    """A word of English or a syllable of Mandarin, and what follows it."""

    text: str
    phones: tuple[str, ...]  # ARPAbet with stress, or initial and final with tone
    mark: str = ""  # , . ? ! where a pause follows
    accented: bool = False  # English: the word carries a pitch accent
    tone: int = 0  # Mandarin: 1-5
    linked: bool = True  # Mandarin: no prosodic boundary (#2 or stronger) follows


@dataclass(frozen=True)
class Sentence:
    text: str  # as written; Mandarin: with the marks #1-#4
    normalized: str  # English: as spoken; Mandarin: the labelled pinyin
    units: tuple[Unit, ...]


@dataclass(frozen=True)
class Language:
    generate: Callable[[Random], Sentence]
    phone_of: Callable[[str], Phone]  # the synthesis targets of a phone's label
    base_hz: float  # the voice's middle F0
    pauses: tuple[str, str, str]  # labels of the first, the inner and the last pause
