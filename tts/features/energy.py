"""Compute the energy of speech frames."""

from __future__ import annotations

import numpy as np

from tts.features.mel import magnitudes
from tts.mel import MelConfig, num_frames


def energy(samples_S: np.ndarray, config: MelConfig) -> np.ndarray:
    """Compute the L2 norm of each frame's magnitude spectrum, float32 (T,), T as the mel's.

    The frames are those of `log_mel` (Ren et al. 2021, section 2.3).
    """
    result = np.zeros(num_frames(len(samples_S), config), dtype=np.float32)
    if not len(result):
        return result
    norms = [np.sqrt(np.square(part).sum(1)) for part in magnitudes(samples_S, config)]
    found = np.concatenate(norms)
    result[: len(found)] = found
    result[len(found) :] = found[-1]
    return result
