"""Report Mandarin in English texts: one problem for each run of characters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from tts.text.characters import is_hanzi
from tts.text.spoken import Problem


def runs_of_hanzi(text: str) -> Iterator[tuple[int, str]]:
    """Yield where each run of Chinese characters begins, and the run."""
    start = 0
    for hanzi, characters in groupby(text, key=is_hanzi):
        run = "".join(characters)
        if hanzi:
            yield start, run
        start += len(run)


def join_hanzi_problems(text: str, problems: Iterable[Problem], reason: str) -> list[Problem]:
    """Sort problems by position; join those of Hanzi in `text` to one for each run."""
    others = [problem for problem in problems if not all(map(is_hanzi, problem.text))]
    runs = [Problem(position, run, reason) for position, run in runs_of_hanzi(text)]
    return sorted([*others, *runs], key=lambda problem: problem.position)
