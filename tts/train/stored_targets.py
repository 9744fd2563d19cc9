"""Join the durations, contours and flow states of earlier stages to a split's utterances by id."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tts.align.durations import durations_path, read_durations, wrong_durations
from tts.config import from_dict
from tts.data.loader import Chosen, Example
from tts.data.packed_file import Packed, pack_arrays
from tts.errors import InputError
from tts.files import fingerprint
from tts.models import inputs_of, model_class

MISSING = "run ./prepare.sh --stage 8 --stop-stage 9 with the options of the other stages"


@dataclass(frozen=True)
class Joined:
    """Hold the utterances of a split that have all targets, with these.

    Attributes:
      positions: of the utterances kept, in the split's list.
      examples: those, with their durations where these were asked for.
      per_frame: what is stored for each frame of each of them, or None: log F0, voicing and energy
        (T, 3), or the states of a teacher's flow.
      note: how many were left out and why, or ''.
      made_from: how the teacher's flow was made.
    """

    positions: list[int]
    examples: list[Example]
    per_frame: Sequence[np.ndarray] | None
    note: str
    made_from: dict[str, str] = field(default_factory=dict)


def contours_path(data: Path, prefix: str, split: str) -> Path:
    """Return the path of the contours that stage 9 writes for a split."""
    return data / "pitch" / f"{prefix}_pitch_{split}.bin"


def pairs_path(data: Path, prefix: str, split: str, steps: int) -> Path:
    """Return where local/distil.py writes a teacher's flow, for students of so many steps."""
    return data / "pairs" / f"{prefix}_pairs-{steps}_{split}.bin"


def write_pairs(
    path: Path, states: Iterable[tuple[str, np.ndarray]], teacher: Path, facts: Mapping[str, Any]
) -> str:
    """Write the states of a teacher's flow (T, C) of each utterance; return what was written.

    They are held in memory until all are there. facts: how they were made, kept with them.
    """
    ids, kept = [], []
    for name, path_TC in states:
        ids.append(name)
        kept.append(path_TC)
    told = {key: str(value) for key, value in facts.items()}
    told["teacher_sha256"] = fingerprint(teacher)
    pack_arrays(path, ids, [len(one) for one in kept], kept, told)
    return f"{len(ids)} pairs, {path.stat().st_size / 1e6:,.1f} MB: {path}"


def joined_files(inputs: Sequence[str], data: Path, prefix: str, split: str) -> list[Path]:
    """Return the files that `join_targets` reads for a model with these inputs."""
    files = {
        "durations": durations_path(data, split),
        "pitch": contours_path(data, prefix, split),
        **{f"pairs-{n}": pairs_path(data, prefix, split, n) for n in (1, 2)},
    }
    return [files[name] for name in inputs]


def files_of_model(name: str, config: dict[str, Any], data: Path, prefix: str) -> list[Path]:
    """Return the files that both splits' `join_targets` reads for the model `name`."""
    inputs = inputs_of(name, from_dict(model_class(name).Config, config, "model"))
    splits = (joined_files(inputs, data, prefix, split) for split in ("train", "valid"))
    return [path for files in splits for path in files]


def join_targets(
    examples: Sequence[Example], inputs: Sequence[str], data: Path, prefix: str, split: str
) -> Joined:
    """Join to the utterances of a split what `inputs` names; leave out those without it.

    Args: inputs, of 'durations' (stage 8), 'pitch' (stage 9), 'pairs-1' or 'pairs-2'
      (local/distil.py); data, the folder data/; prefix, the corpus's name in file names.
    Raises: InputError where a file is missing, where what it says does not fit the mel or the
    tokens (all such utterances in one message), or where nothing is left.
    """
    for path in joined_files(inputs, data, prefix, split):
        if not path.is_file():
            missing = "run local/distil.py" if path.parent.name == "pairs" else MISSING
            raise InputError(f"{path} does not exist, the model takes it: {missing}")
    kept, per_frame, made_from = list(enumerate(examples)), None, {}
    without = {}
    if "durations" in inputs:
        durations = _read_durations(examples, durations_path(data, split))
        without["durations"] = sum(one.id not in durations for _, one in kept)
        kept = [
            (place, dataclasses.replace(one, durations=durations[one.id]))
            for place, one in kept
            if one.id in durations
        ]
    for name in inputs:
        if name != "durations":
            (path,) = joined_files([name], data, prefix, split)
            packed, places = _open_rows(examples, path, name)
            without[name] = sum(one.id not in places for _, one in kept)
            kept = [(place, one) for place, one in kept if one.id in places]
            per_frame = Chosen(packed, [places[one.id] for _, one in kept])
            made_from = packed.made_from if name.startswith("pairs") else {}
    note = _note(split, len(examples), without, data)
    if not kept:
        raise InputError(f"{note}: none is left to use. Mend the data, and {MISSING}")
    return Joined(
        [place for place, _ in kept], [one for _, one in kept], per_frame, note, made_from
    )


def _read_durations(examples: Sequence[Example], path: Path) -> dict[str, np.ndarray]:
    """Read durations int32 (L,) by utterance. Raises: InputError for those that do not fit."""
    found = {row["id"]: row["durations"] for row in read_durations(path)}
    faults = (
        (one.id, wrong_durations(found[one.id], len(one.token_ids), one.num_frames))
        for one in examples
        if one.id in found
    )
    _refuse(path, faults, _again(8))
    return {name: np.asarray(row, dtype=np.int32) for name, row in found.items()}


def _open_rows(examples: Sequence[Example], path: Path, name: str) -> tuple[Packed, dict[str, int]]:
    """Open rows per frame and their places by utterance; InputError for those that do not fit."""
    packed = Packed(path)
    places = {name: place for place, name in enumerate(packed.ids)}
    lengths = ((one, int(packed.lengths[places[one.id]])) for one in examples if one.id in places)
    faults = (
        (one.id, f"{name} of {length} frames, the mel has {one.num_frames}")
        for one, length in lengths
        if length != one.num_frames
    )
    _refuse(path, faults, _again(9) if name == "pitch" else "Remove it and run local/distil.py")
    return packed, places


def _again(stage: int) -> str:
    return f"Run ./prepare.sh --stage {stage} --stop-stage 9 again"


def _refuse(path: Path, faults: Iterable[tuple[str, str]], advice: str) -> None:
    """Raise InputError listing the utterances of which something is said (id, what is wrong)."""
    wrong = [f"{name}: {what}" for name, what in faults if what]
    if wrong:
        more = f"\n  and {len(wrong) - 20} more" if len(wrong) > 20 else ""
        raise InputError(
            f"{path} does not fit the prepared data in {len(wrong)} utterances:\n  "
            + "\n  ".join(wrong[:20])
            + f"{more}\nWas it made from other tokens or features? {advice}"
        )


def _note(split: str, listed: int, without: dict[str, int], data: Path) -> str:
    folders = {"durations": "align", "pitch": "pitch", "pairs-1": "align", "pairs-2": "align"}
    reasons = [
        f"{count} without {name} ({data / folders[name] / 'rejected.tsv'})"
        for name, count in without.items()
        if count
    ]
    count = sum(without.values())
    left_out = f"{count} of {listed} utterances of the {split} set are left out"
    return f"{left_out}: {' and '.join(reasons)}" if reasons else ""
