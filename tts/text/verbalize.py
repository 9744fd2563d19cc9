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
    return "".join(_verbalize_chunk(chunk, language) for chunk in _chunks(text))


def _verbalize_chunk(chunk: str, language: str) -> str:
    body = chunk.strip()
    if not body:
        return chunk
    start = chunk.index(body[0])
    try:
        with _lock:
            words = _normalizer(language).normalize(body)
    except Exception:
        # Its grammars reject some strings by whatever exception their parser meets; the
        # caller says what is then left unspoken.
        return chunk
    return chunk[:start] + words.replace('\\"', '"') + chunk[start + len(body) :]


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
