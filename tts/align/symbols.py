"""Phones as sequences of small symbols, and how unlike two symbols sound.

An aligner's phones and a voice's tokens rarely are the same set. Both are written here in one
alphabet (IPA letters for English, letters of spelled-out pinyin for Mandarin), so that they can
be matched one by one.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np

from tts.text.english.arpabet import CONSONANTS, VOWELS, to_ipa
from tts.text.mandarin.pinyin import INITIALS, initial_final, known_syllables, split_tone

_PAUSE = re.compile(r"(?:|<eps>|(?:sil|sp|spl|pau)\d*|sil[be])", re.IGNORECASE)
UNKNOWN = frozenset({"spn", "<unk>", "SPN"})

BREAK = "|"  # between words (English) or syllables (Mandarin); a pause may stand there
ANY = "*"  # speech of which the aligner knew no phones
STRESS = frozenset("ˈˌ")
# Letters that only colour the one before them; left out of what is compared.
_COLOURS = frozenset("ʰʲʷˠˤˑ˞\u0329\u032f\u0303\u032a\u0361\u031a\u02de\u207f")

# Height (0 close, 1 open), backness (0 front, 1 back), rounding.
_VOWELS = {
    **{"i": (0, 0, 0), "y": (0, 0, 1), "ɨ": (0, 0.5, 0), "ʉ": (0, 0.5, 1), "u": (0, 1, 1)},
    **{"ɪ": (0.2, 0.2, 0), "ʊ": (0.2, 0.8, 1), "ᵻ": (0.2, 0.4, 0), "e": (0.35, 0, 0)},
    **{"ø": (0.35, 0, 1), "o": (0.35, 1, 1), "ə": (0.5, 0.5, 0), "ɚ": (0.5, 0.55, 0.3)},
    **{"ɛ": (0.65, 0, 0), "ɜ": (0.6, 0.5, 0.2), "ɝ": (0.55, 0.55, 0.3), "ʌ": (0.65, 0.8, 0)},
    **{"ɔ": (0.65, 1, 1), "æ": (0.85, 0, 0), "ɐ": (0.8, 0.5, 0), "a": (1, 0.2, 0)},
    **{"ɑ": (1, 1, 0), "ɒ": (1, 1, 1)},
}
# Place (0 lips, 1 throat), manner, voice.
_CONSONANTS = {
    **{"p": (0, "stop", 0), "b": (0, "stop", 1), "t": (0.35, "stop", 0), "d": (0.35, "stop", 1)},
    **{"k": (0.8, "stop", 0), "ɡ": (0.8, "stop", 1), "g": (0.8, "stop", 1), "ʔ": (1, "stop", 0)},
    **{"ɾ": (0.35, "flap", 1), "c": (0.65, "stop", 0), "ɟ": (0.65, "stop", 1)},
    **{"f": (0.1, "rub", 0), "v": (0.1, "rub", 1), "θ": (0.25, "rub", 0), "ð": (0.25, "rub", 1)},
    **{"s": (0.35, "rub", 0), "z": (0.35, "rub", 1), "ʃ": (0.5, "rub", 0), "ʒ": (0.5, "rub", 1)},
    **{"ç": (0.65, "rub", 0), "x": (0.8, "rub", 0), "h": (1, "rub", 0), "ɦ": (1, "rub", 1)},
    **{"m": (0, "nose", 1), "n": (0.35, "nose", 1), "ŋ": (0.8, "nose", 1), "ɲ": (0.65, "nose", 1)},
    **{"l": (0.35, "glide", 1), "ɫ": (0.4, "glide", 1), "ɹ": (0.45, "glide", 1)},
    **{"r": (0.45, "glide", 1), "j": (0.6, "glide", 1), "w": (0.1, "glide", 1)},
    **{"ʋ": (0.1, "glide", 1), "ʎ": (0.6, "glide", 1)},
}
_NEAR_MANNER = {frozenset(("stop", "flap")): 0.1, frozenset(("flap", "glide")): 0.3}
# Vowels and consonants that are nearly the same movement.
_GLIDES = {"j": "iɪeᵻ", "w": "uʊoʉ", "ɹ": "ɚɜɝ", "r": "ɚɜɝ"}
_OTHERS = ("ː", BREAK, ANY)

ENGLISH = (*_VOWELS, *_CONSONANTS, *sorted(STRESS), *_OTHERS)
_FINAL_LETTERS = ("a", "o", "e", "i", "u", "v", "I", "n", "N", "r")
MANDARIN = (*INITIALS, *(x for x in _FINAL_LETTERS if x not in INITIALS), *_OTHERS)

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


def is_pause(label: str) -> bool:
    """Whether an aligner's label, sil, sp or nothing, means that nobody speaks."""
    return bool(_PAUSE.fullmatch(label))


@lru_cache(maxsize=4096)
def english_symbols(label: str) -> tuple[str, ...] | None:
    """IPA letters of an ARPAbet or IPA phone; None where it is neither."""
    name = label.rstrip("012")
    if name in VOWELS:
        return to_ipa([label if label != name else f"{name}1"])
    if label in CONSONANTS:
        return to_ipa([label])
    letters = tuple(letter for letter in label if letter not in _COLOURS)
    return letters if letters and all(letter in ENGLISH for letter in letters) else None


@lru_cache(maxsize=4096)
def mandarin_symbols(label: str) -> tuple[str, ...] | None:
    """Letters of an initial, a final or a syllable, with or without tone and r; else None."""
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
    """The letters of a final, spelled out; none where it is no final."""
    final = _SHORT.get(final, final).replace("ng", "N")
    if not re.fullmatch("[aoeiuvI]{1,3}[nNr]?|[mnN]|r", final):
        return ()
    return tuple(final)


@lru_cache(maxsize=2)
def table_of(language: str) -> tuple[dict[str, int], np.ndarray]:
    """Numbers of the symbols of a language and the cost (float32) of one in place of another.

    Equal symbols cost 0, unlike ones of a kind up to 1, those that must not meet 9.
    """
    symbols = ENGLISH if language == "en-us" else MANDARIN
    cost = _english_cost if language == "en-us" else _mandarin_cost
    numbers = {symbol: number for number, symbol in enumerate(dict.fromkeys(symbols))}
    costs = np.array([[cost(a, b) for b in numbers] for a in numbers], dtype=np.float32)
    return numbers, costs


def _frame_cost(a: str, b: str) -> float | None:
    """What holds in both languages; None where sounds are to be compared."""
    if a == b:
        return 0.0
    if ANY in (a, b):
        return 9.0 if BREAK in (a, b) else 0.1
    if BREAK in (a, b):
        return 9.0
    if a in STRESS or b in STRESS:
        return 0.1 if a in STRESS and b in STRESS else 9.0
    if "ː" in (a, b):
        return 1.0
    return None


def _english_cost(a: str, b: str) -> float:
    known = _frame_cost(a, b)
    if known is not None:
        return known
    if a in _VOWELS and b in _VOWELS:
        return 0.1 + 0.25 * sum(abs(x - y) for x, y in zip(_VOWELS[a], _VOWELS[b], strict=True))
    if a in _CONSONANTS and b in _CONSONANTS:
        (place, manner, voice), (place_b, manner_b, voice_b) = _CONSONANTS[a], _CONSONANTS[b]
        unlike = 0.0 if manner == manner_b else _NEAR_MANNER.get(frozenset((manner, manner_b)), 0.4)
        return 0.1 + 0.5 * abs(place - place_b) + 0.15 * (voice != voice_b) + unlike
    glide, vowel = (a, b) if a in _CONSONANTS else (b, a)
    return 0.3 if vowel in _GLIDES.get(glide, "") else 1.4


def _mandarin_cost(a: str, b: str) -> float:
    known = _frame_cost(a, b)
    if known is not None:
        return known
    near = {frozenset("iy"): 0.05, frozenset("uw"): 0.05, frozenset("vy"): 0.1}
    near |= {frozenset("iI"): 0.1, frozenset("uv"): 0.2, frozenset("nN"): 0.2, frozenset("er"): 0.4}
    if frozenset((a, b)) in near:
        return near[frozenset((a, b))]
    vowels = "aoeiuvI"
    if (a in vowels) == (b in vowels):
        return 0.6
    return 1.4
