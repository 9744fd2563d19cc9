"""Continue, skip or begin anew a run with --once, as its options and inputs say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tts.checkpoint import latest_checkpoint
from tts.errors import InputError
from tts.files import fingerprint, read_json, sole_user, write_json
from tts.train.world import World


def continue_or_set_aside(model_name: str, options: dict[str, Any], inputs: list[Path]) -> str:
    """Return the --start-epoch of a run with --once; rename the folder of an outdated run.

    'auto' when the experiment folder was made from the same model, options and data (its
    inputs.json says so); else '1', after the folder was renamed to <name>.old-N so that
    nothing is lost. How long and where to train, read and log does not count as a difference.
    """
    free = {"start_epoch", "num_epochs", "max_steps", "num_workers", "log_interval", "tensorboard"}
    free |= {"vocoder", "save_every_n", "save_every_steps", "keep_last", "keep_best", "valid_every"}
    free |= {"exp_dir", "manifest_dir", "device", "master_port", "max_skipped", "packed"}
    free |= {"data_on_device", "dry_run"}
    if World.of_environment().size > 1:
        raise InputError("--once does not go with torchrun; use --world-size for one machine")
    train_options = options["train"]
    wanted = {
        "model": {"name": model_name, **options.get("model", {})},
        "train": {k: v for k, v in train_options.items() if k not in free},
        "inputs": {path.name: fingerprint(path) for path in inputs},
    }
    exp_dir = Path(train_options["exp_dir"])
    marker = exp_dir / "inputs.json"
    if marker.is_file() and read_json(marker) == json.loads(json.dumps(wanted)):
        return "auto"
    with sole_user(exp_dir):
        return _set_folder_aside(exp_dir, marker, wanted)


def _set_folder_aside(exp_dir: Path, marker: Path, wanted: dict[str, Any]) -> str:
    if latest_checkpoint(exp_dir) is not None:
        number = 1
        while (aside := exp_dir.with_name(f"{exp_dir.name}.old-{number}")).exists():
            number += 1
        exp_dir.rename(aside)
        print(f"data or options changed: the earlier run is kept in {aside}")
    write_json(marker, wanted)
    return "1"
