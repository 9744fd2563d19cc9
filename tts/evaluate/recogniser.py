"""Define what a speech recogniser is; let it hear samples of any rate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from tts.features.resample import resample

SAMPLE_RATE = 16000


class Recogniser(Protocol):
    """Turn samples (S,) at SAMPLE_RATE into text. `name` says which it is, for reports."""

    name: str

    def __call__(self, samples_S: np.ndarray) -> str: ...


@dataclass(frozen=True)
class Listener:
    """Hear samples of any rate with a recogniser."""

    recogniser: Recogniser

    def __call__(self, samples_S: np.ndarray, sample_rate: int) -> str:
        return self.recogniser(resample(samples_S, sample_rate, SAMPLE_RATE))


def pieces(samples_S: np.ndarray, longest: int, search: int) -> Iterator[np.ndarray]:
    """Cut samples into pieces of at most `longest`, each at the quietest 20 ms of the last
    `search` samples before its limit.
    """
    while len(samples_S) > longest:
        step = SAMPLE_RATE // 50
        tail = samples_S[longest - search : longest]
        energy = (tail[: len(tail) // step * step].reshape(-1, step) ** 2).sum(axis=1)
        cut = longest - search + int(energy.argmin()) * step + step // 2
        yield samples_S[:cut]
        samples_S = samples_S[cut:]
    yield samples_S
