"""Find what the ending of an English word says about its stress."""

from __future__ import annotations

import re
from collections.abc import Sequence

# Ending -> which syllable carries the stress, counted from the end of the word.
_DRAWN = [
    (re.compile(pattern), place)
    for pattern, place in (
        (r"(ee|eer|eers|ees|ese|esque|ette|ettes|oon|oons|ique|ain|self|selves)$", 1),
        (r"([eu]rred|aire|aires|[eai]de?lle|esse)$", 1),
        (r"([eu]rring|[eu]rnals?|urrences?)$", 2),
        (r"..(cillin|mycin|cycline|statin|sartan)s?$", 2),
        (r"..(oxacin|[ae]pam|azolam|dipine|olol|prazole|opril)s?$", 3),
        (r"(tion|tions|sion|sions|cian|cians|tioned|xion)$", 2),
        (r"(tional|sional|tionally|tionary|tioner|tioning|tionist|tionists)$", -2),
        (r"(cial|tial|cious|tious|geous|gious|cient|tient|xious|scious)$", 2),
        (r"[^aeiou](ic|ics|ical|ically|icals)$", -1),
        (r"(ual|uals|uous)$", -3),
        (r"..[^aeiou]ative$", 0),
        (r"(ity|ities|ety|eties|ify|ifies|ified|itive|itor|itors)$", 3),
        (r"(logy|logist|logists|graphy|graphies|cracy|metry|pathy|nomy|sophy|tomy)$", 3),
        (r"..(ate|ates)$", 3),
        (r"..(ated|ating|ator|ators|ately|ary|aries|ory|ories|ony|onies)$", 4),
        (r"(ian|ians|ial|ially|ious|iously|eous|eously|ium|ia|io|ion|ions|ience|ient)$", -3),
        (r"(sive|ctive|ptive)$", -2),
        (r"(ental|mental|entally|osis|itis)$", -4),
    )
]
# Endings that leave the stress where the rest of the word has it.
LEAVES = ("'s", "es", "s", "ed", "ing", "ly", "ness", "less", "ful", "ment", "ments")
LEAVES += ("hood", "ship", "ism", "isms", "some", "dom", "like", "ward", "wards", "man", "men")


def ends_stressed(word: str, phones: Sequence[str], count: int) -> bool:
    """Tell whether the last syllable is stressed by what it is: ballet, routine, cavalier."""
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
        or (word.endswith(("ier", "neer", "teer")) and end == "IH R")
    )


def is_linked(word: str, phones: Sequence[str], nuclei: list[int]) -> bool:
    """Return whether an -o- joins two parts, which leaves the stress to the first: psychrophile."""
    if len(nuclei) < 3 or phones[nuclei[-2]] not in ("OW", "AA", "AH"):
        return False
    if re.search("[^aeiou]o(bro|bot|glyph|graft|lith)s?$", word):
        return True
    closed = nuclei[-1] < len(phones) - 1 and phones[nuclei[-1]] not in ("AH", "ER", "IH", "UW")
    return closed and bool(re.search("[^aeiou]o[^aeiouy]+[aeiouy]+[^aeiouy]+e?s?$", word))


def drawn_syllable(word: str, phones: Sequence[str], nuclei: list[int]) -> int | None:
    """Return the syllable that an ending draws the stress to, if the word has such an ending."""
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
    """Count from the end to the main syllable of a word in -ative: alternative, imaginative."""
    if len(nuclei) < 4 or phones[nuclei[-2]] == "EY":
        return 4
    vowel, coda = phones[nuclei[-3]], nuclei[-2] - nuclei[-3] - 1
    return 3 if vowel not in ("AH", "ER", "IH") or coda > 1 else 4


def _written_syllables(ending: str, phones: Sequence[str], nuclei: list[int]) -> int:
    """Return how many of the word's last vowels belong to the written `ending`."""
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


def ending_syllables(ending: str, phones: Sequence[str], nuclei: list[int]) -> int:
    """Count the vowels of an ending that leaves the stress alone; 0 if it is not spoken so."""
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
