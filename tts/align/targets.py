"""A voice's tokens as what an aligner's phones can be matched to."""

from __future__ import annotations

from collections.abc import Sequence

from tts.align.phone_matching import Target
from tts.align.symbols import BREAK, english_symbols, mandarin_symbols
from tts.errors import InputError
from tts.text.mandarin.pinyin import INITIALS

SUFFIX = ("er", "er5")  # the suffix of a split erhua; er2 to er4 are syllables
_PUNCTUATION = frozenset(",.!?;:'\"()-—…")


def is_break(token: str) -> bool:
    """Whether a token (or `_`, the blank) is no sound: it stands where a pause may be."""
    return token in _PUNCTUATION or token in ("_", " ", "^", "$") or token.startswith("#")


def targets_of(tokens: Sequence[str], framing: str, language: str, unit: str) -> list[Target]:
    """Targets of `tokens` (without blanks), beginning and ending with a break.

    Of the tokens at a break a punctuation mark takes its pause, else a prosody mark, a space, a
    sentence mark, else the blank there. The places are indexes into the framed tokens.
    Raises: InputError for tokens that are no phones (word pieces).
    """
    if unit == "bpe" or language not in ("en-us", "zh"):
        raise InputError(
            f"phone times cannot be given to the tokens of language {language} with unit {unit}: "
            "take --aligner mas, a trained voice of these tokens"
        )
    symbols_of = _english if language == "en-us" else _mandarin
    inner = framing == "reference"  # it begins with ^ instead of a blank
    ends = [] if framing == "blank" else ["^"]
    framed = [*ends, *tokens, *(["$"] if ends else [])]
    begin = 0
    targets: list[Target] = []
    waiting = [(0, "^" if inner else "_")]  # tokens at the break that is being read

    def end_break(blank: int) -> None:
        ranked = sorted((*waiting, (blank, "_")), key=lambda item: _rank(item[1]))
        targets.append(Target(tuple(place for place, _ in ranked), (BREAK,)))
        waiting.clear()

    for index, token in enumerate(framed):
        place = 2 * index + (0 if inner else 1)
        symbols = symbols_of(token)
        if symbols is None:
            waiting.append((place, token))
            continue
        if waiting:
            end_break(begin)
        elif language == "zh" and _begins_syllable(token, framed[index - 1], unit):
            targets.append(Target((place - 1,), (BREAK,)))
        targets.append(Target((place,), symbols))
        begin = place + 1
    last = 2 * len(framed) - (2 if inner else 0)
    end_break(last)
    return targets


def _rank(token: str) -> int:
    """Which of the tokens at a break takes its pause: the one with the lowest rank."""
    if token in _PUNCTUATION:
        return 0
    if token.startswith("#"):
        return 1
    return {" ": 2, "^": 3, "$": 3}.get(token, 4)


def _english(token: str) -> tuple[str, ...] | None:
    """A token's symbol; None for a break; an unknown letter stands for any sound."""
    return None if is_break(token) else english_symbols(token) or ("ə",)


def _mandarin(token: str) -> tuple[str, ...] | None:
    if token in SUFFIX:
        return ("r",)
    return None if is_break(token) else mandarin_symbols(token)


def _begins_syllable(token: str, before: str, unit: str) -> bool:
    """Whether a syllable, but the suffix of the one before, begins here."""
    if token in SUFFIX:
        return False
    return unit == "syllable" or before not in INITIALS
