"""Define feed-forward Transformer blocks: FastSpeech's encoder and mel decoder."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tts.models.fused import Linear, attend, dropout


@dataclass(frozen=True)
class FeedForwardConfig:
    """Hold the sizes of a stack of blocks (Ren et al. 2021, appendix A).

    attention_dropout: of the attention's weights, of which the paper says nothing.
    """

    channels: int = 256
    num_layers: int = 4
    num_heads: int = 2
    filter_channels: int = 1024
    kernel_size_1: int = 9
    kernel_size_2: int = 1
    dropout: float = 0.1
    attention_dropout: float = 0.0


def sinusoids(length: int | Tensor, channels: int, device: torch.device) -> Tensor:
    """Return positions (length, channels): sines in the first half of the channels, then cosines.

    Frequencies fall from 1 to 1/10000 (Vaswani et al. 2017, section 3.5).
    """
    half = channels // 2
    step = -math.log(10000.0) / max(1, half - 1)
    frequency_D = torch.exp(torch.arange(half, device=device, dtype=torch.float32) * step)
    position_T = torch.arange(length, device=device).float()
    angle_TD = position_T[:, None] * frequency_D
    return torch.cat([angle_TD.sin(), angle_TD.cos()], dim=-1)


class SelfAttention(nn.Module):
    """Attend with several heads to real positions."""

    def __init__(self, config: FeedForwardConfig):
        super().__init__()
        self.num_heads, self.dropout = config.num_heads, config.attention_dropout
        self.project_qkv = Linear(config.channels, 3 * config.channels)
        self.project_out = Linear(config.channels, config.channels)
        for weight in (*self.project_qkv.weight.chunk(3), self.project_out.weight):
            nn.init.xavier_uniform_(weight)
        nn.init.zeros_(self.project_qkv.bias)

    def forward(self, x_BTD: Tensor, keys_B11T: Tensor) -> Tensor:
        q, k, v = (
            part.unflatten(2, (self.num_heads, -1)).transpose(1, 2)
            for part in self.project_qkv(x_BTD).chunk(3, dim=2)
        )
        probability = self.dropout if self.training else 0.0
        mixed_BHTD = attend(q, k, v, keys_B11T, probability)
        return self.project_out(mixed_BHTD.transpose(1, 2).flatten(2))


class ConvFeedForward(nn.Module):
    """Apply two convolutions with a ReLU between them, inputs masked."""

    def __init__(self, config: FeedForwardConfig):
        super().__init__()
        channels, inner = config.channels, config.filter_channels
        sizes = config.kernel_size_1, config.kernel_size_2
        self.conv_1 = nn.Conv1d(channels, inner, sizes[0], padding=sizes[0] // 2)
        self.conv_2 = nn.Conv1d(inner, channels, sizes[1], padding=sizes[1] // 2)

    def forward(self, x_BTD: Tensor, mask_BT1: Tensor) -> Tensor:
        hidden_BDT = F.relu(self.conv_1((x_BTD * mask_BT1).transpose(1, 2)))
        if self.conv_2.kernel_size[0] > 1:
            hidden_BDT = hidden_BDT * mask_BT1.transpose(1, 2)
        return self.conv_2(hidden_BDT).transpose(1, 2)


class FeedForwardBlock(nn.Module):
    """Apply post-norm self-attention and convolutions (FastSpeech, Ren et al. 2019, 3.1)."""

    def __init__(self, config: FeedForwardConfig):
        super().__init__()
        self.attention = SelfAttention(config)
        self.norm_1 = nn.LayerNorm(config.channels)
        self.feed_forward = ConvFeedForward(config)
        self.norm_2 = nn.LayerNorm(config.channels)
        self.dropout = config.dropout

    def forward(self, x_BTD: Tensor, mask_BT1: Tensor, keys_B11T: Tensor) -> Tensor:
        x_BTD = self.norm_1(x_BTD + self._drop(self.attention(x_BTD, keys_B11T)))
        return self.norm_2(x_BTD + self._drop(self.feed_forward(x_BTD, mask_BT1)))

    def _drop(self, x: Tensor) -> Tensor:
        return dropout(x, self.dropout, self.training)


class FeedForwardTransformer(nn.Module):
    """Add positions to the input, then apply the blocks."""

    def __init__(self, config: FeedForwardConfig):
        super().__init__()
        self.blocks = nn.ModuleList(FeedForwardBlock(config) for _ in range(config.num_layers))

    def forward(self, x_BTD: Tensor, mask_B1T: Tensor) -> Tensor:
        """Map (B, T, D) to (B, T, D), which is zero where `mask_B1T` is."""
        mask_BT1 = mask_B1T.transpose(1, 2)
        positions_TD = sinusoids(x_BTD.shape[1], x_BTD.shape[2], x_BTD.device)
        x_BTD = x_BTD + positions_TD.to(x_BTD.dtype)
        keys_B11T = mask_B1T[:, None] > 0
        for block in self.blocks:
            x_BTD = block(x_BTD, mask_BT1, keys_B11T)
        return x_BTD * mask_BT1
