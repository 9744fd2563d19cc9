"""Which syllable of an English word is stressed, by rule: the dictionary does not say it.

The rules are those of every grammar of English pronunciation: endings that draw the stress
(-tion, -ic, -ity), endings that leave it alone (-ly, -ness, -ing), prefixes without stress,
compounds stressed on their first part, and for the rest the weight of the last syllables.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

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

# Words that every rule below gets wrong -> the index of their main syllable.
_EXCEPTIONS = {
    **dict.fromkeys(
        _listed(
            "especially police although within between until however without throughout "
            "indeed himself myself herself itself themselves yourself ourselves another among "
            "above enough become begun discover discovered recover recovered committee united "
            "marine permitted permit moreover upon about around again against whatever "
            "whenever wherever whoever hotel today tonight tomorrow together perhaps machine "
            "event unless except itself beyond behind beneath japan chinese develop developed "
            "imagine maintain maintained consider considered continue continued remember "
            "remembered concern concerned concerning december november october september "
            "idea ideas ideal address advise advice amongst accept accompany "
            "apparently approach array arrange attorney career cigar complain conclude create "
            "decide describe destroy device discuss display dispose distinct distress "
            "divide elect employ enjoy enormous erect escape establish exist existence "
            "expect explain express extent extreme familiar forbid forbidden garage imperfect "
            "include inform instruct internal interpret intend invent invest investigative july "
            "marine marines mistaken observe obtain occur offend parade perform permission "
            "police precaution precautions precede preceding prefer prepare preserve pretend "
            "prevent produce prohibit protect provide pursue receive reduce refer regard relate "
            "relief remove repeat report request require resource resources respectively result "
            "retain retire return reveal revenge reward select specific specifically spectator "
            "spectators submit succeed suggest supply support suppose surprise surround survive "
            "sustain unite victoria withdraw withdrawn"
        ),
        1,
    ),
    **dict.fromkeys(
        _listed(
            "understand understood introduce introduced recommend represent afternoon automatic "
            "apprehend disappear disappoint employee employees engineer interfere intersection "
            "magazine mutineer personnel supervision undergo unemployment volunteer "
            "entertain guarantee overcome overlook correspond comprehend circulation interrupt "
            "intervene refugee"
        ),
        2,
    ),
    **dict.fromkeys(
        _listed(
            "into captain company any many very only other under after over never ever money "
            "industry interview certain government governments governor england english series "
            "period personal personally person pretty coffee comfort comfortable complex contrary "
            "cleanliness citizen citizenship detail details dirty early effort eighty eighteen "
            "entry essay excess exile exiles expert experts fifty fourteen forty gradual gradually "
            "income index influence inmate inmates inside insight instant instinct intellect "
            "outside product process processes circumstance circumstances promise purpose purchase "
            "perfume prison profit program promise quarter research subway substance suffer summer "
            "sunday monday tuesday wednesday thursday friday saturday utmost welcome impulse "
            "income access aspect contact district insect extra extant concert concept congress "
            "consul conscious absolute absolutely absence anyone anybody anything anyway anywhere "
            "everyone everybody everything everywhere somebody someone something somewhere "
            "automobile television telephone telegraph influence disciplinary discipline "
            "consequence consequences preference reference difference conference evidence "
            "confidence resident president"
        ),
        0,
    ),
    "southeast": 1,
    "northeast": 1,
    "southwest": 1,
    "northwest": 1,
}

# Ending -> which syllable carries the stress, counted from the end of the word.
_DRAWN = [
    (re.compile(pattern), place)
    for pattern, place in (
        (r"(ee|eer|eers|ees|ese|esque|ette|ettes|oon|oons|ique|ain|self|selves)$", 1),
        (r"[eu]rred$", 1),
        (r"[eu]rring$", 2),
        (r"(tion|tions|sion|sions|cian|cians|tioned|xion)$", 2),
        (r"(tional|sional|tionally|tionary|tioner|tioning|tionist|tionists)$", -2),
        (r"(cial|tial|cious|tious|geous|gious|cient|tient|xious|scious)$", 2),
        (r"[^aeiou](ic|ics|ical|ically|icals)$", -1),
        (r"(ity|ities|ety|eties|ify|ifies|ified|itive|itor|itors)$", 3),
        (r"(logy|logist|logists|graphy|graphies|cracy|metry|pathy|nomy|sophy|tomy)$", 3),
        (r"..(ate|ates)$", 3),
        (r"..(ated|ating|ator|ators|ately|ary|aries|ory|ories|ony|onies)$", 4),
        (r"(ian|ians|ial|ially|ious|iously|eous|eously|ium|ia|io|ion|ions|ience|ient)$", -3),
        (r"(sive|ctive|ptive|sively|ctively)$", -2),
        (r"(ental|mental|entally|osis|itis)$", -4),
    )
]
# Their vowel is weak, so the stress is never theirs.
_WEAK_PREFIX = re.compile(r"be|de|re|pre|e(?=[lmnqsv])|ex|ef|se")
_PREFIX = re.compile(
    r"(a(?=[bcdfglmnprstvw])|com|con|cor|col|di|dis|em|en|for|im|in|mis|"
    r"ob|oc|of|op|per|pro|pur|sub|suc|suf|sug|sup|sur|sus|to|trans|un|up)"
)
_LEAVES = ("'s", "s", "es", "ed", "ing", "ly", "ness", "less", "ful", "ment", "ments")
# Longer runs of letters are no words; the rules strip endings one by one.
_LONGEST = 60
_WEAK = ("AH", "ER", "IH")
# First parts of compounds that leave the main stress to the second.
_LEANING = frozenset(
    _listed("over under out super inter counter with here there where how what south north mid non")
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
        else:
            main = _main_syllable(word, phones, nuclei)
    marked = list(phones)
    second = -1
    if 0 < len(own) < len(nuclei) and main < len(own):
        rest = [index - first_phones for index in nuclei[len(own) :]]
        second = len(own)
        if len(rest) > 1:
            second += _main_syllable(word[len(first_part) :], phones[first_phones:], rest)
    for syllable, index in enumerate(nuclei):
        if syllable == second:
            marked[index] += "2"
            continue
        marked[index] += "1" if syllable == main else _lesser(phones[index], syllable - main)
    return marked


def listed_syllable(word: str) -> int:
    """The main syllable of a listed word or of an inflection of one; -1 if none is listed."""
    if word in _EXCEPTIONS:
        return _EXCEPTIONS[word]
    if word in stressed_forms():
        return stressed_forms()[word]
    for ending in (
        "'s",
        "s",
        "es",
        "d",
        "ed",
        "ing",
        "ly",
        "ment",
        "ments",
        "er",
        "ers",
        "ied",
        "ies",
    ):
        stem = word[: -len(ending)]
        if len(stem) > 3 and word.endswith(ending):
            undoubled = stem[:-1] if stem[-1] == stem[-2] else stem
            for base in (stem, stem + "e", stem + "y", undoubled):
                if base in _EXCEPTIONS:
                    return _EXCEPTIONS[base]
    return -1


def _lesser(vowel: str, distance: int) -> str:
    """Full vowels two or more syllables before the main stress keep a secondary one."""
    return "2" if distance <= -2 and vowel not in ("AH", "ER", "IY", "UW") else "0"


def _main_syllable(word: str, phones: Sequence[str], nuclei: list[int]) -> int:
    """Index of the syllable with the main stress, two or more syllables given."""
    count = len(nuclei)
    drawn = _drawn_syllable(word, phones, nuclei)
    if drawn is not None:
        return drawn
    for ending in _LEAVES:
        stem = word[: -len(ending)]
        if word.endswith(ending) and len(stem) > 2 and re.search("[aeiouy]", stem):
            syllables = _ending_syllables(ending, phones, nuclei)
            if syllables and count - syllables >= 1:
                kept = nuclei[: count - syllables]
                end = nuclei[count - syllables]
                inner = list(phones[:end])
                return 0 if len(kept) == 1 else _main_syllable(stem, inner, kept)
            if ending in ("s", "ed") and nuclei[-1] < len(phones) - 1:
                return _main_syllable(stem, phones[:-1], nuclei)
    vowels = [phones[index] for index in nuclei]
    if vowels[-1] == "ER" and nuclei[-1] < len(phones) - 1 and not word.endswith("ern"):
        vowels[-1] = "ER with coda"  # a full vowel: concern, but offer
    start = _unstressed_start(word, vowels, phones[-1])
    if count - start <= 2:
        return start
    return _by_weight(phones, nuclei, start)


def _unstressed_start(word: str, vowels: list[str], last_phone: str) -> int:
    """1 if the first syllable is a prefix or begins with a reduced vowel, else 0."""
    rest_is_weak = all(vowel in ("AH", "ER") for vowel in vowels[1:]) or (
        len(vowels) > 2 and vowels[1] in ("AH", "ER") and vowels[-1] == "IY"
    )
    if _WEAK_PREFIX.match(word) and vowels[0] in ("IH", "AH"):
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
        if place > 0:
            syllable = len(nuclei) - place
            if syllable < 0 or (place == 1 and phones[nuclei[-1]] in _WEAK):
                continue
            if place == 4 and phones[nuclei[syllable + 2]] in ("AH", "ER", "IY"):
                continue
        else:
            # Before the syllables that the ending itself has.
            ending = word[match.start() :] if place != -1 else match[1]
            syllable = len(nuclei) - 1 - _written_syllables(ending, phones, nuclei)
            syllable += int(place == -4)
        if 0 <= syllable < len(nuclei):
            return syllable
        return 0 if syllable < 0 else None
    return None


def _written_syllables(ending: str, phones: Sequence[str], nuclei: list[int]) -> int:
    """How many of the word's last vowels belong to the written `ending`."""
    groups = re.findall("[aeiouy]+", re.sub(r"(?<=[^aeiou])e$|ed$", "", ending))
    count = max(1, len(groups))
    # -ial, -ious: one syllable after a consonant that swallowed the i, two with a spoken i.
    if re.match("[ie][aou]|ie", ending) and len(nuclei) > 1:
        before = nuclei[-1 - (count - 1)] - 1
        count += int(before >= 0 and phones[before] == "IY")
    return count


def _ending_syllables(ending: str, phones: Sequence[str], nuclei: list[int]) -> int:
    """Vowels of an ending that leaves the stress alone; 0 if it is silent or not spoken so."""
    last = phones[nuclei[-1]]
    tail = len(phones) - 1 - nuclei[-1]
    spoken = {
        **{"ing": last == "IH" and tail == 1, "ly": last == "IY" and tail == 0},
        **{"es": last in ("AH", "IH") and tail == 1, "s": False, "'s": last == "AH" and tail == 1},
        **{"ed": last in ("AH", "IH") and tail == 1},
    }
    return int(spoken.get(ending, last in ("AH", "IH") and tail >= 1))
