"""Check a run before its first step: the start, room on the disk, speakers, the vocoder."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from shutil import disk_usage
from typing import TYPE_CHECKING, Any

import torch

from tts.checkpoint import epoch_path, latest_checkpoint, load_checkpoint
from tts.errors import InputError
from tts.mel import MelConfig
from tts.train.config import RunConfig
from tts.train.world import World

if TYPE_CHECKING:
    from tts.vocoders import Vocoder


def find_start(config: RunConfig, world: World) -> tuple[Path, dict[str, Any]] | None:
    """Return the checkpoint that --start-epoch asks for, the same in all processes; None to start
    anew.
    """
    if config.start_epoch == "auto":
        found = latest_checkpoint(config.exp_dir) if world.main else None
        path = world.share(found[0] if found else None)
        return found if world.main or path is None else (path, load_checkpoint(path))
    if not config.start_epoch.isdigit() or int(config.start_epoch) < 1:
        raise InputError(f"--start-epoch {config.start_epoch}: must be 1, 2, ... or auto")
    epoch = int(config.start_epoch)
    if epoch == 1:
        return None
    path = epoch_path(config.exp_dir, epoch - 1)
    return path, load_checkpoint(path)


def check_room(config: RunConfig, complete: int, weights: int) -> str:
    """Return a warning when --exp-dir has no room for all checkpoints that the run will keep.

    Args: complete, bytes of a complete checkpoint; weights, of one with weights alone.
    Raises: InputError when it cannot be written, or not even two checkpoints fit: one is
    replaced by the next only once that is complete.
    """
    folder = Path(config.exp_dir)
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise InputError(
            f"--exp-dir {folder} cannot be written: {error.strerror}; choose another folder"
        ) from None
    there = sum(path.stat().st_size for path in folder.glob("*.pt"))
    room = disk_usage(folder).free + there
    if room < 2 * complete:
        raise InputError(
            f"{folder} has room for {room / 1e6:,.0f} MB; a checkpoint takes "
            f"{complete / 1e6:,.0f} MB and is written beside the one before it: make room, or "
            "choose another --exp-dir"
        )
    epochs = -(-config.num_epochs // config.save_every_n)
    if config.keep_last:
        epochs = min(epochs, config.keep_last + config.keep_best)
    # last.pt, the one that is being written, and the two best ones.
    wanted = (epochs + 2) * complete + 2 * weights
    if wanted <= room:
        return ""
    return (
        f"{folder} has room for {room / 1e6:,.0f} MB; the checkpoints kept come to "
        f"{wanted / 1e6:,.0f} MB: make room, or keep fewer (--keep-last, --keep-best)"
    )


def check_vocoder(path: str, mel: MelConfig, device: torch.device) -> Vocoder | None:
    """Return the vocoder of --vocoder on `device`, None for ''.

    Raises: InputError when it cannot be read or was trained on other features than `mel`.
    """
    if not path:
        return None
    from tts.vocoders import load_vocoder

    with torch.random.fork_rng([]):  # its random weights, drawn before they are read
        return load_vocoder(Path(path), mel).to(device)


def check_speakers(name: str, inputs: Sequence[str], speakers: Sequence[str]) -> None:
    """Check that a model of one speaker gets one. Raises: InputError naming those found."""
    if len(speakers) > 1 and "speaker" not in inputs:
        more = f" and {len(speakers) - 10} more" if len(speakers) > 10 else ""
        raise InputError(
            f"the training set has {len(speakers)} speakers ({', '.join(speakers[:10])}{more}), "
            f"the model {name} learns one: prepare a corpus of one of them, or give all "
            "utterances one speaker name where they are one person"
        )
