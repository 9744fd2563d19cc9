"""Write and read the runtime's lexicon.txt: `word token token ...` a line."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from pathlib import Path

from tts.errors import InputError
from tts.files import write_text
from tts.text.longest_match import longest_match
from tts.text.spoken import Problem, Spoken
from tts.text.tokens import TokenTable


@dataclass(frozen=True)
class LexiconReport:
    """Hold how many entries were written, and the words that were refused, by reason."""

    written: int
    unknown_tokens: tuple[str, ...]
    duplicates: tuple[str, ...]
    unusable: tuple[str, ...]

    def summary(self) -> str:
        """Sum up in one line for people."""
        refused = (
            ("with tokens missing from the table", self.unknown_tokens),
            ("standing twice", self.duplicates),
            ("empty or with a space", self.unusable),
        )
        parts = [f"{len(words)} {what} ({words[0]!r}, ...)" for what, words in refused if words]
        return f"{self.written} entries written; refused: {', '.join(parts) or 'none'}"


def write_lexicon(
    path: Path | str, entries: Iterable[tuple[str, list[str]]], table: TokenTable
) -> LexiconReport:
    """Write the entries that the runtime can use, atomically; words in lower case.

    The runtime would skip a token that is missing from its table without a word, and say the
    rest: such entries are refused here, as are repeated ones (the first counts) and those
    that its reader would split.
    """
    lines: dict[str, str] = {}
    unknown, duplicates, unusable = [], [], []
    for word, tokens in entries:
        word = word.lower()
        if not tokens or not word or len(word.split()) != 1 or word.split()[0] != word:
            unusable.append(word)
        elif word in lines:
            duplicates.append(word)
        elif table.unknown(tokens):
            unknown.append(word)
        else:
            lines[word] = f"{word} {' '.join(tokens)}\n"
    write_text(path, "".join(lines.values()))
    return LexiconReport(len(lines), tuple(unknown), tuple(duplicates), tuple(unusable))


def read_lexicon(path: Path | str) -> dict[str, list[str]]:
    """Read words and their tokens; of a word that stands twice the first, as in the runtime.

    Raises: InputError naming the file and the line for a word without tokens.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path} does not exist: generate_lexicon.py writes it")
    entries: dict[str, list[str]] = {}
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text: {error}") from None
    for number, line in enumerate(lines, 1):
        fields = line.split()
        if len(fields) == 1:
            raise InputError(
                f"{path}, line {number}: {fields[0]!r} has no tokens (expected: word token ...)"
            )
        if fields:
            entries.setdefault(fields[0].lower(), fields[1:])
    return entries


def missing_words(spoken: Spoken, entries: Container[str], by_character: bool) -> list[Problem]:
    """Return what of a text a runtime would skip, since its lexicon lacks it.

    by_character: the runtime cuts the text itself, by longest match (Mandarin).
    """
    if by_character:
        pieces = [p for p in longest_match(spoken.normalized, entries) if p not in " ，。！？"]
    else:
        said = (w for w in spoken.words if w.source not in ("space", "punctuation"))
        pieces = [word.text for word in said]
    problems = []
    place = 0
    for piece in pieces:
        if piece.lower() in entries:
            continue
        found = spoken.text.lower().find(piece.lower(), place)
        place = found + len(piece) if found >= 0 else place
        reason = "not in the lexicon: a runtime leaves it out"
        problems.append(Problem(max(found, 0), piece, reason))
    return problems
