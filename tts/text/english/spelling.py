"""Spell written English as words that a lexicon can hold: hyphens, capitals, initialisms."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tts.text.english.dictionary import dictionary

# Runtimes cut at every hyphen: so do we, but for prefixes, which are no words.
_PREFIXED = re.compile(r"\b(anti|co|de|non|pre|re|un)-([a-z]+)", re.IGNORECASE)
# In capitals these are letters, although the dictionary has a word of the same letters.
_LETTERS = frozenset(
    "AD AI AM BA CT DA ER EU GI ID IRA IT LA LED LOL MA MS NGO OS PA PM UN US WHO".split()  # noqa: SIM905
)
# Longer capitals are read as a word; the dictionary knows most of either kind (NASA, FBI).
_LONGEST_INITIALISM = 5
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
# Parts of names that belong to what follows: McKay, DeVito, O'Hara.
_NAME_PARTS = frozenset("mc mac de di du da la le van von st fitz o d l".split())  # noqa: SIM905
_VERSIONED = re.compile("[A-Z]{2,4}v")  # IPv of IPv6
_INITIALS = re.compile(r"([A-Z]{2,5}?)(s|'s)?")
# Before these a capital A is the letter, not the article.
_BEFORE_LETTER = frozenset(
    "plan vitamin grade group type section hepatitis appendix class exhibit team point letter "  # noqa: SIM905
    "level part division category option side series unit".split()
)
_AND = ("'n'", "'n", "n'")


def letter_word(letter: str) -> str:
    """Return a letter so that a lexicon says its name: the word a would be the article."""
    return "ay" if letter == "a" else letter


def is_shouted(text: str) -> bool:
    """Return whether a text is all in capitals, so that they mean nothing."""
    return text.isupper() and text.count(" ") >= 3


def lexicon_words(token: str, shouted: bool = False) -> list[str]:
    """Return a run of letters, apostrophes and hyphens as words that a lexicon can hold.

    shouted: capitals mean nothing.
    """
    known = dictionary()
    if "-" in token:
        token = _PREFIXED.sub(_joined, token)
        parts = (part for part in token.split("-") if part)
        return [word for part in parts for word in lexicon_words(part, shouted)]
    if _VERSIONED.fullmatch(token):
        return [*_spelled(token[:-1], ""), "v"]
    initials = None if shouted else _INITIALS.fullmatch(token)
    if token.lower() in known and not (initials and initials[1] in _LETTERS):
        return [token]
    if token.lower() in _AND:
        return ["and"]
    bare = token.strip("'")
    if not bare:
        return []
    if initials and (initials[1] in _LETTERS or initials[1].lower() not in known):
        return _spelled(initials[1], initials[2] or "")
    if bare.lower() in known or shouted:
        return [bare]
    parts = _CAMEL.findall(bare) if bare.isalpha() else []
    if _is_camel(bare, parts):
        return [word for part in parts for word in lexicon_words(part)]
    return [bare]


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
    return before in _BEFORE_LETTER or (not after[0].isalpha() and (bool(before) or alone))
