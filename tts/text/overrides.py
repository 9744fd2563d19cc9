"""Pronunciations written into a text: `I read<R EH1 D> it`, `长<zhang3>大`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tts.text.characters import APOSTROPHES, fold, is_hanzi
from tts.text.frontend import Problem
from tts.text.user_lexicon import example, fault

# Longer contents are no pronunciation of one word.
_LONGEST = 400
_BRACKETS = re.compile(rf"<([A-Za-z0-9 ]{{1,{_LONGEST}}})>")


@dataclass(frozen=True)
class Part:
    """A stretch of a text: a word with what is written in brackets after it, or plain text.

    position: index of its first character in the whole text. said: the content of the
    brackets (which `text` does not hold); None for plain text.
    """

    text: str
    position: int
    said: str | None = None

    @property
    def phones(self) -> tuple[str, ...]:
        """What the brackets hold, item by item: phones in upper, syllables in lower case."""
        said = self.said or ""
        hanzi = any(map(is_hanzi, self.text))
        return tuple((said.lower() if hanzi else said.upper()).split())

    def problem(self) -> Problem | None:
        """What is wrong with the content of the brackets; None if it is a pronunciation."""
        if self.said is None:
            return None
        reason = fault(self.text, self.phones)
        if not reason:
            return None
        word, *said = example(self.text).split()
        shown = f"{self.text}<{self.said}>"
        hint = f"the word is said as usual (a valid one: {word}<{' '.join(said)}>)"
        return Problem(self.position, shown, f"{reason}; {hint}")


def split(text: str) -> list[Part]:
    """`text` as plain parts and overridden words, in order; only `<...>` itself is left out.

    Before the brackets stands a run of letters with ' and -, or as many Hanzi as the brackets
    hold syllables. Brackets after anything else, or with anything but letters, digits and
    spaces inside, are ordinary text.
    """
    if "<" not in text:
        return [Part(text, 0)] if text else []
    parts: list[Part] = []
    done = 0
    for match in _BRACKETS.finditer(text):
        start = _word_start(text, done, match.start(), match[1])
        if start == match.start() or not match[1].strip():
            continue
        if start > done:
            parts.append(Part(text[done:start], done))
        parts.append(Part(text[start : match.start()], start, match[1]))
        done = match.end()
    if done < len(text):
        parts.append(Part(text[done:], done))
    return parts


def _word_start(text: str, begin: int, end: int, said: str) -> int:
    """Where the word that ends at `end` starts; `end` if there is none."""
    start = end
    if end > begin and is_hanzi(text[end - 1]):
        left = _characters(said, text[end - 1])
        while start > begin and left and is_hanzi(text[start - 1]):
            start -= 1
            left -= 1
        return start
    while start > begin and (_is_letter(text[start - 1]) or text[start - 1] in f"{APOSTROPHES}-"):
        start -= 1
    while start < end and not _is_letter(text[start]):
        start += 1  # an opening quote or a dash before the word
    return start


def _is_letter(character: str) -> bool:
    return fold(character).isalpha() and not is_hanzi(character)


def _characters(said: str, last: str) -> int:
    """How many Hanzi the syllables of `said` are written with: 花儿 huar1 is two."""
    syllables = said.lower().split()
    fused = sum(item.rstrip("12345").endswith("r") and item[:2] != "er" for item in syllables)
    return len(syllables) + (fused if last == "儿" or fused > 1 else 0)
