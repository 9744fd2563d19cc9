"""Look probabilities up in an n-gram model with back-off, in little memory.

Symbols are numbers; two more mark the beginning and the end of a sequence. A model is written by
tools/letter_model/ngrams.py.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Sequence

import numpy as np


class NgramModel:
    """Hold a packed model for look-up. States are numbers: what the next symbol depends on.

    names: what the symbols stand for, in order. start: the state before the first symbol;
    end: the symbol that closes a sequence.
    """

    def __init__(self, packed: bytes):
        line, _, body = lzma.decompress(packed).partition(b"\n")
        header = json.loads(line)
        nodes: list[int] = header["nodes"]
        self.names: list[str] = header["names"]
        size = len(self.names) + 2
        numbers = np.frombuffer(body, np.uint8)
        total, inner = sum(nodes), 1 + sum(nodes[:-1])
        children = numbers[:inner].astype(np.int64)
        symbols = numbers[inner : inner + total].astype(np.int64)
        # Node 0 is the empty context; the others stand level by level in the order of contexts.
        parents = np.repeat(np.arange(inner), children)
        keys = parents * size + symbols
        extended = np.concatenate([children > 0, np.zeros(nodes[-1], bool)])
        self._size = size
        self.end = size - 1
        self._child: dict[int, int] = dict(zip(keys.tolist(), range(1, total + 1), strict=True))
        self._suffix = _suffixes(parents, symbols, keys, size, nodes)
        rest = inner + total
        values = np.array(header["probability"])[numbers[rest : rest + total]]
        self._log: list[float] = [0.0, *values.tolist()]
        weights = np.zeros(total + 1)
        weights[1:][extended[1:]] = np.array(header["backoff"])[numbers[rest + total :]]
        self._weight: list[float] = weights.tolist()
        self._next = _contexts(self._suffix, extended)
        self._suffix_list: list[int] = self._suffix.tolist()
        self.start = self._next[self._child[size - 2]]

    def step(self, state: int, symbol: int) -> tuple[float, int]:
        """Return the log probability of `symbol` after `state`, and the state after both."""
        child, weight, size = self._child, 0.0, self._size
        node = child.get(state * size + symbol)
        while node is None:
            weight += self._weight[state]
            state = self._suffix_list[state]
            node = child.get(state * size + symbol)
        return weight + self._log[node], self._next[node]


def _suffixes(
    parents: np.ndarray, symbols: np.ndarray, keys: np.ndarray, size: int, nodes: Sequence[int]
) -> np.ndarray:
    """Find for every node the one without its first symbol, one level up."""
    suffix = np.zeros(len(parents) + 1, np.int64)
    begin = nodes[0]
    for count in nodes[1:]:
        inside = slice(begin, begin + count)
        wanted = suffix[parents[inside]] * size + symbols[inside]
        suffix[1 + begin : 1 + begin + count] = 1 + np.searchsorted(keys, wanted)
        begin += count
    return suffix


def _contexts(suffix: np.ndarray, extended: np.ndarray) -> list[int]:
    """Find for every node itself if longer n-grams begin with it, else its longest such suffix."""
    contexts = np.arange(len(suffix))
    for _ in range(len(suffix)):
        dead = ~extended[contexts] & (contexts > 0)
        if not dead.any():
            break
        contexts[dead] = suffix[contexts[dead]]
    return contexts.tolist()
