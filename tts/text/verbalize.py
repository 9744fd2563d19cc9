"""Digits and symbols into words through wetext, for English and Mandarin."""

from __future__ import annotations

import os
import re
import threading
from functools import lru_cache
from typing import Any

# What wetext gets at a time: its time grows faster than the length of what it is given.
_CHUNK = 160
_BREAK = re.compile(r"(?<=[,.!?;，。！？；\s])")

_DIGITS = {
    "en": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
    "zh": ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"],
}

_lock = threading.Lock()


def _fresh_lock() -> None:
    """A fork may happen while another thread holds the lock: the child starts with its own."""
    global _lock
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_fresh_lock)


@lru_cache(maxsize=2)
def _normalizer(language: str) -> Any:
    from wetext import Normalizer

    return Normalizer(lang=language, operator="tn")


def verbalize(text: str, language: str) -> str:
    """`text` with numbers, dates, money, units and symbols written out in words.

    language: "en" or "zh". What wetext has no words for stays as it is.
    """
    # Runs of spaces make wetext fail.
    text = re.sub(r"\s+", " ", text)
    return "".join(_verbalize_chunk(chunk, language) for chunk in _chunks(text))


def _verbalize_chunk(chunk: str, language: str) -> str:
    body = chunk.strip()
    if not body:
        return chunk
    start = chunk.index(body[0])
    words = _normalized(body, language)
    if words is None:
        # Its grammars reject some strings as a whole: what stands around the culprit is saved.
        head, space, tail = _halves(body)
        if space:
            words = _verbalize_chunk(head, language) + space + _verbalize_chunk(tail, language)
        else:
            words = "".join(_digit(c, language) for c in body)
    return chunk[:start] + words + chunk[start + len(body) :]


def _normalized(body: str, language: str) -> str | None:
    try:
        with _lock:
            return _normalizer(language).normalize(body).replace('\\"', '"')
    except Exception:  # whatever its parser meets: assertions, index and runtime errors
        return None


def _halves(body: str) -> tuple[str, str, str]:
    """`body` cut at the space nearest to its middle."""
    middle = len(body) // 2
    spaces = [match.start() for match in re.finditer(" ", body)]
    if not spaces:
        return body, "", ""
    cut = min(spaces, key=lambda place: abs(place - middle))
    return body[:cut], " ", body[cut + 1 :]


def _digit(character: str, language: str) -> str:
    if not "0" <= character <= "9":
        return character
    return (
        _DIGITS[language][int(character)]
        if language == "zh"
        else (f" {_DIGITS[language][int(character)]} ")
    )


def _chunks(text: str) -> list[str]:
    """Pieces of about `_CHUNK` characters, cut after punctuation or space where there is one."""
    pieces: list[str] = []
    current = ""
    for part in _BREAK.split(text):
        while len(part) > 2 * _CHUNK:
            pieces.append(current + part[:_CHUNK])
            current, part = "", part[_CHUNK:]
        if current and len(current) + len(part) > _CHUNK:
            pieces.append(current)
            current = ""
        current += part
    return [*pieces, current] if current else pieces
