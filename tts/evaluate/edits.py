"""Align what was heard with what should have been said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

LEAST_RUN = 3  # units in a row that are missing at the end or too many: a broken sentence


class Edit(NamedTuple):
    """Hold a unit of the text and what was heard for it; None: it was left out, or added."""

    said: str | None
    heard: str | None


def align(text: Sequence[str], heard: Sequence[str]) -> list[Edit]:
    """Pair the units of two sequences with the fewest edits (Levenshtein)."""
    cost = [list(range(len(heard) + 1))]  # of the first i units and the first j heard
    for i, unit in enumerate(text, 1):
        row, before = [i], cost[-1]
        for j, other in enumerate(heard, 1):
            row.append(min(before[j - 1] + (unit != other), before[j] + 1, row[-1] + 1))
        cost.append(row)
    edits, i, j = [], len(text), len(heard)
    while i or j:
        # Missing before replaced: of a sentence cut in mid-word the end is missing.
        if i and cost[i][j] == cost[i - 1][j] + 1:
            i -= 1
            edits.append(Edit(text[i], None))
        elif i and j and cost[i][j] == cost[i - 1][j - 1] + (text[i - 1] != heard[j - 1]):
            i, j = i - 1, j - 1
            edits.append(Edit(text[i], heard[j]))
        else:
            j -= 1
            edits.append(Edit(None, heard[j]))
    return edits[::-1]


def num_errors(edits: Sequence[Edit]) -> int:
    """Count what was replaced, left out or added."""
    return sum(edit.said != edit.heard for edit in edits)


def is_broken(edits: Sequence[Edit]) -> bool:
    """Tell whether LEAST_RUN units in a row are missing at the end, or were added anywhere."""
    missing = added = most_added = 0
    for edit in edits:
        missing = missing + 1 if edit.heard is None else 0
        added = added + 1 if edit.said is None else 0
        most_added = max(most_added, added)
    return max(missing, most_added) >= LEAST_RUN
