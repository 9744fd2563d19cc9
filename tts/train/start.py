"""What a run begins with, and whether it can: read and checked before the first step."""

from __future__ import annotations

import dataclasses
import hashlib
import tempfile
from collections.abc import Sequence
from pathlib import Path
from shutil import disk_usage
from typing import Any

import torch

from tts.checkpoint import epoch_path, latest_checkpoint, load_checkpoint
from tts.config import from_dict, read_toml
from tts.data.loader import Example
from tts.errors import InputError
from tts.files import fingerprint, read_json
from tts.mel import MelConfig
from tts.text.spoken import FrontEndConfig
from tts.text.tokens import TokenTable
from tts.train.config import TrainConfig
from tts.train.fit import find_max_duration
from tts.train.world import World

# Bytes of a parameter in a checkpoint: its value, two moments of Adam; the average is one more.
_BYTES_OF_PARAMETER = 12


def read_recipe(data_dir: Path) -> tuple[TokenTable, FrontEndConfig, MelConfig]:
    """Token table, front end and mel of prepared data."""
    table_path = data_dir / "tokens.txt"
    if not table_path.is_file():
        raise InputError(f"{table_path} does not exist: run prepare.sh first, or --manifest-dir")
    table = TokenTable.read(table_path)
    frontend = from_dict(
        FrontEndConfig, read_toml(data_dir / "frontend.toml"), str(data_dir / "frontend.toml")
    )
    mel = from_dict(MelConfig, read_toml(data_dir / "mel.toml"), str(data_dir / "mel.toml"))
    return table, frontend, mel


def read_statistics(data_dir: Path) -> dict[str, float]:
    """Pitch and energy of the training set, for a model that has them as inputs."""
    path = data_dir / "pitch" / "stats.json"
    if not path.is_file():
        raise InputError(f"{path} does not exist: run ./prepare.sh --stage 8 --stop-stage 9")
    return read_json(path)


def find_start(config: TrainConfig, world: World) -> tuple[Path, dict[str, Any]] | None:
    """The checkpoint that --start-epoch asks for, or None to start anew; the same everywhere."""
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


def decide_max_duration(
    config: TrainConfig,
    before: dict[str, Any] | None,
    model: torch.nn.Module,
    examples: list[Example],
    mel: MelConfig,
    device: torch.device,
    world: World,
) -> tuple[TrainConfig, str]:
    """A number for --max-duration auto, that of the run which is continued where there is one."""
    if before and isinstance(before.get("max_duration"), (int, float)):
        value, how = float(before["max_duration"]), "as in the run that is continued"
    else:
        rate = mel.sample_rate / mel.hop_length
        value, how = find_max_duration(model, config, examples, mel.n_mels, rate, device)
        value = float(world.smallest(int(value)))
    return (
        dataclasses.replace(config, max_duration=value),
        f"--max-duration auto: {value:g} ({how})",
    )


def check_room(model: torch.nn.Module, config: TrainConfig) -> str:
    """A warning when --exp-dir has no room for all checkpoints that the run will keep, else "".

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
    count = sum(value.numel() for value in model.state_dict().values())
    average = 4 if config.ema_decay else 0
    one, best = count * (_BYTES_OF_PARAMETER + average), count * (4 + average)
    there = sum(path.stat().st_size for path in folder.glob("*.pt"))
    room = disk_usage(folder).free + there
    if room < 2 * one:
        raise InputError(
            f"{folder} has room for {room / 1e6:,.0f} MB; a checkpoint takes {one / 1e6:,.0f} MB "
            "and is written beside the one before it: make room, or choose another --exp-dir"
        )
    epochs = -(-config.num_epochs // config.save_every_n)
    if config.keep_last:
        epochs = min(epochs, config.keep_last + config.keep_best)
    # last.pt, the one that is being written, and the two best ones.
    wanted = (epochs + 2) * one + 2 * best
    if wanted <= room:
        return ""
    return (
        f"{folder} has room for {room / 1e6:,.0f} MB; the checkpoints kept come to "
        f"{wanted / 1e6:,.0f} MB: make room, or keep fewer (--keep-last, --keep-best)"
    )


def data_facts(cuts: Path, examples: Sequence[Example]) -> dict[str, Any]:
    """What tells training data from others: a hash of ids, lengths, tokens, durations where these
    are taken, and every mel's sum.

    `cuts` is the split's manifest, beside which those sums lie; where they do not, only ids,
    lengths and tokens count.
    """
    digest = hashlib.sha256()
    for example in examples:
        digest.update(f"{example.id} {example.num_frames}\n".encode())
        digest.update(example.token_ids.tobytes())
        if example.durations is not None:
            digest.update(example.durations.tobytes())
    sums = cuts.with_name(f"{cuts.name.partition('_cuts_')[0]}_sums.jsonl.gz")
    digest.update(fingerprint(sums).encode() if sums.is_file() else b"")
    return {"utterances": len(examples), "sha256": digest.hexdigest()}
