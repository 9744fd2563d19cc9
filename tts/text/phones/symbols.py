"""Collect the symbols of texts that are phones, and name them so that both runtimes read them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from tts.errors import InputError
from tts.text.spoken import FrontEndConfig
from tts.text.tokens import PAD

WORD_END = "|"  # may stand between words; a token like any other, without a sound
PAUSES = frozenset(",.!?;:…—，。！？；：、")
BREAKS = PAUSES | {WORD_END}


def token_of(symbol: str) -> str:
    """Return the name of a symbol in tokens.txt: oʊ_0 for oʊ, else the symbol itself.

    From a lexicon.txt 2.x reads a token of several characters as one only where it ends in an
    ASCII letter or digit (seen with 2.0.1); the others end in _0 for that reason.
    """
    last = symbol[-1:]
    whole = len(symbol) == 1 or (last.isascii() and last.isalnum())
    return symbol if whole else f"{symbol}_0"


def is_usable(symbol: str) -> bool:
    """Return whether a table can hold `symbol`: `_` is the blank, 2.x parts a line at `||`."""
    return symbol != PAD and "||" not in symbol


def count_symbols(texts: Iterable[str]) -> Counter[str]:
    """Count the usable symbols of `texts`."""
    counts = Counter(symbol for text in texts for symbol in text.split())
    return Counter({symbol: n for symbol, n in counts.items() if is_usable(symbol)})


def read_symbols(config: FrontEndConfig, path: Path) -> FrontEndConfig:
    """Return `config` with the symbols in a file, which white space parts, in their order.

    Raises: InputError for a file that cannot be read, holds none, or symbols of no use.
    """
    try:
        symbols = path.read_text(encoding="utf-8-sig").split()
    except (UnicodeDecodeError, OSError) as error:
        raise InputError(f"--symbols {path} cannot be read as UTF-8 text: {error}") from None
    twice = [symbol for symbol, count in Counter(symbols).items() if count > 1]
    unusable = [symbol for symbol in symbols if not is_usable(symbol)]
    if twice or unusable or not symbols:
        fault = f"{' '.join(twice)} stands twice" if twice else "there is no symbol in it"
        if unusable:
            fault = f"{' '.join(unusable)} cannot be used (`_` is the blank, || parts a line)"
        raise InputError(f"--symbols {path}: {fault}; it holds symbols with spaces between them")
    return replace(config, symbols=" ".join(symbols))
