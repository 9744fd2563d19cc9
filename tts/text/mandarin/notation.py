"""Check pronunciations in pinyin that users give, with a tone digit on each syllable."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from tts.text.mandarin.pinyin import split_labels, table_syllable
from tts.text.notation import BETWEEN, Notation

_SYLLABLE = re.compile(r"[a-zê]+[1-5]")
# Several syllables without a space between them are meant as pinyin, too.
_PINYIN = re.compile(r"(?:(?:[a-zêü]|u:)+[0-9])+")


def _cased(said: Sequence[str]) -> list[str]:
    """Return pinyin in lower case with ü as v."""
    said = unicodedata.normalize("NFC", " ".join(said)).split()
    return [item.lower().replace("ü", "v").replace("u:", "v") for item in said]


def _fault(word: str, said: Sequence[str]) -> str:
    """Return why `said` is not one syllable for each character of `word`; "" if it is.

    Erhua is one for two: huar1.
    """
    for item in said:
        several = _SYLLABLE.findall(item)
        if len(several) > 1 and "".join(several) == item:
            return f"{item!r} wants spaces between its syllables: {' '.join(several)}"
        if not _SYLLABLE.fullmatch(item):
            return f"{item!r} is no syllable with its tone digit 1 to 5"
    syllables = split_labels(said)
    for item in syllables:
        if table_syllable(item) is None:
            return f"{item!r} is no syllable of Mandarin"
    if len(word) != len(syllables):
        return f"{len(word)} characters but {len(syllables)} syllables"
    return ""


def _is_meant(content: str) -> bool:
    """Tell whether the content of brackets is meant as pinyin."""
    return all(_PINYIN.fullmatch(item.lower()) for item in BETWEEN.split(content))


def _is_sure(content: str) -> bool:
    """Tell whether pinyin after no Hanzi is surely meant as such: cell <a1>, x<y2> are not."""
    return all(len(item) > 2 and table_syllable(item) for item in _cased(content.split()))


def _num_characters(said: Sequence[str], last: str) -> int:
    """Return how many Hanzi the syllables are written with: 花儿 huar1 is two."""
    fused = sum(item.rstrip("12345").endswith("r") and item[:2] != "er" for item in said)
    return len(said) + (fused if last == "儿" or fused > 1 else 0)


PINYIN = Notation(_cased, _fault, _is_meant, "长<zhang3>", _is_sure, _num_characters)
