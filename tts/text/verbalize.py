"""Write digits and symbols as words: by a table of rules first, then by wetext."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tts.text.required import required_characters

# wetext's time grows faster than the length of what it is given.
_LONGEST = 60

# Nearly every text has these.
_COMMON = frozenset(" etaoinsr")
_SETS = 3  # of each rule

_lock = threading.Lock()

Kinds = dict[str, Callable[[str], str]]


@dataclass(frozen=True)
class Rule:
    """Hold a pattern and what is said for it: `{1:ordinal}` says group 1 as that kind of word.

    `{1}` leaves the group as it is, for the rules below. example, said: a sentence that the
    rule is for, and its normalised text.
    """

    pattern: str
    words: str
    example: str
    said: str


_SLOT = re.compile(r"\{(\d+)(?::(\w+))?\}")


def either_case(words: str) -> str:
    """Return a pattern for any of `words`, small or with a capital; faster than ignoring case."""
    return f"(?:{'|'.join(form for word in words.split() for form in (word, word.capitalize()))})"


def compile_rules(rules: Iterable[Rule], kinds: Kinds) -> Callable[[str], str]:
    """Return a function that applies `rules` to a text, in their order.

    A rule is skipped where the text lacks a character that it must have: in a sentence most are.
    """
    rows = list(rules)
    steps = [(re.compile(row.pattern, re.ASCII), _speaker(row.words, kinds)) for row in rows]
    everything = (1 << len(rows)) - 1
    # A rule needs a character of each of some sets. For each of its smallest sets: the rules that
    # need none, as bits, and the rules that a character is enough for.
    needed: list[tuple[int, dict[str, int]]] = []
    sets = [
        sorted(
            {need for need in required_characters(row.pattern) if _COMMON.isdisjoint(need)}, key=len
        )
        for row in rows
    ]
    for place in range(_SETS):
        free, enough = 0, dict[str, int]()
        for index, several in enumerate(sets):
            if place >= len(several):
                free |= 1 << index
            else:
                for character in several[place]:
                    enough[character] = enough.get(character, 0) | 1 << index
        needed.append((free, enough))

    def possible(text: str) -> int:
        """Return the rules that `text` has the characters for, as bits."""
        found, present = everything, set(text)
        for free, enough in needed:
            for character in present & enough.keys():
                free |= enough[character]
            found &= free
        return found

    def apply(text: str) -> str:
        left = possible(text)
        while left:
            lowest = left & -left
            index = lowest.bit_length() - 1
            pattern, words = steps[index]
            before, text = text, pattern.sub(words, text)
            # A changed text may have what another rule below needs.
            left = left ^ lowest if text == before else possible(text) >> index + 1 << index + 1
        return text

    return apply


def _speaker(words: str, kinds: Kinds) -> Callable[[re.Match[str]], str]:
    """Return what `re.sub` calls for a match: the words with their slots filled."""
    parts = _SLOT.split(words)
    texts, groups = parts[::3], [int(group) for group in parts[1::3]]
    # A long text says the same number often.
    said = [lru_cache(1024)(kinds[kind]) if kind else str for kind in parts[2::3]]

    def speak(match: re.Match[str]) -> str:
        out = texts[0]
        for group, kind, text in zip(groups, said, texts[1:], strict=True):
            found = match[group]
            out += (kind(found) if found else "") + text
        return out

    return speak


def _fresh_lock() -> None:
    """Give a forked child a lock of its own: another thread may hold this one."""
    global _lock
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_fresh_lock)


@lru_cache(maxsize=2)
def _normalizer(language: str) -> Any:
    from wetext import Normalizer

    return Normalizer(lang=language, operator="tn")


@lru_cache(maxsize=8192)
def verbalize(text: str, language: str, say_digits: Callable[[str], str]) -> str:
    """Write a short expression (`5 kg`) in the words of wetext, whose languages are en and zh.

    What wetext has no words for stays as it is, but for digits: `say_digits` says them one by one.
    """
    text = " ".join(text.split())  # runs of spaces make wetext fail
    words = None
    if text and len(text) <= _LONGEST:
        try:
            with _lock:
                words = _normalizer(language).normalize(text).replace('\\"', '"')
        except Exception:  # whatever its parser meets: assertions, index and runtime errors
            words = None
    words = text if words is None else words
    return re.sub("[0-9]+", lambda match: f" {say_digits(match[0])} ", words)
