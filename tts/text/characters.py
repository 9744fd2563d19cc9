"""What single characters are: Latin letters without their accents, Hanzi, silent marks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from tts.text.frontend import Problem

# Letters that no Unicode decomposition turns into ASCII.
_LETTERS = {
    **{"æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ß": "ss", "ẞ": "SS"},
    **{"ð": "th", "Ð": "Th", "þ": "th", "Þ": "Th", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"},
    **{"ı": "i", "ħ": "h", "Ħ": "H", "ŋ": "ng", "Ŋ": "Ng"},
}

# Quotes, brackets and name dots: they are written, not said.
SILENT = frozenset('"“”„‟«»‹›「」『』〝〞()（）[]［］{}｛｝<>＜＞〈〉《》【】〔〕〖〗·・•*_`´')
APOSTROPHES = "'‘’‛ʼ＇"
DASHES = "-‐‑‒–—―−－﹣─"

_SAME = re.compile(r"(.)\1*", re.DOTALL)


@lru_cache(maxsize=4096)
def fold(character: str) -> str:
    """`character` in printable ASCII: without accent, ligature or full width; "" if it has none.

    Any white space becomes one space.
    """
    if " " <= character <= "~":
        return character
    if character.isspace():
        return " "
    if character in _LETTERS:
        return _LETTERS[character]
    letters = "".join(
        c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c)
    ).replace("⁄", "/")
    # Compatibility forms of a space with an accent (¨) decompose into the bare space.
    return letters if letters.strip() and all(" " <= c <= "~" for c in letters) else ""


def is_hanzi(character: str) -> bool:
    """Whether `character` is a Chinese character (unified ideographs and 〇)."""
    return (
        "\u4e00" <= character <= "\u9fff"
        or character == "〇"
        or "\u3400" <= character <= "\u4dbf"
        or "\U00020000" <= character <= "\U0003ffff"
    )


def name_of(character: str) -> str:
    """The Unicode name of a character, or its code point where it has none."""
    return unicodedata.name(character, f"U+{ord(character):04X}")


def is_mute(character: str) -> bool:
    """Whether `character` only shapes its neighbours: joiners, accents, variation selectors."""
    return unicodedata.category(character) in ("Cf", "Mn", "Me", "Sk")


def admit(run: re.Match[str], meaning: Callable[[str], str | None], problems: list[Problem]) -> str:
    """What a run of unusual characters becomes, one by one.

    meaning: of a character; None: it cannot be said, which is added to `problems`, once for
    neighbours that are equal. Four or more equal symbols (=====) draw a line and say nothing.
    """
    out = []
    for same in _SAME.finditer(run[0]):
        character, times = same[1], len(same[0])
        said = meaning(character)
        line = times > 3 and not character.isalnum() and said is not None and said.strip()
        if line and character not in DASHES and character not in SILENT:
            said = None
        if said is not None:
            out.append(said * times)
            continue
        out.append(" ")
        if is_mute(character):
            out[-1] = ""
            continue
        often = f", {times} times" if times > 1 else ""
        reason = f"left out: {name_of(character)}{often}"
        problems.append(Problem(run.start() + same.start(), character, reason))
    return "".join(out)


class Leftovers:
    """Finds where symbols that survived normalisation stood in the input text."""

    def __init__(self, text: str):
        self.text = text
        self.searched_to: dict[str, int] = {}

    def problem(self, symbol: str) -> Problem:
        """The next occurrence of `symbol` in the text, as something that cannot be said."""
        start = self.searched_to.get(symbol, 0)
        found = self.text.find(symbol, start)
        # What is nowhere in the rest (it came from another character) is never sought again.
        self.searched_to[symbol] = found + 1 if found >= 0 else len(self.text)
        position = found if found >= 0 else max(min(start, len(self.text)) - 1, 0)
        return Problem(position, symbol, f"left out: no words for {name_of(symbol)}")
