"""Define Matcha's text encoder: prenet, rotary Transformer, prior mean and log durations."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tts.models.fused import attend, dropout
from tts.models.predictor import ChannelNorm, Predictor


@dataclass(frozen=True)
class TextEncoderConfig:
    """Hold sizes and dropout of the text encoder (Mehta et al. 2024, section 3.2)."""

    channels: int = 192
    filter_channels: int = 768
    num_heads: int = 2
    num_layers: int = 6
    kernel_size: int = 3
    dropout: float = 0.1
    prenet_layers: int = 3
    prenet_kernel_size: int = 5
    prenet_dropout: float = 0.5
    duration_channels: int = 256
    duration_kernel_size: int = 3
    duration_dropout: float = 0.1


def _conv(inputs: int, outputs: int, kernel_size: int = 1) -> nn.Conv1d:
    return nn.Conv1d(inputs, outputs, kernel_size, padding=kernel_size // 2)


class Prenet(nn.Module):
    """Apply convolutions with a residual projection that starts at zero."""

    def __init__(self, config: TextEncoderConfig):
        super().__init__()
        channels, kernel_size = config.channels, config.prenet_kernel_size
        layers = range(config.prenet_layers)
        self.conv_layers = nn.ModuleList(_conv(channels, channels, kernel_size) for _ in layers)
        self.norm_layers = nn.ModuleList(ChannelNorm(channels) for _ in layers)
        self.proj = _conv(channels, channels)
        nn.init.zeros_(self.proj.weight)
        nn.init.zeros_(self.proj.bias)
        self.dropout = config.prenet_dropout

    def forward(self, x_BDL: Tensor, mask_B1L: Tensor) -> Tensor:
        hidden_BDL = x_BDL
        for conv, norm in zip(self.conv_layers, self.norm_layers, strict=True):
            hidden_BDL = norm(conv(hidden_BDL * mask_B1L))
            hidden_BDL = dropout(F.relu(hidden_BDL), self.dropout, self.training)
        return (x_BDL + self.proj(hidden_BDL)) * mask_B1L


def rotate(x_BHLD: Tensor, base: float = 10000.0) -> Tensor:
    """Rotate by position the first half of each head's channels.

    The rotary channels are paired in two halves: (a, b) -> (a, b) cos + (-b, a) sin
    (Su et al. 2021, section 3.4.2).
    """
    position = torch.arange(x_BHLD.shape[-2], device=x_BHLD.device, dtype=torch.float32)
    angle_LD = rotary_angle(position, x_BHLD.shape[-1] // 2, base)
    return turn(x_BHLD, angle_LD.cos().to(x_BHLD.dtype), angle_LD.sin().to(x_BHLD.dtype))


def rotary_angle(position_L: Tensor, rotary: int, base: float = 10000.0) -> Tensor:
    """Return the angles (L, rotary) of `rotary` channels, the same in both halves."""
    half = rotary // 2
    exponent = torch.arange(half, device=position_L.device, dtype=torch.float32) / half
    return position_L[:, None] * torch.pow(base, -exponent).repeat(2)


def turn(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turn as many of the last axis's channels as `cos` and `sin` have."""
    rotary = cos.shape[-1]
    part, rest = x[..., :rotary], x[..., rotary:]
    turned = torch.cat([-part[..., rotary // 2 :], part[..., : rotary // 2]], dim=-1)
    return torch.cat([part * cos + turned * sin, rest], dim=-1)


class SelfAttention(nn.Module):
    """Attend with several heads and rotary positions; q, k, v and o are 1x1 convolutions."""

    def __init__(self, config: TextEncoderConfig):
        super().__init__()
        channels = config.channels
        self.num_heads, self.dropout = config.num_heads, config.dropout
        self.conv_q = _conv(channels, channels)
        self.conv_k = _conv(channels, channels)
        self.conv_v = _conv(channels, channels)
        self.conv_o = _conv(channels, channels)
        for conv in (self.conv_q, self.conv_k, self.conv_v):
            nn.init.xavier_uniform_(conv.weight)

    def forward(self, x_BDL: Tensor, keys_B11L: Tensor) -> Tensor:
        q, k, v = (self._heads(conv(x_BDL)) for conv in (self.conv_q, self.conv_k, self.conv_v))
        dropout = self.dropout if self.training else 0.0
        mixed_BHLD = attend(rotate(q), rotate(k), v, keys_B11L, dropout)
        return self.conv_o(mixed_BHLD.transpose(2, 3).flatten(1, 2))

    def _heads(self, x_BDL: Tensor) -> Tensor:
        """Reshape (B, H * D, L) -> (B, H, L, D)."""
        return x_BDL.unflatten(1, (self.num_heads, -1)).transpose(2, 3)


class FeedForward(nn.Module):
    """Apply two convolutions with a ReLU between them, inputs masked."""

    def __init__(self, config: TextEncoderConfig):
        super().__init__()
        self.conv_1 = _conv(config.channels, config.filter_channels, config.kernel_size)
        self.conv_2 = _conv(config.filter_channels, config.channels, config.kernel_size)
        self.dropout = config.dropout

    def forward(self, x_BDL: Tensor, mask_B1L: Tensor) -> Tensor:
        hidden = dropout(F.relu(self.conv_1(x_BDL * mask_B1L)), self.dropout, self.training)
        return self.conv_2(hidden * mask_B1L)


class Transformer(nn.Module):
    """Apply post-norm Transformer layers."""

    def __init__(self, config: TextEncoderConfig):
        super().__init__()
        layers = range(config.num_layers)
        self.attn_layers = nn.ModuleList(SelfAttention(config) for _ in layers)
        self.norm_layers_1 = nn.ModuleList(ChannelNorm(config.channels) for _ in layers)
        self.ffn_layers = nn.ModuleList(FeedForward(config) for _ in layers)
        self.norm_layers_2 = nn.ModuleList(ChannelNorm(config.channels) for _ in layers)
        self.dropout = config.dropout

    def forward(self, x_BDL: Tensor, mask_B1L: Tensor) -> Tensor:
        keys_B11L = mask_B1L[:, None] > 0
        layers = zip(
            self.attn_layers, self.norm_layers_1, self.ffn_layers, self.norm_layers_2, strict=True
        )
        for attention, norm_1, feed_forward, norm_2 in layers:
            x_BDL = x_BDL * mask_B1L
            x_BDL = norm_1(x_BDL + self._drop(attention(x_BDL, keys_B11L)))
            x_BDL = norm_2(x_BDL + self._drop(feed_forward(x_BDL, mask_B1L)))
        return x_BDL * mask_B1L

    def _drop(self, x: Tensor) -> Tensor:
        return dropout(x, self.dropout, self.training)


class TextEncoder(nn.Module):
    """Turn tokens into the prior mean of the mel and log durations."""

    def __init__(self, config: TextEncoderConfig, vocab_size: int, n_mels: int):
        super().__init__()
        self.config = config
        self.emb = nn.Embedding(vocab_size, config.channels)
        nn.init.normal_(self.emb.weight, 0.0, config.channels**-0.5)
        self.prenet = Prenet(config)
        self.encoder = Transformer(config)
        self.proj_m = _conv(config.channels, n_mels)
        self.proj_w = Predictor(
            config.channels,
            config.duration_channels,
            config.duration_kernel_size,
            config.duration_dropout,
        )

    def forward(self, tokens_BL: Tensor, mask_B1L: Tensor) -> tuple[Tensor, Tensor]:
        """Run the encoder.

        Args:
          tokens_BL: int64 token ids.
          mask_B1L: 1 for real tokens, 0 for padding.

        Returns: mu_x (B, F, L), normalised mel, and logw (B, 1, L), natural log of frames.
        """
        x_BDL = (self.emb(tokens_BL) * math.sqrt(self.config.channels)).transpose(1, 2)
        x_BDL = self.encoder(self.prenet(x_BDL, mask_B1L), mask_B1L)
        return self.proj_m(x_BDL) * mask_B1L, self.proj_w(x_BDL.detach(), mask_B1L)
