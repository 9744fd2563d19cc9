"""Say how a model with attention read its tokens: lost or double words show in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

# A token of which no frame's attention reaches this was not read.
LEAST_WEIGHT = 0.1


@dataclass(frozen=True)
class Reading:
    """Hold what attention did in one sentence.

    Attributes:
      focus: mean over frames of the largest weight, 1 where each frame reads one token.
      unread: tokens never read. repeats: how often it went back by more than one token.
      stopped: whether the model ended the sentence itself, and not the limit of frames.
    """

    focus: float
    unread: int
    repeats: int
    stopped: bool

    @classmethod
    def of(cls, attention_TP: np.ndarray, stopped: bool) -> Reading:
        """Measure the weights of one sentence's frames."""
        import numpy as np

        steps = np.diff(attention_TP.argmax(1))
        return cls(
            focus=float(attention_TP.max(1).mean()),
            unread=int((attention_TP.max(0) < LEAST_WEIGHT).sum()),
            repeats=int((steps < -1).sum()),
            stopped=stopped,
        )


def reading_report(readings: Sequence[Reading]) -> list[str]:
    """Say for people how sentences were read, a line for each."""
    lines = []
    for number, one in enumerate(readings, 1):
        sentence = f"sentence {number}: " if len(readings) > 1 else ""
        end = "ended by itself" if one.stopped else "cut off at the limit of frames"
        lines.append(
            f"  {sentence}attention {one.focus:.2f}, {one.unread} tokens not read, "
            f"{one.repeats} repeats, {end}"
        )
    return lines
