"""Define how pronunciations are written that users give, in a file or in brackets in a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tts.text.characters import is_hanzi
from tts.text.languages import LANGUAGES, language_of, load

# What users may write between items in brackets.
BETWEEN = re.compile(r"[\s,;._/-]+")


@dataclass(frozen=True)
class Notation:
    """Hold how the pronunciation of a word is written; items have white space between them.

    Attributes:
      cased: items as written -> as the front end takes them.
      fault: (word, such items) -> why they are no pronunciation of it; empty if they are one.
      is_meant: whether the content of brackets after a word is meant as a pronunciation.
      is_sure: whether it is even where it stands after a word of another script.
      num_characters: (items, last character of the word) -> characters of the word, for a script
        without spaces between words.
      shown: a word with its brackets, for messages.
    """

    cased: Callable[[Sequence[str]], list[str]]
    fault: Callable[[str, Sequence[str]], str]
    is_meant: Callable[[str], bool]
    shown: str
    is_sure: Callable[[str], bool] = lambda content: True
    num_characters: Callable[[Sequence[str], str], int] = lambda said, last: len(said)


def script_of(word: str) -> str:
    """Return which of the scripts in the language table a word is written in."""
    return "hanzi" if any(map(is_hanzi, word)) else "latin"


def notation_of(script: str, language: str = "") -> Notation:
    """Return the notation of a script: that of the language, else of the first row that has it."""
    rows = [language_of(language)] if language else []
    return load(
        next(r.scripts[script] for r in (*rows, *LANGUAGES.values()) if script in r.scripts)
    )
