"""Say texts that are phones already: symbols with spaces between them, of any language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from tts.errors import InputError
from tts.text import codes
from tts.text.fst.symbols import write_symbol_fst
from tts.text.phones.symbols import PAUSES, WORD_END, token_of
from tts.text.spoken import FrontEndConfig, Problem, Spoken, Word
from tts.text.tokens import PAD, TokenTable

_SYMBOL = re.compile(r"\S+")


class PhoneFrontEnd:
    """Turn symbols into tokens (see FrontEnd), each into its own.

    `|` may part words; marks such as `,` and `.` are symbols of their own, too.
    Raises: InputError for a configuration without symbols, or with two that look alike.
    """

    runs_in = (
        "Runs in sherpa-onnx **1.13.x** and **2.x**. Its texts are phones with spaces between "
        "them, in the symbols of tokens.txt (there _0 is added to some that 2.x would not read "
        "otherwise). Give the rule file phones.fst: with it both leave out other symbols alone."
    )
    cut_note = (
        "\n`max_words_in_sentence` is for 2.x: without it, and in the command line's program, "
        "a text of more than 20 phones\nmay be cut where no pause is.\n"
    )

    def __init__(self, config: FrontEndConfig):
        self.config = config
        self._tokens = {symbol: token_of(symbol) for symbol in config.symbols.split()}
        if not self._tokens:
            raise InputError(
                "a voice of phones needs its symbols: stage 2 (prepare_tokens.py) collects them "
                "from the texts or reads them with --symbols FILE"
            )
        counts = Counter([PAD, *self._tokens.values()])
        if alike := [token for token, count in counts.items() if count > 1]:
            raise InputError(f"two symbols would have the same name in tokens.txt: {alike[0]}")

    def token_table(self) -> TokenTable:
        """Return `_` as 0 and the symbols in the order of the configuration."""
        return TokenTable.of([PAD, *self._tokens.values()])

    def __call__(self, text: str) -> Spoken:
        """Say every symbol that the table has; the others stand in `problems`."""
        words: list[Word] = []
        problems: list[Problem] = []
        for found in _SYMBOL.finditer(text):
            symbol = found[0]
            if symbol in self._tokens:
                words.append(Word(symbol, (self._tokens[symbol],), _source(symbol)))
                continue
            reason = f"left out: not one of the {len(self._tokens)} symbols of this voice"
            problems.append(Problem(found.start(), symbol, reason))
        said = " ".join(word.text for word in words)
        return Spoken(text, said, tuple(words), tuple(problems))

    def normalize(self, text: str) -> str:
        """Write `text` in codes (tts.text.codes): runtimes part symbols and fold their case."""
        return codes.in_codes(self(text).tokens, self.token_table())

    def lexicon(self, texts: Iterable[str] = ()) -> Iterator[tuple[str, list[str]]]:
        """Yield codes, then the symbols themselves but for those that differ in case alone."""
        entries = dict(codes.entries(self.token_table()))
        yield from entries.items()
        folded = Counter(symbol.lower() for symbol in self._tokens)
        for symbol, token in self._tokens.items():
            if folded[symbol.lower()] == 1 and symbol.lower() not in entries:
                yield symbol, [token]

    def write_rule_fsts(self, folder: Path) -> list[Path]:
        """Write phones.fst, which turns symbols into codes, and leaves out unknown ones."""
        path = folder / "phones.fst"
        table = self.token_table()
        code = {symbol: codes.code_of(token, table) for symbol, token in self._tokens.items()}
        write_symbol_fst(path, {symbol: c for symbol, c in code.items() if c})
        return [path]


def _source(symbol: str) -> str:
    if symbol == WORD_END:
        return "space"
    return "punctuation" if symbol in PAUSES else "phone"
