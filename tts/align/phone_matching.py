"""Match an aligner's phones to a voice's tokens at the least cost, and read times from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tts.align.symbols import ANY, BREAK, STRESS

LEAVE_OUT = {BREAK: 0.3, ANY: 0.3, "ː": 0.15, **dict.fromkeys(STRESS, 0.1)}  # others: 0.7
SOUND_LEFT_OUT = 0.7
INNER_PAUSE = 0.5  # a pause where the tokens have no break
IN_UNKNOWN = 0.1  # a token's symbol among speech without known phones


@dataclass(frozen=True)
class Segment:
    """Hold a stretch of time (seconds): a phone or syllable, a pause, or a break without length."""

    start: float
    end: float
    symbols: tuple[str, ...]

    @property
    def is_break(self) -> bool:
        return self.symbols == (BREAK,)


@dataclass(frozen=True)
class Target:
    """Hold symbols of one token, or a break.

    places: indexes into the framed tokens; of a sound one, of a break those that may hold its
    pause, the preferred one first.
    """

    places: tuple[int, ...]
    symbols: tuple[str, ...]


@dataclass
class Block:
    """Hold symbols matched together; indexes of source and target symbols, either may be empty."""

    source: list[int] = field(default_factory=list)
    target: list[int] = field(default_factory=list)
    kind: str = "sound"  # or break


@dataclass(frozen=True)
class Matching:
    """Hold what `match` found.

    Attributes:
      times: (framed tokens, 2) float64, start and end in seconds, without gaps.
      cost: mean cost of a source symbol and of a target symbol.
      edges: (seconds, framed token before, framed token after) of every boundary between two
        stretches that were matched one to one; -1 where the stretch is a pause.
    """

    times: np.ndarray
    cost: float
    edges: tuple[tuple[float, int, int], ...]


def match(
    segments: Sequence[Segment],
    targets: Sequence[Target],
    num_framed: int,
    table: tuple[dict[str, int], np.ndarray],
) -> Matching:
    """Match `segments` to `targets` and read the tokens' times from it.

    Edit distance whose costs are how unlike two symbols sound; breaks meet breaks alone. What
    one side has in addition shares the time of its neighbour in the same word. Of the time of a
    segment each of its symbols has the same share, stress marks none.

    Args:
      segments: contiguous, first and last one a break. targets: in order, first and last a break.
      num_framed: how many framed tokens there are. table: numbers and costs of the symbols.
    """
    source = [(i, symbol) for i, segment in enumerate(segments) for symbol in segment.symbols]
    target = [(j, symbol) for j, item in enumerate(targets) for symbol in item.symbols]
    pauses = [segments[i].is_break and segments[i].end > segments[i].start for i, _ in source]
    steps, cost = _cheapest_path(source, target, pauses, table)
    blocks = _blocks(steps, source, target, pauses)
    times, edges = _times(blocks, segments, targets, source, target, num_framed)
    count = sum(s not in LEAVE_OUT for _, s in source) + sum(s not in LEAVE_OUT for _, s in target)
    return Matching(times, cost / max(1, count), tuple(edges))


def _cheapest_path(
    source: Sequence[tuple[int, str]],
    target: Sequence[tuple[int, str]],
    pauses: Sequence[bool],
    table: tuple[dict[str, int], np.ndarray],
) -> tuple[list[tuple[int, int]], float]:
    """Find the steps (i, j) of the path, -1 where one side has nothing, and their total cost."""
    numbers, costs = table
    rows = np.array([numbers[symbol] for _, symbol in source])
    columns = np.array([numbers[symbol] for _, symbol in target])
    replace = costs[rows][:, columns].astype(np.float64)
    leave = [
        INNER_PAUSE if pause else LEAVE_OUT.get(symbol, SOUND_LEFT_OUT)
        for (_, symbol), pause in zip(source, pauses, strict=True)
    ]
    add = np.array([LEAVE_OUT.get(symbol, SOUND_LEFT_OUT) for _, symbol in target])
    among_unknown = np.where(columns == numbers[BREAK], IN_UNKNOWN, np.minimum(add, IN_UNKNOWN))
    total = np.empty((len(rows) + 1, len(columns) + 1))
    total[0] = np.concatenate([[0.0], np.cumsum(add)])
    for i in range(len(rows)):
        step = among_unknown if source[i][1] == ANY else add
        best = total[i] + leave[i]
        np.minimum(best[1:], total[i, :-1] + replace[i], out=best[1:])
        # Additions go along the row: a minimum over where they begin.
        along = np.concatenate([[0.0], np.cumsum(step)])
        total[i + 1] = np.minimum.accumulate(best - along) + along
    steps: list[tuple[int, int]] = []
    sums, swap = total.tolist(), replace.tolist()  # plain numbers: quicker one by one
    i, j = len(rows), len(columns)
    while i or j:
        here = sums[i][j] - 1e-9
        if i and j and here <= sums[i - 1][j - 1] + swap[i - 1][j - 1] <= here + 2e-9:
            i, j = i - 1, j - 1
            steps.append((i, j))
        elif i and here <= sums[i - 1][j] + leave[i - 1] <= here + 2e-9:
            i -= 1
            steps.append((i, -1))
        else:
            j -= 1
            steps.append((-1, j))
    return steps[::-1], float(total[-1, -1])


def _blocks(
    steps: Sequence[tuple[int, int]],
    source: Sequence[tuple[int, str]],
    target: Sequence[tuple[int, str]],
    pauses: Sequence[bool],
) -> list[Block]:
    """Group matched symbols with those left over on either side, which stay in their word."""
    blocks: list[Block] = []
    waiting = Block()  # left over before the first match of a word

    def settle() -> None:
        """Close a word that matches nothing: it keeps its own time, or none."""
        nonlocal waiting
        if waiting.source or waiting.target:
            blocks.append(waiting)
            waiting = Block()

    def pause(i: int, j: int) -> None:
        """Add a break of one side or both; speech that no token says is part of the pause."""
        nonlocal waiting
        if waiting.target:
            settle()
        spoken, waiting = waiting.source, Block()
        block = Block([*spoken, *[i] * (i >= 0)], [j] * (j >= 0), "break")
        if blocks and blocks[-1].kind == "break" and not (block.target and blocks[-1].target):
            blocks[-1].source += block.source
            blocks[-1].target += block.target
        else:
            blocks.append(block)

    for i, j in steps:
        symbol = source[i][1] if i >= 0 else target[j][1]
        if symbol == BREAK:
            inside = i < 0 and blocks and blocks[-1].source and not waiting.source
            if inside and source[blocks[-1].source[-1]][1] == ANY:
                blocks[-1].target.append(j)
            elif j >= 0 or pauses[i]:
                pause(i, j)
        elif i >= 0 and j >= 0:
            blocks.append(Block([*waiting.source, i], [*waiting.target, j]))
            waiting = Block()
        else:
            last = blocks[-1] if blocks and blocks[-1].kind == "sound" else waiting
            (last.source if i >= 0 else last.target).append(max(i, j))
    settle()
    return blocks


def _times(
    blocks: Sequence[Block],
    segments: Sequence[Segment],
    targets: Sequence[Target],
    source: Sequence[tuple[int, str]],
    target: Sequence[tuple[int, str]],
    num_framed: int,
) -> tuple[np.ndarray, list[tuple[float, int, int]]]:
    """Return start and end of every framed token, and the trustworthy boundaries."""
    ends_of, closes = _symbol_ends(segments, source)
    seconds = np.zeros(num_framed)
    first = clock = segments[0].start
    edges: list[tuple[float, int, int]] = []
    before: int | None = None  # the token on the left of the next edge; None: none to be had
    place = 0
    for block in blocks:
        end = max(clock, ends_of[block.source[-1]]) if block.source else clock
        sounds = [j for j in block.target if target[j][1] != BREAK]
        sides = (-1, -1)
        if block.kind == "break" or not sounds:
            if block.target:
                place = targets[target[block.target[0]][0]].places[0]
            else:
                place = min(place + 1, num_framed - 1)  # the blank after the sound before
            seconds[place] += end - clock
            if end == clock:
                continue
        else:
            places = [targets[target[j][0]].places[0] for j in sounds]
            weights = _weights([target[j][1] for j in sounds])
            for place, weight in zip(places, weights, strict=True):
                seconds[place] += weight * (end - clock)
            sides = (places[0], places[-1])
        if block.source:
            begins = block.source[0] == 0 or closes[block.source[0] - 1]
            if begins and before is not None and before != sides[0]:  # not inside one token
                edges.append((float(clock), before, sides[0]))
            before = sides[1] if closes[block.source[-1]] else None
        clock = end
    ends = first + np.cumsum(seconds)
    times = np.stack([np.concatenate([[first], ends[:-1]]), ends], axis=1)
    return times, edges


def _weights(symbols: Sequence[str]) -> np.ndarray:
    """Return shares of the symbols in their common time."""
    weights = np.array([0.0 if symbol in STRESS else 1.0 for symbol in symbols])
    weights = weights if weights.any() else np.ones(len(symbols))
    return weights / weights.sum()


def _symbol_ends(
    segments: Sequence[Segment], source: Sequence[tuple[int, str]]
) -> tuple[list[float], list[bool]]:
    """Return when each source symbol ends, and whether it is its segment's last."""
    ends: list[float] = []
    closes: list[bool] = []
    for segment in segments:
        shares = np.cumsum(_weights(segment.symbols))
        shares[-1] = 1.0
        ends += (segment.start + shares * (segment.end - segment.start)).tolist()
        closes += [False] * (len(segment.symbols) - 1) + [True]
    return ends, closes
