"""Check whether a run can continue from a checkpoint, and whether exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tts.config import to_dict
from tts.errors import InputError
from tts.train.config import RunConfig


def check_kind(path: Path, content: dict[str, Any], run: dict[str, Any]) -> None:
    """Check that a checkpoint can be resumed at all. Raises: InputError, also for another model."""
    if not {"config", "random", "step"} <= content.keys():
        raise InputError(
            f"{path} cannot be resumed: it holds weights only, or is not this project's. Start "
            f"from its weights with --init-from {path} --start-epoch 1 and another --exp-dir"
        )
    names = [table.get("model", {}).get("name") for table in (content["config"], run)]
    if names[0] != names[1]:
        raise InputError(
            f"{path} is a checkpoint of the model {names[0]}, not of {names[1]}: give --model "
            f"{names[0]}, or another --exp-dir"
        )


def check_resumable(
    path: Path,
    content: dict[str, Any],
    run: dict[str, Any],
    options: type[RunConfig],
    fixed: Mapping[str, Sequence[str]],
) -> list[str]:
    """Return what keeps a resumed run from being exact, as sentences; none when it is exact.

    Args:
      run: the resolved configuration of the run that continues.
      options: the class of its [train] table.
      fixed: tables that must be equal, with the keys that may differ.

    Raises: InputError when the checkpoint cannot be resumed or such a table differs.
    """
    check_kind(path, content, run)
    old = content["config"]
    sentences = []
    for part, changeable in fixed.items():
        before, now = old.get(part) or {}, run.get(part) or {}
        keys = {key for key in before.keys() | now.keys() if before.get(key) != now.get(key)}
        free = keys & {*changeable}
        sentences += [f"{part}.{key} was {before[key]}, is {now[key]}" for key in sorted(free)]
        if keys - free:
            raise InputError(
                f"{path} was trained with another {part} ({', '.join(sorted(keys - free))} "
                "differ). Resume with the configuration beside it (config.toml), or choose "
                "another --exp-dir"
            )
    inside_epoch = content.get("batch", 0) > 0
    sentences += _changed_options(old["train"], run["train"], options, inside_epoch)
    return sentences + _other_surroundings(old, run, inside_epoch)


def _other_surroundings(
    before: dict[str, Any], now: dict[str, Any], inside_epoch: bool
) -> list[str]:
    """Say the same of the machine and the data; checkpoints of earlier versions do not say."""
    old, new = before.get("machine", {}), now.get("machine", {})
    sentences = [
        f"{name} was {old[name]}, is {new.get(name)}"
        for name in old
        if old[name] != new.get(name) and (name != "threads" or "threads" in new)
    ]
    old, new = before.get("data", {}), now.get("data", {})
    if old and new and old != new:
        sentences.append(
            f"the training data are others: {old['utterances']} utterances then, "
            f"{new['utterances']} now"
            + (", and the rest of this epoch is cut from these" if inside_epoch else "")
        )
    on_gpu = now.get("machine", {}).get("device", "cpu") != "cpu"
    if on_gpu and not now["train"]["deterministic"]:
        sentences.append("GPU kernels may round otherwise every time without --deterministic 1")
    return sentences


def _changed_options(
    before: dict[str, Any], now: dict[str, Any], options: type[RunConfig], inside_epoch: bool
) -> list[str]:
    """List options that differ and matter, and what follows from that."""
    names = list(options.EXACT)
    if now["lr_schedule"] in ("cosine", "exponential") and not now["lr_decay_steps"]:
        names += ["num_epochs", "max_steps"]  # the decay spans the run
    before = {**to_dict(options()), **before}  # an option that is new acted as its default
    changed = [name for name in names if before.get(name) != now.get(name)]
    sentences = [f"{name} was {before.get(name)}, is {now.get(name)}" for name in changed]
    if inside_epoch and {*options.CUTTING} & {*changed}:
        sentences.append(
            "the rest of this epoch is cut from other batches, so that in it utterances may come "
            "twice or not at all"
        )
    if {"world_size", "accumulate"} & {*changed}:
        sizes = [table.get("world_size", 1) * table.get("accumulate", 1) for table in (before, now)]
        sentences.append(
            "a step still has as many batches: numbers differ by rounding alone"
            if sizes[0] == sizes[1]
            else f"a step had {sizes[0]} batches, has {sizes[1]}"
        )
    return sentences
