"""Compare the phones of an aligner with the tokens of a voice: the alphabet of a language.

An aligner's phones and a voice's tokens rarely are the same set. An alphabet writes both in one
set of small symbols, so that they can be matched one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from tts.errors import InputError
from tts.text.languages import language_of, load
from tts.text.spoken import FrontEndConfig

STRESS = frozenset("ˈˌ")
LENGTH = "ː"
PUNCTUATION = frozenset(",.!?;:'\"()-—…")
_WIDE_PUNCTUATION = frozenset("，。！？；：、")  # tokens of voices of phones alone
Symbols = tuple[str, ...]


@dataclass(frozen=True)
class PhoneAlphabet:
    """Hold how phones and tokens of a language become symbols, and how unlike two symbols sound.

    Attributes:
      symbols: all there are, without the marks that every language has (stress, length).
      cost: of one symbol in place of another one.
      of_label: an aligner's phone -> its symbols; None where it is no phone.
      of_token: a token -> its symbols; None where it is no sound, and a pause may stand there.
      closes: whether a word or syllable ends behind an aligner's phone (label, symbols).
      opens: whether one begins at a token (token, the one before, unit of the front end).
      parts_words: whether tokens show where words end.
    """

    symbols: Symbols
    cost: Callable[[str, str], float]
    of_label: Callable[[str], Symbols | None]
    of_token: Callable[[str], Symbols | None]
    closes: Callable[[str, Symbols], bool] = lambda label, symbols: False
    opens: Callable[[str, str, str], bool] = lambda token, before, unit: False
    parts_words: bool = True


@lru_cache(maxsize=4)
def alphabet_of(config: FrontEndConfig) -> PhoneAlphabet:
    """Return the alphabet of a front end. Raises: InputError where its tokens are no phones."""
    name = language_of(config.language).alphabet
    if config.spells or not name:
        raise InputError(
            f"phone times cannot be given to the tokens of language {config.language} with unit "
            f"{config.unit}: take --aligner mas, a trained voice of these tokens"
        )
    return load(name)(config)


def is_break(token: str) -> bool:
    """Return whether a token (or `_`, the blank) is no sound: a pause may stand there."""
    if token in PUNCTUATION or token in _WIDE_PUNCTUATION or token.startswith("#"):
        return True
    return token in ("_", " ", "|", "^", "$")
