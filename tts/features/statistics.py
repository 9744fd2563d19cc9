"""Compute mean and deviation of the log mel over a training set, from sums per utterance."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tts.errors import InputError


@dataclass(frozen=True)
class Sums:
    """Hold count, sum and sum of squares of one utterance's values, in float64."""

    count: int
    total: float
    squares: float


def sums_of(mel_TF: np.ndarray) -> Sums:
    """Add up a float32 mel (T, F) over all frames and bins."""
    values = mel_TF.astype(np.float64).ravel()
    return Sums(values.size, float(values.sum()), float(np.dot(values, values)))


def mean_and_std(sums: Iterable[Sums]) -> tuple[float, float]:
    """Compute the scalar mean and population deviation over every frame and bin of all utterances.

    The sums are added exactly (math.fsum), so the result depends neither on their order nor on
    how utterances were spread over processes.
    Raises: InputError when there is nothing to average or all values are equal.
    """
    sums = list(sums)
    count = sum(item.count for item in sums)
    if count == 0:
        raise InputError("no training utterance has features: there is no mean to compute")
    mean = math.fsum(item.total for item in sums) / count
    variance = math.fsum(item.squares for item in sums) / count - mean * mean
    if variance <= 0:
        raise InputError(
            f"all {count} values of the training features equal {mean}: the audio holds no signal"
        )
    return mean, math.sqrt(variance)
