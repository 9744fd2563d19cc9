"""Read the WaveGlow weights that NVIDIA publishes, by their names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from tts.errors import InputError
from tts.mel import MelConfig
from tts.vocoders.hifigan import fold_weight_norm
from tts.vocoders.waveglow import Waveglow, WaveglowConfig

_PLACES = (None, "state_dict", "model")  # of the weights in a file
_MARKS = ("upsample.weight", "convinv.0.conv.weight")
_ONE_COND_LAYER = re.compile(r"(WN\.\d+\.)cond_layers\.(\d+)\.(.+)")


def waveglow_weights(content: Mapping[str, Any]) -> dict[str, Tensor] | None:
    """Return the weights of a file under our names, weight norm as it is; None if it has none.

    Processes that trained together have put `module.` before each name. Older files have a
    convolution of the mel for each layer, where newer ones have one for all layers.
    """
    for place in _PLACES:
        found = content if place is None else content.get(place)
        if isinstance(found, Mapping):
            weights = {str(name).removeprefix("module."): value for name, value in found.items()}
            if all(isinstance(weights.get(mark), Tensor) for mark in _MARKS):
                floats = {name: value.float() for name, value in weights.items()}
                return _joined(floats)
    return None


def _joined(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Join the `cond_layers.{i}` of older files: outputs side by side, as are their norms."""
    joined, parts = {}, {}
    for name, value in weights.items():
        if found := _ONE_COND_LAYER.fullmatch(name):
            start, layer, leaf = found.groups()
            parts.setdefault(f"{start}cond_layer.{leaf}", {})[int(layer)] = value
        else:
            joined[name] = value
    for name, of_layer in parts.items():
        joined[name] = torch.cat([of_layer[layer] for layer in sorted(of_layer)])
    return joined


def config_of(weights: Mapping[str, Tensor], mel: MelConfig, where: object) -> WaveglowConfig:
    """Read the sizes of a WaveGlow from the shapes of its weights, weight norm folded.

    Raises: InputError where a weight is missing, or the mel is another one.
    """
    try:
        n_mels, _, kernel = weights["upsample.weight"].shape
        sizes = _numbered(weights, "convinv.{}.conv.weight")
        layers = _numbered(weights, "WN.0.in_layers.{}.weight")
        channels, kernel_size = len(layers[0]), layers[0].shape[2]
    except (KeyError, IndexError) as error:
        raise InputError(f"{where} is no WaveGlow: it lacks a weight, {error}") from None
    if n_mels != mel.n_mels or kernel % mel.hop_length:
        raise InputError(
            f"{where} takes {n_mels} mel bins and upsamples with {kernel} samples, the voice has "
            f"{mel.n_mels} mel bins and a hop of {mel.hop_length}: give a vocoder of the same "
            "features"
        )
    widths = [len(matrix) for matrix in sizes]
    fewer = [at for at in range(1, len(widths)) if widths[at] < widths[at - 1]]
    return WaveglowConfig(
        channels=channels // 2,
        num_layers=len(layers),
        kernel_size=kernel_size,
        num_flows=len(widths),
        group_size=widths[0],
        early_every=fewer[0] if fewer else len(widths),
        early_size=widths[0] - widths[fewer[0]] if fewer else WaveglowConfig.early_size,
        upsample_frames=kernel // mel.hop_length,
    )


def _numbered(weights: Mapping[str, Tensor], name: str) -> list[Tensor]:
    """Return the weights whose name has the numbers 0, 1, ..."""
    found: list[Tensor] = []
    while name.format(len(found)) in weights:
        found.append(weights[name.format(len(found))])
    return found


def load_waveglow(weights: Mapping[str, Tensor], mel: MelConfig, where: object) -> Waveglow:
    """Build the WaveGlow that `waveglow_weights` belong to, for features of `mel`.

    Raises: InputError when they are incomplete or were trained on another mel.
    """
    weights = fold_weight_norm(weights)
    model = Waveglow(config_of(weights, mel, where), mel)
    try:
        model.load_state_dict(weights)
    except RuntimeError as error:
        raise InputError(f"{where} does not fit the sizes read from it: {error}") from None
    return model
