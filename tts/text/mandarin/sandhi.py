"""Apply sandhi inside words and at their ends: third tones, 一 and 不, erhua."""

from __future__ import annotations

from collections.abc import Sequence

from tts.text.mandarin.erhua import ALONE, SUFFIX, is_suffix
from tts.text.mandarin.pinyin import split_tone
from tts.text.mandarin.vocabulary import knowledge

# What the end of a word asks of the word after it.
PLAIN = "plain"
KEPT = "kept"  # a third tone that stays one
RAISED = "raised"  # a third tone said as a second one: a third tone must follow
YI = {"yi1": "yi1", "yi2": "yi2", "yi4": "yi4"}  # 一 before a pause, a fourth, another tone
BU = {"bu4": "bu4", "bu2": "bu2"}  # 不 before other tones, before a fourth

# After these 一 counts or orders and keeps its own tone; so it does before them.
_ORDER_BEFORE = frozenset("第十初周零〇一二三四五六七八九百千万亿年")
NUMBER = frozenset("零〇一二三四五六七八九十")  # after one of them 一 is the last digit
_ORDER_AFTER = frozenset("零〇一二三四五六七八九月号日")


def raised(syllable: str) -> str:
    """Return a third tone as it is said before another one."""
    return syllable[:-1] + "2"


def inside(word: str, syllables: Sequence[str]) -> tuple[str, ...]:
    """Return the syllables of a word, one a character, after what they do to each other."""
    said = list(syllables)
    for index in range(len(said) - 1):
        if said[index].endswith("3") and said[index + 1].endswith("3"):
            said[index] = raised(said[index])
    for index in range(len(said) - 1):
        following = split_tone(said[index + 1])[1]
        if word[index] == "不" and said[index] == "bu4":
            said[index] = "bu2" if following == "4" else "bu4"
        elif word[index] == "一" and said[index] in YI and word not in knowledge().words:
            last_digit = index and word[index - 1] in NUMBER
            if last_digit or said[index] == "yi1":
                said[index] = _yi(word, index, following)
    for index in range(1, len(said)):
        if word[index] == SUFFIX and said[index] == "er2" and is_suffix(word, index):
            said[index] = ALONE
    return tuple(said)


def _yi(word: str, index: int, following: str) -> str:
    """Say 一 inside a word, before a syllable of tone `following`."""
    if (index and word[index - 1] in _ORDER_BEFORE) or word[index + 1] in _ORDER_AFTER:
        return "yi1"
    if following == "4" or word[index + 1] == "个":
        return "yi2"
    return "yi4" if following in "123" else "yi1"


def ends(word: str, syllables: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
    """Return how a word can end: what each way asks of the next word, and its syllables as said."""
    last = syllables[-1]
    rest = syllables[:-1]
    if word == "一" and last == "yi1":
        return [(YI[form], (form,)) for form in YI]
    if word[-1] == "一" and last in ("yi2", "yi4"):
        return [(YI[last], syllables)]
    if word[-1] == "不" and last in BU:
        if last == "bu4":
            return [(BU[form], (*rest, form)) for form in BU]
        return [(BU[last], syllables)]
    if last.endswith("3"):
        return [(KEPT, syllables), (RAISED, (*rest, raised(last)))]
    return [(PLAIN, syllables)]


def allows(end: str, tone: str) -> bool:
    """Tell whether a word that ends so can precede a syllable of `tone`; "": a pause."""
    if end == RAISED:
        return tone == "3"
    if end == "yi2":
        return tone in ("4", "5")
    if end == "yi4":
        return tone in ("1", "2", "3")
    if end == "bu2":
        return tone == "4"
    if end == "bu4":
        return tone != "4"
    return True
