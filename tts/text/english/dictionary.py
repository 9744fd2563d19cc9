"""Read the pronouncing dictionary of English: CMU's, and words of our own."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from tts.errors import InputError

# Readings where the dictionary's first entry is not the usual one.
_PREFERRED = {"a": "AH", "the": "DH AH", "and": "AH N D", "to": "T UW", "i": "AY"}


def _path() -> Path:
    """Find the dictionary in the package pocketsphinx. Raises: InputError where that is missing."""
    package = importlib.util.find_spec("pocketsphinx")
    folders = package.submodule_search_locations if package else None
    path = Path((folders or ["."])[0]) / "model" / "en-us" / "cmudict-en-us.dict"
    if not path.is_file():
        raise InputError(
            f"the pronouncing dictionary {path} is missing: it comes with the package "
            "pocketsphinx; type: pip install -r requirements.txt"
        )
    return path


@lru_cache(maxsize=1)
def published() -> dict[str, str]:
    """Map words in lower case to their first pronunciation in ARPAbet, without stress.

    The dictionary is CMU's, as the package pocketsphinx carries it.
    Raises: InputError where that package is missing.
    """
    path = _path()
    entries = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        word, _, phones = line.partition(" ")
        # Second pronunciations read word(2); with a full stop or a hyphen no runtime looks it up.
        if phones and not word.endswith(")") and not {".", "-"} & set(word):
            entries[word] = phones
    entries.update(_PREFERRED)
    return entries


@lru_cache(maxsize=1)
def modern() -> dict[str, tuple[str, ...]]:
    """Return words of our own, which the dictionary lacks, with their phones and stress digits."""
    lines = Path(__file__).with_name("modern_words.txt").read_text(encoding="utf-8").splitlines()
    fields = [line.split() for line in lines if line and line[0] != "#"]
    return {word: tuple(phones) for word, *phones in fields}


@lru_cache(maxsize=1)
def dictionary() -> dict[str, str]:
    """Map words in lower case to their phones without stress: published(), then modern()."""
    plain = {word: " ".join(p.rstrip("012") for p in said) for word, said in modern().items()}
    return {**published(), **plain}


def pronunciations(words: Iterable[str]) -> dict[str, list[list[str]]]:
    """Return all that the published dictionary has for each of `words`, without stress."""
    found: dict[str, list[list[str]]] = {word: [] for word in words}
    for line in _path().read_text(encoding="utf-8").splitlines():
        word, _, phones = line.partition(" ")
        word = word.partition("(")[0]
        if word in found:
            found[word].append(phones.split())
    return found
