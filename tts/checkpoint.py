"""Write checkpoints atomically, read them without executing anything, choose and average them.

A checkpoint is one torch file with plain content:
  model, ema: state dictionaries (raw and averaged weights);
  config: the run's resolved configuration as nested plain values;
  tokens: the text of tokens.txt;
  epoch, batch, step: where training stands;
  optimizer, scaler, random, best: what resuming needs (absent in best-*.pt).
A training of several networks adds keys of its own.
"""

from __future__ import annotations

import os
import pathlib
import pickle
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tts.errors import InputError
from tts.files import atomic_path

EPOCH_NAME = re.compile(r"epoch-(\d+)\.pt")
# Published checkpoints hold paths; these classes only store text. On Python 3.13 they live in
# pathlib._local, so they are named for both.
_PATH_CLASSES = [
    (kind, f"{module}.{name}")
    for module in ("pathlib", "pathlib._local")
    for name, kind in (
        ("Path", pathlib.PurePosixPath),
        ("PosixPath", pathlib.PurePosixPath),
        ("PurePosixPath", pathlib.PurePosixPath),
        ("WindowsPath", pathlib.PureWindowsPath),
        ("PureWindowsPath", pathlib.PureWindowsPath),
    )
]


def epoch_path(exp_dir: Path | str, epoch: int) -> Path:
    """Return the path of an epoch's checkpoint, epoch-N.pt."""
    return Path(exp_dir) / f"epoch-{epoch}.pt"


def list_epochs(exp_dir: Path | str) -> list[int]:
    """Return the epochs that have a checkpoint in `exp_dir`, ascending."""
    matches = (EPOCH_NAME.fullmatch(path.name) for path in Path(exp_dir).glob("epoch-*.pt"))
    return sorted(int(match.group(1)) for match in matches if match)


def save_checkpoint(path: Path | str, content: dict[str, Any]) -> None:
    """Write a checkpoint that is complete or absent, also when the disk is full or a kill comes."""
    import torch

    path = Path(path)
    try:
        with atomic_path(path) as temporary:
            torch.save(content, temporary)
    except (OSError, RuntimeError) as error:
        # torch reports a full disk as RuntimeError ("write failed", "unexpected pos").
        free = shutil.disk_usage(path.parent).free / 1e6
        raise InputError(
            f"could not write {path}: {error}. {free:.0f} MB are free there; what stood there "
            "before is unharmed. Make room and resume with --start-epoch auto"
        ) from error


def copy_checkpoint(source: Path, target: Path) -> None:
    """Give a checkpoint a second name, atomically; a hard link where the disk allows it."""
    with atomic_path(target) as temporary:
        temporary.unlink()
        try:
            os.link(source, temporary)
        except OSError:
            shutil.copyfile(source, temporary)


def load_checkpoint(path: Path | str) -> dict[str, Any]:
    """Read a checkpoint onto the CPU; nothing in the file is executed.

    Raises: InputError when the file is missing or a folder (with those that exist), damaged, or
    holds an object that is neither a tensor nor plain data (named).
    """
    import torch

    path = Path(path)
    if path.is_dir():
        raise InputError(
            f"{path} is a folder: give one checkpoint file (there: {_checkpoints_in(path)})"
        )
    if not path.is_file():
        raise InputError(
            f"checkpoint {path} does not exist "
            f"(checkpoints in {path.parent}: {_checkpoints_in(path.parent)})"
        )
    try:
        with torch.serialization.safe_globals(_PATH_CLASSES):
            content = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        found = re.search(r"(?:GLOBAL|global|class) [`']?([\w.]+\.[\w.]+)", str(error))
        if not found:
            raise InputError(f"{path} is damaged or no checkpoint") from None
        raise InputError(
            f"{path} was refused: it holds {found.group(1)}, which could run code when loaded. "
            "Only tensors, plain values and paths are accepted"
        ) from None
    except (RuntimeError, EOFError, ValueError, KeyError, OSError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(f"{path} is damaged or no checkpoint: {reason}") from None
    if not isinstance(content, dict):
        raise InputError(f"{path} holds a {type(content).__name__}, not a checkpoint")
    return content


def _checkpoints_in(folder: Path) -> str:
    return ", ".join(sorted(path.name for path in folder.glob("*.pt"))) or "none"


def latest_checkpoint(exp_dir: Path | str) -> tuple[Path, dict[str, Any]] | None:
    """Find the last complete checkpoint: of `last.pt` and `epoch-N.pt` the one with most steps.

    Damaged files are named on standard output and passed over. None when there is none.
    """
    exp_dir = Path(exp_dir)
    candidates = [epoch_path(exp_dir, epoch) for epoch in reversed(list_epochs(exp_dir))]
    best: tuple[Path, dict[str, Any]] | None = None
    for path in [exp_dir / "last.pt", *candidates]:
        if not path.is_file():
            continue
        try:
            content = load_checkpoint(path)
        except InputError as error:
            print(f"passed over: {error}")
            continue
        if best is None or _progress(content) > _progress(best[1]):
            best = (path, content)
        if path != exp_dir / "last.pt":
            break  # older epochs have fewer steps
    return best


def set_aside(exp_dir: Path | str, epoch: int) -> Path | None:
    """Move checkpoints that went beyond complete epoch `epoch` into a new folder earlier-N.

    A run that starts at `epoch` would else be pruned, continued and judged by them. Returns
    that folder, None when there was nothing to move. What cannot be read moves too.
    """
    exp_dir = Path(exp_dir)
    paths = [epoch_path(exp_dir, e) for e in list_epochs(exp_dir) if e > epoch]
    for path in (exp_dir / "last.pt", *sorted(exp_dir.glob("best-*-loss.pt"))):
        if path.is_file() and (epoch == 0 or _is_beyond(path, epoch)):
            paths.append(path)
    if not paths:
        return None
    number = 1
    while (folder := exp_dir / f"earlier-{number}").exists():
        number += 1
    folder.mkdir()
    for path in paths:
        path.rename(folder / path.name)
    return folder


def _is_beyond(path: Path, epoch: int) -> bool:
    try:
        content = load_checkpoint(path)
    except InputError:
        return True
    return (content.get("epoch", 0), content.get("batch", 0)) > (epoch, 0)


def _progress(content: dict[str, Any]) -> tuple[int, int]:
    """Return steps, then complete epochs: the last step of an epoch comes before its end."""
    return content.get("step", 0), content.get("epoch", 0)


def weights_of(content: dict[str, Any], which: str, path: Path | str = "") -> dict[str, Any]:
    """Return the state dictionary `which` ('ema' or 'raw'); EMA falls back to raw where absent."""
    if which not in ("ema", "raw"):
        raise InputError(f"weights {which!r}: must be ema or raw")
    if which == "ema" and content.get("ema"):
        return content["ema"]
    if "model" not in content:
        raise InputError(f"{path} has no key 'model' (keys: {', '.join(map(str, content))})")
    return content["model"]


def average_weights(paths: Iterable[Path | str], which: str) -> dict[str, Any]:
    """Return the mean of the weights of several checkpoints, summed in float64."""
    import torch

    total: dict[str, Any] = {}
    count = 0
    for path in paths:
        weights = weights_of(load_checkpoint(path), which, path)
        count += 1
        if total and total.keys() != weights.keys():
            raise InputError(f"{path} belongs to another model than the checkpoints before it")
        for name, value in weights.items():
            if value.is_floating_point():
                value = value.double() + (total[name] if count > 1 else 0.0)
            total[name] = value
    if not count:
        raise InputError("no checkpoint to average")
    return {
        name: (value / count).to(torch.float32) if value.is_floating_point() else value
        for name, value in total.items()
    }
