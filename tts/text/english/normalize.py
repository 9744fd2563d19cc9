"""Write English text as words that a lexicon can hold: numbers, abbreviations, symbols, marks."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from tts.text.characters import APOSTROPHES, DASHES, SILENT, Leftovers, admit, fold
from tts.text.english.arpabet import PUNCTUATION
from tts.text.english.dotted import STARTERS, write_abbreviations, write_dotted
from tts.text.english.marks import plain_marks
from tts.text.english.places import write_states
from tts.text.english.rules import say
from tts.text.english.short_forms import write_chat, write_out
from tts.text.english.spelling import (
    emphasis,
    is_shouted,
    letter_word,
    lexicon_words,
    name_letters,
    shorten,
)
from tts.text.spoken import Problem

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
# These are said so before a name only: a rep. and a pres. may end a sentence.
TITLES = {
    **{"Rep": "representative", "Pres": "president", "Adm": "admiral", "Cmdr": "commander"},
    **{"Pvt": "private", "Cpl": "corporal", "Fr": "father", "Mt": "mount", "Ft": "fort"},
    **{"Supt": "superintendent", "Amb": "ambassador", "Atty": "attorney"},
}
_LATIN = {"p.a": "per annum", "p.w": "per week", "p.c.m": "per calendar month"}
_LATIN |= {"o.n.o": "or nearest offer"}
_LATIN |= {"e.g": "for example", "i.e": "that is", "a.m": "ay em", "p.m": "pea em"}
_WEEKDAYS = {
    **{"Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday"},
    **{"Thu": "Thursday", "Thur": "Thursday", "Thurs": "Thursday", "Fri": "Friday"},
    **{"Sat": "Saturday", "Sun": "Sunday"},
}
_WEEKDAY = re.compile(
    rf"\b({'|'.join(_WEEKDAYS)})\.(?=,| +(?:[a-z(]|[JFMASOND][a-z]{{2,8}} [a-z]+))"
)
_ABBREVIATION = re.compile(r"\b([A-Za-z]{2,6})\.(?!\w)")
_TITLE = re.compile(rf"\b({'|'.join(TITLES)})\.(?=\s+[A-Z])")
_STREETS = {"St": "street", "Dr": "drive", "Rd": "road", "Ln": "lane", "Ct": "court"}
_STREETS |= {"Pl": "place", "Sq": "square", "Hwy": "highway", "Pkwy": "parkway"}
_TENTH = r"(?:[a-z]{3,10} ){0,3}(?:first|second|third|[a-z]{2,9}th)"
# No new sentence begins after it, but for what is no name of a person: 57th St.
_STREET = re.compile(
    rf"((?<=[a-z] )St)\.(?!\s+(?!{STARTERS})[A-Z])|((?<=th )(?<!ith )(?<!both )(?:St|Dr|Rd|Pl))\."
    rf"|\b([A-Z][a-z]{{2,15}}) ({'|'.join(_STREETS)})\.(?=,|$|\s+[a-z]|\s+(?:The|It|They|We)\b)"
)
_AT_END = re.compile(r"[ \"']*\Z")
# After a dept. or 5 p.m. another sentence; after titles there may be a Dr. No or Ms. She.
_NEXT = re.compile(rf"[\"']* +\"?{STARTERS}(?!\.)")
_BEFORE_NAME = frozenset(
    "mr mrs ms dr prof gen col capt lt sgt rev hon gov sen messrs st maj vs e.g i.e".split()  # noqa: SIM905
)
_DIRECTIONS = {"N": "North", "S": "South", "E": "East", "W": "West"}
_DIRECTION = re.compile(
    rf"\b([NSEW])\.? (?=(?:{_TENTH}|[A-Z][a-z]{{2,12}}) (?:St|Ave|Blvd|Rd|Dr|Ln)\b)"
)
_DOTTED = re.compile(r"\b(?:(?:Ph|[A-Za-z])\.){2,}")
_INITIAL = re.compile(r"\b([A-Z])\.(?=\s+[A-Z])")
_BEFORE_I = re.compile(
    r"\b(?:am|are|was|were|do|did|have|had|can|could|will|would|shall|should|may|might|must|and|or"
    r"|as|than|but|nor|not|only)\s+$"
)
# The rules have something to do: a digit, a symbol or a Roman numeral. One search each is faster
# than one search for any of them.
_CUES = tuple(
    re.compile(pattern)
    for pattern in (
        r"[^A-Za-z ,.!?;:'\"<>-]",
        r"\b(?:[IVXL]{2,}|[ivxl]{2,})\b",
        r"[VX]\b(?<=[a-z] [VX])",
        r"\.[a-z]{2}(?<=\w\...)",
        r"\b(?:[JFMASOND][a-z]{2,8}|[MTWFS]\w{2,8})\.?-(?:[JFMASOND][a-z]{2}|[MTWFS][a-z]{2})",
        r"\b(?:[Ss]cene|[Aa]ct|[Pp]art|[Cc]hapter|[Bb]ook|[Vv]olume) i\b",
        r"[A-Z]{2}\b(?:(?<=[a-z] ..)|(?<=[a-z], ..))",
        r"->|=>",
        r"[A-Z]{3}\b(?<=[a-z] ...)",
        r"(?<![\w.])\.[a-z]",
        r"[<>](?<=\w .) \w",
        r"\b(?:sq|cu|fl|apt|[Ii]nt|[Pp]t)\b",
        r"[DRI]-(?<!\w..)[A-Z]{2}\b|WW(?<!\w..)",
        r"\b[NS]?[NSEW] (?:wind|breeze|gust|gale|swell|facing|side|end|exit|entr|gate|lot|tower"
        r"|stair|corner|wall|bank|slope|shore|ramp|parking)|(?:ind|ust|reeze|well)s? [NSEW]",
        r"[A-Z](?<!\w.) to [B-Z]\b|[A-Z]{3}-[A-Z]{3}\b",
        r"[A-Z](?<=[a-z].)",
        r"\b(?:[A-DFO]|[ABC]{2,3})-(?![\w-])",
        r"\b[A-Z]{2,3}[a-z]\b",
        r"\b(?:(?:sec|req|adv|refs|Ctrl|Esc)\b|E-?Z)",
        r"\bincl(?:uding)?(?=\.?[,;)]|\.?\s*\Z)",
        r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun): ",
        r"(?:, |; |hen |urn )[LR] (?:on|onto|at) ",
    )
)
_NUMBERED = re.compile(
    r"\b(?i:chapter|part|act|scene|book|war|volume|type|phase|stage|class|level|section"
    r"|king|queen|pope|emperor|tsar) \S{0,12} ?I\b"
)
# What reaches the rules as it is; quotes and < > then vanish, the others are said or reported.
_KEPT_SYMBOLS = frozenset('$%&@#+=/~^|\\£€¥₹₩₽₿₺₪₱₫₴¢°§×÷±≈≤≥≠_*"<>') | frozenset(
    map(chr, (*range(0x391, 0x3AA), *range(0x3B1, 0x3CA)))
)
_REWRITTEN = {
    **{
        "²": "^2",
        "³": "^3",
        "º": "°",
        "˚": "°",
        "–": "–",
        "‒": "–",
        "µ": "μ",
        "Ω": "Ω",
        "″": '"',
        "”": '"',
        "′": "'",
        "−": "-",
    },
    **{"♭": " flat ", "♯": " sharp ", "↓": " down ", "↑": " up "},
    **{"→": "->", "⇒": "=>", "➔": "->", "➜": "->"},
    **{"…": ".", "。": ".", "、": ",", "：": ":", "￥": "¥"},
}
_UNUSUAL = re.compile(r"[^A-Za-z0-9 ,.!?;:'-]+")
_TOKEN = re.compile(r"[A-Za-z'-]+|[,.!?;:]|[^A-Za-z',.!?;:\s\"<>*_-]")
_NUMBER_DASH = re.compile(
    r"(?<=\d) ?(?:--+|–) ?(?=[\d$£€])|(?<=[\w%°$£€¢.])–(?=[\w$£€])|(?<![\w-])(?:--|–)(?=[\d$£€¥])"
    r"|(?<=\d) ?– ?(?=(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\b)"
)
# What is looked through for numbers at a time: sentences of 400 characters or more together.
_BLOCK = re.compile(r".{1,400}(?:.*?(?<=[a-z]{3}[.!?]) (?=[A-Z])|.*)", re.DOTALL)
_LETTER_A = re.compile(r"\bA-(?=[A-Za-z])")
_DASH = re.compile(r"(?<=\S)\s*--+\s*|(?<=\s)-+(?=\s)")


def normalize(text: str) -> tuple[str, list[Problem]]:
    """Write words of a-z with ', single spaces, `, . ! ? ;`; report what had to be left out."""
    problems: list[Problem] = []
    written, text = text, plain_marks(text)
    plain = _UNUSUAL.sub(lambda run: admit(run, _admit, problems), text)
    plain = write_chat(shorten(" ".join(plain.split())))
    plain = write_states(write_abbreviations(plain))
    plain = "".join(_in_words(block) for block in _BLOCK.findall(plain))
    plain = write_out(_expand(_LETTER_A.sub("ay ", _DASH.sub(", ", plain))))
    leftovers = Leftovers(text, _admit)
    spans = [(0, len(plain))] if is_shouted(plain) else emphasis(plain)
    spans.reverse()
    out: list[str] = []
    for match in _TOKEN.finditer(plain):
        token = match[0]
        if token in ",.!?;:":
            _add_pause("," if token == ":" else token, out)
        elif token[0] in "'-" or (token.isascii() and token[0].isalpha()):
            while spans and spans[-1][1] <= match.start():
                spans.pop()
            out += lexicon_words(token, bool(spans) and spans[-1][0] <= match.start())
        else:
            problems.append(leftovers.problem(token))
    if text != written:
        problems = [_as_written(problem, written) for problem in problems]
    return re.sub(r" (?=[,.!?;])", "", " ".join(name_letters(out))), problems


def _in_words(text: str) -> str:
    """Say what stands for words in `text`, where anything does."""
    return say(_NUMBER_DASH.sub("-", text).replace("–", "--")) if _needs_words(text) else text


def _needs_words(text: str) -> bool:
    """Tell whether the rules have anything to do in `text`."""
    if any(cue.search(text) for cue in _CUES):
        return True
    return "I" in text and bool(_NUMBERED.search(text))


def _as_written(problem: Problem, text: str) -> Problem:
    """Return `problem` with what stands at its place in the input, such as the & of &copy;."""
    length = len(problem.text)
    return replace(problem, text=text[problem.position : problem.position + length])


@lru_cache(maxsize=4096)
def _admit(character: str) -> str | None:
    """Return what `character` is for the rules; None where it has no meaning."""
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
    """Write abbreviations and initials out, while their full stops are still there."""
    if "." not in text:
        return text
    text = _WEEKDAY.sub(lambda match: _WEEKDAYS[match[1]], text)
    text = _DIRECTION.sub(lambda match: _DIRECTIONS[match[1]] + " ", text)
    text = _STREET.sub(_street, text)
    text = _TITLE.sub(lambda match: TITLES[match[1]], text)
    text = _ABBREVIATION.sub(_abbreviation, text)
    text = _DOTTED.sub(_dotted, write_dotted(text))
    return _INITIAL.sub(_initial, text)


def _abbreviation(match: re.Match[str]) -> str:
    """Return what a word before a full stop is the abbreviation of; else the two as they are."""
    form = match[1].lower()
    said = ABBREVIATIONS.get(form)
    return said + _stop(match, form) if said else match[0]


def _initial(match: re.Match[str]) -> str:
    """Return the letter's name without the full stop, but for "So do I." at a sentence's end."""
    before = match.string[max(0, match.start() - 10) : match.start()]
    if match[1] == "I" and _BEFORE_I.search(before):
        return match[0]
    return letter_word(match[1].lower())


def _stop(match: re.Match[str], form: str = "st") -> str:
    """Return the full stop of `form` that ends the sentence as well: nothing or a new one follows.

    form: without its last full stop; by default only the end of the text is looked for.
    """
    if form not in _BEFORE_NAME and _NEXT.match(match.string, match.end()):
        return "."
    return "." if _AT_END.match(match.string, match.end()) else ""


def _street(match: re.Match[str]) -> str:
    """Say Elm Dr. as Elm drive."""
    name, kind = (match[3] + " ", match[4]) if match[3] else ("", match[1] or match[2])
    return name + _STREETS[kind] + _stop(match, "road")


def _dotted(match: re.Match[str]) -> str:
    """Say a.m., U.S.: known words or letters; a last full stop ends the sentence, too."""
    letters = match[0].lower().rstrip(".")
    said = _LATIN.get(letters) or " ".join(map(letter_word, letters.replace(".", "")))
    return said + _stop(match, letters)


def _add_pause(mark: str, out: list[str]) -> None:
    """Add a mark; of neighbours only the first stays."""
    if not out or out[-1] not in PUNCTUATION:
        out.append(mark)
