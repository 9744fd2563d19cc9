"""Collect the symbol table of a voice whose texts are phones, in stage 2."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tts.errors import InputError
from tts.text.phones.symbols import count_symbols
from tts.text.spoken import FrontEndConfig

FEWEST = 5  # a symbol with fewer examples is named: it may be a slip


def needs_corpus(config: FrontEndConfig, train: bool) -> bool:
    """Return whether the texts are read: not where the symbols are given."""
    return not config.symbols


def learn(
    config: FrontEndConfig, train: bool, split: Callable[[str], list[dict[str, Any]]]
) -> FrontEndConfig:
    """Return `config` with the symbols of all texts, in the order of their code points.

    Raises: InputError where there are none.
    """
    if not needs_corpus(config, train):
        return config
    items = split("")
    counts = count_symbols(item["custom"].get("normalized_text", item["text"]) for item in items)
    if not counts:
        raise InputError(f"no symbols in {len(items)} texts: phones with spaces between them")
    rare = sorted(symbol for symbol, count in counts.items() if count < FEWEST)
    if rare:
        print(f"{len(rare)} of {len(counts)} symbols stand fewer than {FEWEST} times in the texts")
        print(f"  {' '.join(rare[:40])}{' ...' if len(rare) > 40 else ''}")
    return replace(config, symbols=" ".join(sorted(counts)))
