"""Turn ARPAbet into IPA symbols of one code point; make the English lexicon's token table."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from tts.text.tokens import PAD, TokenTable

VOWELS = frozenset("AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW".split())  # noqa: SIM905

CONSONANTS = {
    **{"B": "b", "CH": "tʃ", "D": "d", "DH": "ð", "F": "f", "G": "ɡ", "HH": "h", "JH": "dʒ"},
    **{"K": "k", "L": "l", "M": "m", "N": "n", "NG": "ŋ", "P": "p", "R": "ɹ", "S": "s"},
    **{"SH": "ʃ", "T": "t", "TH": "θ", "V": "v", "W": "w", "Y": "j", "Z": "z", "ZH": "ʒ"},
}
_STRESSED = {
    **{"AA": "ɑː", "AE": "æ", "AH": "ʌ", "AO": "ɔː", "AW": "aʊ", "AY": "aɪ", "EH": "ɛ"},
    **{"ER": "ɜː", "EY": "eɪ", "IH": "ɪ", "IY": "iː", "OW": "oʊ", "OY": "ɔɪ", "UH": "ʊ"},
    "UW": "uː",
}
_UNSTRESSED = {
    **_STRESSED,
    **{"AA": "ɑ", "AH": "ə", "AO": "ɔ", "ER": "ɚ", "IY": "i", "UW": "u"},
}
_MARKS = {"1": "ˈ", "2": "ˌ", "0": ""}

# Pauses that the lexicon voice distinguishes; runtimes turn a colon into a comma.
PUNCTUATION = (",", ".", "!", "?", ";")


def to_ipa(phones: Iterable[str]) -> tuple[str, ...]:
    """Return IPA symbols of ARPAbet phones, whose vowels carry a stress digit 0, 1 or 2.

    As espeak writes it, a stress mark stands right before its vowel.
    """
    symbols = ""
    for phone in phones:
        vowel, stress = phone[:-1], phone[-1:]
        if vowel in VOWELS:
            table = _UNSTRESSED if stress == "0" else _STRESSED
            symbols += _MARKS[stress] + table[vowel]
        else:
            symbols += CONSONANTS[phone]
    return tuple(symbols)


@lru_cache(maxsize=1)
def lexicon_table() -> TokenTable:
    """Return token table of the English lexicon voice: `_` 0, ASCII symbols at their code points.

    sherpa-onnx 2.0.1 writes ids of punctuation where it wants code points; where the two are
    equal its output is right, and stays right when that is mended. The other IPA symbols fill
    the ids from 1 on.
    """
    used = set("".join([*CONSONANTS.values(), *_STRESSED.values(), *_UNSTRESSED.values()]))
    ascii_symbols = sorted({s for s in used if s.isascii()} | set(" ,.!?;:'"))
    others = ["ˈ", "ˌ", *sorted(s for s in used if not s.isascii())]
    table = {PAD: 0}
    table.update({symbol: number for number, symbol in enumerate(others, 1)})
    table.update({symbol: ord(symbol) for symbol in ascii_symbols})
    return TokenTable(table)
