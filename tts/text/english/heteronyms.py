"""Choose between the pronunciations of an English spelling by its sentence.

`READINGS` says how each word can be said, its usual reading first. Words of `RULES` have rules
of their own, tried in order; for all others the tagger decides whether the word is a verb.
Stress digits count: REcord is a thing, reCORD is what one does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from tts.text.english.heteronym_rules import RULES
from tts.text.english.tagger import (
    BE,
    CLAUSES,
    HAVE,
    MARKS,
    OBJECT_STARTS,
    at,
    is_verb,
    listed,
    skip_adverbs,
)

# A noun (or adjective) and a verb: the stress moves, and with it the vowels.
_NOUN_VERB = """
record R EH1 K ER0 D | R IH0 K AO1 R D
present P R EH1 Z AH0 N T | P R IY0 Z EH1 N T
object AA1 B JH EH0 K T | AH0 B JH EH1 K T
project P R AA1 JH EH0 K T | P R AH0 JH EH1 K T
produce P R OW1 D UW0 S | P R AH0 D UW1 S
refuse R EH1 F Y UW2 Z | R AH0 F Y UW1 Z
permit P ER1 M IH2 T | P ER0 M IH1 T
conduct K AA1 N D AH0 K T | K AH0 N D AH1 K T
contract K AA1 N T R AE2 K T | K AH0 N T R AE1 K T
conflict K AA1 N F L IH0 K T | K AH0 N F L IH1 K T
contest K AA1 N T EH0 S T | K AH0 N T EH1 S T
contrast K AA1 N T R AE0 S T | K AH0 N T R AE1 S T
convert K AA1 N V ER0 T | K AH0 N V ER1 T
convict K AA1 N V IH0 K T | K AH0 N V IH1 K T
converse K AA1 N V ER0 S | K AH0 N V ER1 S
console K AA1 N S OW0 L | K AH0 N S OW1 L
construct K AA1 N S T R AH0 K T | K AH0 N S T R AH1 K T
consort K AA1 N S AO0 R T | K AH0 N S AO1 R T
compound K AA1 M P AW0 N D | K AH0 M P AW1 N D
compress K AA1 M P R EH0 S | K AH0 M P R EH1 S
compact K AA1 M P AE0 K T | K AH0 M P AE1 K T
combine K AA1 M B AY0 N | K AH0 M B AY1 N
confines K AA1 N F AY0 N Z | K AH0 N F AY1 N Z
collect K AA1 L EH0 K T | K AH0 L EH1 K T
defect D IY1 F EH0 K T | D IH0 F EH1 K T
digest D AY1 JH EH0 S T | D AY0 JH EH1 S T
discount D IH1 S K AW0 N T | D IH0 S K AW1 N T
discharge D IH1 S CH AA2 R JH | D IH0 S CH AA1 R JH
escort EH1 S K AO0 R T | EH0 S K AO1 R T
exploit EH1 K S P L OY2 T | IH0 K S P L OY1 T
export EH1 K S P AO0 R T | IH0 K S P AO1 R T
extract EH1 K S T R AE2 K T | IH0 K S T R AE1 K T
ferment F ER1 M EH0 N T | F ER0 M EH1 N T
fragment F R AE1 G M AH0 N T | F R AE0 G M EH1 N T
frequent F R IY1 K W AH0 N T | F R IY0 K W EH1 N T
absent AE1 B S AH0 N T | AE0 B S EH1 N T
abstract AE1 B S T R AE2 K T | AE0 B S T R AE1 K T
accent AE1 K S EH2 N T | AE0 K S EH1 N T
addict AE1 D IH2 K T | AH0 D IH1 K T
affix AE1 F IH0 K S | AH0 F IH1 K S
ally AE1 L AY0 | AH0 L AY1
annex AE1 N EH2 K S | AH0 N EH1 K S
attribute AE1 T R AH0 B Y UW2 T | AH0 T R IH1 B Y UW0 T
entrance EH1 N T R AH0 N S | EH0 N T R AE1 N S
envelope EH1 N V AH0 L OW2 P | EH0 N V EH1 L AH0 P
impact IH1 M P AE0 K T | IH0 M P AE1 K T
implant IH1 M P L AE2 N T | IH0 M P L AE1 N T
import IH1 M P AO2 R T | IH0 M P AO1 R T
imprint IH1 M P R IH0 N T | IH0 M P R IH1 N T
incense IH1 N S EH2 N S | IH0 N S EH1 N S
incline IH1 N K L AY0 N | IH0 N K L AY1 N
increase IH1 N K R IY2 S | IH0 N K R IY1 S
decrease D IY1 K R IY2 S | D IH0 K R IY1 S
insert IH1 N S ER2 T | IH0 N S ER1 T
insult IH1 N S AH2 L T | IH0 N S AH1 L T
intern IH1 N T ER0 N | IH0 N T ER1 N
misprint M IH1 S P R IH0 N T | M IH0 S P R IH1 N T
overlap OW1 V ER0 L AE2 P | OW2 V ER0 L AE1 P
pervert P ER1 V ER0 T | P ER0 V ER1 T
progress P R AA1 G R EH2 S | P R AH0 G R EH1 S
prospect P R AA1 S P EH0 K T | P R AH0 S P EH1 K T
protest P R OW1 T EH2 S T | P R AH0 T EH1 S T
rebel R EH1 B AH0 L | R IH0 B EH1 L
recall R IY1 K AO2 L | R IH0 K AO1 L
recap R IY1 K AE2 P | R IY0 K AE1 P
recoil R IY1 K OY2 L | R IH0 K OY1 L
refund R IY1 F AH2 N D | R IH0 F AH1 N D
refill R IY1 F IH2 L | R IY0 F IH1 L
reject R IY1 JH EH0 K T | R IH0 JH EH1 K T
relapse R IY1 L AE2 P S | R IY0 L AE1 P S
remake R IY1 M EY2 K | R IY0 M EY1 K
reprint R IY1 P R IH0 N T | R IY0 P R IH1 N T
rewrite R IY1 R AY2 T | R IY0 R AY1 T
segment S EH1 G M AH0 N T | S EH0 G M EH1 N T
subject S AH1 B JH IH0 K T | S AH0 B JH EH1 K T
survey S ER1 V EY2 | S ER0 V EY1
suspect S AH1 S P EH2 K T | S AH0 S P EH1 K T
torment T AO1 R M EH2 N T | T AO0 R M EH1 N T
transfer T R AE1 N S F ER0 | T R AE0 N S F ER1
transform T R AE1 N S F AO0 R M | T R AE0 N S F AO1 R M
transplant T R AE1 N S P L AE2 N T | T R AE0 N S P L AE1 N T
transport T R AE1 N S P AO0 R T | T R AE0 N S P AO1 R T
update AH1 P D EY2 T | AH0 P D EY1 T
upgrade AH1 P G R EY0 D | AH0 P G R EY1 D
uplift AH1 P L IH2 F T | AH0 P L IH1 F T
upset AH1 P S EH2 T | AH0 P S EH1 T
resume R EH1 Z AH0 M EY2 | R IH0 Z UW1 M
abuse AH0 B Y UW1 S | AH0 B Y UW1 Z
excuse IH0 K S K Y UW1 S | IH0 K S K Y UW1 Z
house HH AW1 S | HH AW1 Z
misuse M IH0 S Y UW1 S | M IH0 S Y UW1 Z
use Y UW1 S | Y UW1 Z
estimate EH1 S T AH0 M AH0 T | EH1 S T AH0 M EY2 T
graduate G R AE1 JH AH0 W AH0 T | G R AE1 JH AH0 W EY2 T
advocate AE1 D V AH0 K AH0 T | AE1 D V AH0 K EY2 T
associate AH0 S OW1 S IY0 AH0 T | AH0 S OW1 S IY0 EY2 T
delegate D EH1 L AH0 G AH0 T | D EH1 L AH0 G EY2 T
duplicate D UW1 P L AH0 K AH0 T | D UW1 P L AH0 K EY2 T
predicate P R EH1 D AH0 K AH0 T | P R EH1 D AH0 K EY2 T
aggregate AE1 G R AH0 G AH0 T | AE1 G R AH0 G EY2 T
affiliate AH0 F IH1 L IY0 AH0 T | AH0 F IH1 L IY0 EY2 T
subordinate S AH0 B AO1 R D AH0 N AH0 T | S AH0 B AO1 R D AH0 N EY2 T
coordinate K OW0 AO1 R D AH0 N AH0 T | K OW0 AO1 R D AH0 N EY2 T
syndicate S IH1 N D AH0 K AH0 T | S IH1 N D AH0 K EY2 T
"""
# An adjective and a verb.
_ADJECTIVE_VERB = """
perfect P ER1 F IH0 K T | P ER0 F EH1 K T
separate S EH1 P R AH0 T | S EH1 P ER0 EY2 T
moderate M AA1 D ER0 AH0 T | M AA1 D ER0 EY2 T
deliberate D IH0 L IH1 B ER0 AH0 T | D IH0 L IH1 B ER0 EY2 T
alternate AO1 L T ER0 N AH0 T | AO1 L T ER0 N EY2 T
appropriate AH0 P R OW1 P R IY0 AH0 T | AH0 P R OW1 P R IY0 EY2 T
approximate AH0 P R AA1 K S AH0 M AH0 T | AH0 P R AA1 K S AH0 M EY2 T
articulate AA0 R T IH1 K Y AH0 L AH0 T | AA0 R T IH1 K Y AH0 L EY2 T
animate AE1 N AH0 M AH0 T | AE1 N AH0 M EY2 T
degenerate D IH0 JH EH1 N ER0 AH0 T | D IH0 JH EH1 N ER0 EY2 T
desolate D EH1 S AH0 L AH0 T | D EH1 S AH0 L EY2 T
elaborate IH0 L AE1 B R AH0 T | IH0 L AE1 B ER0 EY2 T
intimate IH1 N T AH0 M AH0 T | IH1 N T AH0 M EY2 T
legitimate L AH0 JH IH1 T AH0 M AH0 T | L AH0 JH IH1 T AH0 M EY2 T
diffuse D IH0 F Y UW1 S | D IH0 F Y UW1 Z
"""
# Other kinds: a name for each reading, in front of its phones.
_NAMED = """
read present R IY1 D | past R EH1 D
lead guide L IY1 D | metal L EH1 D
live verb L IH1 V | adjective L AY1 V
lives noun L AY1 V Z | verb L IH1 V Z
wind air W IH1 N D | turn W AY1 N D
winds air W IH1 N D Z | turn W AY1 N D Z
tear rip T EH1 R | drop T IH1 R
tears drop T IH1 R Z | rip T EH1 R Z
bow bend B AW1 | weapon B OW1
bows bend B AW1 Z | weapon B OW1 Z
close verb K L OW1 Z | adjective K L OW1 S
used employed Y UW1 Z D | habit Y UW1 S T
desert noun D EH1 Z ER0 T | verb D IH0 Z ER1 T
deserts noun D EH1 Z ER0 T S | verb D IH0 Z ER1 T S
minute time M IH1 N AH0 T | tiny M AY0 N UW1 T
content noun K AA1 N T EH0 N T | adjective K AH0 N T EH1 N T
invalid adjective IH0 N V AE1 L AH0 D | person IH1 N V AH0 L AH0 D
row line R OW1 | quarrel R AW1
rows line R OW1 Z | quarrel R AW1 Z
sow seed S OW1 | pig S AW1
sows pig S AW1 Z | seed S OW1 Z
bass music B EY1 S | fish B AE1 S
does verb D AH0 Z | deer D OW1 Z
dove bird D AH1 V | plunged D OW1 V
wound injury W UW1 N D | turned W AW1 N D
polish shine P AA1 L IH0 SH | poland P OW1 L IH0 SH
august month AO1 G AH0 S T | noble AO0 G AH1 S T
nice good N AY1 S | city N IY1 S
job task JH AA1 B | name JH OW1 B
learned verb L ER1 N D | adjective L ER1 N AH0 D
aged verb EY1 JH D | adjective EY1 JH AH0 D
blessed verb B L EH1 S T | adjective B L EH1 S AH0 D
axes tools AE1 K S AH0 Z | lines AE1 K S IY2 Z
bases places B EY1 S AH0 Z | grounds B EY1 S IY2 Z
number count N AH1 M B ER0 | numb N AH1 M ER0
mouth noun M AW1 TH | verb M AW1 DH
may might M EY0 | month M EY1
"""
# Nouns whose verb is said the same in the -s form, and words that take none.
_NO_PLURAL = listed("house compress annex progress confines frequent absent")
# What stands before -teen and -teenth: its main stress is last where a phrase ends, else first.
_TEENS = """
thir TH ER{}
four F AO{} R
fif F IH{} F
six S IH{} K S
seven S EH{} V AH0 N
eigh EY{}
nine N AY{} N
"""
_SCORE = listed(
    "one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty "
    "sixty seventy eighty ninety hundred and to"
)
_SIBILANTS = ("S", "Z", "SH", "ZH", "CH", "JH")
_VOICELESS = ("P", "T", "K", "F", "TH")
_NEAR = 8
_WORD = re.compile(r"[A-Za-z']+|[,.!?;]")


@lru_cache(maxsize=1)
def readings() -> dict[str, dict[str, tuple[str, ...]]]:
    """Map each word to its readings by name, with phones and stress digits; the usual one first."""
    table: dict[str, dict[str, tuple[str, ...]]] = {}
    for lines, usual in ((_NOUN_VERB, "noun"), (_ADJECTIVE_VERB, "adjective")):
        for line in lines.strip().splitlines():
            word, _, rest = line.partition(" ")
            said = [tuple(phones.split()) for phones in rest.split("|")]
            table[word] = dict(zip((usual, "verb"), said, strict=True))
            if word not in _NO_PLURAL and not word.endswith("x"):
                table[word + "s"] = {name: _with_s(p) for name, p in table[word].items()}
    for line in _NAMED.strip().splitlines():
        word, _, rest = line.partition(" ")
        named = [part.split() for part in rest.split("|")]
        table[word] = {name: tuple(phones) for name, *phones in named}
    for line in _TEENS.strip().splitlines():
        start, _, phones = line.partition(" ")
        for ending, last in (("teen", "N"), ("teenth", "N TH")):
            said = {
                name: f"{phones.format(first)} T IY{second} {last}"
                for name, first, second in (("last", 2, 1), ("first", 1, 2))
            }
            table[start + ending] = {name: tuple(p.split()) for name, p in said.items()}
    return table


def _with_s(phones: tuple[str, ...]) -> tuple[str, ...]:
    if phones[-1] in _SIBILANTS:
        return (*phones, "AH0", "Z")
    return (*phones, "S" if phones[-1] in _VOICELESS else "Z")


@lru_cache(maxsize=1)
def stressed_forms() -> dict[str, int]:
    """Find the main syllable of -ed and -ing forms of verbs stressed unlike their nouns."""
    forms: dict[str, int] = {}
    for line in _NOUN_VERB.strip().splitlines():
        word = line.partition(" ")[0]
        digits = [phone[-1] for phone in readings()[word]["verb"] if phone[-1] in "012"]
        stem = word.removesuffix("e")
        for form in (stem, word + word[-1], word[:-1] + "i"):
            forms[form + "ed"] = digits.index("1")
        for form in (stem, word + word[-1], word):
            forms[form + "ing"] = digits.index("1")
    return forms


def choose(words: Sequence[str], index: int) -> str:
    """Return name of the reading that words[index], a key of `readings` in lower case, has here.

    words: the sentence with its marks as words, with its capitals.
    """
    word = words[index].lower()
    names = readings()[word]
    # What any rule looks at: a few words around.
    begin = max(0, index - 16)
    window = list(words[begin : index + 17])
    here = index - begin
    lower = [w.lower() for w in window]
    for name, kind, cues in RULES.get(word, ()):
        if _holds(kind, cues, window, lower, here, begin == 0):
            return name
    usual = next(iter(names))
    if word in RULES or "verb" not in names:
        return usual
    verb = is_verb(lower, here, word.endswith("s") and word[:-1] in readings())
    return "verb" if verb else usual


def reading_in(normalized: str, word: str) -> str:
    """Return the name of the reading that the first `word` of a normalised sentence has."""
    words = _WORD.findall(normalized)
    places = [index for index, found in enumerate(words) if found.lower() == word]
    return choose(words, places[0]) if places else "missing"


def _holds(
    kind: str, cues: frozenset[str], window: list[str], lower: list[str], here: int, begins: bool
) -> bool:
    """Return whether a rule of `RULES` applies."""
    if kind == "next":
        return at(lower, here + 1) in cues
    if kind == "after":
        later = next((w for w in lower[here + 1 : here + 4] if not w.endswith("ly")), ".")
        return later in cues
    if kind == "counted":
        score = (w for w in lower[here + 1 : here + 12] if w not in _SCORE)
        return at(lower, here + 1) in _SCORE and next(score, ".") in cues
    if kind == "before":
        return at(lower, skip_adverbs(lower, here)) in cues
    if kind == "direct":
        return at(lower, here - 1) in cues
    if kind == "second":
        return at(lower, here - 2) in cues
    if kind == "near":
        return not cues.isdisjoint(lower[max(0, here - _NEAR) : here + _NEAR + 1])
    if kind == "capital":
        first = (here == 0 and begins) or at(lower, here - 1) in MARKS - {","}
        return window[here][:1].isupper() and not first
    if kind == "past":
        return _is_past(lower, here, cues)
    if kind == "always":
        return True
    if kind == "habit":
        return _is_habit(lower, here)
    verb = is_verb(lower, here, lower[here].endswith("s"))
    return verb is (kind == "verb")


def _is_habit(lower: list[str], here: int) -> bool:
    """Return whether `used` belongs to `used to`: he used to swim, but the knife is used to cut."""
    if at(lower, here + 1) != "to":
        return False
    after = at(lower, here + 2)
    before = at(lower, skip_adverbs(lower, here))
    if before not in BE:
        return before not in HAVE
    return after in OBJECT_STARTS or after in MARKS or after.endswith("ing")


_HE = listed("he she it everyone everybody nobody someone")
_THEY = listed("i you we they who that")


def _is_past(lower: list[str], here: int, times: frozenset[str]) -> bool:
    """Return whether `read` is its past: by its auxiliary or subject, then by words of time."""
    place = skip_adverbs(lower, here)
    before = at(lower, place)
    if before in HAVE or before in BE:
        return True
    earlier = [at(lower, place - k) for k in (1, 2, 3)]
    if before in _HE | _THEY or before not in MARKS | CLAUSES:
        for word in earlier:
            if word in HAVE and before in _HE | _THEY:
                return True
            if word in _ASKING:
                return False
            if word in MARKS:
                break
    if is_verb(lower, here) is True and before not in _HE | _THEY:
        return False
    if before in _HE:
        return True
    if (
        before in MARKS
        and at(lower, here + 1) in _ASSIGNED
        and (_HE | _THEY).isdisjoint(lower[:here])
    ):
        return False  # Homework: read chapter two.
    told = not times.isdisjoint(lower) or any(
        w.endswith("ed") and len(w) > 4 and w != "hundred" and k != here
        for k, w in enumerate(lower)
    )
    if before in _THEY or before in CLAUSES:
        return told
    if before in MARKS:
        return told and before == ","
    # After a noun: a plural one may read today, any other has read.
    return told or not before.endswith("s") or before.endswith(("ss", "'s"))


_ASSIGNED = listed(
    "chapter chapters page pages section sections unit lesson lessons act part parts"
)
_ASKING = listed(
    "do does did will would can could should may might must to let make made help shall "
    "don't didn't doesn't hear heard"
)
