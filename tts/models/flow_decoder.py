"""Define Matcha's velocity network: a one-dimensional U-Net over the frames of a mel."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tts.models.fused import Linear, dropout, masked_norm_mish, mish, snake_beta


@dataclass(frozen=True)
class FlowDecoderConfig:
    """Hold the sizes of the velocity network (Mehta et al. 2024, section 3.3)."""

    channels: tuple[int, ...] = (256, 256)
    num_mid_blocks: int = 2
    num_heads: int = 2
    head_channels: int = 64
    feed_forward_factor: int = 4
    norm_groups: int = 8
    time_channels: int = 1024
    dropout: float = 0.05


def length_multiple(config: FlowDecoderConfig) -> int:
    """Return what the number of frames is padded to a multiple of, twice for each halving as
    published.
    """
    return 2 ** len(config.channels)


class TimeEmbedding(nn.Module):
    """Embed times: sinusoids of 1000 t, then two linear layers."""

    def __init__(self, inputs: int, channels: int):
        super().__init__()
        self.inputs = inputs
        self.linear_1 = Linear(inputs, channels)
        self.linear_2 = Linear(channels, channels)

    def forward(self, t_B: Tensor) -> Tensor:
        half = self.inputs // 2
        steps = torch.arange(half, device=t_B.device, dtype=torch.float32)
        frequency = torch.exp(steps * (-math.log(10000.0) / (half - 1)))
        angle = 1000.0 * t_B[:, None] * frequency
        sinusoids = torch.cat([angle.sin(), angle.cos()], dim=-1)
        return self.linear_2(F.silu(self.linear_1(sinusoids)))


def masked(x: Tensor, mask: Tensor | None) -> Tensor:
    """Return `x` with padding set to zero; None stands for 'everything is real'."""
    return x if mask is None else x * mask


class ConvBlock(nn.Module):
    """Apply convolution of a masked input, normalisation over real frames, Mish and mask."""

    def __init__(self, inputs: int, outputs: int, groups: int):
        super().__init__()
        conv = nn.Conv1d(inputs, outputs, 3, padding=1)
        self.block = nn.ModuleList([conv, nn.GroupNorm(groups, outputs)])

    def forward(self, x_BDT: Tensor, mask_B1T: Tensor | None) -> Tensor:
        conv, norm = self.block
        x_BDT = conv(x_BDT)
        if mask_B1T is None:
            return mish(norm(x_BDT))
        return masked_norm_mish(x_BDT, mask_B1T, norm.weight, norm.bias, norm.num_groups, norm.eps)


class ResnetBlock(nn.Module):
    """Apply two convolution blocks, the time added between them, and a residual projection."""

    def __init__(self, inputs: int, outputs: int, config: FlowDecoderConfig):
        super().__init__()
        self.mlp = nn.Sequential(nn.Mish(), Linear(config.time_channels, outputs))
        self.block1 = ConvBlock(inputs, outputs, config.norm_groups)
        self.block2 = ConvBlock(outputs, outputs, config.norm_groups)
        self.res_conv = nn.Conv1d(inputs, outputs, 1)

    def forward(self, x_BDT: Tensor, mask_B1T: Tensor | None, time_BD: Tensor) -> Tensor:
        x_BDT = masked(x_BDT, mask_B1T)
        hidden = self.block1(x_BDT, mask_B1T) + self.mlp(time_BD)[:, :, None]
        return self.block2(masked(hidden, mask_B1T), mask_B1T) + self.res_conv(x_BDT)


class SnakeBeta(nn.Module):
    """Apply a linear layer, then a + sin(a e^alpha)^2 / e^beta per channel (Lee et al. 2023,
    BigVGAN).
    """

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.proj = Linear(inputs, outputs)
        self.alpha = nn.Parameter(torch.zeros(outputs))
        self.beta = nn.Parameter(torch.zeros(outputs))

    def forward(self, x: Tensor) -> Tensor:
        return snake_beta(self.proj(x), self.alpha, self.beta)


class Dropout(nn.Dropout):
    """Drop elements, as a layer."""

    def forward(self, x: Tensor) -> Tensor:
        return dropout(x, self.p, self.training)


class DecoderAttention(nn.Module):
    """Attend over real frames."""

    def __init__(self, channels: int, config: FlowDecoderConfig):
        super().__init__()
        inner = config.num_heads * config.head_channels
        self.num_heads = config.num_heads
        self.to_q = Linear(channels, inner, bias=False)
        self.to_k = Linear(channels, inner, bias=False)
        self.to_v = Linear(channels, inner, bias=False)
        self.to_out = nn.Sequential(Linear(inner, channels), Dropout(config.dropout))

    def forward(self, x_BTD: Tensor, keys_B11T: Tensor | None) -> Tensor:
        q, k, v = (
            layer(x_BTD).unflatten(2, (self.num_heads, -1)).transpose(1, 2)
            for layer in (self.to_q, self.to_k, self.to_v)
        )
        mixed_BHTD = F.scaled_dot_product_attention(q, k, v, attn_mask=keys_B11T)
        return self.to_out(mixed_BHTD.transpose(1, 2).flatten(2))


class FeedForward(nn.Module):
    """Apply a linear layer with SnakeBeta, dropout, a linear layer."""

    def __init__(self, channels: int, config: FlowDecoderConfig):
        super().__init__()
        inner = channels * config.feed_forward_factor
        self.net = nn.Sequential(
            SnakeBeta(channels, inner), Dropout(config.dropout), Linear(inner, channels)
        )

    def forward(self, x_BTD: Tensor) -> Tensor:
        return self.net(x_BTD)


class TransformerBlock(nn.Module):
    """Apply pre-norm attention and feed-forward to (B, D, T)."""

    def __init__(self, channels: int, config: FlowDecoderConfig):
        super().__init__()
        self.norm1 = nn.LayerNorm(channels)
        self.attn1 = DecoderAttention(channels, config)
        self.norm3 = nn.LayerNorm(channels)
        self.ff = FeedForward(channels, config)

    def forward(self, x_BDT: Tensor, keys_B11T: Tensor | None) -> Tensor:
        x_BTD = x_BDT.transpose(1, 2)
        x_BTD = x_BTD + self.attn1(self.norm1(x_BTD), keys_B11T)
        x_BTD = x_BTD + self.ff(self.norm3(x_BTD))
        return x_BTD.transpose(1, 2)


class Resample(nn.Module):
    """Hold a strided convolution under the name published checkpoints use."""

    def __init__(self, conv: nn.Module):
        super().__init__()
        self.conv = conv

    def forward(self, x_BDT: Tensor) -> Tensor:
        return self.conv(x_BDT)


class VelocityNetwork(nn.Module):
    """Compute v(x_t, mu, t), the velocity that the flow follows, with a U-Net."""

    def __init__(self, config: FlowDecoderConfig, n_mels: int):
        super().__init__()
        channels = list(config.channels)
        self.time_mlp = TimeEmbedding(2 * n_mels, config.time_channels)
        self.down_blocks = nn.ModuleList()
        inputs = 2 * n_mels
        for level, outputs in enumerate(channels):
            last = level == len(channels) - 1
            down = nn.Conv1d(outputs, outputs, 3, padding=1, stride=1 if last else 2)
            self.down_blocks.append(
                self._stage(inputs, outputs, config, down if last else Resample(down))
            )
            inputs = outputs
        self.mid_blocks = nn.ModuleList(
            self._stage(inputs, inputs, config) for _ in range(config.num_mid_blocks)
        )
        self.up_blocks = nn.ModuleList()
        for level in reversed(range(len(channels))):
            skip, outputs = channels[level], channels[max(level - 1, 0)]
            if level > 0:
                up = Resample(nn.ConvTranspose1d(outputs, outputs, 4, 2, 1))
            else:
                up = nn.Conv1d(outputs, outputs, 3, padding=1)
            self.up_blocks.append(self._stage(inputs + skip, outputs, config, up))
            inputs = outputs
        self.final_block = ConvBlock(inputs, inputs, config.norm_groups)
        self.final_proj = nn.Conv1d(inputs, n_mels, 1)
        self._initialise()

    @staticmethod
    def _stage(
        inputs: int, outputs: int, config: FlowDecoderConfig, resample: nn.Module | None = None
    ) -> nn.ModuleList:
        stage = nn.ModuleList(
            [
                ResnetBlock(inputs, outputs, config),
                nn.ModuleList([TransformerBlock(outputs, config)]),
            ]
        )
        if resample is not None:
            stage.append(resample)
        return stage

    def _initialise(self) -> None:
        for module in self.modules():
            if isinstance(module, (nn.Conv1d, nn.Linear)):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(
        self, x_BFT: Tensor, mu_BFT: Tensor, mask_B1T: Tensor | None, t_B: Tensor
    ) -> Tensor:
        """Compute the velocity at x_t.

        Args:
          x_BFT: the point x_t on the way from noise to normalised mel; T is a multiple of
            `length_multiple(config)`.
          mu_BFT: the prior mean, frame by frame.
          mask_B1T: 1 for real frames; None when all are real.
          t_B: times in [0, 1].

        Returns: velocity (B, F, T), zero on padding.
        """
        time_BD = self.time_mlp(t_B)
        masks = [mask_B1T]
        for _ in range(len(self.down_blocks) - 1):
            masks.append(None if mask_B1T is None else masks[-1][:, :, ::2])
        keys = [None if mask is None else mask[:, None] > 0 for mask in masks]
        skips = []
        x_BDT = torch.cat([x_BFT, mu_BFT], dim=1)
        for level, (resnet, transformers, down) in enumerate(self.down_blocks):
            x_BDT = self._run(resnet, transformers, x_BDT, masks[level], keys[level], time_BD)
            skips.append(x_BDT)
            x_BDT = down(masked(x_BDT, masks[level]))
        for resnet, transformers in self.mid_blocks:
            x_BDT = self._run(resnet, transformers, x_BDT, masks[-1], keys[-1], time_BD)
        for level, (resnet, transformers, up) in zip(
            reversed(range(len(masks))), self.up_blocks, strict=True
        ):
            x_BDT = torch.cat([x_BDT, skips.pop()], dim=1)
            x_BDT = self._run(resnet, transformers, x_BDT, masks[level], keys[level], time_BD)
            x_BDT = up(masked(x_BDT, masks[level]))
        x_BDT = self.final_block(masked(x_BDT, mask_B1T), mask_B1T)
        return masked(self.final_proj(x_BDT), mask_B1T)

    @staticmethod
    def _run(resnet, transformers, x_BDT, mask_B1T, keys_B11T, time_BD) -> Tensor:
        x_BDT = resnet(x_BDT, mask_B1T, time_BD)
        for transformer in transformers:
            x_BDT = transformer(x_BDT, keys_B11T)
        return x_BDT
