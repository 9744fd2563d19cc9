"""Read Roman numerals; say how long a number may be."""

from __future__ import annotations

# Longer numbers are read digit by digit.
LONGEST = 15


def roman(numeral: str) -> str:
    """Say XIV as 14, as digits."""
    values = [{"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}[c] for c in numeral]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return str(sum(-value if value < after else value for value, after in pairs))
