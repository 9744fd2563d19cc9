"""Writing what was said."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

from tts.files import atomic_path


def write_wav(path: Path | str, samples_S: np.ndarray, sample_rate: int) -> None:
    """Write samples in [-1, 1] as a mono 16-bit WAV file, atomically; louder ones are clipped."""
    limited = np.clip(np.asarray(samples_S, dtype=np.float32), -1.0, 1.0)
    with atomic_path(path) as temporary, wave.open(str(temporary), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sample_rate)
        file.writeframes(np.round(limited * 32767.0).astype("<i2").tobytes())
