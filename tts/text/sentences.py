"""Cut long texts into sentences, as runtimes cut them; nothing is lost, nothing comes twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tts.errors import InputError
from tts.text.languages import language_of, load

_HANZI = r"\u3400-\u9fff\u3041-\u30ff\U00020000-\U0003ffff"
_CLOSING = r"[\"'”’»)\]}」』）】》]{0,9}"
# An ASCII mark ends a sentence before a space, a quote or a Chinese character: 3.14 goes on.
_END = re.compile(
    rf"(?:[。！？｡；…]+|(?<![.!?;])[.!?;]+(?={_CLOSING}(?:\s|$|[{_HANZI}]))"
    rf"|(?<=[{_HANZI}])[.!?;]+){_CLOSING}|\n"
)
_PAUSE = re.compile(rf"[，、：]{_CLOSING}|[,:]{_CLOSING}(?=\s|[{_HANZI}])|(?<=\s)[-—–]+(?=\s)|[—]+")
# Inside of an inline pronunciation, 重庆<chong2 qing4>, nothing is cut.
_OUTSIDE = r"(?![^<>]{0,80}>)"
_SPACE = re.compile(rf"\s+{_OUTSIDE}")
# Between these two a cut hurts least, where a stretch has neither mark nor space.
_BETWEEN = re.compile(
    rf"(?:(?<=[{_HANZI}])(?=[^\W_])|(?<=[^\w<])(?<!\d[.,:/-])(?=\w)|(?<=[A-Za-z])(?=\d)){_OUTSIDE}"
)

# How much of the text before a full stop tells whether it ends a sentence.
_LONGEST_ABBREVIATION = 20
_FOLLOWING = 20


def split_sentences(text: str, language: str, max_chars: int | None = None) -> list[str]:
    """Return `text` whole if it has at most `max_chars` characters, else in shorter sentences.

    A longer sentence is cut after commas, else at spaces, and a stretch with neither anywhere.
    The pieces stand in the text one after the other with nothing but white space between them.

    Args:
      language: of the front end. max_chars: None for the language's usual maximum.

    Raises: InputError for a maximum below 1.
    """
    row = language_of(language)
    if max_chars is None:
        max_chars = row.max_chars
    if max_chars < 1:
        raise InputError(f"at most {max_chars} characters in a sentence: at least 1 is needed")
    if len(text) <= max_chars:
        return [text] if text.strip() else []
    ends_sentence = load(row.full_stops) if row.full_stops else None
    sentences = _sentences(text, ends_sentence)
    pieces = (piece for sentence in sentences for piece in _fit(sentence, max_chars))
    return [piece for piece in pieces if piece]


def _sentences(text: str, ends_sentence: Callable[[str, str], bool] | None) -> Iterator[str]:
    """Yield the sentences of `text`, each with its marks."""
    start = 0
    for match in _END.finditer(text):
        if match[0][0] != "." or _is_end(text, match, ends_sentence):
            yield text[start : match.end()].strip()
            start = match.end()
    yield text[start:].strip()


def _is_end(
    text: str, match: re.Match[str], ends_sentence: Callable[[str, str], bool] | None
) -> bool:
    """Return whether a full stop ends a sentence rather than an abbreviation."""
    if match[0].startswith("..") or not ends_sentence:
        return True
    before = text[max(0, match.start() - _LONGEST_ABBREVIATION) : match.start()]
    return ends_sentence(before, text[match.end() : match.end() + _FOLLOWING].strip())


def _fit(sentence: str, max_chars: int) -> Iterator[str]:
    """Yield parts of `sentence` of at most `max_chars`, cut at the best place that each has."""
    start = 0
    while len(sentence) - start > max_chars:
        end = _cut(sentence, start, start + max_chars)
        yield sentence[start:end].strip()
        start = end
        while start < len(sentence) and sentence[start].isspace():
            start += 1
    yield sentence[start:].strip()


def _cut(sentence: str, start: int, stop: int) -> int:
    """Find where to cut between `start` and `stop`: as far to the right as possible."""
    for pattern in (_PAUSE, _SPACE, _BETWEEN):
        places = [m.end() for m in pattern.finditer(sentence, start, min(stop + 90, len(sentence)))]
        places = [place for place in places if start < place <= stop]
        if places:
            return places[-1]
    return stop
