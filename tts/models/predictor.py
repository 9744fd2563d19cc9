"""Predict values for each token or frame with a few convolutions."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tts.models.fused import dropout


class ChannelNorm(nn.Module):
    """Normalise over the channels of (B, D, L), eps 1e-4."""

    def __init__(self, channels: int):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(channels))
        self.beta = nn.Parameter(torch.zeros(channels))

    def forward(self, x_BDL: Tensor) -> Tensor:
        x_BLD = x_BDL.transpose(1, 2)
        normed_BLD = F.layer_norm(x_BLD, self.gamma.shape, self.gamma, self.beta, eps=1e-4)
        return normed_BLD.transpose(1, 2)


class Predictor(nn.Module):
    """Apply two convolutions, each with ReLU, normalisation and dropout, then a projection.

    Kim et al. 2020 (Glow-TTS), section 3.3; Ren et al. 2021 (FastSpeech 2), section 2.3.
    """

    def __init__(
        self, inputs: int, channels: int, kernel_size: int, probability: float, outputs: int = 1
    ):
        super().__init__()
        padding = kernel_size // 2
        self.conv_1 = nn.Conv1d(inputs, channels, kernel_size, padding=padding)
        self.norm_1 = ChannelNorm(channels)
        self.conv_2 = nn.Conv1d(channels, channels, kernel_size, padding=padding)
        self.norm_2 = ChannelNorm(channels)
        self.proj = nn.Conv1d(channels, outputs, 1)
        self.dropout = probability

    def hidden(self, x_BDL: Tensor, mask_B1L: Tensor) -> Tensor:
        """Return what is projected, (B, channels, L), zero on padding."""
        for conv, norm in ((self.conv_1, self.norm_1), (self.conv_2, self.norm_2)):
            x_BDL = norm(F.relu(conv(x_BDL * mask_B1L)))
            x_BDL = dropout(x_BDL, self.dropout, self.training)
        return x_BDL * mask_B1L

    def forward(self, x_BDL: Tensor, mask_B1L: Tensor) -> Tensor:
        """Map (B, inputs, L) to (B, outputs, L), zero on padding."""
        return self.proj(self.hidden(x_BDL, mask_B1L)) * mask_B1L
