"""Predict a spectrum for each mel frame by a ConvNeXt network: Vocos (Siuzdak 2023).

Source: arXiv 2306.00814. Parameter names are those of the published implementation, whose weights
can be read.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tts.config import option
from tts.errors import InputError
from tts.mel import MelConfig
from tts.vocoders.spectra import InverseSTFT, margins

# Above this a magnitude is cut: early in training the exponential overflows.
MAX_MAGNITUDE = 100.0
EPS = 1e-6


@dataclass(frozen=True)
class VocosConfig:
    """Set the sizes of the network; the defaults are the preset `small`, 512 channels `base`."""

    channels: int = option(256, "channels of the network")
    num_layers: int = option(8, "ConvNeXt blocks")
    feed_forward_factor: int = option(3, "inner channels of a block, times `channels`")
    kernel_size: int = option(7, "frames that a depthwise convolution sees; odd")

    def __post_init__(self) -> None:
        if self.kernel_size % 2 == 0:
            raise InputError(f"vocos: kernel_size {self.kernel_size} must be odd")
        if min(self.channels, self.num_layers, self.feed_forward_factor, self.kernel_size) < 1:
            raise InputError(f"vocos: every size of {self} must be 1 or more")


class FrameConv(nn.Conv1d):
    """Convolve over frames as one matrix product of unfolded frames.

    torch's convolution rounds a frame otherwise when it lies elsewhere in its input; a product
    does not, so that speech made in chunks equals speech made at once, to the bit.
    """

    def forward(self, x_BDT: Tensor) -> Tensor:
        (size,), reach = self.kernel_size, self.kernel_size[0] // 2
        if torch.onnx.is_in_onnx_export():  # unfolding would become a loop there
            return F.conv1d(x_BDT, self.weight, self.bias, padding=reach)
        frames_BDTK = F.pad(x_BDT, (reach, reach)).unfold(2, size, 1)
        frames_BTD = frames_BDTK.transpose(1, 2).flatten(2)
        return F.linear(frames_BTD, self.weight.flatten(1), self.bias).transpose(1, 2)


class Block(nn.Module):
    """Add a ConvNeXt block's output to its input: depthwise convolution, then two products."""

    def __init__(self, channels: int, inner: int, kernel_size: int, scale: float):
        super().__init__()
        self.dwconv = nn.Conv1d(
            channels, channels, kernel_size, padding=kernel_size // 2, groups=channels
        )
        self.norm = nn.LayerNorm(channels, eps=EPS)
        self.pwconv1 = nn.Linear(channels, inner)
        self.pwconv2 = nn.Linear(inner, channels)
        self.gamma = nn.Parameter(torch.full((channels,), scale))

    def forward(self, x_BDT: Tensor) -> Tensor:
        """Process hidden frames (B, D, T)."""
        h_BTD = self.norm(self.dwconv(x_BDT).transpose(1, 2))
        h_BTD = self.gamma * self.pwconv2(F.gelu(self.pwconv1(h_BTD)))
        return x_BDT + h_BTD.transpose(1, 2)


class Backbone(nn.Module):
    """Map mel frames to hidden frames: (B, F, T) -> (B, T, D)."""

    def __init__(self, config: VocosConfig, n_mels: int):
        super().__init__()
        channels, inner = config.channels, config.channels * config.feed_forward_factor
        kernel = config.kernel_size
        self.embed = FrameConv(n_mels, channels, kernel)
        self.norm = nn.LayerNorm(channels, eps=EPS)
        self.convnext = nn.ModuleList(
            Block(channels, inner, kernel, 1 / config.num_layers) for _ in range(config.num_layers)
        )
        self.final_layer_norm = nn.LayerNorm(channels, eps=EPS)
        self.apply(_initialise)

    def forward(self, mel_BFT: Tensor) -> Tensor:
        x_BDT = self.norm(self.embed(mel_BFT).transpose(1, 2)).transpose(1, 2)
        for block in self.convnext:
            x_BDT = block(x_BDT)
        return self.final_layer_norm(x_BDT.transpose(1, 2))


class Head(nn.Module):
    """Map hidden frames to magnitude and phase of a spectrum, and that to samples."""

    def __init__(self, channels: int, mel: MelConfig):
        super().__init__()
        self.out = nn.Linear(channels, mel.n_fft + 2)
        self.istft = InverseSTFT(mel)
        self.apply(_initialise)

    def spectrum(self, h_BTD: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Turn (B, T, D) into magnitude, cosine and sine of the phase, (B, n_fft // 2 + 1, T)."""
        log_magnitude_BKT, phase_BKT = self.out(h_BTD).transpose(1, 2).float().chunk(2, dim=1)
        return log_magnitude_BKT.exp().clamp(max=MAX_MAGNITUDE), phase_BKT.cos(), phase_BKT.sin()

    def forward(self, h_BTD: Tensor) -> Tensor:
        magnitude, cosine, sine = self.spectrum(h_BTD)
        return self.istft(torch.complex(magnitude * cosine, magnitude * sine))


def _initialise(module: nn.Module) -> None:
    if isinstance(module, (nn.Conv1d, nn.Linear)):
        nn.init.trunc_normal_(module.weight, std=0.02)
        nn.init.zeros_(module.bias)


class Vocos(nn.Module):
    """Turn a natural-log mel into samples by one predicted spectrum per frame.

    3,584,770 parameters by default, 13,459,970 with 512 channels (80 mel bins, n_fft 1024).

    Attributes: mel, the features it accepts; context, the frames on each side of a frame on
    which its samples depend.
    """

    Config = VocosConfig

    def __init__(self, config: VocosConfig, mel: MelConfig):
        super().__init__()
        self.config, self.mel = config, mel
        self.backbone = Backbone(config, mel.n_mels)
        self.head = Head(config.channels, mel)

    @property
    def context(self) -> int:
        """Count the frames a side: those that a spectrum sees, and those that overlap it."""
        seen = (1 + self.config.num_layers) * (self.config.kernel_size // 2)
        return seen + math.ceil(max(margins(self.mel)) / self.mel.hop_length)

    def forward(self, mel_BTF: Tensor) -> Tensor:
        """Turn natural-log mel (B, T, n_mels) into samples (B, T * hop_length), not clipped."""
        return self.head(self.backbone(mel_BTF.transpose(1, 2)))

    def spectrum(self, mel_BTF: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return magnitude, cosine, sine (B, n_fft // 2 + 1, T), as sherpa-onnx takes them."""
        return self.head.spectrum(self.backbone(mel_BTF.transpose(1, 2)))


def config_of(weights: Mapping[str, Tensor], where: object) -> VocosConfig:
    """Read the sizes of a Vocos from the shapes of its weights.

    Raises: InputError naming what is missing when the weights are no Vocos.
    """
    try:
        embed = weights["backbone.embed.weight"]
        inner = weights["backbone.convnext.0.pwconv1.weight"].shape[0]
    except KeyError as error:
        raise InputError(f"{where} is no Vocos: it has no weight {error}") from None
    blocks = {name.split(".")[2] for name in weights if name.startswith("backbone.convnext.")}
    channels = embed.shape[0]
    return VocosConfig(channels, len(blocks), inner // channels, embed.shape[2])


def load_weights(weights: Mapping[str, Tensor], mel: MelConfig, where: object) -> Vocos:
    """Build the Vocos that `weights` belong to, for features of `mel`.

    Entries of the published files that are no part of the network (feature_extractor.*) are
    ignored. Raises: InputError when the weights are no Vocos or were trained on another mel.
    """
    weights = {k: v for k, v in weights.items() if not k.startswith("feature_extractor.")}
    config = config_of(weights, where)
    n_mels = weights["backbone.embed.weight"].shape[1]
    n_fft = weights["head.out.weight"].shape[0] - 2
    if (n_mels, n_fft) != (mel.n_mels, mel.n_fft):
        raise InputError(
            f"{where} was trained with {n_mels} mel bins and n_fft {n_fft}, the voice has "
            f"{mel.n_mels} mel bins and n_fft {mel.n_fft}: give a vocoder of the same features"
        )
    model = Vocos(config, mel)
    window = weights.get("head.istft.window")
    if window is not None and window.shape != model.head.istft.window.shape:
        weights["head.istft.window"] = model.head.istft.window
    try:
        model.load_state_dict(weights)
    except RuntimeError as error:
        raise InputError(f"{where} does not fit the sizes read from it: {error}") from None
    return model
