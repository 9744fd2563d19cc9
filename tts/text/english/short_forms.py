"""Write short forms without a full stop out: thx, Thu, 500 Pine Ct, doses in mg."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

_DAYS = {"Mon": "Monday", "Wed": "Wednesday", "Sat": "Saturday", "Sun": "Sunday"}
_DAYS |= {"Jan": "January"}
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_LATER = (
    r"(?:at \w|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|noon) ?"
    r"(?:to|thirty|fifteen|pea|ay|o'clock)\b|morning|afternoon|evening|night|"
    rf"(?:to|and) (?:Tue|Thu|Fri|Sat|Sun)|{_MONTHS})"
)
# Words of their own, so that a day needs a word of time beside it.
_DAY = re.compile(
    r"\b((?i:on|due|closed|starts|ends|next|last|this|every|by|until|till|since|from|through|"
    r"thru|to|and|or) )"
    rf"({'|'.join(_DAYS)})\b(?!['-]|\.\w| [A-Z][a-z]+ (?:is|was|has)\b)"
    rf"|(?<![Tt]he )(?<![Hh]e )(?<!it )\b({'|'.join(_DAYS)})\b(?=,? {_LATER})"
)
_AVENUE = re.compile(r"(?<=[a-z] )Ave\b(?![.'])")  # but Ave Maria
_STREETS = {"St": "street", "Dr": "drive", "Ln": "lane", "Ct": "court", "Pl": "place"}
_STREETS |= {"Sq": "square", "Ter": "terrace", "Cir": "circle", "Trl": "trail", "Aly": "alley"}
_NUMBER = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|[a-z]+teen|[a-z]+ty|eleven|twelve|"
    r"hundred|thousand|oh|zero)"
)
# Before a capital St is a saint and Dr a doctor, but not behind the number of a house.
_STREET = re.compile(
    rf"\b({_NUMBER} (?:(?:North|South|East|West|[NSEW]) )?(?:[A-Z][a-z]{{2,15}} ){{1,2}})"
    rf"({'|'.join(_STREETS)})\b(?![.'])"
    rf"|\b((?:[A-Z][a-z]{{2,15}}|[a-z]{{2,9}}(?:th|first|second|third)) )({'|'.join(_STREETS)})\b"
    r"(?![.']| [A-Z])"
)
# Before a name; with its full stop it is one of normalize.py.
_TITLES = {"Mt": "Mount", "Ft": "Fort", "St": "Saint", "Dr": "Doctor", "Prof": "Professor"}
_TITLES |= {"Gen": "General", "Sen": "Senator", "Gov": "Governor", "Capt": "Captain"}
_TITLES |= {"Sgt": "Sergeant", "Lt": "Lieutenant", "Rev": "Reverend", "Col": "Colonel"}
_TITLE = re.compile(rf"\b({'|'.join(_TITLES)}) (?=[A-Z][a-z])")
_PLACES = frozenset(("Ave", *_STREETS, *_TITLES))


@lru_cache(maxsize=1)
def rows() -> tuple[tuple[str, str, str, str], ...]:
    """Return the rows of short_forms.txt: written, said, an example and what is said of it.

    util. has a full stop, ref., one inside a sentence; Art. 9 stands before a number, Ex. B
    before a letter, intl. X before a name; yr 9 before a number without a full stop, too.
    """
    text = Path(__file__).with_name("short_forms.txt").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if line and line[0] != "#")
    return tuple((*line.split("\t"), "", "")[:4] for line in lines)


_NO_FORMS = ("Mm", "Sh", "Def", "Ur", "Ea", "M8", "H8", "W8")


@lru_cache(maxsize=2)
def _forms(
    with_digits: bool = False,
) -> tuple[dict[str, str], frozenset[str], re.Pattern[str]]:
    """Return what is said for each form, with what letters they begin, what finds any of them."""
    said: dict[str, str] = {}
    for written, words, *_ in rows():
        if with_digits != any(map(str.isdigit, written)) or re.search("[. ]", written):
            continue
        said[written] = words
        if written.islower() and written[0].isalpha():
            said[written.capitalize()] = words[:1].upper() + words[1:]
    # No unit at the start: Mm, good; nor a city: Ur; nor a bolt: M8.
    said = {form: words for form, words in said.items() if form not in _NO_FORMS}
    longest = sorted(said, key=len, reverse=True)
    starts = frozenset(re.match("[A-Za-z]*", form)[0] for form in said)
    return (
        said,
        starts,
        re.compile(
            rf"(?<![\w.'@-])({'|'.join(longest)})"
            rf"(?:\.(?=[,;:]| {{1,2}}[a-z#(]| [A-Z]\b(?!')| (?:{_MONTHS}))|(?![\w'-]|\.\w))"
        ),
    )


# The letters u and r are words beside these only.
_YOU = re.compile(
    r"\b((?i:see|love|miss|thank|are|r|did|do|can|will|if|when|what|how|where|why|hope|tell|call|"
    r"need|want|let|got|bless|told|like|hear|catch|luv|c)) u\b(?!['.]\w| ?[=+*/^-])"
    r"|(?<![\w'.^+*/=-])[uU] (?=(?:are|r|ok|okay|have|got|know|want|can|should|will|need|there|"
    r"guys|think|look|see|coming|did|do|were|free|up|home|too|all|doing|going)\b)"
)
_SEE = re.compile(r"(?<![\w.'])(?<!vitamin )[cC] (?=you\b)")
_ARE = re.compile(r"(?<![\w'.^+*/=-])[rR] (?=(?:you|u|we|they)\b)|(?<=\byou )r (?=[a-z]{2})")


_YOUR = re.compile(
    r"(?<![\w.'@/-])(?<!\d )(?<!\ba )(?<!per )(?<!this )(?<!next )(?<!last )(?<!each )(?<!every )"
    r"(?<!one )(?<!the )(?<!half )(?<!new )(?<!good )(?<!school )(?<!past )(?<!full )(?<!tax )yr "
    r"(?!(?:of|in|on|at|to|as|by|is|we|he|it|or|for|and|but|was|are|that|when|than|from|with|"
    r"since|ago|before|after|later|old|end|they|"
    r"she|you|has|had|will|because)\b)(?=[A-Za-z]{2})"
)


_LETTERS = re.compile("[A-Za-z]+")
_DIGIT = re.compile("[0-9]")
_CHAT = frozenset(("u", "U", "r", "R", "yr"))


def write_chat(text: str) -> str:
    """Return `text` with the short forms that look like numbers or letters written out: gr8, u."""
    if _DIGIT.search(text):
        said, _, pattern = _forms(True)
        text = pattern.sub(lambda match: said[match[1]], text)
    if _CHAT.isdisjoint(_LETTERS.findall(text)):
        return text
    text = _YOU.sub(lambda m: f"{m[1]} you" if m[1] else "you ", text)
    text = _SEE.sub("see ", text)
    return _YOUR.sub("your ", _ARE.sub("are ", text))


def write_out(text: str) -> str:
    """Return `text`, numbers already in words, with its short forms written out."""
    said, starts, pattern = _forms()
    letters = set(_LETTERS.findall(text))
    if not starts.isdisjoint(letters):
        text = pattern.sub(lambda match: said[match[1]], text)
    if not _DAYS.keys().isdisjoint(letters):
        text = _DAY.sub(lambda m: (m[1] or "") + _DAYS[m[2] or m[3]], text)
    if _PLACES.isdisjoint(letters):
        return text
    text = _AVENUE.sub("avenue", text)
    text = _STREET.sub(lambda m: (m[1] or m[3]) + _STREETS[m[2] or m[4]], text)
    return _TITLE.sub(lambda match: _TITLES[match[1]] + " ", text)
