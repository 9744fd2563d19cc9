"""Read the user's own pronunciations, and check that they are valid."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tts.errors import InputError
from tts.text.characters import APOSTROPHES, fold, is_hanzi
from tts.text.languages import LANGUAGES, language_of
from tts.text.notation import notation_of, script_of

if TYPE_CHECKING:
    from tts.text.spoken import FrontEndConfig

# How many faults a message lists before it only counts.
_SHOWN = 20
# What is looked up as one word: AT&T, O'Neil, C++; a full stop may follow.
WORD_SHAPE = re.compile(rf"[^\W_]+(?:[{APOSTROPHES}.&+-]+[^\W_]+)*\+*")


def word_key(word: str) -> str:
    """Return how a word is looked up: in lower case, with the ASCII apostrophe."""
    return "".join("'" if c in APOSTROPHES else c for c in word).lower()


def fault(word: str, said: Sequence[str], language: str = "") -> str:
    """Return why `said` is no pronunciation of `word`, in words; "" if it is one.

    said: see cased. language: see tts.text.notation.notation_of.
    """
    return notation_of(script_of(word), language).fault(word, said) if said else "no pronunciation"


def example(word: str, language: str = "") -> str:
    """Return a valid line, in the writing system of `word`."""
    rows = [language_of(language)] if language else []
    script = script_of(word)
    return next(r.lexicon_line for r in (*rows, *LANGUAGES.values()) if [*r.scripts] == [script])


def parse(text: str, language: str, where: str) -> dict[str, tuple[str, ...]]:
    """Return the entries of a user lexicon: word (see word_key) -> phones or syllables.

    A line is `word pronunciation`, separated by tabs or spaces; `#` begins a comment.
    language: of the table. where: what the message calls the text, such as its
    path. Raises: InputError that lists every line at fault with its number.
    """
    entries: dict[str, tuple[str, ...]] = {}
    first_line: dict[str, int] = {}
    faults: list[str] = []
    # Not splitlines(): a form feed or U+2028 in a line must not shift the numbers of the rest.
    for number, line in enumerate(text.lstrip("\ufeff").split("\n"), 1):
        fields = line.partition("#")[0].split()
        if not fields:
            continue
        word, said = fields[0], fields[1:]
        key = word_key(word)
        said = cased(word, said, language)
        reason = _word_fault(word, language) or fault(word, said, language)
        if not reason and key in first_line:
            reason = f"stands already in line {first_line[key]}"
        if reason:
            faults.append(f"line {number}: {word!r}: {reason}")
        else:
            entries[key] = tuple(said)
            first_line[key] = number
    if faults:
        shown = "\n".join(f"  {line}" for line in faults[:_SHOWN])
        more = f"\n  and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        usual = language_of(language).lexicon_line
        raise InputError(
            f"{where}: {len(faults)} of its lines cannot be used:\n{shown}{more}\n"
            f"a line is: word pronunciation, for example: {usual}"
        )
    return entries


def cased(word: str, said: Sequence[str], language: str = "") -> list[str]:
    """Return items of a pronunciation as the front end takes them, such as phones in upper case."""
    return notation_of(script_of(word), language).cased(said)


def _word_fault(word: str, language: str) -> str:
    """Return why no text of `language` can hold `word`; "" if one can."""
    row = language_of(language)
    hanzi = [c for c in word if is_hanzi(c)]
    if hanzi and "hanzi" not in row.scripts:
        return f"Hanzi in the lexicon of a voice that speaks {row.name}"
    if hanzi:
        return "" if len(hanzi) == len(word) else "Hanzi and other characters in one word"
    if "latin" not in row.scripts:
        return f"no Hanzi: a voice that speaks {row.name} has no phones for it"
    for c in word:
        if not (fold(c).isalnum() or c in APOSTROPHES or c in "-.&+"):
            return f"{c!r} is no part of a word"
    if not any(fold(c).isalpha() for c in word):
        return "no letter in it"
    if WORD_SHAPE.fullmatch(word.removesuffix(".")):
        return ""
    return "no text can hold it: a word begins and ends with a letter or digit (or ends with . +)"


def merge(stored: str, added: str, language: str, where: str) -> str:
    """Return the text of a lexicon with the entries of `stored` and, over them, those of `added`.

    Raises: InputError as parse.
    """
    entries = {**parse(stored, language, "user_lexicon"), **parse(added, language, where)}
    return "".join(f"{word} {' '.join(said)}\n" for word, said in entries.items())


def with_user_lexicon(config: FrontEndConfig, path: Path | str | None) -> FrontEndConfig:
    """Return `config` with the entries of a file over those it has; without a path `config` itself.

    Raises: InputError for a file that cannot be read, as parse for its lines, and for a front
    end that has no phones of its own.
    """
    if not path:
        return config
    path = Path(path)
    row = language_of(config.language)
    if not config.kind.lexicon or not row.scripts or config.spells:
        raise InputError(
            f"--user-lexicon {path}: a voice with frontend {config.frontend} and unit "
            f"{config.unit} takes no pronunciations; it needs frontend lexicon or pinyin, and "
            "phones or syllables as its unit"
        )
    try:
        added = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(
            f"--user-lexicon {path} does not exist; it holds lines such as: {row.lexicon_line}"
        ) from None
    except (UnicodeDecodeError, OSError) as error:
        raise InputError(f"--user-lexicon {path} cannot be read as UTF-8 text: {error}") from None
    return replace(
        config, user_lexicon=merge(config.user_lexicon, added, config.language, str(path))
    )
