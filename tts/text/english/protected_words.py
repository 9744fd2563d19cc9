"""Protect words whose pronunciation a text or the user gives from normalisation.

Each such word is replaced by a made-up word that no rule touches, and found again behind it.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace

from tts.text.characters import APOSTROPHES, is_hanzi
from tts.text.english.normalize import ABBREVIATIONS
from tts.text.inline_pronunciations import split_pronunciations
from tts.text.spoken import Problem
from tts.text.user_lexicon import WORD_SHAPE, word_key

# No word begins so; the second one is for a text that holds the first.
_PREFIXES = ("zqxj", "xjqv", "vqzx")
_DIGITS = "abcdefghij"
_MADE_UP = re.compile(rf"(?:{'|'.join(_PREFIXES)})[{_DIGITS}]+", re.IGNORECASE)
_PIECE = re.compile(rf"[^\W_]+(?:[{APOSTROPHES}][^\W_]+)*")
_POSSESSIVE = re.compile(rf"[{APOSTROPHES}]s?$", re.IGNORECASE)


@dataclass(frozen=True)
class ProtectedWord:
    """Hold a word with phones of its own. source: override or lexicon, whose entry is `key`."""

    text: str
    phones: tuple[str, ...]
    source: str
    key: str = ""


@dataclass
class ProtectedText:
    """Hold a text with made-up words in it, and what they stand for."""

    text: str
    words: dict[str, ProtectedWord]
    problems: list[Problem]
    starts: list[tuple[int, int]]  # places here and in the input, in order

    def find(self, piece: str) -> tuple[ProtectedWord, str] | None:
        """Find the word that a normalised piece stands for, and a possessive after it."""
        word, apostrophe, rest = piece.lower().partition("'")
        protected = self.words.get(word)
        return (protected, apostrophe + rest) if protected else None

    def written(self, text: str) -> str:
        """Return `text` with the words themselves in place of the made-up ones."""
        if not self.words:
            return text
        return _MADE_UP.sub(lambda match: self._word_of(match[0]), text)

    def _word_of(self, name: str) -> str:
        protected = self.words.get(name.lower())
        return protected.text if protected else name

    def restored(self, problem: Problem) -> Problem:
        """Return `problem` of this text as one of the input."""
        index = bisect.bisect_right(self.starts, (problem.position, float("inf"))) - 1
        here, there = self.starts[max(index, 0)]
        shown = self.written(problem.text)
        return replace(problem, position=there + problem.position - here, text=shown)


def protect(text: str, user_words: Mapping[str, tuple[str, ...]]) -> ProtectedText:
    """Return `text` with overridden words and those of the user's lexicon replaced.

    user_words: keys as user_lexicon.word_key makes them, with their phones.
    """
    lower = text.lower()
    prefix = next((prefix for prefix in _PREFIXES if prefix not in lower), "")
    protected = ProtectedText("", {}, [], [])
    pieces: list[str] = []
    length = 0

    def add(piece: str, position: int, word: ProtectedWord | None = None) -> None:
        nonlocal length
        if pieces and pieces[-1] in protected.words and piece[:1].isalnum():
            pieces.append(" ")  # letters after it would make it another word
            length += 1
        protected.starts.append((length, position))
        if word and prefix:
            number = str(len(protected.words))
            piece = prefix + "".join(_DIGITS[int(digit)] for digit in number)
            protected.words[piece] = word
        pieces.append(piece)
        length += len(piece)

    for part in split_pronunciations(text):
        hanzi = part.said is not None and any(map(is_hanzi, part.text))
        problem = None if hanzi else part.problem()
        if problem:
            protected.problems.append(problem)
        if part.left_out and not part.text:
            continue
        if part.said is not None and not problem and not hanzi:
            add(part.text, part.position, ProtectedWord(part.text, part.phones, "override"))
        elif user_words:
            done = 0
            for begin, end, key in _user_words(part.text, user_words):
                if begin > done:
                    add(part.text[done:begin], part.position + done)
                word = part.text[begin:end]
                add(
                    word,
                    part.position + begin,
                    ProtectedWord(word, user_words[key], "lexicon", key),
                )
                done = end
            if done < len(part.text):
                add(part.text[done:], part.position + done)
        else:
            add(part.text, part.position)
    protected.text = "".join(pieces)
    return protected


def _user_words(text: str, words: Container[str]) -> Iterator[tuple[int, int, str]]:
    """Yield where the user's words begin and end in `text`, and under which key they are listed."""
    end = len(text.rstrip(" \"'”’"))
    for run in WORD_SHAPE.finditer(text):
        key, stop = word_key(run[0]), run.end()
        if text[stop : stop + 1] == ".":
            dotted = key + "." if key + "." in words else key
            if dotted in words and (dotted != key or key in ABBREVIATIONS):
                # Its full stop goes with it, but at the very end it ends the sentence, too.
                yield run.start(), stop + (stop + 1 != end), dotted
                continue
        if key in words:
            yield *run.span(), key
            continue
        for piece in _PIECE.finditer(text, *run.span()):
            for word in (piece[0], _POSSESSIVE.sub("", piece[0])):
                if word_key(word) in words:
                    yield piece.start(), piece.start() + len(word), word_key(word)
                    break
