"""Speak a mel in chunks: samples leave as soon as the frames around them are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import numpy as np

Array = TypeVar("Array")


def stream(
    vocoder: Callable[[Array], Array],
    mel_chunks: Iterable[Array],
    context: int,
    hop_length: int,
    join: Callable[[list[Array], int], Array] | None = None,
) -> Iterator[Array]:
    """Yield the samples of a mel that comes in chunks, as `vocoder` gives them for all of it.

    Args:
      vocoder: mel (B, T, F) -> samples (B, T * hop_length), torch or numpy.
      mel_chunks: stretches (B, T, F) of one mel in order, of any lengths.
      context: frames a side on which the samples of a frame depend (`Vocoder.context`).
      join: concatenates arrays along an axis; numpy's, or torch.cat where tensors come.

    A chunk of samples follows each chunk of mel that completes the context of some frames; the
    rest follows at the end. The frames held back are the latency: context * hop_length samples.
    """
    join = join or (lambda parts, axis: np.concatenate(parts, axis))
    held, first, said, total = None, 0, 0, 0  # held begins at frame `first`
    for chunk in mel_chunks:
        held = chunk if held is None else join([held, chunk], 1)
        total += chunk.shape[1]
        ready = total - context
        if ready > said:
            yield _samples(vocoder(held), said - first, ready - first, hop_length)
            said = ready
            drop = max(0, said - context - first)
            held, first = held[:, drop:], first + drop
    if held is not None and total > said:
        yield _samples(vocoder(held), said - first, total - first, hop_length)


def _samples(samples_BS: Array, start: int, stop: int, hop_length: int) -> Array:
    return samples_BS[:, start * hop_length : stop * hop_length]
