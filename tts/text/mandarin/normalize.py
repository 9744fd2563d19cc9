"""Write Mandarin text as Hanzi, Latin letters and four marks."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from tts.text.characters import APOSTROPHES, DASHES, SILENT, Leftovers, admit, fold, is_hanzi
from tts.text.mandarin.rules_mixed import say
from tts.text.mandarin.vocabulary import characters
from tts.text.mandarin.words import GREEK
from tts.text.spoken import Problem

# Marks that are said as a pause -> the token of that pause.
PAUSES = {
    **dict.fromkeys("，、；：﹐﹑﹔﹕,;:—–―─", ","),
    **dict.fromkeys("。．…｡.", "."),
    **dict.fromkeys("！﹗!", "!"),
    **dict.fromkeys("？﹖?", "?"),
}
WRITTEN = {",": "，", ".": "。", "!": "！", "?": "？"}
# The rules have something to do: a digit, a symbol, an address or a Roman numeral.
_NEEDS_WORDS = re.compile(
    r"[^\u3400-\u9fffA-Za-z，。！？、；：,.!?;: —]|[\u3400-\u9fff][IVX]|[IVX][\u3400-\u9fff]"
    r"|[A-Za-z]\.[a-z]|[A-Z][a-z]{0,4}\."
)
# What reaches the rules as it is; there it is said, or else reported.
_KEPT_SYMBOLS = frozenset('·"”$%&@#+=/~^|\\£€¥₹₩₽°‰×÷±≈≠≤≥_<>()*-→↑↓√Φ' + GREEK)
_REWRITTEN = {
    **{"²": "^2", "³": "^3", "㎡": "m^2", "㎥": "m^3", "℃": "°C", "℉": "°F", "µ": "μ", "Ω": "Ω"},
    **{"￥": "¥", "〜": "~", "−": "-", "№": "No.", "○": "〇", "（": "(", "）": ")"},
    **{"º": "°", "˚": "°", "″": '"', "＂": '"', "′": "'", "・": "·", "•": "·"},
    **{"＜": "<", "＞": ">"},
    **dict.fromkeys("》〉」』", "”"),
}
_UNUSUAL = re.compile(r"[^\u4e00-\u9fa5A-Za-z0-9，。！？、；：,.!?;: ]+")
_APOSTROPHE = re.compile(r"(?<![A-Za-z])'+|'+(?![A-Za-z])")
_SPACE = re.compile(r"(?<![A-Za-z]) +| +(?![A-Za-z])")
_SENTENCE_ENDS = re.compile("(?<=[。！？])")
_NUMBER_MARKS = re.compile(r"(?<=\d)：(?=\d)")
_TOKEN = re.compile(
    r"(?P<said>[\u3400-\u9fff〇\U00020000-\U0003ffff]+|[A-Za-z']+)|(?P<space>[ ()_*·”\"-]+)"
    rf"|(?P<pause>[{re.escape(''.join(PAUSES))}])|."
)


def normalize(text: str) -> tuple[str, list[Problem]]:
    """Write Hanzi, Latin letters (with ' inside), single ，。！？; and what had to be left out."""
    problems: list[Problem] = []
    plain = _UNUSUAL.sub(lambda run: admit(run, meaning, problems), text)
    if _NEEDS_WORDS.search(plain):
        sentences = _SENTENCE_ENDS.split(_NUMBER_MARKS.sub(":", " ".join(plain.split())))
        plain = "".join(say(one) if _NEEDS_WORDS.search(one) else one for one in sentences)
    leftovers = Leftovers(text, meaning)
    out: list[str] = []
    for match in _TOKEN.finditer(plain):
        kind = match.lastgroup
        if kind == "pause":
            while out and out[-1] == " ":
                out.pop()
            if not out or out[-1] not in PAUSES:
                out.append(WRITTEN[PAUSES[match[0]]])
        elif kind == "said":
            if match[0].strip("'"):
                out.append(match[0])
        elif kind == "space":
            out.append(" ")
        elif kind is None:
            problems.append(leftovers.problem(match[0]))
    # Apostrophes and spaces say something only between Latin letters.
    said = _APOSTROPHE.sub("", "".join(out))
    return _SPACE.sub("", re.sub(" +", " ", said)), problems


@lru_cache(maxsize=32768)
def meaning(character: str) -> str | None:
    """Return what `character` is for the rules; None where it has no meaning."""
    if is_hanzi(character):
        return character if character in characters() else None
    if character in _REWRITTEN:
        return _REWRITTEN[character]
    if character in PAUSES or character in _KEPT_SYMBOLS:
        return character
    if character in SILENT:
        return " " if character in "`´" else ""
    if character in APOSTROPHES:
        return "'"
    if character in DASHES:
        return "-"
    if "Ⅰ" <= character <= "ⅿ":
        return str(int(unicodedata.numeric(character)))
    folded = fold(character)
    return f" {folded}" if "/" in folded and folded[0].isdigit() else folded or None  # 1¾
