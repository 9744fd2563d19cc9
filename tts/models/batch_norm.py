"""Normalise channels over the real positions of a batch (Ioffe & Szegedy 2015)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class BatchNorm(nn.Module):
    """Normalise each channel by the mean and variance of the batch's real positions.

    Padding counts neither in training nor in the running statistics, which take the place of the
    batch's own outside training. Names of weights as in nn.BatchNorm1d.
    """

    def __init__(self, channels: int, momentum: float = 0.1, eps: float = 1e-5):
        super().__init__()
        self.momentum, self.eps = momentum, eps
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))

    def forward(self, x_BDT: Tensor, mask_B1T: Tensor) -> Tensor:
        x_BDT = x_BDT.float()
        mean_D, var_D = self.running_mean, self.running_var
        if self.training:
            count = mask_B1T.sum()
            mean_D = (x_BDT * mask_B1T).sum((0, 2)) / count
            centred_BDT = (x_BDT - mean_D[:, None]) * mask_B1T
            var_D = centred_BDT.square().sum((0, 2)) / count
            with torch.no_grad():
                unbiased_D = var_D * count / (count - 1).clamp(min=1)
                self.running_mean.lerp_(mean_D, self.momentum)
                self.running_var.lerp_(unbiased_D, self.momentum)
        scale_D = self.weight * torch.rsqrt(var_D + self.eps)
        return x_BDT * scale_D[:, None] + (self.bias - mean_D * scale_D)[:, None]

    def folded(self, conv: nn.Conv1d) -> nn.Conv1d:
        """Return a convolution that does what `conv` and then this layer do outside training."""
        scale_D = self.weight * torch.rsqrt(self.running_var + self.eps)
        made = nn.Conv1d(
            conv.in_channels, conv.out_channels, conv.kernel_size[0], padding=conv.padding[0]
        )
        with torch.no_grad():
            made.weight.copy_(conv.weight * scale_D[:, None, None])
            made.bias.copy_((conv.bias - self.running_mean) * scale_D + self.bias)
        return made


def running_statistics(network: nn.Module) -> list[Tensor]:
    """Return the buffers that training moves, in the order of the modules."""
    norms = (module for module in network.modules() if isinstance(module, BatchNorm))
    return [buffer for norm in norms for buffer in (norm.running_mean, norm.running_var)]
