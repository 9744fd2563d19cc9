"""Write tokens in codes, one Hangul syllable for each, as which any id passes the runtimes.

A Mandarin lexicon.txt of ours holds a line `code token` for every token. A text written in
codes therefore gives sherpa-onnx exactly the tokens that it names, in one run: the runtimes
keep Hangul as it is (measured with 1.13.4 and 2.0.1; 2.0.1 swallows private-use characters),
no normaliser or rule touches it, no Mandarin text holds it, and marks written as codes end no
sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tts.errors import InputError
from tts.text.tokens import PAD, TokenTable

FIRST = 0xAC00  # the code of id 0
LAST = 0xD7A3


def code_of(token: str, table: TokenTable) -> str | None:
    """Return the code of a token; None for the blank, white space, and ids beyond the last code."""
    number = FIRST + table.symbols[token]
    return chr(number) if number <= LAST and token != PAD and token.strip() else None


def entries(table: TokenTable) -> Iterator[tuple[str, list[str]]]:
    """Yield the lines of lexicon.txt that make codes work: each code and its token."""
    for token in table.symbols:
        code = code_of(token, table)
        if code:
            yield code, [token]


def in_codes(tokens: Iterable[str], table: TokenTable) -> str:
    """Return the text that makes a runtime say `tokens`, without spaces between the codes.

    Raises: InputError for tokens outside the table and for those that have no code.
    """
    tokens = list(tokens)
    unknown = table.unknown(tokens)
    if unknown:
        raise InputError(f"not in the token table: {' '.join(map(repr, unknown[:20]))}")
    codes = [code_of(token, table) for token in tokens]
    if None in codes:
        raise InputError(
            f"{tokens[codes.index(None)]!r} has no code: the table has {len(table.symbols)} "
            f"symbols, and the blank, white space and ids above {LAST - FIRST} have none"
        )
    return "".join(code for code in codes if code)
