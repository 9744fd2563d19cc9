"""Train a model of prosodic boundaries on labelled sentences; pack it into a configuration.

It scores the levels 0 to 3 after every unit (Hanzi or Latin word) by a sum of weights, twice:
from characters, words and lengths, then also from the levels that the first pass gave around
the place, since phrases tend to be of equal length and large breaks keep apart. Both are
multinomial logistic regressions. Scores are sums of small whole numbers, the same everywhere.
"""

from __future__ import annotations

import base64
import binascii
import lzma
from array import array
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from tts.errors import InputError
from tts.text.mandarin.boundaries import UNIT, by_rule, context_features, features, sentence_of
from tts.text.mandarin.prosody import Predictor

_HEADER = "prosodic boundaries 1"
_LANE = 16  # bits for the sum of one level's weights
_ZERO = 1 << (_LANE - 1)
_OFFSET = sum(_ZERO << (_LANE * lane) for lane in range(3))
_KEPT = 48_000  # features in a packed model: about 400 kB
_FOLDS = 5
_PENALTY, _CONTEXT_PENALTY = 8.0, 30.0  # on half the sum of squared weights


class BoundaryModel:
    """Predict levels by FrontEndConfig.prosody_model. Raises: InputError if it is damaged."""

    def __init__(self, packed: str):
        try:
            text, weights = lzma.decompress(base64.b64decode(packed, validate=True)).split(b"\0", 1)
            header, *names = text.decode("utf-8").split("\n")
            if header != _HEADER or len(weights) != 3 * len(names):
                raise ValueError(f"not {_HEADER!r}")
        except (binascii.Error, lzma.LZMAError, ValueError, EOFError) as error:
            raise InputError(
                f"the prosody model of the configuration cannot be read ({error}); prepare "
                "trains it (stage tokens), and without one rules predict #1 to #4"
            ) from None
        lanes = [array("b", weights[k * len(names) : (k + 1) * len(names)]) for k in range(3)]
        # The three levels' weights in one whole number: one addition a feature.
        self._weights = {
            name: w1 + (w2 << _LANE) + (w3 << 2 * _LANE)
            for name, w1, w2, w3 in zip(names, *lanes, strict=True)
        }

    def __call__(self, words: Sequence[str]) -> list[int]:
        """Return levels 0 to 3 after each unit of one sentence's words; 0 after its last."""
        sentence = sentence_of(words)
        if not sentence.word:
            return []
        get = self._weights.get
        first = [sum([get(name, 0) for name in row]) for row in features(sentence)]
        second = context_features([_lanes(total) for total in first])
        levels = []
        for total, row in zip(first, second, strict=True):
            scores = _lanes(total + sum([get(name, 0) for name in row]))
            levels.append(scores.index(max(scores)))
        return [*levels, 0]


@lru_cache(maxsize=2)
def predictor(packed: str) -> Predictor:
    """Return the model in a configuration, read once a process; the rules where there is none."""
    return BoundaryModel(packed) if packed else by_rule


def _lanes(total: int) -> list[int]:
    """Return the scores of the levels 0 (always 0) to 3 in a packed sum."""
    total += _OFFSET
    mask = (1 << _LANE) - 1
    return [
        0,
        (total & mask) - _ZERO,
        (total >> _LANE & mask) - _ZERO,
        (total >> 2 * _LANE) - _ZERO,
    ]


def train(sentences: Iterable[tuple[Sequence[str], Sequence[int]]]) -> str:
    """Return a packed model from words (with ，) and the levels after each of their units.

    A sentence is said alone and holds no other mark. The same sentences give the same model.
    """
    import numpy as np

    first, second = _Rows(), _Rows()
    levels: list[int] = []
    sizes: list[int] = []
    for words, marked in sentences:
        rows = features(sentence_of(words))
        first.add(rows)
        levels += [min(level, 3) for level in marked[: len(rows)]]
        sizes.append(len(rows))
    gold = np.array(levels)
    matrix = first.matrix()
    weights = _fit(matrix, gold, np.zeros((len(gold), 4)))
    # The second pass learns from what the first says of sentences that it has not seen.
    fold = np.repeat(np.arange(len(sizes)) % _FOLDS, sizes)
    scores = np.zeros((len(gold), 4))
    for left_out in range(_FOLDS):
        seen = fold != left_out
        part = _fit(matrix[seen], gold[seen], np.zeros((seen.sum(), 4)))
        scores[~seen] = matrix[~seen] @ part
    scores = (scores - scores[:, :1]) * UNIT
    start = 0
    for size in sizes:
        second.add(context_features(np.rint(scores[start : start + size]).astype(int).tolist()))
        start += size
    context = _fit(second.matrix(), gold, scores / UNIT, _CONTEXT_PENALTY)
    return _pack([*first.names, *second.names], np.concatenate([weights, context]))


class _Rows:
    """Hold rows of features as a sparse matrix of ones; features that occur once are left out."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._columns = array("i")
        self._ends = array("i", [0])
        self.names: list[str] = []

    def add(self, rows: Iterable[Sequence[str]]) -> None:
        numbers = self._numbers
        for row in rows:
            self._columns.extend([numbers.setdefault(name, len(numbers)) for name in row])
            self._ends.append(len(self._columns))

    def matrix(self) -> Any:
        """Return the rows so far; `names` holds its columns' names from now on."""
        import numpy as np
        import scipy.sparse

        columns = np.array(self._columns)
        values = np.ones(len(columns), np.float32)
        shape = (len(self._ends) - 1, len(self._numbers))
        matrix = scipy.sparse.csr_matrix((values, columns, np.array(self._ends)), shape=shape)
        often = np.bincount(columns, minlength=shape[1]) > 1
        self.names = [name for name, kept in zip(self._numbers, often, strict=True) if kept]
        return matrix[:, often]


def _fit(matrix: Any, gold: Any, offset: Any, penalty: float = _PENALTY) -> Any:
    """Fit weights (features, 4) of a multinomial logistic regression with a quadratic penalty.

    offset: (rows, 4), scores that are added to the matrix's.
    """
    import numpy as np
    from scipy.optimize import minimize

    rows, columns = matrix.shape
    transposed = matrix.T.tocsr()
    wanted = np.zeros((rows, 4))
    wanted[np.arange(rows), gold] = 1

    def loss(flat: Any) -> tuple[float, Any]:
        weights = flat.reshape(columns, 4)
        scores = matrix @ weights + offset
        scores -= scores.max(axis=1, keepdims=True)
        total = np.exp(scores).sum(axis=1, keepdims=True)
        gradient = transposed @ (np.exp(scores) / total - wanted) + penalty * weights
        value = -((scores - np.log(total)) * wanted).sum() + penalty / 2 * (flat @ flat)
        return value, gradient.ravel()

    options: dict[str, Any] = {"maxiter": 50, "maxcor": 6}
    start = np.zeros(columns * 4)
    return minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x.reshape(-1, 4)


def _pack(names: Sequence[str], weights: Any) -> str:
    """Return weightiest features as text: names, then whole weights of the levels 1, 2 and 3."""
    import numpy as np

    relative = np.clip(np.rint((weights[:, 1:] - weights[:, :1]) * UNIT), -127, 127).astype(np.int8)
    weight = np.abs(relative.astype(int)).max(axis=1)
    kept = np.sort(np.argsort(-weight, kind="stable")[:_KEPT])
    kept = sorted((i for i in kept if weight[i]), key=lambda i: names[i])
    text = "\n".join([_HEADER, *(names[i] for i in kept)]).encode("utf-8")
    packed = lzma.compress(text + b"\0" + relative[kept].T.tobytes(), preset=9)
    return base64.b64encode(packed).decode("ascii")
