"""Mandarin text as Hanzi, Latin letters and four marks: numbers, symbols, punctuation."""

from __future__ import annotations

import re

from tts.text import phrases
from tts.text.characters import APOSTROPHES, DASHES, SILENT, Leftovers, fold, is_hanzi, name_of
from tts.text.frontend import Problem
from tts.text.verbalize import verbalize

# Marks that are said as a pause -> the token of that pause.
PAUSES = {
    **dict.fromkeys("，、；：﹐﹑﹔﹕,;:—–―─", ","),
    **dict.fromkeys("。．…｡.", "."),
    **dict.fromkeys("！﹗!", "!"),
    **dict.fromkeys("？﹖?", "?"),
}
WRITTEN = {",": "，", ".": "。", "!": "！", "?": "？"}
# A normaliser has something to do: a digit or a symbol that is no punctuation.
_NEEDS_WORDS = re.compile(r"[0-9$%&@#+=/~^|\\£€¥￥°℃℉‰×÷±≈≠≤≥<>℅№㎡]")
_KEPT_SYMBOLS = "$%&@#+=/~^|\\£€¥￥°℃℉‰×÷±≈≠≤≥"


def normalize(text: str) -> tuple[str, list[Problem]]:
    """Hanzi, Latin letters (with ' inside), single ，。！？; and what had to be left out."""
    problems: list[Problem] = []
    plain = "".join(_admit(c, position, problems) for position, c in enumerate(text))
    if _NEEDS_WORDS.search(plain):
        plain = verbalize(plain, "zh")
    leftovers = Leftovers(text)
    out: list[str] = []
    for character in plain:
        if character in PAUSES:
            while out and out[-1] == " ":
                out.pop()
            if not out or out[-1] not in PAUSES:
                out.append(WRITTEN[PAUSES[character]])
        elif is_hanzi(character) or character in " '" or re.match("[A-Za-z]", character):
            out.append(character)
        elif character in _KEPT_SYMBOLS or character.isdigit():
            problems.append(leftovers.problem(character))
    # Spaces and apostrophes say something only between Latin letters.
    said = re.sub(r"(?<![A-Za-z])'+|'+(?![A-Za-z])", "", "".join(out))
    return re.sub(r"(?<![A-Za-z]) +| +(?![A-Za-z])", "", re.sub(" +", " ", said)), problems


def _admit(character: str, position: int, problems: list[Problem]) -> str:
    """What `character` is for the normaliser; "" and a problem where it has no meaning."""
    if is_hanzi(character):
        if character in phrases.characters():
            return character
        problems.append(Problem(position, character, "left out: no reading is known"))
        return ""
    if character in PAUSES or character in _KEPT_SYMBOLS:
        return character
    if character in SILENT:
        return " " if character in "*_`´" else ""
    if character in APOSTROPHES:
        return "'"
    if character in DASHES:
        return "-"
    folded = fold(character)
    if not folded:
        problems.append(Problem(position, character, f"left out: {name_of(character)}"))
    return folded
