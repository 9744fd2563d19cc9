"""Vocoders: mel to waveform. Each declares the mel that it accepts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tts.errors import InputError
from tts.mel import MelConfig

if TYPE_CHECKING:
    from torch import Tensor


class Vocoder(Protocol):
    """Anything that turns natural-log mel (B, T, n_mels) into samples (B, T * hop_length)."""

    mel: MelConfig

    def __call__(self, mel_BTF: Tensor) -> Tensor: ...


def load_vocoder(path: Path | str | None, mel: MelConfig) -> Vocoder:
    """The vocoder of a checkpoint, or Griffin-Lim for `path` None, for features of `mel`.

    Raises: InputError when the file cannot be used or was trained on other features.
    """
    if path is None:
        from tts.vocoders.griffin_lim import GriffinLim

        return GriffinLim(mel)
    from tts.vocoders.hifigan import load_hifigan

    vocoder = load_hifigan(path)
    check_mel(mel, vocoder.mel, str(path))
    return vocoder


def check_mel(model: MelConfig, vocoder: MelConfig, where: str) -> None:
    """Raise InputError with both where a model makes another mel than a vocoder takes."""
    if model != vocoder:
        raise InputError(
            f"the vocoder {where} takes another mel than the model makes:\n"
            f"  model:   {model}\n  vocoder: {vocoder}\n"
            "give a vocoder trained on the model's mel, or none to use Griffin-Lim"
        )
