"""Write Mandarin phones, pinyin or parts of it, as letters and say how unlike two of them sound."""

from __future__ import annotations

import re
from functools import lru_cache

from tts.text.alphabet import PhoneAlphabet, is_break
from tts.text.mandarin.pinyin import INITIALS, initial_final, known_syllables, split_tone
from tts.text.spoken import FrontEndConfig

_SUFFIX = ("er", "er5")  # the suffix of a split erhua; er2 to er4 are syllables
_FINAL_LETTERS = ("a", "o", "e", "i", "u", "v", "I", "n", "N", "r")
_FINAL_ENDS = "aoeiuvInNrm"
# Finals whose spelling hides a vowel.
_SHORT = {
    **{"iu": "iou", "ui": "uei", "un": "uen", "ong": "oN", "iong": "ioN"},
    **{"ii": "I", "iii": "I", "ueng": "ueN", "uong": "oN", "ê": "e", "ue": "ve"},
}
_WHOLE = {
    **{"yi": "i", "wu": "u", "yu": "v", "yin": "in", "ying": "iN", "yue": "ve", "yuan": "van"},
    **{"yun": "vn", "yong": "ioN", "ye": "ie", "you": "iou", "wei": "uei", "wen": "uen"},
    **{"weng": "ueN"},
}


def alphabet(config: FrontEndConfig) -> PhoneAlphabet:
    """Return the alphabet of Mandarin, which is the same for syllables and their parts."""
    return _ALPHABET


@lru_cache(maxsize=4096)
def symbols_of(label: str) -> tuple[str, ...] | None:
    """Return the letters of an initial, a final or a syllable, tone and r or not; else None."""
    base, _ = split_tone(label)
    if base in INITIALS:
        return (base,)
    ending = ()
    if base.endswith("r") and base not in ("er", "r"):
        base, ending = base[:-1], ("r",)
    if base in known_syllables() or base in ("zhei", "shei", "tei", "ng", "ê"):
        initial, final = initial_final(base)
        if base in _WHOLE:
            initial, final = "", _WHOLE[base]
        elif initial in ("y", "w"):
            initial, final = "", ("i" if initial == "y" else "u") + final
        first = (initial,) if initial else ()
        return first + _letters(final) + ending
    letters = _letters(base)
    return letters + ending if letters else None


def _letters(final: str) -> tuple[str, ...]:
    """Return the letters of a final, spelled out; none where it is no final."""
    final = _SHORT.get(final, final).replace("ng", "N")
    if not re.fullmatch("[aoeiuvI]{1,3}[nNr]?|[mnN]|r", final):
        return ()
    return tuple(final)


def _of_token(token: str) -> tuple[str, ...] | None:
    """Return the letters of a token, r for the suffix of erhua; None for a break."""
    if token in _SUFFIX:
        return ("r",)
    return None if is_break(token) else symbols_of(token)


def _ends_syllable(label: str, symbols: tuple[str, ...]) -> bool:
    """Return whether an aligner's phone is a final or a syllable."""
    return symbols[-1] in _FINAL_ENDS and len(label) > 1


def _begins_syllable(token: str, before: str, unit: str) -> bool:
    """Return whether a syllable, but the suffix of the one before, begins at a token."""
    if token in _SUFFIX:
        return False
    return unit == "syllable" or before not in INITIALS


def _cost(a: str, b: str) -> float:
    """Return how unlike two letters sound."""
    near = {frozenset("iy"): 0.05, frozenset("uw"): 0.05, frozenset("vy"): 0.1}
    near |= {frozenset("iI"): 0.1, frozenset("uv"): 0.2, frozenset("nN"): 0.2, frozenset("er"): 0.4}
    if frozenset((a, b)) in near:
        return near[frozenset((a, b))]
    vowels = "aoeiuvI"
    if (a in vowels) == (b in vowels):
        return 0.6
    return 1.4


_ALPHABET = PhoneAlphabet(
    tuple(dict.fromkeys((*INITIALS, *_FINAL_LETTERS))),
    _cost,
    symbols_of,
    _of_token,
    _ends_syllable,
    _begins_syllable,
)
