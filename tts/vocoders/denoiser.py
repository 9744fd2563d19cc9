"""Take from a vocoder's samples the sound that it makes of nothing."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tts.mel import MelConfig
from tts.vocoders.spectra import ConvolutionSTFT, margins


class Denoiser(nn.Module):
    """Lower each magnitude of an STFT by a share of a bias; phases stay.

    Both transforms are convolutions, so that the same code is exported as ONNX. Ends are padded
    with zeros. No state is stored in checkpoints.

    Attributes: context, the frames a side that an output frame depends on.
    """

    def __init__(self, mel: MelConfig, strength: float):
        """Args: strength, the share of the bias."""
        super().__init__()
        self.mel, self.strength = mel, strength
        self.stft = ConvolutionSTFT(mel)
        self.context = 2 * math.ceil(max(margins(mel)) / mel.hop_length)

    def analyse(self, samples_BS: Tensor) -> tuple[Tensor, Tensor]:
        """Compute the spectrum (B, 2 K, T) of samples (B, T * hop), and magnitudes (B, K, T)."""
        spectrum_BKT = self.stft(F.pad(samples_BS, margins(self.mel)))
        real, imag = spectrum_BKT.chunk(2, dim=1)
        return spectrum_BKT, (real.square() + imag.square()).sqrt()

    def magnitudes(self, samples_BS: Tensor) -> Tensor:
        """Compute the magnitudes (B, K, T) of samples (B, T * hop_length)."""
        return self.analyse(samples_BS)[1]

    def forward(self, samples_BS: Tensor, bias_1K1: Tensor) -> Tensor:
        """Take `strength` times the bias from samples (B, T * hop_length)."""
        spectrum_BKT, magnitude_BKT = self.analyse(samples_BS)
        less_BKT = (magnitude_BKT - self.strength * bias_1K1).clamp(min=0)
        factor_BKT = less_BKT / magnitude_BKT.clamp(min=1e-9)
        left, right = margins(self.mel)
        factors_B2KT = torch.cat([factor_BKT, factor_BKT], dim=1)
        return self.stft.inverse(spectrum_BKT * factors_B2KT)[:, left:-right]
