"""The runtime's longest match, and entries that make it say what a front end says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence

LONGEST = 10  # characters of the longest phrase that the runtime looks for
_ROUNDS = 4

# A run of characters and its syllables in context, one for each character.
Run = tuple[str, Sequence[str]]


def match(text: str, entries: Container[str]) -> list[str]:
    """Cut `text` into entries, the longest possible first, from the left; else characters."""
    words = []
    start = 0
    while start < len(text):
        stop = min(start + LONGEST, len(text))
        while stop > start + 1 and text[start:stop] not in entries:
            stop -= 1
        words.append(text[start:stop])
        start = stop
    return words


def joined(runs: Sequence[Run], entries: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """New entries, of neighbouring words, with which the match says `runs` as given.

    entries: every character and word with its syllables. An entry that more often spoils its
    neighbourhood than mends it is left out.
    """
    known = {word: tuple(syllables) for word, syllables in entries.items()}
    added: dict[str, tuple[str, ...]] = {}
    for _ in range(_ROUNDS):
        found = _mend(runs, known)
        if not found:
            break
        added.update(found)
        known.update(found)
        for word in _harmful(runs, known, added):
            del known[word], added[word]
    return added


def _mend(runs: Sequence[Run], known: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Each wrong word joined with its neighbour, in the most usual reading of the two."""
    counts: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for text, said in runs:
        words = match(text, known)
        start = 0
        for index, word in enumerate(words):
            stop = start + len(word)
            if known[word] != tuple(said[start:stop]) and len(words) > 1:
                # What a reading depends on mostly follows it.
                before = words[index - 1] if index == len(words) - 1 else ""
                after = "" if before else words[index + 1]
                span = slice(start - len(before), stop + len(after))
                if len(text[span]) <= LONGEST:
                    counts[text[span], tuple(said[span])] += 1
            start = stop
    found: dict[str, tuple[str, ...]] = {}
    for (word, syllables), _ in counts.most_common():
        if word not in known:
            found.setdefault(word, syllables)
    return found


def _harmful(
    runs: Sequence[Run], known: Mapping[str, tuple[str, ...]], added: Container[str]
) -> list[str]:
    """The added entries after which, with the word that follows, more is wrong than right."""
    balance: Counter[str] = Counter()
    for text, said in runs:
        words = match(text, known)
        start = 0
        for word, following in zip(words, [*words[1:], ""], strict=True):
            stop = start + len(word)
            if word in added:
                reading = known[word] + known.get(following, ())
                right = reading == tuple(said[start : stop + len(following)])
                balance[word] += 1 if right else -1
            start = stop
    return [word for word in list(added) if balance[word] <= 0]
