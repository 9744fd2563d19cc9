"""Spell written English as words that a lexicon can hold: hyphens, capitals, initialisms."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from tts.text.english.dictionary import dictionary, modern
from tts.text.english.letters import NAMES

# Runtimes cut at every hyphen: so do we, but for prefixes, which are no words.
_PREFIXED = re.compile(r"\b(anti|co|de|non|pre|re|un)-([a-z]+)", re.IGNORECASE)
# Two or three capitals are letters unless capitals.txt has them; longer ones often are a word.
_SHORT = 3
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
# Parts of names of software that are not said as the dictionary says them.
_PARTS = {"py": "pie", "num": "numb", "sci": "sigh", "kube": "cube"}
# Three words in capitals are emphasis: I WILL NOT GO.
_EMPHASIS = re.compile(r"\b[A-Z][A-Z']*(?: [A-Z][A-Z']*){2,40}\b")
# Parts of names that belong to what follows: McKay, DeVito, O'Hara.
_NAME_PARTS = frozenset("mc mac de di du da la le van von st fitz o d l".split())  # noqa: SIM905
_VERSIONED = re.compile("[A-Z]{2,4}[ve]")  # IPv of IPv6, PCIe
_INITIALS = re.compile(r"([A-Z]{2,5}?)(s|'s)?")
# Before these a capital A is the letter, not the article.
_BEFORE_LETTER = frozenset(
    "plan vitamin grade group type section hepatitis appendix class exhibit team point letter "  # noqa: SIM905
    "level part division category option side series unit zone terminal concourse platform lot "
    "wing hall block straight lane".split()
)
_AND = ("'n'", "'n", "n'")


def letter_word(letter: str) -> str:
    """Return a letter so that a lexicon says its name: the word a would be the article."""
    return "ay" if letter == "a" else letter


_LENGTHENED = re.compile(
    r"(?<![\w.'/@-])(?=[A-Za-z]{0,20}?([a-z])\1\1)([A-Za-z]{3,40})(?![\w/@]|\.\w)"
)
_LETTERS = re.compile(r"([a-z])\1{2,}")
# Of words that end in a doubled letter these are meant: alllll, but so for sooo.
_DOUBLED = frozenset(
    "too see free all well will full three off miss boss kiss bye agree coffee tall small "  # noqa: SIM905
    "call ball hell kill pull bee tree knee fee guess yell bless less".split()
)


_NAMES = frozenset({"loong", "vi", "xi", "xxi"})  # no words: a name, numerals


def shorten(text: str) -> str:
    """Return `text` with lengthened words as they are spelled: sooo, looong."""
    return _LENGTHENED.sub(_shortened, text)


def _shortened(match: re.Match[str]) -> str:
    word, known = match[2], dictionary()
    single, double = _LETTERS.sub(r"\1", word), _LETTERS.sub(r"\1\1", word)
    ends = single[-1:] == match[1] and word.endswith(match[1] * 3)
    forms = (single, double) if ends and double.lower() not in _DOUBLED else (double, single)
    for form in forms:
        vowels = sum(letter in "aeiouy" for letter in form.lower())
        if 0 < vowels < len(form) and form.lower() in known and form.lower() not in _NAMES:
            return form
    return word


def is_shouted(text: str) -> bool:
    """Return whether a text is all in capitals, so that they mean nothing."""
    return text.isupper() and text.count(" ") >= 3


@lru_cache(maxsize=1)
def _capital_words() -> frozenset[str]:
    """Return the words of two and three letters that capitals do not turn into letters."""
    lines = Path(__file__).with_name("capitals.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if line[:1] != "#" for word in line.split())


def emphasis(text: str) -> list[tuple[int, int]]:
    """Return where runs of three or more words stand in capitals that are words, not letters."""
    found = []
    for run in _EMPHASIS.finditer(text):
        words = run[0].lower().split()
        plain = sum(w in _capital_words() or (len(w) > _SHORT and w in dictionary()) for w in words)
        if plain >= 2 and plain * 2 > len(words):
            found.append(run.span())
    return found


def _is_initialism(letters: str) -> bool:
    """Tell whether two to five capitals are letters: GDP, but NASA, and NOT in "do NOT"."""
    word = letters.lower()
    phones = dictionary().get(word, "").split()
    if phones and (word in modern() or phones == _names(word)):
        return False  # said so as one word
    if len(letters) <= _SHORT:
        return word not in _capital_words()
    return not phones


def _names(word: str) -> list[str]:
    """Return the phones of the names of the letters of `word`."""
    return [phone for letter in word for phone in NAMES.get(letter, "").split()]


@lru_cache(maxsize=20000)
def lexicon_words(token: str, shouted: bool = False) -> tuple[str, ...]:
    """Return a run of letters, apostrophes and hyphens as words that a lexicon can hold.

    shouted: capitals mean nothing.
    """
    return tuple(_words_of(token, shouted))


def _words_of(token: str, shouted: bool) -> list[str]:
    known = dictionary()
    if "-" in token:
        if token.replace("-", "").lower() in modern():
            return [token.replace("-", "")]
        token = _PREFIXED.sub(_joined, token)
        parts = (part for part in token.split("-") if part)
        return [word for part in parts for word in lexicon_words(part, shouted)]
    if _VERSIONED.fullmatch(token):
        return [*_spelled(token[:-1], ""), token[-1]]
    initials = None if shouted else _INITIALS.fullmatch(token)
    plural = initials and initials[2] == "s" and token.lower() not in known
    if initials and (plural or _is_initialism(initials[1])):
        return _spelled(initials[1], initials[2] or "")
    if token.lower() in known or drops_g(token.lower()):
        return [token]
    if token.lower() in _AND:
        return ["and"]
    bare = token.strip("'")
    if not bare or bare.lower() in known or shouted:
        return [bare] if bare else []
    return _camel_words(bare) or [bare]


def drops_g(word: str) -> bool:
    """Tell whether `word` is a word in -ing without its g: jokin'."""
    return word.endswith("in'") and len(word) > 4 and f"{word[:-1]}g" in dictionary()


def _camel_words(word: str) -> list[str]:
    """Return the words of YouTube, PyTorch, SQLite, iPhone's; [] if it is a single one."""
    stem, apostrophe, ending = word.partition("'")
    if not stem.isalpha() or ending not in ("", "s") or stem[:-1].lower() in dictionary():
        return []  # not PhDs
    late = re.fullmatch("([A-Z]{2,5})([A-Z][a-z]{2,})", stem)
    if late and late[2].lower() in dictionary():
        parts = [late[1], late[2]]
    else:
        parts = _CAMEL.findall(stem)
        if not _is_camel(stem, parts):
            return []
    said = []
    for part in parts:
        other = _PARTS.get(part.lower())
        said += [other] if other else lexicon_words(part)
    return [*said[:-1], said[-1] + apostrophe + ending]


def _joined(match: re.Match[str]) -> str:
    """Write co-operate as the dictionary writes it; other words stay apart."""
    whole = match[1] + match[2]
    return whole if whole.lower() in dictionary() else match[0]


def _spelled(letters: str, ending: str) -> list[str]:
    """Return the names of letters; CDs, GPU's: the ending belongs to the last one."""
    names = list(letters.lower())
    last = f"{names[-1]}'s" if ending else letter_word(names[-1])
    return [*map(letter_word, names[:-1]), last]


def _is_camel(word: str, parts: Sequence[str]) -> bool:
    """Tell whether `word` is several words with capitals: YouTube, iPhone, but not McKay."""
    if len(parts) < 2 or len("".join(parts)) != len(word) or not re.search("[a-z][A-Z]", word):
        return False
    first = parts[0].lower()
    return parts[0][0].islower() or first not in _NAME_PARTS


def name_letters(words: list[str]) -> list[str]:
    """Write `words` of a sentence with its marks; A as the letter's name where no article."""
    return [
        "ay" if word == "A" and _is_letter(words, index) else word
        for index, word in enumerate(words)
    ]


def _is_letter(words: Sequence[str], index: int) -> bool:
    before = words[index - 1].lower() if index else ""
    after = words[index + 1] if index + 1 < len(words) else "."
    alone = index == 0 and len(words) == 1
    if after[0].isalpha():
        return before in _BEFORE_LETTER or before in ("the", "an")  # the A train
    return before in _BEFORE_LETTER or bool(before) or alone
