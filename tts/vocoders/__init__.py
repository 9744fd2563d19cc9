"""Turn mel into samples: vocoders, each with the mel that it takes; registry.py names them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from tts.errors import InputError
from tts.mel import MelConfig

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor


class Vocoder(Protocol):
    """Turn natural-log mel (B, T, n_mels) into samples (B, T * hop_length).

    Attributes: mel, the features it takes; context, the frames on each side of a frame on which
    its samples depend (trained vocoders); draws_noise, True where it takes a `generator`.
    """

    mel: MelConfig

    def __call__(self, mel_BTF: Tensor) -> Tensor: ...


def load_vocoder(path: Path | str | None, mel: MelConfig) -> Vocoder:
    """Load a vocoder that takes `mel`: a checkpoint, an .onnx file, or for None Griffin-Lim.

    Raises: InputError when the file cannot be used or was made for another mel.
    """
    if path is None:
        from tts.vocoders.griffin_lim import GriffinLim

        return GriffinLim(mel)
    if Path(path).suffix == ".onnx":
        from tts.vocoders.onnx import OnnxVocoder

        return OnnxVocoder(path, mel)
    from tts.vocoders.checkpoints import read_vocoder

    vocoder = read_vocoder(path, mel)
    check_mel(mel, vocoder.mel, str(path))
    return vocoder


def seeded(vocoder: Any, mel_BTF: Tensor, seed: int) -> Tensor:
    """Turn mels into samples (B, S); noise, where the vocoder takes any, comes from `seed`."""
    import torch

    if not getattr(vocoder, "draws_noise", False):
        return vocoder(mel_BTF)
    generator = torch.Generator(mel_BTF.device).manual_seed(seed)
    return vocoder(mel_BTF, generator=generator)


def vocode(vocoder: Any, mel_TF: Tensor, seed: int = 0) -> np.ndarray:
    """Turn one mel (T, n_mels) into samples (S,) in [-1, 1], where the vocoder lies.

    seed: of the noise of a vocoder that takes any.
    """
    import torch

    tensors = [*vocoder.parameters(), *vocoder.buffers()] if hasattr(vocoder, "buffers") else []
    device = tensors[0].device if tensors else mel_TF.device
    with torch.inference_mode():
        return seeded(vocoder, mel_TF[None].to(device), seed)[0].clamp(-1.0, 1.0).cpu().numpy()


def check_mel(model: MelConfig, vocoder: MelConfig, where: str) -> None:
    """Raise InputError with both where a model makes another mel than a vocoder takes."""
    if model != vocoder:
        raise InputError(
            f"the vocoder {where} takes another mel than the model makes:\n"
            f"  model:   {model}\n  vocoder: {vocoder}\n"
            "give a vocoder trained on the model's mel, or none to use Griffin-Lim"
        )
