"""Count the errors of what a recogniser heard."""

from __future__ import annotations

from typing import NamedTuple

from tts.evaluate.edits import is_broken, num_errors
from tts.evaluate.utterance import SystemUtterance


class Errors(NamedTuple):
    """Hold errors and the units of the text that they are a share of."""

    errors: int
    units: int


def _errors(utterance: SystemUtterance, kind: str) -> Errors | None:
    edits = utterance.edits.get(kind)
    if edits is None:
        return None
    units = sum(edit.said is not None for edit in edits)
    return Errors(num_errors(edits), units) if units else None


def word_errors(utterance: SystemUtterance) -> Errors | None:
    """Count words that were replaced, left out or added, per words of the text, over all
    utterances together; both as Whisper's English normaliser writes them.
    """
    return _errors(utterance, "word")


def syllable_errors(utterance: SystemUtterance) -> Errors | None:
    """Count Mandarin syllables without tone that were replaced, left out or added, per syllables
    of the text; both read by pypinyin, so that other Hanzi of the same sound count as right.
    """
    return _errors(utterance, "syllable")


def tonal_errors(utterance: SystemUtterance) -> Errors | None:
    """Count Mandarin syllables as above, with their tones."""
    return _errors(utterance, "tonal syllable")


def character_errors(utterance: SystemUtterance) -> Errors | None:
    """Count letters (without spaces) or Hanzi that were replaced, left out or added."""
    return _errors(utterance, "character")


def broken_sentences(utterance: SystemUtterance) -> Errors | None:
    """Count utterances in which three or more words (syllables) in a row are missing at the end, or
    were added anywhere.
    """
    kind = "word" if "word" in utterance.edits else "syllable"
    if _errors(utterance, kind) is None:
        return None
    return Errors(int(is_broken(utterance.edits[kind])), 1)
