"""Read NVIDIA's published checkpoints of Tacotron 2: their names, their sizes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

# Their name for ours, tried in this order.
_NAMES = [
    (r"module\.", ""),
    (r"\.linear_layer\.", "."),
    (r"(encoder|postnet)\.convolutions\.(\d+)\.0\.conv\.", r"\1.convolutions.convs.\2."),
    (r"(encoder|postnet)\.convolutions\.(\d+)\.1\.", r"\1.convolutions.norms.\2."),
    (r"encoder\.lstm\.(\w+)_reverse$", r"encoder.backwards.\1"),
    (r"encoder\.lstm\.", "encoder.forwards."),
    (r"location_layer\.location_conv\.conv\.", "location_conv."),
    (r"location_layer\.location_dense\.", "location_dense."),
]


def is_published(content: Mapping[str, Any]) -> bool:
    """Tell whether a checkpoint's content is a Tacotron 2 of NVIDIA's code."""
    state = content.get("state_dict")
    return isinstance(state, Mapping) and any(
        str(name).endswith("attention_layer.location_layer.location_conv.conv.weight")
        for name in state
    )


def from_published(content: Mapping[str, Any]) -> dict[str, Tensor]:
    """Return the weights under our names. Its mel is not normalised: mean 0, deviation 1."""
    import torch

    weights = {}
    for name, value in content["state_dict"].items():
        for pattern, ours in _NAMES:
            name = re.sub(pattern, ours, name)
        if not name.endswith("num_batches_tracked"):
            weights[name] = value
    facts = {"mel_mean": torch.tensor(0.0), "mel_std": torch.tensor(1.0)}
    return {**weights, **facts, "blank": torch.tensor(0)}


def options_of(weights: Mapping[str, Tensor]) -> dict[str, Any]:
    """Return the options of a model with these weights, which reads ids without blanks."""
    convolutions = {
        part: sum(name.startswith(f"{part}.convolutions.convs") for name in weights) // 2
        for part in ("encoder", "postnet")
    }
    attention = weights["decoder.attention_layer.location_conv.weight"]
    return {
        "encoder": {
            "channels": weights["embedding.weight"].shape[1],
            "num_layers": convolutions["encoder"],
            "kernel_size": weights["encoder.convolutions.convs.0.weight"].shape[2],
        },
        "decoder": {
            "prenet_channels": len(weights["decoder.prenet.layers.0.weight"]),
            "rnn_channels": weights["decoder.attention_rnn.weight_hh"].shape[1],
            "attention_channels": len(weights["decoder.attention_layer.query_layer.weight"]),
            "location_filters": len(attention),
            "location_kernel_size": attention.shape[2],
        },
        "postnet": {
            "channels": len(weights["postnet.convolutions.convs.0.weight"]),
            "num_layers": convolutions["postnet"],
            "kernel_size": weights["postnet.convolutions.convs.0.weight"].shape[2],
        },
        "alignment": "none",
        "blanks": "drop",
    }
