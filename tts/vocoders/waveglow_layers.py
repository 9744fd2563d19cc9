"""Define the sizes and the layers of WaveGlow: matrices that mix, networks that shift and scale."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from tts.config import option
from tts.errors import InputError


@dataclass(frozen=True)
class WaveglowConfig:
    """Set the sizes of the network, and how it speaks; 512 and 64 channels are presets."""

    channels: int = option(256, "channels inside a step's network")
    num_layers: int = option(8, "layers of that network; layer i has a dilation of 2^i")
    kernel_size: int = option(3, "groups that a convolution sees; odd")
    num_flows: int = option(12, "invertible steps")
    group_size: int = option(8, "samples side by side in a group; even")
    early_every: int = option(4, "steps after which some channels are put out")
    early_size: int = option(2, "channels that are put out then; even")
    upsample_frames: int = option(4, "frames that the upsampling of the mel sees")
    sigma: float = option(0.6, "standard deviation of the noise when speaking")
    denoiser: float = option(
        0.01, "share of the sound of a zero mel that is taken away when speaking; 0: none"
    )

    def __post_init__(self) -> None:
        sizes = (self.channels, self.num_layers, self.num_flows, self.early_every)
        if min(*sizes, self.early_size, self.upsample_frames) < 1 or self.kernel_size % 2 == 0:
            raise InputError(f"waveglow: sizes of {self} must be 1 or more, kernel_size odd")
        if self.group_size % 2 or self.early_size % 2 or self.channels_of(-1) < 2:
            raise InputError(
                f"waveglow: group_size {self.group_size} and early_size {self.early_size} must be "
                f"even, and of a group 2 channels must be left after {self.num_flows} steps"
            )
        if self.sigma < 0 or self.denoiser < 0:
            raise InputError(f"waveglow: sigma and denoiser of {self} must be 0 or more")

    def channels_of(self, flow: int) -> int:
        """Return the channels that step `flow` (-1: the last) works on."""
        return self.group_size - self.early_size * (flow % self.num_flows // self.early_every)


class Mixing(nn.Module):
    """Multiply each group by an invertible matrix; a rotation at first."""

    def __init__(self, channels: int):
        super().__init__()
        self.conv = nn.Conv1d(channels, channels, 1, bias=False)
        matrix, _ = torch.linalg.qr(torch.randn(channels, channels))
        matrix[:, 0] *= torch.linalg.det(matrix).sign()
        self.conv.weight.data = matrix[..., None].contiguous()
        self.register_buffer("inverse_matrix", None, persistent=False)

    def forward(self, x_BNG: Tensor) -> tuple[Tensor, Tensor]:
        """Mix groups; return them and the logarithm of the determinant, of one group."""
        matrix = self.conv.weight[..., 0].float()
        return matrix @ x_BNG, torch.linalg.slogdet(matrix).logabsdet

    def inverse(self, x_BNG: Tensor) -> Tensor:
        """Undo `forward`."""
        known = self.inverse_matrix
        return (self.inverted() if known is None else known) @ x_BNG

    def inverted(self) -> Tensor:
        """Return the inverse matrix, computed in double precision."""
        return torch.linalg.inv(self.conv.weight[..., 0].double()).float()


class Coupling(nn.Module):
    """Tell shift and log scale of half of the channels from the other half and the mel.

    A WaveNet that is not causal: gated dilated convolutions over groups, each with a skip.
    """

    def __init__(self, half: int, mel_channels: int, config: WaveglowConfig):
        super().__init__()
        width, layers, size = config.channels, config.num_layers, config.kernel_size
        self.start = nn.Conv1d(half, width, 1)
        self.in_layers = nn.ModuleList(
            nn.Conv1d(width, 2 * width, size, dilation=2**i, padding=2**i * (size // 2))
            for i in range(layers)
        )
        self.cond_layer = nn.Conv1d(mel_channels, 2 * width * layers, 1)
        self.res_skip_layers = nn.ModuleList(
            nn.Conv1d(width, width if i == layers - 1 else 2 * width, 1) for i in range(layers)
        )
        self.end = nn.Conv1d(width, 2 * half, 1)

    def forward(self, kept_BHG: Tensor, mel_BCG: Tensor) -> tuple[Tensor, Tensor]:
        """Return shift and log scale (B, H, G), float32, for the half that is changed."""
        x_BDG, skipped, width = self.start(kept_BHG), 0.0, self.start.out_channels
        of_mel = self.cond_layer(mel_BCG).split(2 * width, dim=1)
        layers = zip(self.in_layers, self.res_skip_layers, of_mel, strict=True)
        for index, (convolve, leave, given_BDG) in enumerate(layers):
            content, gate = (convolve(x_BDG) + given_BDG).split(width, dim=1)
            left = leave(content.tanh() * gate.sigmoid())
            if index < len(self.in_layers) - 1:
                more_BDG, left = left.split(width, dim=1)
                x_BDG = x_BDG + more_BDG
            skipped = skipped + left
        shift, log_scale = self.end(skipped).float().split(self.start.in_channels, dim=1)
        return shift, log_scale
