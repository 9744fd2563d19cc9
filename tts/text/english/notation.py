"""Check pronunciations in ARPAbet that users give, with stress digits on the vowels."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tts.text.english.arpabet import CONSONANTS, VOWELS
from tts.text.notation import BETWEEN, Notation

_PHONE = re.compile("[A-Z]{1,3}[0-9]?")
_STRESSED = re.compile(rf"(?:{'|'.join(sorted(VOWELS))})[012]")


def _cased(said: Sequence[str]) -> list[str]:
    """Return phones in upper case."""
    return [item.upper() for item in said]


def _fault(word: str, said: Sequence[str]) -> str:
    """Return why `said` is no pronunciation; "" if it is one."""
    for phone in said:
        if phone in VOWELS:
            return f"the vowel {phone} lacks its stress digit (0 none, 1 main, 2 secondary)"
        if phone in CONSONANTS or (phone[:-1] in VOWELS and phone[-1] in "012"):
            continue
        known = " ".join([*sorted(VOWELS), *sorted(CONSONANTS)])
        return f"{phone!r} is no phone of ARPAbet (known: {known})"
    if not any(phone[:-1] in VOWELS for phone in said):
        return "no vowel among its phones"
    return ""


def _is_meant(content: str) -> bool:
    """Tell whether the content of brackets is meant as phones."""
    phones = [item.upper() for item in BETWEEN.split(content)]
    if not all(map(_PHONE.fullmatch, phones)):
        return False
    if any(map(_STRESSED.fullmatch, phones)):
        return True
    # Without stress digits only what is wholly made of phones, in capitals, is meant as such.
    bare = content == content.upper() and len(phones) > 1 and not VOWELS.isdisjoint(phones)
    return bare and VOWELS.union(CONSONANTS).issuperset(phones)


ARPABET = Notation(_cased, _fault, _is_meant, "read<R EH1 D>")
