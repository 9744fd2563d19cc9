"""The English front end of permissively licensed parts: dictionary, rules, letter to sound."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tts.text.arpabet import PUNCTUATION, lexicon_table
from tts.text.bpe import BpeModel
from tts.text.characters import Leftovers
from tts.text.frontend import FrontEndConfig, Spoken, Word
from tts.text.normalize_english import normalize
from tts.text.problems import join_hanzi
from tts.text.pronounce import dictionary, pronounce, words
from tts.text.tokens import TokenTable

_WORD = re.compile(r"[A-Za-z']+|[,.!?;]")


class LexiconFrontEnd:
    """English text to IPA tokens (see FrontEnd), as the runtime's lexicon says it."""

    def __init__(self, config: FrontEndConfig):
        self.config = config
        self._bpe = BpeModel(config.bpe_model, (" ", *PUNCTUATION)) if config.bpe_model else None

    def token_table(self) -> TokenTable:
        """`_` 0, ASCII symbols at their code points, other IPA symbols from 1 on; or bpe."""
        return self._bpe.table if self._bpe else lexicon_table()

    def normalize(self, text: str) -> str:
        """Words of a-z with ', single spaces, single `, . ! ? ;`."""
        return normalize(text)[0]

    def __call__(self, text: str) -> Spoken:
        """Words between single spaces; no space stands beside punctuation."""
        normalized, problems = normalize(text)
        said: list[Word] = []
        leftovers = Leftovers(text)
        for match in _WORD.finditer(normalized):
            piece = match[0]
            if piece in PUNCTUATION:
                said.append(Word(piece, (piece,), "punctuation"))
                continue
            if said and said[-1].source != "punctuation":
                said.append(Word(" ", (" ",), "space"))
            if self._bpe:
                tokens, unknown = self._bpe.encode(piece.lower())
                said.append(Word(piece, tokens, "bpe"))
                problems += [leftovers.problem(symbol) for symbol in unknown]
            else:
                said.append(Word(piece, *pronounce(piece.lower())))
        problems = join_hanzi(text, problems, "left out: an English voice cannot say Mandarin")
        return Spoken(text, normalized, tuple(said), tuple(problems))

    def lexicon(self, texts: Iterable[str] = ()) -> Iterator[tuple[str, list[str]]]:
        """Every word of the dictionary, then the other words of `texts`."""
        known = dictionary()
        for word, symbols in words():
            yield word, list(self._bpe.encode(word)[0] if self._bpe else symbols)
        seen = set()
        for text in texts:
            for word in self(text).words:
                entry = word.text.lower()
                if word.source not in ("space", "punctuation") and entry not in known:
                    if entry not in seen and word.tokens:
                        yield entry, list(word.tokens)
                    seen.add(entry)
