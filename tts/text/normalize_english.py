"""English text as words that a lexicon can hold: numbers, abbreviations, symbols, marks."""

from __future__ import annotations

import re
from functools import lru_cache

from tts.text.arpabet import PUNCTUATION
from tts.text.characters import APOSTROPHES, DASHES, SILENT, Leftovers, admit, fold
from tts.text.frontend import Problem
from tts.text.rules_english import say
from tts.text.spelling import is_shouted, letter_word, lexicon_words, name_letters

# Abbreviations whose full stop belongs to them -> what is said.
ABBREVIATIONS = {
    **{"mr": "mister", "mrs": "missus", "ms": "miz", "dr": "doctor", "prof": "professor"},
    **{"jr": "junior", "sr": "senior", "vs": "versus", "etc": "et cetera", "gen": "general"},
    **{"col": "colonel", "capt": "captain", "lt": "lieutenant", "sgt": "sergeant"},
    **{"rev": "reverend", "hon": "honorable", "gov": "governor", "sen": "senator"},
    **{"esq": "esquire", "ltd": "limited", "inc": "incorporated", "co": "company"},
    **{"corp": "corporation", "dept": "department", "messrs": "messers", "st": "saint"},
    **{"jan": "January", "feb": "February", "apr": "April", "aug": "August"},
    **{"sept": "September", "oct": "October", "nov": "November", "dec": "December"},
    **{"maj": "major", "ave": "avenue", "blvd": "boulevard", "approx": "approximately"},
}
_LATIN = {"e.g": "for example", "i.e": "that is", "a.m": "ay em", "p.m": "pea em"}
_WEEKDAYS = {
    **{"Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday"},
    **{"Thu": "Thursday", "Thur": "Thursday", "Thurs": "Thursday", "Fri": "Friday"},
    **{"Sat": "Saturday", "Sun": "Sunday"},
}
_WEEKDAY = re.compile(rf"\b({'|'.join(_WEEKDAYS)})\.(?=,)")
_ABBREVIATION = re.compile(rf"\b({'|'.join(ABBREVIATIONS)})\.(?!\w)", re.IGNORECASE)
_STREET = re.compile(r"(?<=[a-z] )St\.(?!\s+[A-Z])")
_DOTTED = re.compile(r"\b(?:(?:Ph|[A-Za-z])\.){2,}")
_INITIAL = re.compile(r"\b([A-Z])\.(?=\s+[A-Z])")
# The rules have something to do: a digit, a symbol or a Roman numeral.
_NEEDS_WORDS = re.compile(
    r"[^A-Za-z ,.!?;:'\"<>-]|\b[IVXL]{2,}\b|[a-z] [VX]\b|\w\.[a-z]{2}"
    r"|\b(?i:chapter|part|act|scene|book|war|volume|type|phase|stage|class|level|section"
    r"|king|queen|pope|emperor|tsar) \S{0,12} ?I\b"
)
# What reaches the rules as it is; quotes and < > then vanish, the others are said or reported.
_KEPT_SYMBOLS = frozenset('$%&@#+=/~^|\\£€¥₹₩₽¢°§×÷±≈≤≥≠_*"<>') | frozenset(
    map(chr, (*range(0x391, 0x3AA), *range(0x3B1, 0x3CA)))
)
_REWRITTEN = {
    **{"²": "^2", "³": "^3", "µ": "μ", "Ω": "Ω", "″": '"', "”": '"', "′": "'", "−": "-"},
    **{"…": ".", "。": ".", "、": ",", "：": ":", "￥": "¥"},
}
_UNUSUAL = re.compile(r"[^A-Za-z0-9 ,.!?;:'-]+")
_TOKEN = re.compile(r"[A-Za-z'-]+|[,.!?;:]|[^A-Za-z',.!?;:\s\"<>*_-]")
_NUMBER_DASH = re.compile(r"(?<=\d) ?--+ ?(?=[\d$£€])|(?<![\w-])--(?=\d)")
_DASH = re.compile(r"(?<=\S)\s*--+\s*|(?<=\s)-+(?=\s)")


def normalize(text: str) -> tuple[str, list[Problem]]:
    """Words of a-z with ', single spaces, single `, . ! ? ;`; and what had to be left out."""
    problems: list[Problem] = []
    plain = _UNUSUAL.sub(lambda run: admit(run, _admit, problems), text)
    plain = " ".join(plain.split())
    if _NEEDS_WORDS.search(plain):
        plain = say(_NUMBER_DASH.sub("-", plain))
    plain = _expand(_DASH.sub(", ", plain))
    leftovers = Leftovers(text)
    shouted = is_shouted(plain)
    out: list[str] = []
    for match in _TOKEN.finditer(plain):
        token = match[0]
        if token in ",.!?;:":
            _add_pause("," if token == ":" else token, out)
        elif token[0] in "'-" or token[0].isalpha():
            out += lexicon_words(token, shouted)
        else:
            problems.append(leftovers.problem(token))
    return re.sub(r" (?=[,.!?;])", "", " ".join(name_letters(out))), problems


@lru_cache(maxsize=4096)
def _admit(character: str) -> str | None:
    """What `character` is for the rules; None where it has no meaning."""
    if character in _REWRITTEN:
        return _REWRITTEN[character]
    if character in _KEPT_SYMBOLS:
        return character
    if character in APOSTROPHES:
        return "'"
    if character in DASHES:
        return "-" if character in "-‐‑" else "--"
    if character in SILENT:
        return " "
    folded = fold(character)
    return f" {folded}" if "/" in folded and folded[0].isdigit() else folded or None  # 1¾


def _expand(text: str) -> str:
    """Abbreviations and initials, while their full stops are still there."""
    if "." not in text:
        return text
    end = len(text.rstrip(" \"'"))
    text = _WEEKDAY.sub(lambda match: _WEEKDAYS[match[1]], text)
    text = _STREET.sub("street", text)
    text = _ABBREVIATION.sub(
        lambda match: ABBREVIATIONS[match[1].lower()] + "." * (match.end() == end), text
    )
    text = _DOTTED.sub(lambda match: _dotted(match, len(text)), text)
    return _INITIAL.sub(lambda match: letter_word(match[1].lower()), text)


def _dotted(match: re.Match[str], end: int) -> str:
    """a.m., U.S.: known words or letters; at the very end its full stop ends the sentence."""
    letters = match[0].lower().rstrip(".")
    said = _LATIN.get(letters) or " ".join(map(letter_word, letters.replace(".", "")))
    return said + "." * (match.end() == end)


def _add_pause(mark: str, out: list[str]) -> None:
    """Append a mark; of neighbours only the first stays."""
    if not out or out[-1] not in PUNCTUATION:
        out.append(mark)
