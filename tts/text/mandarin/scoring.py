"""Write Mandarin texts as recognisers' errors are counted on them."""

from __future__ import annotations

from tts.text.characters import is_hanzi
from tts.text.mandarin.normalize import normalize
from tts.text.mandarin.traditional import simplified


def units(text: str) -> dict[str, list[str]]:
    """Return Hanzi of a text, simplified, and their syllables as pypinyin reads them.

    Numbers are written out first. Latin letters are left out of both.
    """
    from pypinyin import Style, lazy_pinyin

    hanzi = "".join(filter(is_hanzi, simplified(normalize(text)[0])))
    tonal = lazy_pinyin(hanzi, Style.TONE3, neutral_tone_with_five=True)
    return {
        "character": list(hanzi),
        "tonal syllable": tonal,
        "syllable": [syllable.rstrip("12345") for syllable in tonal],
    }
