"""Take from a vocoder's samples the sound that it makes of nothing."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tts.mel import MelConfig
from tts.vocoders.spectra import centred_window, fourier_basis, margins


class Denoiser(nn.Module):
    """Lower each magnitude of an STFT by a share of a bias; phases stay.

    Both transforms are convolutions with one basis, so that the same code is exported as ONNX.
    Ends are padded with zeros. No state is stored in checkpoints.

    Attributes: context, the frames a side that an output frame depends on.
    """

    def __init__(self, mel: MelConfig, strength: float):
        """Args: strength, the share of the bias."""
        super().__init__()
        self.mel, self.strength = mel, strength
        basis, scale = fourier_basis(centred_window(mel))
        self.register_buffer("basis", basis, persistent=False)
        self.register_buffer("scale", scale, persistent=False)
        square = centred_window(mel).square()[None, None]
        self.register_buffer("square", square, persistent=False)
        self.context = 2 * math.ceil(max(margins(mel)) / mel.hop_length)

    def analyse(self, samples_BS: Tensor) -> tuple[Tensor, Tensor]:
        """Compute the spectrum (B, 2 K, T) of samples (B, T * hop), and magnitudes (B, K, T)."""
        padded_B1S = F.pad(samples_BS[:, None], margins(self.mel))
        spectrum_BKT = F.conv1d(padded_B1S, self.basis, stride=self.mel.hop_length)
        real, imag = spectrum_BKT.split(len(self.basis) // 2, dim=1)
        return spectrum_BKT, (real.square() + imag.square()).sqrt()

    def magnitudes(self, samples_BS: Tensor) -> Tensor:
        """Compute the magnitudes (B, K, T) of samples (B, T * hop_length)."""
        return self.analyse(samples_BS)[1]

    def forward(self, samples_BS: Tensor, bias_1K1: Tensor) -> Tensor:
        """Take `strength` times the bias from samples (B, T * hop_length)."""
        spectrum_BKT, magnitude_BKT = self.analyse(samples_BS)
        less_BKT = (magnitude_BKT - self.strength * bias_1K1).clamp(min=0)
        factor_BKT = less_BKT / magnitude_BKT.clamp(min=1e-9)
        spectrum_BKT = spectrum_BKT * torch.cat([factor_BKT, factor_BKT], dim=1) * self.scale
        hop, (left, right) = self.mel.hop_length, margins(self.mel)
        total = F.conv_transpose1d(spectrum_BKT, self.basis, stride=hop)
        ones_11T = torch.ones_like(magnitude_BKT[:1, :1])
        weight = F.conv_transpose1d(ones_11T, self.square, stride=hop)
        return (total[..., left:-right] / weight[..., left:-right]).flatten(1)
