"""lexicon.txt for the runtime: words with their tokens, none of them unknown to the table."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tts.errors import InputError
from tts.files import atomic_path
from tts.text.tokens import TokenTable


def write_lexicon(
    entries: Iterable[tuple[str, list[str]]], table: TokenTable, path: Path | str
) -> tuple[int, list[str]]:
    """Write `word token token ...` lines, atomically, in the order given, each word once.

    Returns: number of lines, and the words left out because a token is not in the table.
    Raises: InputError when no entry can be written.
    """
    seen: set[str] = set()
    left_out = []
    with atomic_path(path) as temporary:
        with open(temporary, "w", encoding="utf-8") as file:
            for word, tokens in entries:
                if word in seen:
                    continue
                if not tokens or table.unknown(tokens) or not word or any(map(str.isspace, word)):
                    left_out.append(word)
                    continue
                seen.add(word)
                file.write(f"{word} {' '.join(tokens)}\n")
        if not seen:
            raise InputError(
                f"{path}: none of {len(left_out)} words has its tokens in the token table; "
                "the lexicon and tokens.txt belong to different front ends"
            )
    return len(seen), left_out


def read_lexicon(path: Path | str) -> dict[str, list[str]]:
    """The words of a lexicon.txt with their tokens; of two lines for a word the first counts."""
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path} does not exist: generate_lexicon.py writes it")
    entries: dict[str, list[str]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        word, *tokens = line.split()
        if not tokens:
            raise InputError(f"{path}, line {number}: expected 'word token ...', found {line!r}")
        entries.setdefault(word, tokens)
    return entries
