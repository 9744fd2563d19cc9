"""Scale single tokens, and tell when each is heard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tts.errors import InputError
from tts.files import write_text
from tts.text.tokens import BOS, EOS, PAD

if TYPE_CHECKING:
    import numpy as np

# What every model can be told; others stand in its `controls`.
ALWAYS = "length_scale"
Scales = Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class Timed:
    """Hold a token and when it is heard, in seconds; the blank after it is part of it."""

    token: str
    start: float
    end: float


class _Framed(NamedTuple):
    tokens: list[str]
    first: int  # its position among the ids


def _framed(tokens: Sequence[str], framing: str) -> _Framed:
    """Return the tokens that stand between blanks: from position `first` on, every other one."""
    ends = ([BOS], [EOS]) if framing != "blank" else ([], [])
    return _Framed([*ends[0], *tokens, *ends[1]], 0 if framing == "reference" else 1)


def spread_scales(scales: Sequence[float], framing: str) -> list[float]:
    """Spread factors of tokens over their ids with blanks and framing.

    A blank has the factor of the token before it; both ends have 1.
    """
    ones = [1.0] if framing != "blank" else []
    each = [factor for scale in (*ones, *scales, *ones) for factor in (scale, scale)]
    return each[:-1] if framing == "reference" else [1.0, *each[:-1], 1.0]


def factors(
    whole: Mapping[str, float], scales: Scales, num_tokens: int, framing: str, known: Sequence[str]
) -> dict[str, float | list[float]]:
    """Return what a model is told: a factor, or one for each id where `scales` has them for tokens.

    Args:
      whole: factors of the whole utterance by name.
      scales: factors of each of `num_tokens` tokens by name, times those of the whole.
      known: names that the model takes.

    Raises: InputError for a factor that the model does not take, that is not positive, or for
    too many or too few of them.
    """
    result: dict[str, float | list[float]] = {}
    for name in (*whole, *(name for name in scales if name not in whole)):
        value, each = whole.get(name, 1.0), scales.get(name)
        if name not in known:
            if each is not None or value != 1.0:
                raise InputError(
                    f"{name.replace('_', ' ')} {value:g}: this voice's model has no such control; "
                    f"it has {', '.join(known).replace('_', ' ')}"
                )
            continue
        if each is None:
            result[name] = value
            continue
        if len(each) != num_tokens or not all(scale > 0 for scale in each):
            raise InputError(
                f"{name}: {len(each)} factors for {num_tokens} tokens; one greater than 0 is "
                "needed for each"
            )
        result[name] = [value * factor for factor in spread_scales(each, framing)]
    return result


def token_times(
    tokens: Sequence[str], durations: np.ndarray, framing: str, frame_seconds: float
) -> tuple[Timed, ...]:
    """Return when each token is heard, framing included; `_` stands for silence before the first.

    durations: frames of each id, with blanks and framing.
    """
    framed = _framed(tokens, framing)
    ends = durations.cumsum() * frame_seconds
    starts = [float(ends[framed.first - 1]) if framed.first else 0.0]
    starts += [float(ends[min(framed.first + 2 * i + 1, len(ends) - 1)])
               for i in range(len(framed.tokens))]  # fmt: skip
    times = [
        Timed(token, start, end)
        for token, start, end in zip(framed.tokens, starts[:-1], starts[1:], strict=True)
    ]
    return ((Timed(PAD, 0.0, starts[0]),) if starts[0] > 0 else ()) + tuple(times)


def joined_times(parts: Sequence[tuple[Sequence[Timed], float]], pause: float) -> tuple[Timed, ...]:
    """Join the times of parts, each with its length, said with `pause` seconds between two."""
    times, start = [], 0.0
    for part, seconds in parts:
        times += [replace(t, start=t.start + start, end=t.end + start) for t in part]
        start += seconds + pause
    return tuple(times)


def write_times(path: Path | str, times: Sequence[Timed]) -> None:
    """Write lines `start end token`, seconds, separated by tabs, atomically."""
    write_text(path, "".join(f"{t.start:.4f}\t{t.end:.4f}\t{t.token}\n" for t in times))


def tensors(told: Mapping[str, float | list[float]], device: str) -> dict[str, Any]:
    """Turn what `factors` gave into what torch takes: numbers, and tensors (1, L)."""
    import torch

    return {
        name: torch.tensor([value], device=device) if isinstance(value, list) else value
        for name, value in told.items()
    }
