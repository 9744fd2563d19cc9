"""Hold the networks that hear what was said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tts.evaluate.recogniser import Listener

if TYPE_CHECKING:
    import numpy as np

# The text's units by kind (word, character, syllable ...), as errors are counted.
Units = Callable[[str], Mapping[str, Sequence[str]]]


@dataclass(frozen=True)
class Judges:
    """Hold what hears samples (S,) of a sample rate; None is not there.

    Attributes:
      dnsmos: opinions, see tts.evaluate.dnsmos. distillmos: one opinion, 1 to 5.
      recogniser: the text that was heard. units: of such a text, for counting errors.
    """

    dnsmos: Callable[[np.ndarray, int], dict[str, float]] | None = None
    distillmos: Callable[[np.ndarray, int], float] | None = None
    recogniser: Listener | None = None
    units: Units | None = None
