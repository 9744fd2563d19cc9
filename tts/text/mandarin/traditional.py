"""Read traditional characters as their simplified ones, so that words are found: 銀行 as 银行."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tts.text.characters import is_hanzi
from tts.text.mandarin.vocabulary import is_usual
from tts.text.spoken import Problem

# What the rules of the package leave as it is.
_MORE = {"後": "后", "於": "于", "麽": "么", "妳": "你", "註": "注", "徵": "征", "纔": "才"}
# Characters that simplified text has as well; they stand for others only beside traditional ones,
# and not in these words.
_BESIDE = {"著": "着", "乾": "干", "瞭": "了"}
_KEPT = re.compile(
    "著[名作稱称書书述有]|[名顯显土編编原專专論论譯译巨卓昭拙合遺遗]著|乾[隆坤]|瞭望"
    "|(?P<changes>[著乾瞭])"
)


@cache
def _rules() -> Any:
    """Return the rule FST of the package wetext that writes simplified characters."""
    import kaldifst

    package = find_spec("wetext")
    folder = Path((package.submodule_search_locations or ["."])[0] if package else ".")
    return kaldifst.TextNormalizer(str(folder / "fsts" / "traditional_to_simple.fst"))


@lru_cache(maxsize=16384)
def simplified_character(character: str) -> str:
    """Return the simplified form of a character that simplified text does not have."""
    if character in _MORE:
        return _MORE[character]
    if is_usual(character) or not is_hanzi(character):
        return character
    written = _rules()(character)
    return written if len(written) == 1 and is_hanzi(written) else character


def simplified(hanzi: str) -> str:
    """Write a run of Hanzi in simplified characters, one for each."""
    written = "".join(map(simplified_character, hanzi))
    if written == hanzi:
        return hanzi
    return _KEPT.sub(
        lambda found: _BESIDE[found[0]] if found["changes"] else found[0],
        written,
    )


def report(text: str) -> list[Problem]:
    """Return one problem for all the traditional characters of a text, at the first of them."""
    found = [place for place, c in enumerate(text) if simplified_character(c) != c]
    if not found:
        return []
    first = text[found[0]]
    others = f", and {len(found) - 1} others" if len(found) > 1 else ""
    reason = f"traditional, read as simplified {simplified_character(first)}{others}"
    return [Problem(found[0], first, reason)]
