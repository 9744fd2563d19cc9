"""Write the rule FST of texts that are symbols with spaces between them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tts.text.fst.transducer import Transducer

_SPACES = " \t\n\r\u3000\u00a0"
_LEFT_OUT = 1.0  # a character of an unknown symbol


def write_symbol_fst(path: Path | str, codes: Mapping[str, str]) -> None:
    """Write `path`: symbols become their codes, spaces and unknown symbols nothing.

    codes: symbol -> what is written for it.
    """
    builder = Transducer()
    gap, known, unknown = builder.state(), builder.state(), builder.state()
    builder.start = gap
    for symbol, code in codes.items():
        builder.loop(gap, known, symbol, code)
    builder.finals = {gap, known, unknown}
    for state in (gap, known, unknown):
        for space in _SPACES:
            builder.loop(state, gap, space, "")
    other = builder.state()
    for state in (gap, unknown):
        builder.join(state, other, _LEFT_OUT)
    builder.others(other, unknown, _SPACES, kept=False)
    builder.write(path)
