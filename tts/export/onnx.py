"""Acoustic models as ONNX graphs with the runtime's four inputs, checked against PyTorch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from tts.config import to_dict
from tts.errors import InputError
from tts.export.graph import open_session, quantise, run_graph, write_graph

if TYPE_CHECKING:
    from tts.infer.voice import Voice

INPUTS = ("x", "x_length", "noise_scale", "length_scale")  # the runtime passes by position
TRACED_TOKENS = 41
# Lengths and speeds never traced. The speeds have few bits, so that sums of durations are exact:
# else the last bit of a sum may give a frame to the neighbouring token on either side.
CHECKED = (
    (1, 1.0),
    (2, 1.0),
    (3, 1.25),
    (17, 0.875),
    (64, 1.0),
    (65, 1.125),
    (150, 1.5),
    (233, 1.0),
)
TOLERANCE = 1e-3


@dataclass(frozen=True)
class Parity:
    """How far a graph is from PyTorch, in nats of log mel.

    worst, mean: over all values of all checked utterances; num_frames: of the longest.
    """

    worst: float
    mean: float
    num_frames: int


class Speaking(nn.Module):
    """An acoustic model with the runtime's inputs and output."""

    def __init__(self, model: nn.Module, num_steps: int | None):
        super().__init__()
        self.model = model
        self.options = {} if num_steps is None else {"num_steps": num_steps}

    def forward(
        self, tokens_1L: Tensor, tokens_lens: Tensor, noise_scale: Tensor, length_scale: Tensor
    ) -> Tensor:
        """Ids (1, L), their count (1,), two scales (1,) -> log mel (1, n_mels, T)."""
        spoken = self.model.synthesise(
            tokens_1L, tokens_lens, noise_scale, length_scale, **self.options
        )
        return spoken["mel_BTF"].transpose(1, 2)


def acoustic_metadata(voice: Voice, num_steps: int | None) -> dict[str, str]:
    """The strings that sherpa-onnx reads, and where the voice comes from."""
    from tts.text.frontend import metadata_flags

    facts = {key: str(voice.corpus.get(key, "")) for key in DATASET_KEYS}
    steps = {} if num_steps is None else {"num_ode_steps": str(num_steps)}
    return {
        "model_type": f"{voice.model_name}-tts",
        "version": "1",
        "sample_rate": str(voice.mel.sample_rate),
        "n_speakers": "1",
        **metadata_flags(voice.frontend),
        **steps,
        **facts,
        "model_author": "Tencha",
        "maintainer": "Tencha",
        # All of the front end, so that speaking needs no other file of the training.
        "frontend": json.dumps(to_dict(voice.frontend)),
        "tokens_sha256": voice.table.sha256,
    }


DATASET_KEYS = ("dataset", "dataset_url", "dataset_license", "dataset_comment")


def export_acoustic(
    model: nn.Module,
    path: Path | str,
    *,
    num_tokens: int,
    num_steps: int | None,
    metadata: Mapping[str, str],
) -> Parity:
    """Write an acoustic model as ONNX and compare it with PyTorch.

    Args:
      model: has `synthesise`; put into evaluation mode.
      num_tokens: number of embeddings.
      num_steps: ODE steps; None for a model without.
      metadata: see `acoustic_metadata`.

    Raises: InputError when an input is lost or the two differ by more than TOLERANCE.
    """
    speaking = Speaking(model, num_steps).eval()
    example = [torch.from_numpy(a) for a in _inputs(TRACED_TOKENS, num_tokens, 0.5, 1.0)]
    write_graph(
        speaking,
        example,
        path,
        inputs=INPUTS,
        outputs=["mel"],
        dynamic={"x": {0: "N", 1: "L"}, "x_length": {0: "N"}, "mel": {0: "N", 2: "T"}},
        metadata=metadata,
    )
    parity = compare(path, speaking, num_tokens)
    if not parity.worst <= TOLERANCE:
        raise InputError(
            f"{path} differs from PyTorch by {parity.worst:.2g} (allowed: {TOLERANCE:g}); "
            "the graph has frozen something that depends on the length"
        )
    return parity


def compare(path: Path | str, speaking: nn.Module, num_tokens: int) -> Parity:
    """Differences of a graph from PyTorch without noise, at lengths never traced."""
    session = open_session(path)
    differences = []
    for count, length_scale in CHECKED:
        arrays = _inputs(count, num_tokens, 0.0, length_scale)
        with torch.no_grad():
            expected = speaking(*(torch.from_numpy(array) for array in arrays)).numpy()
        mel = run_graph(session, *arrays)
        if mel.shape != expected.shape:
            raise InputError(
                f"{path}: {count} tokens give a mel of shape {mel.shape}, PyTorch {expected.shape}"
            )
        differences.append(np.abs(mel - expected))
    return Parity(
        worst=float(max(d.max() for d in differences)),
        mean=float(np.mean([d.mean() for d in differences])),
        num_frames=max(d.shape[2] for d in differences),
    )


def export_int8(
    path: Path | str, target: Path | str, model: nn.Module, num_tokens: int, num_steps: int | None
) -> Parity:
    """Write a copy with 8-bit MatMuls and measure it against PyTorch (no limit is set)."""
    quantise(path, target)
    return compare(target, Speaking(model, num_steps).eval(), num_tokens)


def _inputs(
    count: int, num_tokens: int, noise_scale: float, length_scale: float
) -> tuple[Any, Any, Any, Any]:
    """The four inputs for `count` repeatable random ids."""
    ids = np.random.RandomState(count).randint(0, num_tokens, (1, count)).astype(np.int64)
    return (
        ids,
        np.array([count], dtype=np.int64),
        np.array([noise_scale], dtype=np.float32),
        np.array([length_scale], dtype=np.float32),
    )
