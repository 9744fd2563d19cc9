"""Pronounce English words: by dictionary, by words derived from it, by letters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from tts.text.english.arpabet import VOWELS, to_ipa
from tts.text.english.dictionary import dictionary, modern
from tts.text.english.heteronyms import readings
from tts.text.english.letters import NAMES, letters_to_phones, spell
from tts.text.english.spelling import drops_g
from tts.text.english.stress import FUNCTION_WORDS, NO_PARTS, is_listed, listed_syllable, stress

# Longer runs of letters are no words, and their parts need no search.
_LONGEST = 40
_SIBILANTS = ("S", "Z", "SH", "ZH", "CH", "JH")
_WEAK = {"IH": "AH"}
_VOICELESS = ("P", "T", "K", "F", "TH")
# Only those that say more words right than letter to sound does: measured on words of the
# dictionary that neither was given.
_PREFIXES = {
    **{"un": "AH N", "over": "OW V ER", "under": "AH N D ER"},
    **{"inter": "IH N T ER", "super": "S UW P ER", "counter": "K AW N T ER"},
}
_SUFFIXES = {
    **{"ing": "IH NG", "ness": "N AH S", "less": "L AH S", "ful": "F AH L"},
    **{"some": "S AH M", "able": "AH B AH L", "ship": "SH IH P", "hood": "HH UH D"},
}


# Silent where a Greek word begins so: pteranodon, chthonic, mnemonic.
_SILENT_START = re.compile("p(?=t)|ch(?=th)|m(?=n)|b(?=d)|c(?=n)")
# Before a word they leave its stress alone: unfair, dislike, recreate.
_UNSTRESSED = re.compile(r"(un|dis|fore)(?=[a-z]{4})|(mis|in|im|re|en)(?=[a-z]{5})")


@lru_cache(maxsize=1)
def words() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Yield the words of the dictionary with their IPA symbols; heteronyms as usually read."""
    known = dict.fromkeys((*dictionary(), *readings()))
    return tuple((word, pronounce.__wrapped__(word)[0]) for word in known)


@lru_cache(maxsize=20000)
def pronounce(word: str) -> tuple[tuple[str, ...], str]:
    """Return IPA symbols of a word in lower-case a-z (with ' and - inside) and their source.

    Of a heteronym its usual reading. source: dictionary; rule (derived from a word of it);
    spelled (no vowel letter); fallback (letter to sound). The symbols are empty only if there
    is no letter.
    """
    several = readings().get(word)
    if several:
        return to_ipa(next(iter(several.values()))), "dictionary"
    if word in modern():
        return to_ipa(modern()[word]), "dictionary"
    known = dictionary().get(word)
    if known:
        return _say(word, known.split()), "dictionary"
    if drops_g(word):
        whole = _stressed(f"{word[:-1]}g", dictionary()[f"{word[:-1]}g"].split())
        return to_ipa((*whole[:-2], "AH0", "N")), "rule"
    parts = word.split("-")
    if len(parts) > 1:
        said = [pronounce(part) for part in parts if part]
        return tuple(s for symbols, _ in said for s in symbols), "rule"
    derived = _derive(word, dictionary())
    if derived:
        return _say(word, derived), "rule"
    letters = re.sub("[^a-z]", "", word)
    phones, source = _by_letters(letters)
    if source == "spelled":
        named = [_say("", name) for name in spell(letters)]
        return tuple(symbol for symbols in named for symbol in symbols), source
    return _say(letters, phones), source


def unknown_phones(word: str, entries: Mapping[str, str]) -> list[str]:
    """Guess the phones, without stress, of a word that `entries` lack, as pronounce says it."""
    return _derive(word, entries) or _by_letters(word)[0]


def _by_letters(letters: str) -> tuple[list[str], str]:
    """Return phones of letters that are no known word, and whether they are spelled out."""
    if re.search("[aeiouy]", letters):
        silent = _SILENT_START.match(letters)
        phones = letters_to_phones(letters[silent.end() :] if silent else letters)
        # Only words such as this and there begin with a voiced th, and they are all known.
        return ["TH", *phones[1:]] if phones[:1] == ["DH"] else phones, "fallback"
    return [phone for name in spell(letters) for phone in name], "spelled"


def _say(word: str, phones: list[str]) -> tuple[str, ...]:
    """Write IPA with stress; function words keep none."""
    return to_ipa(_stressed(word, phones))


def _stressed(word: str, phones: list[str]) -> list[str]:
    """Return `phones` with stress digits: as the word without its -s has them, else by rule."""
    if word in FUNCTION_WORDS:
        return [phone + "0" if phone in VOWELS else phone for phone in phones]
    names = [name for letter in word[:6] for name in NAMES.get(letter, "").split()]
    if len(word) > 1 and word.isalpha() and names == phones:
        return _initials(word)
    return _stressed_stem(word, phones) or _by_rule(word, phones)


def _stressed_stem(word: str, phones: list[str]) -> list[str]:
    """Return the phones of a plural or possessive with the stress of its word; [] if it is none."""
    if len(word) > _LONGEST or is_listed(word):
        return []
    for stem in _without_s(word):
        for ending in ([], ["S"], ["Z"], ["AH", "Z"], ["IH", "Z"]):
            base = phones[: len(phones) - len(ending)]
            if (
                stem in FUNCTION_WORDS
                or phones[len(base) :] != ending
                or (not ending) != (word[-1] == "'")
            ):
                continue
            said = _known_stress(stem, base)
            if said:
                return said + [p + "0" if p in VOWELS else p for p in ending]
    return []


def _known_stress(stem: str, base: list[str]) -> list[str]:
    """Return `base` with stress if it is what `stem` is said as; [] if not."""
    for known in (*readings().get(stem, {}).values(), modern().get(stem, ())):
        if known and _alike([p.rstrip("012") for p in known], base):
            return list(known)
    published = dictionary().get(stem, "").split()
    if published or not stem.isalpha():
        return _stressed(stem, base) if published and _alike(published, base) else []
    return _stressed(stem, base)


def _without_s(word: str) -> list[str]:
    """Return the words of which `word` may be a plural or possessive: universities' has two."""
    if word.endswith(("'s", "'")):
        return [word[: word.rindex("'")]]
    if not word.endswith("s") or word.endswith("ss") or len(word) < 4:
        return []
    entries = dictionary()
    stems = [word[:-1], word[:-2]] if word.endswith("es") else [word[:-1]]
    stems += [word[:-3] + "y"] * word.endswith("ies")
    return [stem for stem in stems if stem in entries and len(stem) > 2]


def _by_rule(word: str, phones: list[str]) -> list[str]:
    """Place the stress of a word that is no plural or possessive of another one."""
    entries = dictionary()
    prefix = _UNSTRESSED.match(word) if listed_syllable(word) < 0 else None
    rest = entries.get(word[prefix.end() :], "").split() if prefix else []
    if rest and _alike(phones[-len(rest) :], rest) and _has_vowel(phones[: -len(rest)]):
        before = [p + "0" if p in VOWELS else p for p in phones[: -len(rest)]]
        return before + stress(word[prefix.end() :], phones[-len(rest) :])
    first, second = _compound(word, entries) or ("", "")
    if first and entries[first].split() + entries[second].split() == phones:
        return stress(word, phones, first, len(entries[first].split()))
    return stress(word, phones)


def _alike(one: Sequence[str], other: Sequence[str]) -> bool:
    """Return whether two words are said alike; the dictionary writes a weak vowel as IH or AH."""
    return [_WEAK.get(p, p) for p in one] == [_WEAK.get(p, p) for p in other]


def _has_vowel(phones: Sequence[str]) -> bool:
    return any(phone in VOWELS for phone in phones)


def _initials(word: str) -> list[str]:
    """Return the names of letters as one word, stressed on the last: FBI."""
    said = []
    for number, letter in enumerate(word, 1):
        mark = "1" if number == len(word) else "2"
        for phone in NAMES[letter].split():
            digit = "0" if letter == "w" and phone in ("AH", "UW") and said[-1:] != ["D"] else mark
            said.append(phone + digit if phone in VOWELS else phone)
    return said


def _compound(word: str, entries: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the two dictionary words that `word` is made of, the first as long as possible."""
    for cut in range(min(len(word) - 3, 14), 2, -1):
        if len(word) - cut == 3 and word[:cut] not in ("over", "under", "inter"):
            continue
        if word[:cut] in NO_PARTS or word[cut:] == "some":
            continue
        if word[:cut] in entries and word[cut:] in entries:
            return word[:cut], word[cut:]
    return None


def _derive(word: str, entries: Mapping[str, str]) -> list[str] | None:
    """Return phones of an inflection or derivation of a dictionary word."""
    if len(word) > _LONGEST:
        return None
    if word.endswith(("'s", "'")):
        stem = word[: word.rindex("'")]
        base = entries[stem].split() if stem in entries else _derive(stem, entries)
        if base is None and stem.isalpha():
            base = _by_letters(stem)[0]
        if not base:
            return None
        return base + _plural(base) if word.endswith("s") else base
    if word.endswith("s") and word[:-1] in entries and len(word) > 3:
        base = entries[word[:-1]].split()
        return base + _plural(base)
    for suffix, said in _SUFFIXES.items():
        if word.endswith(suffix):
            stem = _stem(word[: -len(suffix)], entries)
            if stem:
                return stem + said.split()
    for prefix, said in _PREFIXES.items():
        rest = word[len(prefix) :]
        if word.startswith(prefix) and len(rest) > 3:
            base = entries[rest].split() if rest in entries else _derive(rest, entries)
            if base:
                return said.split() + base
    return None


def _stem(stem: str, entries: Mapping[str, str]) -> list[str] | None:
    """Return phones of the dictionary word whose last letters a suffix has changed."""
    candidates = [stem, stem + "e"]
    if len(stem) > 3 and stem[-1] == stem[-2]:
        candidates.append(stem[:-1])
    if stem.endswith("i"):
        candidates.append(stem[:-1] + "y")
    for candidate in candidates:
        if len(candidate) > 2 and candidate in entries:
            return entries[candidate].split()
    return None


@lru_cache(maxsize=1)
def _spellings() -> dict[str, list[str]]:
    """Map phones without stress to the words of the dictionary that are said so."""
    spellings: dict[str, list[str]] = {}
    for word, phones in dictionary().items():
        spellings.setdefault(phones, []).append(word)
    return spellings


def homophone(word: str, phones: Sequence[str]) -> str:
    """Find how the exported lexicon spells `phones` (with stress): `word`, one of its readings
    (read'2), or another word that sounds so; "" if none does.
    """
    for number, reading in enumerate(readings().get(word, {}).values(), 1):
        if reading == tuple(phones):
            return f"{word}'{number}" if number > 1 else word
    symbols = to_ipa(phones)
    plain = " ".join(phone.rstrip("012") for phone in phones)
    for candidate in [word, *_spellings().get(plain, ())]:
        if candidate in dictionary() and pronounce(candidate)[0] == symbols:
            return candidate
    return ""


def possessive(symbols: tuple[str, ...], ending: str) -> tuple[str, ...]:
    """Return IPA symbols of a word with `ending` ("", "'" or "'s")."""
    if ending != "'s":
        return symbols
    if symbols[-1] in "szʃʒ":
        return (*symbols, *to_ipa(("AH0", "Z")))
    return (*symbols, "s" if symbols[-1] in "ptkfθ" else "z")


def _plural(phones: list[str]) -> list[str]:
    if phones[-1] in _SIBILANTS:
        return ["AH", "Z"]
    return ["S"] if phones[-1] in _VOICELESS else ["Z"]
