"""Write the graphs of an acoustic model as ONNX files and compare them with PyTorch."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from tts.config import to_dict
from tts.errors import InputError
from tts.export.graph import open_session, outputs_of, write_graph
from tts.export.quantise import quantise
from tts.files import atomic_path
from tts.models.graphs import ExportGraph

if TYPE_CHECKING:
    from tts.voice import Voice

TRACED_SIZE = 41
CHECKED_SIZES = (1, 2, 3, 17, 64, 65, 150, 233)  # never traced
TOLERANCE = 1e-3  # of float32
# Examples of a size of which one must agree: where a rounded duration or the bin of a pitch lies
# on an edge, the last bit decides, and a frame or the rest of the mel differ.
TRIES = 4
DATASET_KEYS = ("dataset", "dataset_url", "dataset_license", "dataset_comment")


@dataclass(frozen=True)
class Parity:
    """State how far a graph is from PyTorch, in nats of log mel where it makes mels.

    Attributes:
      worst, mean: over all values of all checked examples.
      length: the last axis of the longest first output, such as frames.
      moved: share of the tokens that have another number of frames; of these tokens the frames
        that both have are compared.
    """

    worst: float
    mean: float
    length: int
    moved: float = 0.0

    def __str__(self) -> str:
        text = f"largest difference from PyTorch {self.worst:.2g}, mean {self.mean:.2g}"
        return f"{text}, {self.moved:.1%} of the durations differ" if self.moved else text


def acoustic_metadata(voice: Voice) -> dict[str, str]:
    """Return the strings that sherpa-onnx reads, and where the voice comes from."""
    from tts.text.frontend import metadata_flags

    return {
        "model_type": f"{voice.model_name}-tts",
        "version": "1",
        "sample_rate": str(voice.mel.sample_rate),
        "hop_length": str(voice.mel.hop_length),  # samples of a frame of `durations`
        "n_speakers": "1",
        **metadata_flags(voice.frontend_config),
        **{key: str(voice.corpus.get(key, "")) for key in DATASET_KEYS},
        "model_author": "Tencha",
        "maintainer": "Tencha",
        # All of the front end, so that speaking needs no other file of the training.
        "frontend": json.dumps(to_dict(voice.frontend_config)),
        "tokens_sha256": voice.table.sha256,
    }


def export_graph(graph: ExportGraph, path: Path | str, metadata: Mapping[str, str]) -> Parity:
    """Write a graph as an ONNX file, once it was compared with PyTorch.

    metadata: see `acoustic_metadata`; the graph's own facts are added.
    Raises: InputError when an input is lost, or a float32 graph differs by more than TOLERANCE;
    no file is written then.
    """
    with atomic_path(path) as temporary:
        with torch.no_grad(), warnings.catch_warnings():
            # Of torch.jit, the only way to an ONNX file that needs no further package, and of
            # shapes that tracing reads: what it freezes, the comparison below finds.
            warnings.simplefilter("ignore")
            module = graph.build()
        write_graph(
            module,
            graph.examples(TRACED_SIZE, 0),
            temporary,
            inputs=graph.inputs,
            outputs=graph.outputs,
            dynamic=graph.dynamic,
            metadata={**metadata, **graph.facts},
            change=partial(quantise, keep=graph.keep) if graph.int8 else None,
        )
        parity = compare(temporary, graph)
        if not graph.int8 and not parity.worst <= TOLERANCE:
            raise InputError(
                f"{path} differs from PyTorch by {parity.worst:.2g} (allowed: {TOLERANCE:g}); "
                "the graph has frozen something that depends on the length"
            )
    return parity


def compare(path: Path | str, graph: ExportGraph) -> Parity:
    """Compare a graph with PyTorch without noise, at sizes never traced.

    Raises: InputError when no example of a size gives outputs of equal shape and equal integers;
    in 8 bit, durations may differ.
    """
    session = open_session(path)
    differences, lengths, moved = [], [], []
    for size in CHECKED_SIZES:
        best, reason = None, ""
        for seed in range(1 if graph.int8 else TRIES):
            example = graph.examples(size, seed)
            with torch.no_grad():
                outputs = graph.reference(*example)
            outputs = [outputs] if isinstance(outputs, torch.Tensor) else outputs
            wanted = [tensor.numpy() for tensor in outputs]
            found = outputs_of(session, *(tensor.numpy() for tensor in example))
            difference, reason = _difference(graph, found, wanted)
            if difference is not None and (best is None or difference.max() < best.max()):
                best = difference
            if best is not None and best.max() <= TOLERANCE:
                break
        if best is None:
            raise InputError(f"{graph.file}: an example of size {size} {reason}")
        differences.append(best)
        lengths.append(wanted[0].shape[-1])
        if "durations" in graph.outputs:
            at = graph.outputs.index("durations")
            moved.append((found[at] != wanted[at]).ravel())
    everything = np.concatenate(differences)
    return Parity(
        worst=float(everything.max()),
        mean=float(everything.mean()),
        length=max(lengths),
        moved=float(np.concatenate(moved).mean()) if moved else 0.0,
    )


def _difference(
    graph: ExportGraph, found: Sequence[np.ndarray], wanted: Sequence[np.ndarray]
) -> tuple[np.ndarray | None, str]:
    """Return how far the float outputs are apart, flat; else why that cannot be said."""
    if graph.int8 and {"mel", "durations"} <= set(graph.outputs):
        mel, durations = (graph.outputs.index(name) for name in ("mel", "durations"))
        return _spoken_difference(
            (found[mel], found[durations]), (wanted[mel], wanted[durations])
        ), ""
    floats = []
    for name, one, other in zip(graph.outputs, found, wanted, strict=True):
        if one.shape != other.shape:
            return None, f"gives {name} of shape {one.shape}, PyTorch {other.shape}"
        if one.dtype.kind == "f":
            floats.append(np.abs(one - other).ravel())
        elif not np.array_equal(one, other):
            return None, f"gives other {name} than PyTorch"
    return np.concatenate(floats), ""


def _spoken_difference(
    found: tuple[np.ndarray, np.ndarray], wanted: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    """Compare two mels (1, F, T) token by token, in the frames that both have of one."""
    frames = np.minimum(found[1][0], wanted[1][0])
    parts = []
    for mel, durations in (found, wanted):
        starts = np.cumsum(durations[0]) - durations[0]
        index = [np.arange(at, at + count) for at, count in zip(starts, frames, strict=True)]
        parts.append(mel[0][:, np.concatenate(index)])
    return np.abs(parts[0] - parts[1]).ravel()
