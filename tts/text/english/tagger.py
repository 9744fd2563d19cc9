"""Tell by its neighbours whether a word that may be a verb is one here.

For words such as `record`, which are nouns or adjectives with one pronunciation and verbs with
another. Every rule looks at a few words to the left and right, so its time does not grow with
the sentence.
"""

from __future__ import annotations

from collections.abc import Sequence


def listed(text: str) -> frozenset[str]:
    """Return the words of `text`."""
    return frozenset(text.split())


MARKS = listed(", . ! ? ;")
MODALS = listed(
    "will would can could shall should may might must do does did don't didn't doesn't won't "
    "wouldn't can't cannot couldn't shouldn't mustn't needn't i'll you'll he'll she'll it'll "
    "we'll they'll "
    "who'll i'd you'd he'd she'd we'd they'd let's please helped help dare"
)
# After these a verb has no ending, an -s form is a noun; after the others it is the reverse.
_PLURAL_SUBJECTS = listed("i you we they who that")
_SINGULAR_SUBJECTS = listed("he she it who which that everyone everybody nobody someone")
OBJECTS = listed("me him them us it myself yourself himself herself itself themselves ourselves")
DETERMINERS = listed(
    "the a an my your his its our their whose this these those no any each every some another "
    "what either neither one two three four five six seven eight nine ten many several few all "
    "both more most other such much enough first second third last next new old own same only "
    "good great big small large little long short high low public such"
)
# What an object begins with, so that the word before it is a verb.
OBJECT_STARTS = OBJECTS | listed(
    "the a an my your his her its our their this these those any each every some all both "
    "another everything something nothing anything everyone"
)
_PREPOSITIONS = listed(
    "of in on at by for from with without about under over through into onto against between "
    "during after before per as than like despite via within upon across beyond near off"
)
# `to` after these is a preposition: a noun follows.
_BEFORE_NOUN = listed(
    "due according access subject objected objection opposed contrary close next thanks addicted "
    "relation reference response addition back put listen listened listening key answer "
    "admitted similar equal owing regard respect opposite"
)
BE = listed(
    "be is are was were am been being it's he's she's that's there's i'm you're we're they're "
    "isn't aren't wasn't weren't"
)
HAVE = listed("have has had having i've you've we've they've haven't hasn't hadn't")
_ADVERBS = listed(
    "not never always often also really usually even then still ever just rarely sometimes soon "
    "seldom already again now better thus first simply still all both almost hardly nearly"
)
_QUESTIONS = listed("do does did will would can could should may might must shall don't didn't")
CLAUSES = listed(
    "and or but because when if while until unless although though that which who whom where "
    "why how what before after since so"
)
# What an order can begin with before any noun, and what no order of it has next.
_ORDERS = listed(
    "use collect combine convert extract insert transform separate compress exploit estimate "
    "coordinate duplicate recall refill refuse resume reject"
)
_NO_ORDER = listed("of cases case by tax fees fee value values")
# Words that an order of a verb without an object has next: Object to it, Rebel against it.
_AIMS = listed("to against from into")
_NOT_AIMED = listed(
    "subject entrance progress impact insult increase decrease prospect envelope incense accent "
    "record discount refund house addict threat uplift content"
)
# A preposition that stands between a verb and its object: Use only with care.
_INSTEAD = listed("only both all less as with by before that what how")
_LASTING = listed("advocate")  # what they are for follows: Advocate for change
_HELPED = listed("let make made help helped have see saw hear heard watch watched")
_PERSONS = listed("me him them us himself themselves")
_PLURALS = listed("people children men women police")
# After a noun; a noun itself would not be followed by another one.
_AFTER_NOUN = MARKS | _PREPOSITIONS | BE | HAVE | MODALS | CLAUSES | _ADVERBS
_AFTER_NOUN |= listed("to then too he she they we i you")
# A subject noun before the word is likely where one of these follows it.
_AFTER_VERB = listed("against that whether how why less")


def skip_adverbs(words: Sequence[str], index: int) -> int:
    """Return the nearest index below `index` whose word is no adverb; -1 if there is none."""
    place = index - 1
    while place >= 0 and (words[place] in _ADVERBS or _is_ly(words[place])):
        place -= 1
        if index - place > 4:
            break
    return place


def _is_ly(word: str) -> bool:
    return word.endswith("ly") and len(word) > 4 and word not in ("family", "early", "daily")


def at(words: Sequence[str], index: int) -> str:
    """Return the word at `index`, "." outside the sentence."""
    return words[index] if 0 <= index < len(words) else "."


def is_verb(words: Sequence[str], index: int, ends_in_s: bool = False) -> bool | None:
    """Return whether words[index] is a verb; None where the neighbours do not say.

    words: a sentence in lower case, its marks as words. ends_in_s: of `records`, not `record`.
    """
    place = skip_adverbs(words, index)
    before, after = at(words, place), at(words, index + 1)
    direct = at(words, index - 1)
    if before == "to":
        return not ends_in_s and at(words, place - 1) not in _BEFORE_NOUN
    if before in MODALS:
        return not ends_in_s
    if direct in DETERMINERS or (direct.endswith("'s") and direct not in BE):
        return before == "that" and ends_in_s
    if before in _PREPOSITIONS and direct == before:
        return False
    if direct == "her":
        return at(words, index - 2) in _HELPED and after in OBJECT_STARTS
    if before in OBJECTS and before != "it":
        return not ends_in_s
    if before in _SINGULAR_SUBJECTS | _PLURAL_SUBJECTS:
        return _after_subject(words, place, after, ends_in_s)
    if before in BE or before in HAVE:
        return False
    if before in MARKS or before in CLAUSES:
        return _at_start(words, place, after, ends_in_s)
    return _after_noun(words, index, ends_in_s)


def _after_subject(words: Sequence[str], place: int, after: str, ends_in_s: bool) -> bool:
    """Judge after a pronoun, or after `that`, which may be a determiner too."""
    before = words[place]
    if before == "that" and not ends_in_s:
        return after in OBJECT_STARTS
    if ends_in_s:
        return before in _SINGULAR_SUBJECTS
    asked = any(at(words, place - k) in _QUESTIONS | _HELPED for k in (1, 2))
    return before in _PLURAL_SUBJECTS or asked or before == "it"


def _at_start(words: Sequence[str], place: int, after: str, ends_in_s: bool) -> bool | None:
    """Judge first in a clause: an order, or joined to what stands before `and`."""
    if after in OBJECT_STARTS and not ends_in_s:
        return True
    if not ends_in_s and _is_order(words, place, after):
        return True
    if at(words, place) in ("and", "or", "but"):
        for k in range(1, 5):
            earlier = at(words, place - k)
            if earlier == "to" or earlier in MODALS:
                return not ends_in_s
            if earlier in DETERMINERS or earlier in _PREPOSITIONS or earlier in MARKS:
                return False if after not in OBJECT_STARTS else None
    return None


def _is_order(words: Sequence[str], place: int, after: str) -> bool:
    """Tell whether an order begins after `place`: Use gloves, Object to it, but Use is low."""
    word = at(words, place + 1)
    if at(words, place) not in (".", "!", "?", ";") and (word, at(words, place)) != ("use", ","):
        return False
    if (after in _AIMS and word not in _NOT_AIMED) or (after == "for" and word in _LASTING):
        return True
    if word not in _ORDERS or after in _NO_ORDER or after.endswith("ed"):
        return False
    # A verb of its own follows a noun: Separate rooms are free.
    for later in words[place + 3 : place + 7]:
        if later in MARKS or later in CLAUSES:
            break
        if later in BE or later in HAVE or later in MODALS:
            return False
    return after not in _AFTER_NOUN or after in _INSTEAD


def _after_noun(words: Sequence[str], index: int, ends_in_s: bool) -> bool | None:
    """Judge after a word of no list, most often a noun or an adjective."""
    place = skip_adverbs(words, index)
    direct, after = at(words, place), at(words, index + 1)
    if after in _PERSONS and not ends_in_s:
        return True
    plural = direct in _PLURALS or (
        direct.endswith("s") and not direct.endswith(("ss", "us", "is", "'s"))
    )
    if not ends_in_s and (_is_asked(words, index) or (plural and place < index - 1)):
        return True  # do the heirs contest, heirs often contest
    if after in OBJECT_STARTS or after in _AFTER_VERB:
        return True if plural != ends_in_s else None  # farmers produce, the farmer produces
    noun_follows = after not in _AFTER_NOUN and not after.endswith(("ed", "ing"))
    if ends_in_s:
        return True if noun_follows and not plural and not direct.endswith("ing") else None
    if not plural or after in BE | HAVE | MODALS or after == "of":
        return None
    # Sales increase every year: the subject begins the clause, with one word before it at most.
    for k in (2, 3):
        word = at(words, index - k)
        if word in MARKS or word in CLAUSES:
            return True
        if word in DETERMINERS:
            return True if after in _PREPOSITIONS or after in _ADVERBS or noun_follows else None
        if word in _PREPOSITIONS:
            return None
    return None


def _is_asked(words: Sequence[str], index: int) -> bool:
    """Return whether an auxiliary opens the clause, and its subject ends right before the word."""
    for k in range(2, 5):
        word = at(words, index - k)
        if word in _QUESTIONS:
            opener = at(words, index - k - 1)
            subject = words[index - k + 1 : index]
            return (opener in MARKS or opener in CLAUSES) and not (
                _PREPOSITIONS | OBJECTS
            ).intersection(subject)
        if word in MARKS:
            return False
    return False
