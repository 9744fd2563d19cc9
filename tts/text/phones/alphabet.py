"""Match phones of any language by their names."""

from __future__ import annotations

from tts.text.alphabet import LENGTH, STRESS, PhoneAlphabet
from tts.text.phones.symbols import BREAKS, WORD_END, token_of
from tts.text.spoken import FrontEndConfig

_UNLIKE = 0.6  # all symbols are equally unlike: nothing is known of their sounds


def alphabet(config: FrontEndConfig) -> PhoneAlphabet:
    """Return the alphabet of a voice's own symbols: an aligner's labels must be the same."""
    symbols = config.symbols.split()
    sounds = {token_of(s): _sound(s) for s in symbols if s not in BREAKS}
    return PhoneAlphabet(
        tuple(sounds.values()),
        lambda a, b: _UNLIKE,
        lambda label: (sounds[token_of(label)],) if token_of(label) in sounds else None,
        lambda token: (sounds[token],) if token in sounds else None,
        parts_words=WORD_END in symbols,
    )


def _sound(symbol: str) -> str:
    """Return a symbol for matching, unlike the marks that matching has itself (| and *)."""
    return symbol if symbol == LENGTH or symbol in STRESS else f"/{symbol}"
