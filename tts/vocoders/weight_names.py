"""Translate names of normalised weights: those of published files and torch's own."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor


def from_published(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Rename weights of a published file (old weight and spectral norm) to torch's of today."""
    renamed = {}
    spectral = {name.removesuffix("_orig") for name in state if name.endswith(".weight_orig")}
    for name, value in state.items():
        stem, _, leaf = name.rpartition(".")
        of_spectral = f"{stem}.weight" in spectral
        places = {
            "weight_g": "original0",
            "weight_v": "0._v" if of_spectral else "original1",
            "weight_orig": "original",
            "weight_u": "0._u",
        }
        renamed[f"{stem}.parametrizations.weight.{places[leaf]}" if leaf in places else name] = (
            value
        )
    return renamed


def to_published(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Rename our weights to those of a published file: the inverse of `from_published`."""
    places = {
        "original0": "weight_g",
        "original1": "weight_v",
        "original": "weight_orig",
        "0._u": "weight_u",
        "0._v": "weight_v",
    }
    renamed = {}
    for name, value in state.items():
        stem, found, leaf = name.partition(".parametrizations.weight.")
        renamed[f"{stem}.{places[leaf]}" if found else name] = value
    return renamed
