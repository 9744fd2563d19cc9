"""Turn mel into samples with HiFi-GAN V1, V2 or V3, whose weights jik876/hifi-gan publishes.

Source: Kong et al. 2020, arXiv 2010.05646, section 2.2 and appendix A.1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tts.checkpoint import load_checkpoint
from tts.errors import InputError
from tts.files import read_json
from tts.mel import MelConfig

SLOPE = 0.1  # of every leaky ReLU but the last, which keeps torch's default


@dataclass(frozen=True)
class HifiganConfig:
    """Hold a generator's shape; the names are those of the published config_v*.json.

    Attributes:
      resblock: 1 (pairs of convolutions) or 2 (single convolutions).
      upsample_initial_channel: channels before the first upsampling, halved at each.
      resblock_dilation_sizes: one tuple of dilations for each of resblock_kernel_sizes.
      mel: the features that the weights were trained on.
    """

    resblock: int = 1
    upsample_rates: tuple[int, ...] = (8, 8, 2, 2)
    upsample_kernel_sizes: tuple[int, ...] = (16, 16, 4, 4)
    upsample_initial_channel: int = 512
    resblock_kernel_sizes: tuple[int, ...] = (3, 7, 11)
    resblock_dilation_sizes: tuple[tuple[int, ...], ...] = ((1, 3, 5), (1, 3, 5), (1, 3, 5))
    mel: MelConfig = field(default_factory=MelConfig)

    def __post_init__(self) -> None:
        rates, kernels = self.upsample_rates, self.upsample_kernel_sizes
        if math.prod(rates) != self.mel.hop_length:
            product = " * ".join(map(str, rates))
            raise InputError(
                f"upsample_rates {product} = {math.prod(rates)} samples a frame, but hop_size is "
                f"{self.mel.hop_length}: the two must be equal, or the voice has another speed"
            )
        margins = [kernel - rate for kernel, rate in zip(kernels, rates, strict=False)]
        if len(kernels) != len(rates) or any(margin < 0 or margin % 2 for margin in margins):
            raise InputError(
                f"upsample_kernel_sizes {kernels} for upsample_rates {rates}: one is needed for "
                "each rate, larger than it by an even number"
            )


V1 = HifiganConfig()
V2 = HifiganConfig(upsample_initial_channel=128)
V3 = HifiganConfig(
    resblock=2,
    upsample_rates=(8, 8, 4),
    upsample_kernel_sizes=(16, 16, 8),
    upsample_initial_channel=V1.upsample_initial_channel // 2,
    resblock_kernel_sizes=(3, 5, 7),
    resblock_dilation_sizes=((1, 2), (2, 6), (3, 12)),
)


class Hifigan(nn.Module):
    """Turn mel into samples: transposed convolutions, each followed by averaged residual blocks."""

    def __init__(self, config: HifiganConfig):
        super().__init__()
        self.config = config
        self.mel = config.mel
        channels = config.upsample_initial_channel
        self.conv_pre = nn.Conv1d(config.mel.n_mels, channels, 7, padding=3)
        self.ups = nn.ModuleList()
        self.resblocks = nn.ModuleList()
        for rate, kernel in zip(config.upsample_rates, config.upsample_kernel_sizes, strict=True):
            padding = (kernel - rate) // 2
            self.ups.append(
                nn.ConvTranspose1d(channels, channels // 2, kernel, rate, padding=padding)
            )
            channels //= 2
            for size, dilations in zip(
                config.resblock_kernel_sizes, config.resblock_dilation_sizes, strict=True
            ):
                block = PairedBlock if config.resblock == 1 else SingleBlock
                self.resblocks.append(block(channels, size, dilations))
        self.conv_post = nn.Conv1d(channels, 1, 7, padding=3)

    def forward(self, mel_BTF: Tensor) -> Tensor:
        """Turn natural-log mel (B, T, n_mels) into samples in [-1, 1], (B, T * hop_length)."""
        x_BDT = self.conv_pre(mel_BTF.transpose(1, 2))
        num_blocks = len(self.config.resblock_kernel_sizes)
        for index, up in enumerate(self.ups):
            x_BDT = up(F.leaky_relu(x_BDT, SLOPE))
            blocks = self.resblocks[index * num_blocks : (index + 1) * num_blocks]
            x_BDT = sum(block(x_BDT) for block in blocks) / num_blocks
        return torch.tanh(self.conv_post(F.leaky_relu(x_BDT))).squeeze(1)


class PairedBlock(nn.Module):
    """Apply a residual block of V1 and V2: a dilated and an undilated convolution per dilation."""

    def __init__(self, channels: int, kernel: int, dilations: tuple[int, ...]):
        super().__init__()
        self.convs1 = nn.ModuleList(_same_conv(channels, kernel, d) for d in dilations)
        self.convs2 = nn.ModuleList(_same_conv(channels, kernel, 1) for _ in dilations)

    def forward(self, x_BDT: Tensor) -> Tensor:
        for first, second in zip(self.convs1, self.convs2, strict=True):
            h_BDT = first(F.leaky_relu(x_BDT, SLOPE))
            x_BDT = x_BDT + second(F.leaky_relu(h_BDT, SLOPE))
        return x_BDT


class SingleBlock(nn.Module):
    """Apply a residual block of V3: one dilated convolution per dilation."""

    def __init__(self, channels: int, kernel: int, dilations: tuple[int, ...]):
        super().__init__()
        self.convs = nn.ModuleList(_same_conv(channels, kernel, d) for d in dilations)

    def forward(self, x_BDT: Tensor) -> Tensor:
        for conv in self.convs:
            x_BDT = x_BDT + conv(F.leaky_relu(x_BDT, SLOPE))
        return x_BDT


def _same_conv(channels: int, kernel: int, dilation: int) -> nn.Conv1d:
    padding = dilation * (kernel - 1) // 2
    return nn.Conv1d(channels, channels, kernel, dilation=dilation, padding=padding)


def load_hifigan(path: Path | str) -> Hifigan:
    """Read a generator from a jik876-format checkpoint (any suffix), in evaluation mode.

    Its shape comes from the json beside it (`X.json`, `config.json`, or the checkpoint's name
    with "config" for "generator"), else from the weights where they are V1, V2 or V3.
    Raises: InputError for a missing or foreign file, or weights that fit no configuration.
    """
    path = Path(path)
    weights = fold_weight_norm(_read_generator(path))
    beside = _config_beside(path)
    config = read_config(beside) if beside else guess_config(weights, path)
    model = Hifigan(config)
    try:
        model.load_state_dict(weights)
    except RuntimeError as error:
        origin = beside or "the shape guessed from its weights"
        raise InputError(f"{path} does not fit {origin}: {error}") from None
    return model.eval().requires_grad_(False)


def _read_generator(path: Path) -> dict[str, Tensor]:
    content = load_checkpoint(path)
    if isinstance(content.get("generator"), Mapping):
        return dict(content["generator"])
    keys = ", ".join(map(str, list(content)[:8]))
    raise InputError(f"{path}: expected a HiFi-GAN checkpoint with key 'generator', found {keys}")


def fold_weight_norm(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return plain weights for weight-normalised ones: w = g * v / |v|, norms over dims 1 and 2."""
    folded = {}
    for name, value in state.items():
        if name.endswith(".weight_g"):
            continue
        if name.endswith(".weight_v"):
            stem = name.removesuffix("_v")
            norm = value.flatten(1).norm(dim=1).view(-1, 1, 1)
            folded[stem] = value * (state[f"{stem}_g"] / norm)
        else:
            folded[name] = value
    return folded


def _config_beside(path: Path) -> Path | None:
    names = (f"{path.stem}.json", f"{path.name}.json", "config.json")
    if "generator" in path.stem:
        names += (path.stem.replace("generator", "config") + ".json",)
        # hifigan_generator_v2 stands beside hifigan_config_v2.json or config_v2.json.
        names += ("config" + path.stem.partition("generator")[2] + ".json",)
    return next((path.parent / name for name in names if (path.parent / name).is_file()), None)


def read_config(path: Path | str) -> HifiganConfig:
    """Read a published config_v*.json.

    Raises: InputError for a missing key, a value of another type, or for upsampling that
    contradicts hop_size.
    """
    values: dict[str, Any] = read_json(path)
    try:
        mel = MelConfig(
            sample_rate=values["sampling_rate"],
            n_fft=values["n_fft"],
            win_length=values["win_size"],
            hop_length=values["hop_size"],
            n_mels=int(values["num_mels"]),
            f_min=float(values["fmin"]),
            f_max=float(values["fmax"] or values["sampling_rate"] / 2),
        )
        return HifiganConfig(
            resblock=int(values["resblock"]),
            upsample_rates=tuple(values["upsample_rates"]),
            upsample_kernel_sizes=tuple(values["upsample_kernel_sizes"]),
            upsample_initial_channel=int(values["upsample_initial_channel"]),
            resblock_kernel_sizes=tuple(values["resblock_kernel_sizes"]),
            resblock_dilation_sizes=tuple(map(tuple, values["resblock_dilation_sizes"])),
            mel=mel,
        )
    except KeyError as error:
        raise InputError(f"{path} is no HiFi-GAN configuration: {error} is missing") from None
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    except (TypeError, ValueError) as error:
        raise InputError(f"{path} is no HiFi-GAN configuration: {error}") from None


def guess_config(weights: Mapping[str, Tensor], where: Path | str) -> HifiganConfig:
    """Return the published configuration whose parameter shapes equal those of `weights`.

    Dilations leave no trace in the weights, so only V1, V2 and V3 can be told.
    """
    given = {name: tuple(value.shape) for name, value in weights.items()}
    for config in (V1, V2, V3):
        with torch.device("meta"):
            shapes = {n: tuple(v.shape) for n, v in Hifigan(config).state_dict().items()}
        if shapes == given:
            return config
    raise InputError(
        f"{where} has the shape of none of HiFi-GAN V1, V2 and V3; "
        f"put its training configuration beside it as {Path(where).stem}.json"
    )
