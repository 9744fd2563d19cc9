"""Write Mandarin texts as recognisers' errors are counted on them."""

from __future__ import annotations

import re

from tts.text.characters import is_hanzi
from tts.text.mandarin.normalize import normalize
from tts.text.mandarin.traditional import simplified

_RUN = re.compile(r"[a-z][a-z']*|[^\W\d_a-z]+")


def units(text: str) -> dict[str, list[str]]:
    """Return Hanzi of a text, simplified, and their syllables as pypinyin reads them.

    Numbers are written out first. A Latin word is one unit, in lower case, of each kind.
    """
    from pypinyin import Style, lazy_pinyin

    runs = _RUN.findall(simplified(normalize(text)[0]).lower())
    characters, tonal = [], []
    for run in runs:
        latin = not is_hanzi(run[0])
        characters += [run] if latin else run
        syllables = lazy_pinyin(run, Style.TONE3, neutral_tone_with_five=True)
        tonal += [run] if latin else syllables
    plain = [syllable.rstrip("12345") for syllable in tonal]
    return {"character": characters, "tonal syllable": tonal, "syllable": plain}
