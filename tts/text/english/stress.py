"""Find by rule which syllable of an English word is stressed: the dictionary does not say it.

The rules are those of every grammar of English pronunciation: endings that draw the stress
(-tion, -ic, -ity), endings that leave it alone (-ly, -ness, -ing), prefixes without stress,
compounds stressed on their first part, and for the rest the weight of the last syllables.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from tts.text.english.arpabet import VOWELS
from tts.text.english.heteronyms import stressed_forms
from tts.text.english.stress_endings import (
    LEAVES,
    drawn_syllable,
    ending_syllables,
    ends_stressed,
    is_linked,
)


def _listed(text: str) -> list[str]:
    return text.split()


# Words without stress in running speech.
FUNCTION_WORDS = frozenset(
    _listed(
        "a an the of to and in for at by from with as that than but or nor if is was were are be "
        "been am has had have he she it his her him its my your their our them us me you we they i "
        "do does can could will would shall should must may on who which there "
        "it's he's she's i'm i'll i've you're we're they're that's"
    )
)

# Their vowel is weak, so the stress is never theirs.
_WEAK_PREFIX = re.compile(r"be|de|re|pre|e(?=[lmnqrsv])|ex|ef|se")
_PREFIX = re.compile(
    r"(a(?=[bcdfglmnprstvw])|com|con|cor|col|di|dis|em|en|for|im|in|mis|"
    r"ob|oc|of|op|per|pro|pur|sub|suc|suf|sug|sup|sur|sus|to|trans|un|up)"
)
_INFLECTIONS = (
    *("'s", "s", "es", "d", "ed", "ing", "ly", "ment", "ments", "er", "ers", "ied", "ies"),
    *("able", "ance", "or", "ors"),
)
# Longer runs of letters are no words; the rules strip endings one by one.
_LONGEST = 60
_WEAK = ("AH", "ER", "IH")
# First parts of compounds that leave the main stress to the second.
_LEANING = frozenset(
    _listed("over under out inter counter with here there where how what south north mid non")
)
_NO_COMPOUND = re.compile("((?<!m)(?<!sp)oon|ette|aire|[nt]eer|teen)s?$")
# Words that are prefixes where a longer word begins so: no compound has them as its first part.
NO_PARTS = frozenset(
    _listed("dis disco pre pro per pur sub sur sus sym con com trans por fin cam har van mis")
)


def stress(
    word: str, phones: Sequence[str], first_part: str = "", first_phones: int = 0
) -> list[str]:
    """Return `phones` with a stress digit on each vowel: 1 main, 2 secondary, 0 none.

    word: its spelling in lower case. Of a compound, first_part is the first of its two words
    and first_phones the number of that word's phones.
    At least one vowel carries 1 if there is a vowel.
    """
    nuclei = [index for index, phone in enumerate(phones) if phone in VOWELS]
    if not nuclei:
        return list(phones)
    main = listed_syllable(word)
    if _NO_COMPOUND.search(word) or ends_stressed(word, phones, len(nuclei)):
        first_phones = 0  # cartoon, brocade: no cars, no bros
    own = [index for index in nuclei if index < first_phones]
    if not 0 <= main < len(nuclei):
        if (
            len(nuclei) == 1
            or len(word) > _LONGEST
            or (len(own) == 1 and first_part not in _LEANING)
        ):
            main = 0
        elif len(own) > 1 and first_part not in _LEANING:
            main = _main_syllable(first_part, phones[:first_phones], own)
        elif len(own) > 1 and len(own) < len(nuclei):
            # overcome, underlying: as the second part alone
            rest = [index - first_phones for index in nuclei[len(own) :]]
            second_part = word[len(first_part) :]
            main = len(own) + _syllable_of(second_part, phones[first_phones:], rest)
        else:
            main = _main_syllable(word, phones, nuclei)
    marked = list(phones)
    second = -1
    if 0 < len(own) < len(nuclei) and main < len(own):
        rest = [index - first_phones for index in nuclei[len(own) :]]
        second = len(own)
        second += _syllable_of(word[len(first_part) :], phones[first_phones:], rest)
    for syllable, index in enumerate(nuclei):
        if syllable == second:
            marked[index] += "2"
            continue
        marked[index] += "1" if syllable == main else _lesser(phones[index], syllable - main)
    return marked


@lru_cache(maxsize=1)
def _exceptions() -> dict[str, int]:
    """Map words that every rule here gets wrong to the index of their main syllable."""
    text = Path(__file__).with_name("stress_words.txt").read_text(encoding="utf-8")
    listed: dict[str, int] = {}
    syllable = 0
    for line in text.splitlines():
        if line.startswith("["):
            syllable = int(line.strip("[]"))
        elif line[:1] != "#":
            listed.update(dict.fromkeys(line.split(), syllable))
    return listed


def is_listed(word: str) -> bool:
    """Tell whether the list of exceptions has `word` itself, not only the word it is made from."""
    return word in _exceptions()


def listed_syllable(word: str) -> int:
    """Return main syllable of a listed word or of an inflection of one; -1 if none is listed."""
    exceptions = _exceptions()
    if word in exceptions:
        return exceptions[word]
    if word in stressed_forms():
        return stressed_forms()[word]
    for ending in _INFLECTIONS:
        stem = word[: -len(ending)]
        if len(stem) > 3 and word.endswith(ending):
            bases = [stem]
            if ending[0] in "aeido":  # moved is of move, but morals not of morale
                bases += [stem + ("y" if ending in ("ied", "ies") else "e")]
                bases += [stem[:-1]] * (stem[-1] == stem[-2])
            for base in bases:
                if base in exceptions:
                    return exceptions[base]
    return -1


def _lesser(vowel: str, distance: int) -> str:
    """Give full vowels two or more syllables before the main stress a secondary one."""
    return "2" if distance <= -2 and vowel not in ("AH", "ER", "IY", "UW") else "0"


def _syllable_of(word: str, phones: Sequence[str], nuclei: list[int]) -> int:
    """Return index of the main syllable of a word that may be listed or have a single one."""
    listed = listed_syllable(word)
    if 0 <= listed < len(nuclei):
        return listed
    return 0 if len(nuclei) == 1 else _main_syllable(word, phones, nuclei)


def _main_syllable(word: str, phones: Sequence[str], nuclei: list[int]) -> int:
    """Return index of the syllable with the main stress, two or more syllables given."""
    count = len(nuclei)
    drawn = drawn_syllable(word, phones, nuclei)
    if drawn is not None:
        return drawn
    if ends_stressed(word, phones, count):
        return count - 1
    for ending in LEAVES:
        stem = word[: -len(ending)]
        if word.endswith(ending) and len(stem) > 2 and re.search("[aeiouy]", stem):
            syllables = ending_syllables(ending, phones, nuclei)
            if syllables and count - syllables >= 1:
                kept = nuclei[: count - syllables]
                # Of a suffix such as -ness its consonant goes, too, if it is said.
                end = nuclei[count - syllables] - int(ending[0] not in "aei'")
                inner = list(phones[: max(end, kept[-1] + 1)])
                return _syllable_of(stem, inner, kept)
            plural = ending == "s" and not word.endswith(("ss", "us", "is"))
            if (plural or ending == "ed") and nuclei[-1] < len(phones) - 1:
                return _main_syllable(stem, phones[:-1], nuclei)
    vowels = [phones[index] for index in nuclei]
    if vowels[-1] == "ER" and nuclei[-1] < len(phones) - 1 and not word.endswith("ern"):
        vowels[-1] = "ER with coda"  # a full vowel: concern, but offer
    start = _unstressed_start(word, vowels, phones[-1])
    if start == 0 and is_linked(word, phones, nuclei):
        return count - 3
    if count - start <= 2 or (count == 3 and re.search("[^aeiou]y$", word)):
        return start
    return _by_weight(phones, nuclei, start)


def _unstressed_start(word: str, vowels: list[str], last_phone: str) -> int:
    """Return 1 if the first syllable is a prefix or begins with a reduced vowel, else 0."""
    rest_is_weak = all(vowel in ("AH", "ER") for vowel in vowels[1:]) or (
        len(vowels) > 2 and vowels[1] in ("AH", "ER") and vowels[-1] == "IY"
    )
    if vowels[0] == "AH" and re.match("[^aeiouy]*[aei]", word):
        return 1  # about, vanilla: only u and o are ever a stressed AH
    if _WEAK_PREFIX.match(word) and vowels[0] in ("IH", "AH"):
        return 1
    if word.startswith("de") and vowels[0] == "ER":
        return 1
    closed = vowels[1] == "AH" and re.match(
        r"[a-z][aeiouy]*[^aeiouy]+u[^aeiouy]{2}(?!u[ms]$)", word
    )
    if closed and vowels[0] in _WEAK and (_PREFIX.match(word) or _WEAK_PREFIX.match(word)):
        return 1  # adjust, corruption
    if word.startswith("trans") and vowels[0] == "AE" and vowels[1] not in ("AH", "ER"):
        return 1
    if _WEAK_PREFIX.match(word) and vowels[0] == "IY" and vowels[1] not in _WEAK:
        return 1
    if word.startswith(("en", "em", "ex")) and vowels[0] == "EH":
        return int(vowels[1] not in (*_WEAK, "IY") or last_phone != "IY" == vowels[1])
    if _PREFIX.match(word) and vowels[0] in ("AH", "IH", "ER"):
        return int(not rest_is_weak and vowels[1] not in ("AH", "ER"))
    if vowels[0] == "AH" and vowels[1] not in _WEAK:
        return int(len(vowels) > 2 or vowels[1] not in ("IY", "OW") or last_phone != vowels[1])
    return 0


def _by_weight(phones: Sequence[str], nuclei: list[int], start: int) -> int:
    """Return last but one syllable if it is heavy, else the one before it, but no reduced one."""
    penult = len(nuclei) - 2
    coda = nuclei[penult + 1] - nuclei[penult] - 1
    vowel = phones[nuclei[penult]]
    heavy = vowel in ("AA", "AE", "EH", "EY", "AY", "OW", "AO", "OY", "AW", "IY", "UW")
    if vowel == "IY" and coda == 0:
        heavy = False
    chosen = penult - 1
    if vowel not in ("AH", "ER") and (heavy or (coda >= 2 and vowel != "IH")):
        chosen = penult
    while chosen > start and phones[nuclei[chosen]] in ("AH", "ER"):
        chosen -= 1
    return max(start, chosen)
