"""Read prosody marks #1 to #4 from labels, predict them for other text, set them among words.

#1 ends a prosodic word, #2 a prosodic phrase, #3 an intonational phrase, #4 the sentence. As a
token a mark stands right after the word that it ends, before any punctuation, which is where
labels have it. Where one text holds several sentences each ends with #4, as if said alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from tts.text.characters import fold, is_hanzi
from tts.text.mandarin.erhua import SUFFIX
from tts.text.mandarin.pinyin import INITIALS
from tts.text.spoken import Marked, Word

MARKS = ("#1", "#2", "#3", "#4")
LAST = len(MARKS)  # the level of a sentence's end
SENTENCE_ENDS = "。！？"

_MARK = re.compile(r"[#＃](\d?)")
_SILENT_SOURCES = ("punctuation", "space", "prosody")


class Predictor(Protocol):
    """Hold what gives the levels inside a sentence."""

    def __call__(self, words: Sequence[str]) -> list[int]:
        """Return levels 0 to 3, one for each unit in `units_of(words)`, the last unused."""


def is_said(character: str) -> bool:
    """Return whether labels count `character` as a syllable: a Hanzi or a Latin letter."""
    return is_hanzi(character) or fold(character).isalpha()


def read_marks(marked: str) -> Marked:
    """Read a text with marks, whatever stands in it; what is odd is reported.

    Of several marks at one place the highest counts. A mark that no character precedes and one
    beside #1 to #4 are dropped. A text with marks ends with #4 where its end has none.
    """
    levels: list[int] = []
    faults: list[str] = []
    text: list[str] = []
    found = start = 0
    marked_at = -1
    for match in [*_MARK.finditer(marked), None]:
        stop = match.start() if match else len(marked)
        piece = marked[start:stop]
        text.append(piece)
        levels += [0] * sum(map(is_said, piece))
        if not match:
            break
        start = match.end()
        if f"#{match[1]}" not in MARKS:
            faults.append(f"{match[0]} is none of {' '.join(MARKS)}")
        elif not levels:
            faults.append(f"{match[0]} stands before the first character")
        else:
            if marked_at == len(levels):
                faults.append(f"two marks after character {len(levels)}: the higher one counts")
            marked_at = len(levels)
            levels[-1] = max(levels[-1], int(match[1]))
            found += 1
    if found and not levels[-1]:
        faults.append("no mark at the end: #4 is assumed")
        levels[-1] = LAST
    return Marked("".join(text), tuple(levels) if found else (), tuple(faults))


def units_of(words: Sequence[str]) -> list[str]:
    """Find where marks may stand: after every Hanzi and Latin word, which are the units."""
    return [
        unit
        for word in words
        if word not in SENTENCE_ENDS and word != "，"
        for unit in ([word] if word.isascii() else word)
    ]


def levels_of(words: Sequence[str], predict: Predictor) -> list[int]:
    """Return predicted levels after each unit of words and ，。！？, sentence by sentence."""
    levels: list[int] = []
    sentence: list[str] = []
    for word in [*words, ""]:
        if word and word not in SENTENCE_ENDS:
            sentence.append(word)
            continue
        inside = predict(sentence)
        if inside:
            levels += [*inside[:-1], LAST]
        sentence = []
    return levels


def set_marks(words: Sequence[Word], predict: Predictor) -> list[Word]:
    """Return `words` with the predicted marks among them; a word with a mark inside becomes two."""
    said = [word for word in words if word.source not in ("space", "prosody")]
    levels = iter(levels_of([word.text for word in said], predict))
    marked: list[Word] = []
    for word in words:
        if word.source in _SILENT_SOURCES:
            marked.append(word)
            continue
        begun: list[tuple[str, tuple[str, ...]]] = []
        for text, tokens in _parts(word):
            level = max(next(levels) for _ in units_of([text]))
            begun.append((text, tokens))
            if level:
                marked += [_joined(begun, word.source), mark_word(level)]
                begun = []
        if begun:
            marked.append(_joined(begun, word.source))
    return marked


def labelled_sentences(
    words: Sequence[Word], levels: Sequence[int]
) -> list[tuple[list[str], list[int]]]:
    """Return what a predictor learns from: each sentence's words and the levels after its units.

    words: as a front end says the text, without marks; levels: after each character. Nothing
    where the two do not match, for example since a number was written in digits.
    """
    said = [word.text for word in words if word.source != "space"]
    if sum(len(word) for word in said if units_of([word])) != len(levels):
        return []
    sentences: list[tuple[list[str], list[int]]] = [([], [])]
    place = 0
    for word in said:
        if word in SENTENCE_ENDS:
            sentences.append(([], []))
            continue
        sentences[-1][0].append(word)
        for unit in units_of([word]):
            place += len(unit)
            sentences[-1][1].append(levels[place - 1])
    return [sentence for sentence in sentences if sentence[1]]


def mark_word(level: int) -> Word:
    """Return the mark of a level from 1 to 4, as a word."""
    mark = MARKS[level - 1]
    return Word(mark, (mark,), "prosody")


def _joined(parts: Sequence[tuple[str, tuple[str, ...]]], source: str) -> Word:
    text = "".join(text for text, _ in parts)
    return Word(text, tuple(token for _, tokens in parts for token in tokens), source)


def _parts(word: Word) -> list[tuple[str, tuple[str, ...]]]:
    """Return the characters of a word with their tokens, a suffix 儿 with the character before it.

    The whole word where it cannot be cut: Latin, or not one syllable a character.
    """
    whole = [(word.text, word.tokens)]
    if word.text.isascii():
        return whole
    syllables: list[tuple[str, ...]] = []
    initial: tuple[str, ...] = ()
    for token in word.tokens:
        if token in INITIALS:
            initial = (token,)
        else:
            syllables.append((*initial, token))
            initial = ()
    parts: list[tuple[str, tuple[str, ...]]] = []
    rest = iter(syllables)
    for character in word.text:
        if character == SUFFIX and parts and _ends_with_r(parts[-1][1][-1]):
            parts[-1] = (parts[-1][0] + SUFFIX, parts[-1][1])
            continue
        tokens = next(rest, None)
        if tokens is None:
            return whole
        if character == SUFFIX and parts and tokens[-1] in ("er", "er5"):
            parts[-1] = (parts[-1][0] + SUFFIX, parts[-1][1] + tokens)
        else:
            parts.append((character, tokens))
    return whole if next(rest, None) else parts


def _ends_with_r(token: str) -> bool:
    """Return whether a syllable's last token holds a fused suffix already."""
    base = token.rstrip("12345")
    return base.endswith("r") and base != "er"
