"""Cut texts of any length into sentences that a voice can say one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tts.errors import InputError
from tts.text.alphabet import is_break
from tts.text.sentences import split_sentences
from tts.text.spoken import FrontEnd, Problem, Spoken


def say_sentences(
    text: str, frontend: FrontEnd, max_chars: int | None = None
) -> tuple[list[Spoken], list[Problem]]:
    """Say the sentences of `text` with `frontend`; a text within the maximum is one.

    Args:
      max_chars: longer texts are cut into sentences of at most so many characters; None for
        the usual maximum (max_chars of its row in tts.text.languages).

    Returns: sentences with something to say; the problems, at their positions in `text`.
    Raises: InputError when nothing of the text can be said, with the reason.
    """
    said: list[Spoken] = []
    problems: list[Problem] = []
    cuts: list[int] = []
    place = 0
    for sentence in split_sentences(text, frontend.config.language, max_chars):
        start = text.index(sentence, place)
        if start == place > 0 and text[place - 1].isalnum():
            cuts.append(place)
        place = start + len(sentence)
        spoken = frontend(sentence)
        problems += [replace(p, position=p.position + start) for p in spoken.problems]
        if can_be_said(spoken.tokens):
            said.append(spoken)
    if not said:
        raise InputError(f"nothing to say in {text[:60]!r}: {_reason(text, problems)}")
    if cuts:
        times = f"{len(cuts)} times" if len(cuts) > 1 else "once"
        reason = f"no punctuation or space near: cut here to fit the maximum length, {times} so"
        problems.append(Problem(cuts[0], text[cuts[0] : cuts[0] + 10], reason))
    return said, problems


def can_be_said(tokens: Sequence[str]) -> bool:
    """Tell whether there is more than pauses in `tokens`: `@` is a phone of X-SAMPA."""
    return not all(map(is_break, tokens))


def joined(text: str, said: list[Spoken], problems: list[Problem]) -> Spoken:
    """Join what was said of sentences to that of `text`; one alone stays as it is."""
    if len(said) == 1 and said[0].text == text:
        return said[0]
    words = tuple(word for spoken in said for word in spoken.words)
    normalized = " ".join(spoken.normalized for spoken in said)
    return Spoken(text, normalized, words, tuple(problems))


def _reason(text: str, problems: list[Problem]) -> str:
    """Say why nothing of a text can be said."""
    if not text.strip():
        return "the text is empty"
    if not problems:
        return "there is only punctuation"
    listed = "; ".join(f"{p.text!r} at {p.position}: {p.reason}" for p in problems[:3])
    more = f"; and {len(problems) - 3} more" if len(problems) > 3 else ""
    return f"{listed}{more}"
