"""Export a WaveGlow as ONNX, with its noise inside."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from tts.errors import InputError
from tts.export.vocoder import export_samples
from tts.files import atomic_path
from tts.vocoders.waveglow import Waveglow

if TYPE_CHECKING:
    import onnx

WAVEGLOW_TOLERANCE = 1e-3
SIGMA = "sigma"  # the number of the graph by which its noise is multiplied


class WaveglowSamples(nn.Module):
    """Give samples (N, T * hop_length), with the noise inside; SIGMA of it stands in the file."""

    def __init__(self, model: Waveglow):
        super().__init__()
        self.model, self.mel = model, model.mel
        self.register_buffer(SIGMA, torch.tensor(model.config.sigma))

    def forward(self, mel_BFT: Tensor) -> Tensor:
        mel_BCG = self.model.upsampled(mel_BFT.transpose(1, 2))
        noise_BNG = torch.randn_like(mel_BCG[:, : self.model.config.group_size])
        return self.model.speak(noise_BNG * getattr(self, SIGMA), mel_BCG)


class Noiseless(nn.Module):
    """Speak as a WaveGlow does whose sigma is 0."""

    def __init__(self, model: Waveglow):
        super().__init__()
        self.model, self.mel = model, model.mel

    def forward(self, mel_BTF: Tensor) -> Tensor:
        shape = (*mel_BTF.shape[:2], self.mel.hop_length)
        return self.model(mel_BTF, noise_BTS=mel_BTF.new_zeros(shape))


def export_waveglow(
    model: Waveglow, path: Path | str, facts: Mapping[str, str] | None = None
) -> float:
    """Write a WaveGlow as ONNX, with its noise inside; return the largest difference from PyTorch.

    The two are compared without noise: SIGMA is 0 in the file until then.
    Raises: InputError when they differ by more than WAVEGLOW_TOLERANCE; no file is written then.
    """
    import onnx

    graph = WaveglowSamples(model.fold())
    with atomic_path(path) as temporary:
        silent = functools.partial(_set_sigma, value=0.0)
        arguments = graph, Noiseless(model), temporary, WAVEGLOW_TOLERANCE, facts, True, silent
        difference = export_samples(*arguments)
        file = onnx.load(str(temporary))
        _set_sigma(file, model.config.sigma)
        onnx.save(file, str(temporary))
    return difference


def _set_sigma(file: onnx.ModelProto, value: float) -> None:
    """Give the number SIGMA of a graph another value. Raises: InputError where it has none."""
    from onnx import TensorProto, helper

    numbers = [number for number in file.graph.initializer if number.name == SIGMA]
    if len(numbers) != 1:
        raise InputError(f"the graph has no number {SIGMA!r} that scales its noise")
    numbers[0].CopyFrom(helper.make_tensor(SIGMA, TensorProto.FLOAT, [], [value]))
