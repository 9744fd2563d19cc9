"""Write English phones, ARPAbet or IPA, as IPA letters and say how unlike two of them sound."""

from __future__ import annotations

from functools import lru_cache

from tts.text.alphabet import LENGTH, STRESS, PhoneAlphabet, is_break
from tts.text.english.arpabet import CONSONANTS, VOWELS, to_ipa
from tts.text.spoken import FrontEndConfig

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
_SYMBOLS = (*_VOWELS, *_CONSONANTS)
_KNOWN = {*_SYMBOLS, *STRESS, LENGTH}


def alphabet(config: FrontEndConfig) -> PhoneAlphabet:
    """Return the alphabet of English, which is the same for all its front ends."""
    return _ALPHABET


@lru_cache(maxsize=4096)
def symbols_of(label: str) -> tuple[str, ...] | None:
    """Return the IPA letters of an ARPAbet or IPA phone; None where it is neither."""
    name = label.rstrip("012")
    if name in VOWELS:
        return to_ipa([label if label != name else f"{name}1"])
    if label in CONSONANTS:
        return to_ipa([label])
    letters = tuple(letter for letter in label if letter not in _COLOURS)
    return letters if letters and all(letter in _KNOWN for letter in letters) else None


def _of_token(token: str) -> tuple[str, ...] | None:
    """Return a token's symbol; None for a break; an unknown letter stands for any sound."""
    return None if is_break(token) else symbols_of(token) or ("ə",)


def _cost(a: str, b: str) -> float:
    """Return how unlike two sounds are: up to 1 within vowels or consonants, else more."""
    if a in _VOWELS and b in _VOWELS:
        return 0.1 + 0.25 * sum(abs(x - y) for x, y in zip(_VOWELS[a], _VOWELS[b], strict=True))
    if a in _CONSONANTS and b in _CONSONANTS:
        (place, manner, voice), (place_b, manner_b, voice_b) = _CONSONANTS[a], _CONSONANTS[b]
        unlike = 0.0 if manner == manner_b else _NEAR_MANNER.get(frozenset((manner, manner_b)), 0.4)
        return 0.1 + 0.5 * abs(place - place_b) + 0.15 * (voice != voice_b) + unlike
    glide, vowel = (a, b) if a in _CONSONANTS else (b, a)
    return 0.3 if vowel in _GLIDES.get(glide, "") else 1.4


_ALPHABET = PhoneAlphabet(_SYMBOLS, _cost, symbols_of, _of_token)
