"""Define what a speech recogniser is; let it hear samples of any rate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from tts.features.resample import resample

SAMPLE_RATE = 16000
LONGEST_SECONDS = 30  # what a Whisper hears at once
SILENCE = 1e-3  # a peak below it is no speech; a Whisper hears "you" in silence


class Recogniser(Protocol):
    """Turn samples (S,) at SAMPLE_RATE, LONGEST_SECONDS at most, into text; `name` is its own."""

    name: str

    def __call__(self, samples_S: np.ndarray) -> str: ...


@dataclass(frozen=True)
class Listener:
    """Hear samples of any rate and length with a recogniser; silence is no words."""

    recogniser: Recogniser

    @property
    def name(self) -> str:
        return self.recogniser.name

    def __call__(self, samples_S: np.ndarray, sample_rate: int) -> str:
        signal = resample(samples_S, sample_rate, SAMPLE_RATE)
        parts = pieces(signal, LONGEST_SECONDS * SAMPLE_RATE, 5 * SAMPLE_RATE)
        heard = [self.recogniser(part) for part in parts if np.abs(part).max(initial=0) > SILENCE]
        return " ".join(filter(None, heard))


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
