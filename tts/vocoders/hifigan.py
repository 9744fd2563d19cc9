"""Turn mel into samples with HiFi-GAN V1, V2 or V3, whose weights jik876/hifi-gan publishes.

Source: Kong et al. 2020, arXiv 2010.05646, section 2.2 and appendix A.1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm

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
    """

    resblock: int = 1
    upsample_rates: tuple[int, ...] = (8, 8, 2, 2)
    upsample_kernel_sizes: tuple[int, ...] = (16, 16, 4, 4)
    upsample_initial_channel: int = 512
    resblock_kernel_sizes: tuple[int, ...] = (3, 7, 11)
    resblock_dilation_sizes: tuple[tuple[int, ...], ...] = ((1, 3, 5), (1, 3, 5), (1, 3, 5))

    def __post_init__(self) -> None:
        rates, kernels = self.upsample_rates, self.upsample_kernel_sizes
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
    """Turn mel into samples: transposed convolutions, each followed by averaged residual blocks.

    Attributes: mel, the features it takes; context, the frames on each side of a frame on which
    its samples depend.
    """

    Config = HifiganConfig

    def __init__(self, config: HifiganConfig, mel: MelConfig):
        """Build a generator. Raises: InputError when upsampling and the mel's hop differ."""
        super().__init__()
        check_upsampling(config, mel)
        self.config, self.mel = config, mel
        channels = config.upsample_initial_channel
        self.conv_pre = nn.Conv1d(mel.n_mels, channels, 7, padding=3)
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

    @property
    def context(self) -> int:
        """Count the frames a side by going back from a sample through all convolutions."""
        config, reach = self.config, 3  # of conv_post, in samples
        per_kernel = zip(config.resblock_kernel_sizes, config.resblock_dilation_sizes, strict=True)
        blocks = [
            (kernel - 1) // 2 * (sum(dilations) + (len(dilations) if config.resblock == 1 else 0))
            for kernel, dilations in per_kernel
        ]
        rates = zip(config.upsample_rates, config.upsample_kernel_sizes, strict=True)
        for rate, kernel in reversed(list(rates)):
            reach += max(blocks)
            padding = (kernel - rate) // 2
            reach = (reach + max(rate - 1 + padding, kernel - 1 - padding)) // rate
        return reach + 3  # of conv_pre, in frames

    def trainable(self) -> Hifigan:
        """Initialise weights as published and normalise them (Salimans and Kingma 2016)."""
        for name, module in list(self.named_modules()):
            if isinstance(module, (nn.Conv1d, nn.ConvTranspose1d)):
                if name != "conv_pre":
                    nn.init.normal_(module.weight, 0.0, 0.01)
                weight_norm(module)
        return self

    def forward(self, mel_BTF: Tensor) -> Tensor:
        """Turn natural-log mel (B, T, n_mels) into samples in [-1, 1], (B, T * hop_length)."""
        x_BDT = self.conv_pre(mel_BTF.transpose(1, 2))
        num_blocks = len(self.config.resblock_kernel_sizes)
        for index, up in enumerate(self.ups):
            x_BDT = up(F.leaky_relu(x_BDT, SLOPE))
            blocks = self.resblocks[index * num_blocks : (index + 1) * num_blocks]
            x_BDT = sum(block(x_BDT) for block in blocks) / num_blocks
        return torch.tanh(self.conv_post(F.leaky_relu(x_BDT))).squeeze(1)


def check_upsampling(config: HifiganConfig, mel: MelConfig) -> None:
    """Raise InputError with both numbers where a frame is upsampled to another length than hop."""
    made = math.prod(config.upsample_rates)
    if made != mel.hop_length:
        product = " * ".join(map(str, config.upsample_rates))
        raise InputError(
            f"upsample_rates {product} = {made} samples a frame, but hop_size is "
            f"{mel.hop_length}: the two must be equal, or the voice has another speed"
        )


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
    config, mel = read_config(beside) if beside else (guess_config(weights, path), MelConfig())
    try:
        model = Hifigan(config, mel)
        model.load_state_dict(weights)
    except RuntimeError as error:
        origin = beside or "the shape guessed from its weights"
        raise InputError(f"{path} does not fit {origin}: {error}") from None
    except InputError as error:
        raise InputError(f"{beside or path}: {error}") from None
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


def read_config(path: Path | str) -> tuple[HifiganConfig, MelConfig]:
    """Read a published config_v*.json: the generator's shape, and the mel it takes.

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
        config = HifiganConfig(
            resblock=int(values["resblock"]),
            upsample_rates=tuple(values["upsample_rates"]),
            upsample_kernel_sizes=tuple(values["upsample_kernel_sizes"]),
            upsample_initial_channel=int(values["upsample_initial_channel"]),
            resblock_kernel_sizes=tuple(values["resblock_kernel_sizes"]),
            resblock_dilation_sizes=tuple(map(tuple, values["resblock_dilation_sizes"])),
        )
        check_upsampling(config, mel)
        return config, mel
    except KeyError as error:
        raise InputError(f"{path} is no HiFi-GAN configuration: {error} is missing") from None
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    except (TypeError, ValueError) as error:
        raise InputError(f"{path} is no HiFi-GAN configuration: {error}") from None


def published_config(config: HifiganConfig, mel: MelConfig) -> dict[str, Any]:
    """Return the values of a config_v*.json: the inverse of `read_config`."""
    return {
        "resblock": str(config.resblock),
        "upsample_rates": list(config.upsample_rates),
        "upsample_kernel_sizes": list(config.upsample_kernel_sizes),
        "upsample_initial_channel": config.upsample_initial_channel,
        "resblock_kernel_sizes": list(config.resblock_kernel_sizes),
        "resblock_dilation_sizes": [list(sizes) for sizes in config.resblock_dilation_sizes],
        "sampling_rate": mel.sample_rate,
        "n_fft": mel.n_fft,
        "win_size": mel.win_length,
        "hop_size": mel.hop_length,
        "num_mels": mel.n_mels,
        "fmin": mel.f_min,
        "fmax": mel.f_max,
    }


def guess_config(weights: Mapping[str, Tensor], where: Path | str) -> HifiganConfig:
    """Return the published configuration whose parameter shapes equal those of `weights`.

    Dilations leave no trace in the weights, so only V1, V2 and V3 can be told.
    """
    given = {name: tuple(value.shape) for name, value in weights.items()}
    for config in (V1, V2, V3):
        with torch.device("meta"):
            shapes = {
                n: tuple(v.shape) for n, v in Hifigan(config, MelConfig()).state_dict().items()
            }
        if shapes == given:
            return config
    raise InputError(
        f"{where} has the shape of none of HiFi-GAN V1, V2 and V3; "
        f"put its training configuration beside it as {Path(where).stem}.json"
    )
