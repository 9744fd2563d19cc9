"""Made-up utterances for tests of metrics: sounds of a known pitch, or what is measured itself."""

from __future__ import annotations

import numpy as np

from tts.evaluate.utterance import Comparison, SystemUtterance
from tts.mel import MelConfig

MEL = MelConfig()
RATE, HOP = MEL.sample_rate, MEL.hop_length


def tone(seconds: float, hertz: float = 150.0, glide: float = 0.3, seed: int = 0) -> np.ndarray:
    """Harmonics of a pitch that glides up by a share, under a slow swell, with a little noise."""
    time = np.arange(int(seconds * RATE)) / RATE
    f0 = hertz * (1 + glide * time / seconds)
    phase = 2 * np.pi * np.cumsum(f0) / RATE
    wave = sum(np.sin(number * phase) / number for number in range(1, 16))
    wave *= 0.1 + 0.05 * np.sin(2 * np.pi * 3 * time)
    noise = np.random.RandomState(seed).standard_normal(len(time)) * 1e-4
    return (wave + noise).astype(np.float32)


def known(**measured: np.ndarray) -> SystemUtterance:
    """An utterance of which `measured` (mel_TF, f0_T, energy_T) is taken for granted."""
    frames = len(next(iter(measured.values())))
    take = SystemUtterance(np.zeros(frames * HOP, np.float32), MEL)
    vars(take).update(measured)
    return take


def compared(spoken: SystemUtterance, recorded: SystemUtterance, **more) -> Comparison:
    return Comparison(spoken, recorded, **more)
