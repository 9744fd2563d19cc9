"""Explain how a text is said, step by step: normalised, in words with their sources, as ids."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from tts.text.spoken import FrontEnd


def explain(frontend: FrontEnd, text: str) -> dict[str, Any]:
    """Return everything the front end makes of `text`, as plain values.

    words: text, source (see Word), tokens and ids of each; ids: with blanks and framing, as the
    model gets them; problems: position, text, reason.
    """
    spoken = frontend(text)
    table, config = frontend.token_table(), frontend.config
    return {
        "language": config.language,
        "frontend": config.frontend,
        "unit": config.unit,
        "text": text,
        "normalized": spoken.normalized,
        "words": [
            {
                "text": word.text,
                "source": word.source,
                "tokens": list(word.tokens),
                "ids": [table.symbols[token] for token in word.tokens],
            }
            for word in spoken.words
        ],
        "ids": table.encode(spoken.tokens, config.framing),
        "problems": [vars(problem) for problem in spoken.problems],
    }


def for_people(explained: dict[str, Any]) -> str:
    """Return an explanation as lines with aligned columns."""
    facts = [
        ("voice", f"{explained['language']}, {explained['frontend']}, {explained['unit']}"),
        ("text", explained["text"]),
        ("normalised", explained["normalized"]),
    ]
    rows = [("word", "source", "tokens", "ids")]
    for word in explained["words"]:
        if word["source"] == "space":
            continue  # nothing to see; its token stands among the ids
        ids = " ".join(map(str, word["ids"]))
        rows.append((word["text"], word["source"], " ".join(word["tokens"]), ids))
    lines = [*_aligned(facts), "", *_aligned(rows), "", "ids of the model:"]
    lines.append(" ".join(map(str, explained["ids"])))
    problems = explained["problems"]
    lines += ["", f"problems: {len(problems) or 'none'}"]
    lines += [f"  at {p['position']}: {_shown(p['text'])}: {p['reason']}" for p in problems]
    return "\n".join(lines) + "\n"


def _aligned(rows: Iterable[Sequence[str]]) -> list[str]:
    """Set columns two spaces apart, the last one ragged."""
    rows = [[_shown(cell) for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        padded = [
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ]
        lines.append("  ".join(padded).rstrip())
    return lines


def _shown(text: str) -> str:
    """Return `text` without line breaks and other characters that a terminal acts on or refuses."""
    return "".join(c if c == " " or c.isprintable() else f"<{ord(c):04X}>" for c in text)


def _width(text: str) -> int:
    """Count the columns of `text` in a terminal: two for East Asian characters, 0 for accents."""
    return sum(
        2 if unicodedata.east_asian_width(c) in "WF" else int(not unicodedata.combining(c))
        for c in text
    )
