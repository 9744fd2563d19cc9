"""Spell English words by their characters, with the token table of NVIDIA's Tacotron 2."""

from __future__ import annotations

from tts.text.tokens import PAD, TokenTable

_MARKS = "-!'(),.:;? "
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# Phones stand behind the characters. No text reaches them; weights that are read have rows of them.
_VOWELS = "AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW"
_CONSONANTS = "B CH D DH F G HH JH K L M N NG P R S SH T TH V W Y Z ZH"
_PHONES = sorted(
    [v + stress for v in _VOWELS.split() for stress in ("", "0", "1", "2")] + _CONSONANTS.split()
)


class Characters:
    """Cut words into characters, in the place of phones; see tts.text.bpe.BpeModel."""

    def __init__(self) -> None:
        symbols = [PAD, *_MARKS, *_LETTERS, *(f"@{phone}" for phone in _PHONES)]
        self.table = TokenTable.of(symbols)

    def encode(self, word: str) -> tuple[tuple[str, ...], list[str]]:
        """Return a word's characters, and those that have no token."""
        known = tuple(c for c in word if c in self.table.symbols and c != PAD)
        return known, [c for c in word if c not in known]
