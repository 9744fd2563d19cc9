"""Define the mel: what a frame of it is, and how many frames a recording has."""

from __future__ import annotations

from dataclasses import dataclass

from tts.config import option
from tts.errors import InputError


@dataclass(frozen=True)
class MelConfig:
    """Say what a mel frame is; data, acoustic model, vocoder and checkpoint carry it."""

    sample_rate: int = option(22050, "samples per second that the mel is computed from")
    n_fft: int = option(1024, "FFT size in samples")
    win_length: int = option(1024, "Hann window in samples")
    hop_length: int = option(256, "samples between frames")
    n_mels: int = option(80, "mel bins")
    f_min: float = option(0.0, "lowest frequency in Hz")
    f_max: float = option(8000.0, "highest frequency in Hz")
    floor: float = option(1e-5, "magnitudes below it are raised to it before the logarithm")

    def __post_init__(self) -> None:
        if not 0 < self.hop_length <= self.win_length <= self.n_fft:
            raise InputError(
                f"hop_length {self.hop_length} <= win_length {self.win_length} <= n_fft "
                f"{self.n_fft} must hold"
            )
        if not 0 <= self.f_min < self.f_max <= self.sample_rate / 2:
            raise InputError(
                f"f_min {self.f_min} < f_max {self.f_max} <= half of sample_rate "
                f"{self.sample_rate} must hold"
            )

    @property
    def frame_seconds(self) -> float:
        """Return the seconds from frame to frame, to a hundredth of a millisecond."""
        return round(self.hop_length / self.sample_rate, 5)


def num_frames(num_samples: int, config: MelConfig) -> int:
    """Count the frames of a recording: its samples over the hop, rounded half up."""
    return (num_samples + config.hop_length // 2) // config.hop_length
