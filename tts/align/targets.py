"""Write a voice's tokens as what an aligner's phones can be matched to."""

from __future__ import annotations

from collections.abc import Sequence

from tts.align.phone_matching import Target
from tts.align.symbols import BREAK
from tts.text.alphabet import PUNCTUATION, PhoneAlphabet


def targets_of(
    tokens: Sequence[str], framing: str, unit: str, alphabet: PhoneAlphabet
) -> list[Target]:
    """Return the targets of `tokens` (without blanks), beginning and ending with a break.

    Of the tokens at a break a punctuation mark takes its pause, else a prosody mark, a space, a
    sentence mark, else the blank there. The places are indexes into the framed tokens.
    """
    inner = framing == "reference"  # it begins with ^ instead of a blank
    ends = [] if framing == "blank" else ["^"]
    framed = [*ends, *tokens, *(["$"] if ends else [])]
    begin = 0
    targets: list[Target] = []
    waiting = [(0, "^" if inner else "_")]  # tokens at the break that is being read

    def end_break(blank: int) -> None:
        ranked = sorted((*waiting, (blank, "_")), key=lambda item: _rank(item[1]))
        targets.append(Target(tuple(place for place, _ in ranked), (BREAK,)))
        waiting.clear()

    for index, token in enumerate(framed):
        place = 2 * index + (0 if inner else 1)
        symbols = alphabet.of_token(token)
        if symbols is None:
            waiting.append((place, token))
            continue
        if waiting:
            end_break(begin)
        elif alphabet.opens(token, framed[index - 1] if index else "", unit):
            targets.append(Target((place - 1,), (BREAK,)))
        targets.append(Target((place,), symbols))
        begin = place + 1
    last = 2 * len(framed) - (2 if inner else 0)
    end_break(last)
    return targets


def _rank(token: str) -> int:
    """Rank the tokens at a break: the lowest takes its pause."""
    if token in PUNCTUATION:
        return 0
    if token.startswith("#"):
        return 1
    return {" ": 2, "|": 2, "^": 3, "$": 3}.get(token, 4)
