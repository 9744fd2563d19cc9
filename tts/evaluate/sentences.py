"""Judge whether a word or character of a sentence is said as someone says it must be."""

from __future__ import annotations

import re

from tts.text.english.arpabet import to_ipa
from tts.text.spoken import FrontEnd

_WEAK = "[aæɑɒeəɛɜɚiɪoɔuʊʌ]+"


def judge_word(
    frontend: FrontEnd, text: str, word: str, name: str, phones: str
) -> tuple[str, str, str, bool]:
    """Judge whether the first `word` of `text` is said as the ARPAbet `phones`.

    Right is what agrees in consonants, the stressed vowel and the place of the main stress.
    Returns: `name`, what is wanted, what is found (IPA), and whether they agree.
    """
    wanted = "".join(to_ipa(phones.split()))
    said = ["".join(w.tokens) for w in frontend(text).words if w.text.lower() == word]
    found = said[0] if said else "(not there)"
    return name, wanted, found, skeleton(found) == skeleton(wanted)


def skeleton(ipa: str) -> str:
    """Keep consonants, the main stress and its vowel; other vowels become one sign."""
    kept = re.sub("[ːˌ]", "", ipa)
    stressed = re.search("ˈ[^bdfɡhjklmnŋpɹsʃtθðvwzʒ]*", kept)
    if not stressed:
        return kept if len(re.findall(_WEAK, kept)) < 2 else re.sub(_WEAK, "V", kept)
    before, after = (
        re.sub(_WEAK, "V", part.replace("ɚ", "Vɹ"))
        for part in (kept[: stressed.start()], kept[stressed.end() :])
    )
    return before + stressed[0] + after


def judge_character(
    frontend: FrontEnd, text: str, where: str, wanted: str, kind: str
) -> tuple[str, str, str, bool]:
    """Judge whether a character of `text` is said as `wanted`: pinyin, several between ` | `.

    where: the character or, in digits, its index from 0. The neutral tone is 5.
    Returns: `kind`, what is wanted, what is found, and whether they agree.
    """
    index = int(where) if where.isascii() and where.isdigit() else text.index(where)
    said: list[str] = []
    for word in frontend(text).words:
        hanzi = bool(re.fullmatch("[一-鿿]+", word.text))
        said += word.tokens if hanzi else [""] * len(word.text)
    found = said[index] if len(said) == len(text) else f"{len(said)} readings"
    found += "" if found[-1:].isdigit() else "5"
    return kind, wanted, found, found in wanted.split(" | ")
