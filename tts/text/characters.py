"""Tell what single characters are: Latin letters without accents, Hanzi, silent marks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from tts.text.spoken import Problem

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
# Of two letters only those with an accent are a word: αβ is a product.
_GREEK_WORD = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff\u0300-\u036f]{2,}")
_ACCENT = re.compile("[\u0300-\u036f\u0386-\u0390\u03aa-\u03b0\u03ca-\u03ce\u1f00-\u1fff]")
_DIGITS = frozenset("0123456789")
_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-", strict=True))


@lru_cache(maxsize=4096)
def fold(character: str) -> str:
    """Write `character` in ASCII, without accent, ligature or full width; "" if it has none.

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
    """Return whether `character` is a Chinese character (unified ideographs and 〇)."""
    return (
        "\u4e00" <= character <= "\u9fff"
        or character == "〇"
        or "\u3400" <= character <= "\u4dbf"
        or "\U00020000" <= character <= "\U0003ffff"
    )


def name_of(character: str) -> str:
    """Return the Unicode name of a character, or its code point where it has none."""
    return unicodedata.name(character, f"U+{ord(character):04X}")


def is_mute(character: str) -> bool:
    """Tell whether `character` only shapes its neighbours: joiner, accent, variation selector."""
    return unicodedata.category(character) in ("Cf", "Mn", "Me", "Sk")


def admit(run: re.Match[str], meaning: Callable[[str], str | None], problems: list[Problem]) -> str:
    """Return what a run of unusual characters becomes, one by one.

    meaning: of a character; None: it cannot be said, which is added to `problems`, once for
    neighbours that are equal. Four or more equal symbols (=====) draw a line and say nothing.
    """
    out = []
    start = run.start()
    for word in _GREEK_WORD.finditer(run[0]):
        if len(word[0]) > 2 or _ACCENT.search(word[0]):
            out.append(_admit(run.string, start, run.start() + word.start(), meaning, problems))
            problems.append(Problem(run.start() + word.start(), word[0], "left out: a Greek word"))
            out.append(" ")
            start = run.start() + word.end()
    out.append(_admit(run.string, start, run.end(), meaning, problems))
    said = "".join(out)
    # What is silent still keeps two numbers apart, and so does ① from the digit after it.
    digits = run.string[run.end() : run.end() + 1] in _DIGITS
    if digits and (said or run.string[max(0, run.start() - 1) : run.start()])[-1:] in _DIGITS:
        said += " " * (not run[0][-1].isdecimal())
    return said


def _admit(
    text: str,
    start: int,
    end: int,
    meaning: Callable[[str], str | None],
    problems: list[Problem],
) -> str:
    """Return what the characters of `text` from `start` to `end` become."""
    out = []
    before = text[max(0, start - 1) : start]
    for same in _SAME.finditer(text, start, end):
        character, times = same[1], len(same[0])
        said = meaning(character)
        if character in _SUPERSCRIPTS:
            out.append(_power(text, same.start(), same.end()))
            said = _SUPERSCRIPTS[character]
        line = times > 3 and not character.isalnum() and said is not None and said.strip()
        if line and character not in DASHES and character not in SILENT:
            said = None
        if said is None:
            out.append("" if is_mute(character) else " ")
            if not is_mute(character):
                often = f", {times} times" if times > 1 else ""
                reason = f"left out: {name_of(character)}{often}"
                problems.append(Problem(same.start(), character, reason))
        elif said and said[0] in "0123456789" and not character.isdecimal():
            # ①② are two numbers; a superscript belongs to what stands before it.
            glue = "" if character in _SUPERSCRIPTS else " "
            out.append(glue * (before[-1:] in _DIGITS) + glue.join([said] * times))
        else:
            out.append(said * times)
        before = out[-1] or before
    return "".join(out)


def _power(text: str, start: int, end: int) -> str:
    """Find what parts a superscript from the text before it: ^, or a space for a footnote."""
    before = text[max(0, start - 2) : start]
    if before[-1:] in _SUPERSCRIPTS:
        return ""
    if before[-1:] in _DIGITS or before[-1:] == ")":
        return "^"
    unit = text[start:end] in ("²", "³") and text[end : end + 1] not in _SUPERSCRIPTS
    letter = before[-1:].isalpha() and (unit or not before[:-1].isalpha())
    return "^" if letter else " "


class Leftovers:
    """Find where symbols that survived normalisation stood in the input text."""

    def __init__(self, text: str, meaning: Callable[[str], str | None] = str):
        self.text = text
        self.meaning = meaning
        self.searched_to: dict[str, int] = {}

    def problem(self, symbol: str) -> Problem:
        """Return next character of the text that became `symbol`, as one that cannot be said."""
        start = self.searched_to.get(symbol, 0)
        places = range(start, len(self.text))
        found = next((at for at in places if self._became(self.text[at], symbol)), -1)
        # What is nowhere in the rest is never sought again.
        self.searched_to[symbol] = found + 1 if found >= 0 else len(self.text)
        position = found if found >= 0 else max(min(start, len(self.text)) - 1, 0)
        written = self.text[position]
        reason = f"left out: no words for {name_of(written if found >= 0 else symbol)}"
        return Problem(position, written, reason)

    def _became(self, character: str, symbol: str) -> bool:
        if character == symbol or (symbol == "^" and character in _SUPERSCRIPTS):
            return True
        return not character.isalnum() and symbol in (self.meaning(character) or "")
