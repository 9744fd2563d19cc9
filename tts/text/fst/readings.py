"""Write the Mandarin front end as a rule FST of the runtime, from text to codes.

sherpa-onnx rewrites a text with `--tts-rule-fsts` before its lexicon sees it: the cheapest path
of the text through a weighted transducer over UTF-8 bytes. The lattice of words
(tts/text/mandarin/lattice.py) is such a transducer: a word is a chain of arcs, what its
beginning and its end show to their neighbours are states, and the cost of a meeting is the
weight between two of them. It writes the codes of the tokens (tts/text/codes.py), so that no
longest match and no reading of the runtime's own comes into play.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tts.text.characters import APOSTROPHES, SILENT
from tts.text.fst.transducer import Transducer
from tts.text.mandarin.erhua import ALONE, SUFFIX
from tts.text.mandarin.lattice import NEVER, Entry, Lattice, Right, can_end
from tts.text.mandarin.normalize import PAUSES, WRITTEN

# A word and its syllables -> what the transducer writes for it, one string a character.
Spell = Callable[[str, Sequence[str]], Sequence[str]]

_UNSAID = "".join(sorted(SILENT | set(APOSTROPHES))) + " \u3000"
_LEFT_OUT = 10_000
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def write_rule_fst(
    path: Path | str,
    lattice: Lattice,
    spell: Spell,
    letters: Mapping[str, str] | None,
    fuses: Callable[[str], bool] | None = None,
) -> tuple[int, int]:
    """Write the transducer of a lattice, atomically; returns its numbers of states and arcs.

    letters: the codes of each letter's name; None leaves Latin words to the lexicon.
    fuses: with fused erhua, whether a syllable takes the suffix of the next word into itself.
    """
    builder = Transducer()
    # Words may begin at `start` and after a pause; at `between` stands what is no word.
    start, between, paused = builder.state(), builder.state(), builder.state()
    builder.start = start
    builder.join(start, between)
    builder.join(paused, start, 1)  # dearer, so that a second pause is left out
    builder.finals = {between, paused}
    for state in (start, paused, *_add_words(builder, lattice, spell, start, between, fuses)):
        _pass_over(builder, state)
    for mark, token in PAUSES.items():
        builder.loop(between, paused, mark, WRITTEN[token])
        builder.loop(paused, paused, mark, "")
    _add_letters(builder, between, start, letters)
    _add_others(builder, between, start)
    builder.write(path)
    return builder.size()


def _add_words(
    builder: Transducer,
    lattice: Lattice,
    spell: Spell,
    start: int,
    between: int,
    fuses: Callable[[str], bool] | None,
) -> Iterator[int]:
    """Return all entries between their left and right states; returns the right ones."""
    entries = [
        entry for word in lattice.words() for entry in lattice.entries(word) if all(entry.said)
    ]
    lefts = _classes(
        {entry.left for entry in entries},
        {entry.right for entry in entries},
        lambda left, right: lattice.meeting(right, left),
    )
    kinds = list(dict.fromkeys(lefts.values()))
    rights = _classes(
        {entry.right for entry in entries},
        kinds,
        lambda right, left: (lattice.meeting(right, left), can_end(right)),
    )
    roots = {left: builder.state() for left in kinds}
    exits = {right: builder.state() for right in dict.fromkeys(rights.values())}
    for root in roots.values():
        builder.join(start, root)
    for right, state in exits.items():
        if can_end(right):
            builder.join(state, between)
        for left, root in roots.items():
            cost = lattice.meeting(right, left)
            if cost < NEVER:
                builder.join(state, root, cost)

    def add(entry: Entry, word: str, said: Sequence[str], right: Right, cost: int) -> None:
        state = roots[lefts[entry.left]]
        for character, codes in zip(word, spell(word, said), strict=True):
            state = builder.after(state, (character, codes))
        builder.join(state, exits[rights[right]], cost)

    (suffix,) = (entry for entry in lattice.entries(SUFFIX) if entry.said == (ALONE,))
    for entry in entries:
        add(entry, entry.word, entry.said, entry.right, entry.cost)
        meeting = lattice.meeting(entry.right, suffix.left)
        if fuses and fuses(entry.said[-1]) and meeting < NEVER:
            # A little cheaper than the two words one after the other.
            cost = entry.cost + meeting + suffix.cost - 1
            add(entry, entry.word + SUFFIX, (*entry.said, ALONE), suffix.right, cost)
    return iter(exits.values())


def _classes(items: Iterable[Any], others: Iterable[Any], cost: Callable[..., Any]) -> dict:
    """Map each item to the first of those that cost the same with all others."""
    first: dict[tuple, Any] = {}
    others = sorted(others)
    return {
        item: first.setdefault(tuple(cost(item, other) for other in others), item)
        for item in sorted(items)
    }


def _pass_over(builder: Transducer, state: int) -> None:
    """Read what is not said without leaving a state: quotes, brackets, spaces."""
    for character in _UNSAID:
        builder.loop(state, state, character, "")


def _add_letters(
    builder: Transducer, between: int, start: int, letters: Mapping[str, str] | None
) -> None:
    """Add letters as codes of their names; or Latin words in lower case with single spaces."""
    if letters is not None:
        for letter in _LETTERS:
            builder.loop(between, start, letter, letters[letter.lower()])
        return
    word, gap = builder.state(), builder.state()
    for letter in _LETTERS:
        written = letter.lower()  # 1.13 looks a word up as it is written
        builder.loop(between, word, letter, written)
        builder.loop(word, word, letter, written)
        builder.loop(gap, word, letter, " " + written)
    builder.loop(word, word, "'", "'")
    builder.loop(word, gap, " ", "")
    builder.loop(gap, gap, " ", "")
    for state in (word, gap):
        builder.join(state, start, 1)  # dearer, so that a word is not cut


def _add_others(builder: Transducer, between: int, start: int) -> None:
    """Drop any other character; digits stay, for whatever follows."""
    for digit in "0123456789":
        builder.loop(between, start, digit, digit)
    others = builder.state()
    builder.join(between, others, _LEFT_OUT)  # so dear that whatever can be said is said
    builder.others(others, start, kept=False)
