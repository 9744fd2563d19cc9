"""Which syllable of an English word is stressed, by rule: the dictionary does not say it.

The rules are those of every grammar of English pronunciation: endings that draw the stress
(-tion, -ic, -ity), endings that leave it alone (-ly, -ness, -ing), prefixes without stress,
compounds stressed on their first part, and for the rest the weight of the last syllables.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from tts.text.arpabet import VOWELS
from tts.text.heteronyms import stressed_forms


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

# Ending -> which syllable carries the stress, counted from the end of the word.
_DRAWN = [
    (re.compile(pattern), place)
    for pattern, place in (
        (r"(ee|eer|eers|ees|ese|esque|ette|ettes|oon|oons|ique|ain|self|selves)$", 1),
        (r"([eu]rred|aire|aires|[eai]de?lle|esse)$", 1),
        (r"([eu]rring|[eu]rnals?|urrences?)$", 2),
        (r"(tion|tions|sion|sions|cian|cians|tioned|xion)$", 2),
        (r"(tional|sional|tionally|tionary|tioner|tioning|tionist|tionists)$", -2),
        (r"(cial|tial|cious|tious|geous|gious|cient|tient|xious|scious)$", 2),
        (r"[^aeiou](ic|ics|ical|ically|icals)$", -1),
        (r"(ual|uals|uous)$", -3),
        (r"..[st]ative$|..[^aeiou]ative$", 0),
        (r"(ity|ities|ety|eties|ify|ifies|ified|itive|itor|itors)$", 3),
        (r"(logy|logist|logists|graphy|graphies|cracy|metry|pathy|nomy|sophy|tomy)$", 3),
        (r"..(ate|ates)$", 3),
        (r"..(ated|ating|ator|ators|ately|ary|aries|ory|ories|ony|onies)$", 4),
        (r"(ian|ians|ial|ially|ious|iously|eous|eously|ium|ia|io|ion|ions|ience|ient)$", -3),
        (r"(sive|ctive|ptive)$", -2),
        (r"(ental|mental|entally|osis|itis)$", -4),
    )
]
# Their vowel is weak, so the stress is never theirs.
_WEAK_PREFIX = re.compile(r"be|de|re|pre|e(?=[lmnqrsv])|ex|ef|se")
_PREFIX = re.compile(
    r"(a(?=[bcdfglmnprstvw])|com|con|cor|col|di|dis|em|en|for|im|in|mis|"
    r"ob|oc|of|op|per|pro|pur|sub|suc|suf|sug|sup|sur|sus|to|trans|un|up)"
)
_LEAVES = ("'s", "es", "s", "ed", "ing", "ly", "ness", "less", "ful", "ment", "ments")
_LEAVES += ("hood", "ship", "ism", "isms", "some", "dom", "like", "ward", "wards", "man", "men")
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
_NO_COMPOUND = re.compile("((?<!m)(?<!sp)oon|ette|aire|eer|teen)s?$")
# Words that are prefixes where a longer word begins so: no compound has them as its first part.
NO_PARTS = frozenset(
    _listed("dis disco pre pro per pur sub sur sus sym con com trans por fin cam har van mis")
)


def stress(
    word: str, phones: Sequence[str], first_part: str = "", first_phones: int = 0
) -> list[str]:
    """`phones` with a stress digit on each vowel: 1 main, 2 secondary, 0 none.

    word: its spelling in lower case. Of a compound, first_part is the first of its two words
    and first_phones the number of that word's phones.
    At least one vowel carries 1 if there is a vowel.
    """
    nuclei = [index for index, phone in enumerate(phones) if phone in VOWELS]
    if not nuclei:
        return list(phones)
    main = listed_syllable(word)
    if _NO_COMPOUND.search(word) or _ends_stressed(word, phones, len(nuclei)):
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
    """Words that every rule here gets wrong -> the index of their main syllable."""
    text = Path(__file__).with_name("stress_words.txt").read_text(encoding="utf-8")
    listed: dict[str, int] = {}
    syllable = 0
    for line in text.splitlines():
        if line.startswith("["):
            syllable = int(line.strip("[]"))
        elif line[:1] != "#":
            listed.update(dict.fromkeys(line.split(), syllable))
    return listed


def listed_syllable(word: str) -> int:
    """The main syllable of a listed word or of an inflection of one; -1 if none is listed."""
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
    """Full vowels two or more syllables before the main stress keep a secondary one."""
    return "2" if distance <= -2 and vowel not in ("AH", "ER", "IY", "UW") else "0"


def _syllable_of(word: str, phones: Sequence[str], nuclei: list[int]) -> int:
    """Index of the main syllable of a word that may be listed or have a single one."""
    listed = listed_syllable(word)
    if 0 <= listed < len(nuclei):
        return listed
    return 0 if len(nuclei) == 1 else _main_syllable(word, phones, nuclei)


def _main_syllable(word: str, phones: Sequence[str], nuclei: list[int]) -> int:
    """Index of the syllable with the main stress, two or more syllables given."""
    count = len(nuclei)
    drawn = _drawn_syllable(word, phones, nuclei)
    if drawn is not None:
        return drawn
    if _ends_stressed(word, phones, count):
        return count - 1
    for ending in _LEAVES:
        stem = word[: -len(ending)]
        if word.endswith(ending) and len(stem) > 2 and re.search("[aeiouy]", stem):
            syllables = _ending_syllables(ending, phones, nuclei)
            if syllables and count - syllables >= 1:
                kept = nuclei[: count - syllables]
                # Of a suffix such as -ness its consonant goes, too.
                end = nuclei[count - syllables] - int(ending[0] not in "aei'")
                inner = list(phones[:end])
                return 0 if len(kept) == 1 else _main_syllable(stem, inner, kept)
            plural = ending == "s" and not word.endswith(("ss", "us", "is"))
            if (plural or ending == "ed") and nuclei[-1] < len(phones) - 1:
                return _main_syllable(stem, phones[:-1], nuclei)
    vowels = [phones[index] for index in nuclei]
    if vowels[-1] == "ER" and nuclei[-1] < len(phones) - 1 and not word.endswith("ern"):
        vowels[-1] = "ER with coda"  # a full vowel: concern, but offer
    start = _unstressed_start(word, vowels, phones[-1])
    if start == 0 and _is_linked(word, phones, nuclei):
        return count - 3
    if count - start <= 2 or (count == 3 and re.search("[^aeiou]y$", word)):
        return start
    return _by_weight(phones, nuclei, start)


def _ends_stressed(word: str, phones: Sequence[str], count: int) -> bool:
    """Whether the last syllable is stressed by what it is: ballet, mirage, routine, cavalier."""
    end = " ".join(phones[-2:])
    return (
        (
            word.endswith(("et", "ets", "ee", "oo", "oos", "eau", "eaus"))
            and phones[-1] in ("EY", "UW", "OW")
        )
        or (
            count == 2
            and word.endswith(("ine", "ines", "age", "ages"))
            and end in ("IY N", "AA ZH")
        )
        or (word.endswith("ade") and end == "EY D")
        or (word.endswith(("ier", "eer")) and end == "IH R")
    )


def _is_linked(word: str, phones: Sequence[str], nuclei: list[int]) -> bool:
    """Whether an -o- joins two parts, which leaves the stress to the first: psychrophile."""
    if len(nuclei) < 3 or phones[nuclei[-2]] not in ("OW", "AA", "AH"):
        return False
    if re.search("[^aeiou]o(bro|bot|glyph|graft|lith)s?$", word):
        return True
    closed = nuclei[-1] < len(phones) - 1 and phones[nuclei[-1]] not in ("AH", "ER", "IH", "UW")
    return closed and bool(re.search("[^aeiou]o[^aeiouy]+[aeiouy]+[^aeiouy]+e?s?$", word))


def _unstressed_start(word: str, vowels: list[str], last_phone: str) -> int:
    """1 if the first syllable is a prefix or begins with a reduced vowel, else 0."""
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
    """The last but one syllable if it is heavy, else the one before it, but no reduced one."""
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


def _drawn_syllable(word: str, phones: Sequence[str], nuclei: list[int]) -> int | None:
    """The syllable that an ending draws the stress to, if the word has such an ending."""
    for pattern, place in _DRAWN:
        match = pattern.search(word)
        if not match:
            continue
        if not place:
            place = _before_ative(phones, nuclei)
        if place > 0:
            syllable = len(nuclei) - place
            if syllable < 0 or (place == 1 and phones[nuclei[-1]] in ("AH", "IH")):
                continue
            if place == 4 and phones[nuclei[syllable + 2]] in ("AH", "ER", "IY"):
                continue
        else:
            # Before the syllables that the ending itself has.
            ending = word[match.start() :] if place != -1 else match[1]
            if ending == "ically" and phones[-3:] == ["K", "L", "IY"]:
                ending = "icly"
            syllable = len(nuclei) - 1 - _written_syllables(ending, phones, nuclei)
            syllable += int(place == -4)
        if 0 <= syllable < len(nuclei):
            return syllable
        return 0 if syllable < 0 else None
    return None


def _before_ative(phones: Sequence[str], nuclei: list[int]) -> int:
    """Counted from the end, the main syllable of a word in -ative: of alternative, imaginative."""
    if len(nuclei) < 4 or phones[nuclei[-2]] == "EY":
        return 4
    vowel, coda = phones[nuclei[-3]], nuclei[-2] - nuclei[-3] - 1
    return 3 if vowel not in ("AH", "ER", "IH") or coda > 1 else 4


def _written_syllables(ending: str, phones: Sequence[str], nuclei: list[int]) -> int:
    """How many of the word's last vowels belong to the written `ending`."""
    groups = re.findall("[aeiouy]+", re.sub(r"(?<=[^aeiou])e$|ed$", "", ending))
    count = max(1, len(groups))
    # -ial, -ious: one syllable after a consonant that swallowed the i, two with a spoken i.
    if re.match("[ie][aou]|ie", ending) and len(nuclei) > 1:
        before = nuclei[-1 - (count - 1)] - 1
        count += int(before >= 0 and phones[before] == "IY")
    if ending.startswith("u") and len(nuclei) > 1:  # annual, virtuous
        between = phones[nuclei[-2] + 1 : nuclei[-1]]
        count += int(phones[nuclei[-2]] in ("UW", "AH") and between in ([], ["W"]))
    return count


def _ending_syllables(ending: str, phones: Sequence[str], nuclei: list[int]) -> int:
    """Vowels of an ending that leaves the stress alone; 0 if it is silent or not spoken so."""
    last = phones[nuclei[-1]]
    tail = len(phones) - 1 - nuclei[-1]
    spoken = {
        **{"ing": last == "IH" and tail == 1, "ly": last == "IY" and tail == 0},
        **{"es": last in ("AH", "IH") and tail == 1, "s": False, "'s": last == "AH" and tail == 1},
        **{"ed": last in ("AH", "IH") and tail == 1},
        **{"hood": last == "UH", "like": last == "AY" and tail == 1, "ward": last == "ER"},
        **{"wards": last == "ER", "ism": 2 * (phones[-1] == "M"), "isms": 2 * (phones[-2] == "M")},
    }
    return int(spoken.get(ending, last in ("AH", "IH") and tail >= 1))
