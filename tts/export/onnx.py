"""Acoustic models as ONNX graphs with the runtime's four inputs, checked against PyTorch."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from tts.config import to_dict
from tts.errors import InputError
from tts.export.graph import open_session, outputs_of, quantise, write_graph
from tts.models.lengths import whole_frames

if TYPE_CHECKING:
    from tts.voice import Voice

INPUTS = ("x", "x_length", "noise_scale", "length_scale")  # the runtime passes by position
OUTPUTS = ("mel", "durations")
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
# Texts of a length of which one must agree: where a rounded duration or the bin of a pitch lies
# on an edge, the last bit decides, and a frame or the rest of the mel differ.
TRIES = 4


@dataclass(frozen=True)
class Parity:
    """How far a graph is from PyTorch, in nats of log mel.

    worst, mean: over all values of all checked utterances; num_frames: of the longest.
    """

    worst: float
    mean: float
    num_frames: int


class Speaking(nn.Module):
    """An acoustic model with the runtime's inputs and outputs.

    controls: further scales of the model that are inputs, such as pitch_scale.
    """

    def __init__(self, model: nn.Module, num_steps: int | None, controls: Sequence[str] = ()):
        super().__init__()
        self.model, self.controls = model, tuple(controls)
        self.options = {} if num_steps is None else {"num_steps": num_steps}

    @property
    def inputs(self) -> tuple[str, ...]:
        return INPUTS + self.controls

    def forward(
        self,
        tokens_NL: Tensor,
        tokens_lens: Tensor,
        noise_scale: Tensor,
        length_scale: Tensor,
        *more: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """Ids (N, L), their counts (N,), two scales (1,), and those of `controls`, (1,) or for
        each id (L,) -> log mel (N, n_mels, T), frames of each id, int64 (N, L).
        """
        controls = dict(zip(self.controls, more, strict=True))
        spoken = self.model.synthesise(
            tokens_NL, tokens_lens, noise_scale, length_scale, **self.options, **controls
        )
        durations_NL = whole_frames(spoken["durations_BL"], tokens_lens, spoken["mel_lens"])
        return spoken["mel_BTF"].transpose(1, 2), durations_NL


def acoustic_metadata(voice: Voice, num_steps: int | None) -> dict[str, str]:
    """The strings that sherpa-onnx reads, and where the voice comes from."""
    from tts.text.frontend import metadata_flags

    facts = {key: str(voice.corpus.get(key, "")) for key in DATASET_KEYS}
    steps = {} if num_steps is None else {"num_ode_steps": str(num_steps)}
    return {
        "model_type": f"{voice.model_name}-tts",
        "version": "1",
        "sample_rate": str(voice.mel.sample_rate),
        "hop_length": str(voice.mel.hop_length),  # samples of a frame of `durations`
        "n_speakers": "1",
        **metadata_flags(voice.frontend_config),
        **steps,
        **facts,
        "model_author": "Tencha",
        "maintainer": "Tencha",
        # All of the front end, so that speaking needs no other file of the training.
        "frontend": json.dumps(to_dict(voice.frontend_config)),
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
    controls: Sequence[str] = (),
) -> Parity:
    """Write an acoustic model as ONNX and compare it with PyTorch.

    Args:
      model: has `synthesise`; put into evaluation mode.
      num_tokens: number of embeddings.
      num_steps: ODE steps; None for a model without.
      metadata: see `acoustic_metadata`.
      controls: scales that are inputs beyond the runtime's four.

    Raises: InputError when an input is lost or the two differ by more than TOLERANCE.
    """
    speaking = Speaking(model, num_steps, controls).eval()
    arrays = _inputs(TRACED_TOKENS, num_tokens, 0.5, 1.0, len(controls))
    dynamic = {"x": {0: "N", 1: "L"}, "x_length": {0: "N"}}
    dynamic |= {"mel": {0: "N", 2: "T"}, "durations": {0: "N", 1: "L"}}
    if controls:
        dynamic |= {name: {0: f"one_or_L_{name}"} for name in ("length_scale", *controls)}
    write_graph(
        speaking,
        [torch.from_numpy(array) for array in arrays],
        path,
        inputs=speaking.inputs,
        outputs=OUTPUTS,
        dynamic=dynamic,
        metadata=metadata,
    )
    parity = compare(path, speaking, num_tokens, TRIES)
    if not parity.worst <= TOLERANCE:
        raise InputError(
            f"{path} differs from PyTorch by {parity.worst:.2g} (allowed: {TOLERANCE:g}); "
            "the graph has frozen something that depends on the length"
        )
    return parity


def compare(path: Path | str, speaking: Speaking, num_tokens: int, tries: int = 1) -> Parity:
    """Differences of a graph from PyTorch without noise, at lengths never traced.

    tries: texts of a length to try until one agrees; the closest counts.
    Raises: InputError when none of a length gives a mel of the same shape and equal durations.
    """
    session = open_session(path)
    differences = []
    for count, length_scale in CHECKED:
        best, reason = None, ""
        for seed in range(tries):
            more = len(speaking.controls), seed
            arrays = _inputs(count, num_tokens, 0.0, length_scale, *more)
            difference, reason = _difference(session, speaking, arrays)
            if difference is not None and (best is None or difference.max() < best.max()):
                best = difference
            if best is not None and best.max() <= TOLERANCE:
                break
        if best is None:
            raise InputError(f"{path}: {count} tokens {reason}")
        differences.append(best)
    return Parity(
        worst=float(max(d.max() for d in differences)),
        mean=float(np.mean([d.mean() for d in differences])),
        num_frames=max(d.shape[2] for d in differences),
    )


def _difference(
    session: Any, speaking: Speaking, arrays: Sequence[np.ndarray]
) -> tuple[np.ndarray | None, str]:
    """How far the two mels are apart, else why that cannot be said."""
    with torch.no_grad():
        wanted, frames = (part.numpy() for part in speaking(*map(torch.from_numpy, arrays)))
    mel, durations = outputs_of(session, *arrays)
    if mel.shape != wanted.shape:
        return None, f"give a mel of shape {mel.shape}, PyTorch {wanted.shape}"
    if not np.array_equal(durations, frames):
        return None, "have other durations than in PyTorch"
    return np.abs(mel - wanted), ""


def export_int8(
    path: Path | str, target: Path | str, model: nn.Module, num_tokens: int, num_steps: int | None
) -> Parity:
    """Write a copy with 8-bit MatMuls and measure it against PyTorch (no limit is set)."""
    quantise(path, target)
    return compare(target, Speaking(model, num_steps).eval(), num_tokens)


def _inputs(
    count: int,
    num_tokens: int,
    noise_scale: float,
    length_scale: float,
    num_controls: int = 0,
    seed: int = 0,
) -> list[np.ndarray]:
    """The inputs for `count` repeatable random ids; every other one is low, as blanks are."""
    random = np.random.RandomState(1000 * seed + count)
    ids = random.randint(0, num_tokens, (1, count)).astype(np.int64)
    ids[:, ::2] %= 2
    scales = [noise_scale, length_scale]
    controls = [random.uniform(0.8, 1.25, (count,)) for _ in range(num_controls)]
    return [
        ids,
        np.array([count], dtype=np.int64),
        *(np.array([scale], dtype=np.float32) for scale in scales),
        *(control.astype(np.float32) for control in controls),
    ]
