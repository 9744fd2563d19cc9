"""From prepared data and a configuration to a trained model."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import torch

from tts.checkpoint import epoch_path, latest_checkpoint, load_checkpoint, set_aside
from tts.config import from_dict, read_toml, to_dict
from tts.errors import InputError
from tts.features.mel import MelConfig
from tts.files import fingerprint, read_json, remove_leftovers, sole_user, write_json
from tts.models import build_model, model_class
from tts.text.frontend import FrontEndConfig
from tts.text.tokens import TokenTable
from tts.train.config import TrainConfig
from tts.train.feed import make_loaders, read_splits
from tts.train.hardware import keep_freed_memory, with_real_precision
from tts.train.loop import Trainer
from tts.train.state import check_resumable, load_initial


def train(model_name: str, options: dict[str, Any], corpus: dict[str, Any], prefix: str) -> Trainer:
    """Train a model on prepared data.

    Args:
      model_name: a key of tts.models.MODELS.
      options: nested plain values with the tables 'model' and 'train'.
      corpus: facts of the corpus for the checkpoint (name, licence ...).
      prefix: the corpus's name in file names, <prefix>_cuts_train.jsonl.gz.

    Returns: the trainer after its last epoch.
    Raises: InputError before the first step for everything that can be known then; Stopped
    when a signal ended the run.
    """
    config = from_dict(TrainConfig, options.get("train", {}), "train")
    model_config = from_dict(model_class(model_name).Config, options.get("model", {}), "model")
    with sole_user(config.exp_dir):
        return _train(model_name, config, model_config, corpus, prefix)


def _train(
    model_name: str, config: TrainConfig, model_config: Any, corpus: dict[str, Any], prefix: str
) -> Trainer:
    # Not resolved: data/ may be a link, and paths in manifests are relative to its neighbours.
    data_dir = Path(config.manifest_dir).absolute().parent
    device = choose_device(config)
    remove_leftovers(config.exp_dir)
    table, frontend, mel = read_recipe(data_dir)
    cmvn = read_json(data_dir / "fbank" / "cmvn.json")
    examples = read_splits(config, data_dir.parent, prefix, table, frontend.framing)
    plan, loaders = make_loaders(config, examples, table, mel, device)
    torch.manual_seed(config.seed)
    model = build_model(
        model_name,
        model_config,
        table.num_embeddings,
        mel.n_mels,
        cmvn["fbank_mean"],
        cmvn["fbank_std"],
    )
    run = {
        "model": {"name": model_name, **to_dict(model_config)},
        "mel": to_dict(mel),
        "frontend": to_dict(frontend),
        "corpus": corpus,
    }
    resumed = find_start(config)
    before = resumed[1].get("config", {}).get("train") if resumed is not None else None
    config = with_real_precision(config, device, before)
    if device.type == "cpu":
        keep_freed_memory()
    if config.compile:
        model.compile_parts()
    if resumed is None and config.init_from:
        load_initial(model, load_checkpoint(config.init_from), config.init_from, table.text())
    vocode = _vocode(config, mel)
    done_steps = resumed[1].get("step", 0) if resumed is not None else 0
    trainer = Trainer(model, config, run, table.text(), loaders, plan, device, vocode, done_steps)
    log = trainer.monitor.log
    log.info(f"{model_name}: {sum(p.numel() for p in model.parameters()):,} parameters, {device}")
    log.info(
        f"{len(examples['train'])} utterances to train on in {len(plan)} batches an epoch, "
        f"{len(examples['valid'])} to validate on"
    )
    if resumed is None and config.init_from:
        log.info(f"initial weights, mel mean and mel deviation from {config.init_from}")
    if resumed is not None:
        path, content = resumed
        changed = check_resumable(path, content, trainer.run_config, table.text())
        trainer.restore(content)
        log.info(f"continuing from {path}: epoch {trainer.epoch}, step {trainer.step}")
        for sentence in changed:
            log.warning(f"not exactly the same run: {sentence}")
    if config.start_epoch != "auto":
        folder = set_aside(config.exp_dir, trainer.epoch)
        if folder is not None:
            log.warning(f"checkpoints beyond epoch {trainer.epoch} are kept in {folder}")
    trainer.run()
    log.info(
        f"{model_name}: {trainer.epoch} epochs, {trainer.step} steps done; checkpoints, logs "
        f"and config.toml in {config.exp_dir}"
    )
    return trainer


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


def choose_device(config: TrainConfig) -> torch.device:
    """The device of the run; InputError when the one asked for is not there."""
    if config.world_size != 1:
        raise InputError(
            f"--world-size {config.world_size}: this version trains with one process; "
            "use --world-size 1"
        )
    name = config.device
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if not re.fullmatch(r"cpu|cuda(:\d+)?", name):
        raise InputError(f"--device {name}: use auto, cpu, cuda or cuda:N")
    device = torch.device(name)
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if device.type == "cuda" and (device.index or 0) >= count:
        raise InputError(f"--device {name}: torch sees {count} CUDA devices; use --device cpu")
    if config.resolved_precision == "fp16" and device.type == "cpu":
        raise InputError("fp16 needs a GPU: use --precision fp32 or bf16 on the CPU")
    return device


def find_start(config: TrainConfig) -> tuple[Path, dict[str, Any]] | None:
    """The checkpoint that --start-epoch asks for, or None to start anew."""
    if config.start_epoch == "auto":
        return latest_checkpoint(config.exp_dir)
    if not config.start_epoch.isdigit() or int(config.start_epoch) < 1:
        raise InputError(f"--start-epoch {config.start_epoch}: must be 1, 2, ... or auto")
    epoch = int(config.start_epoch)
    if epoch == 1:
        return None
    path = epoch_path(config.exp_dir, epoch - 1)
    return path, load_checkpoint(path)


def continue_or_set_aside(model_name: str, options: dict[str, Any], inputs: list[Path]) -> str:
    """The --start-epoch of a run that is to be done once.

    'auto' when the experiment folder was made from the same model, options and data (its
    inputs.json says so); else '1', after the folder was renamed to <name>.old-N so that
    nothing is lost. How long and where to train, read and log does not count as a difference.
    """
    free = {"start_epoch", "num_epochs", "num_workers", "log_interval", "tensorboard", "vocoder"}
    free |= {"save_every_n", "save_every_steps", "keep_last", "keep_best", "valid_every"}
    free |= {"exp_dir", "manifest_dir", "device", "master_port", "max_skipped"}
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


def _vocode(config: TrainConfig, mel: MelConfig) -> Any:
    """Mel (B, T, F) to samples for TensorBoard, where --vocoder is given."""
    if not config.vocoder:
        return None
    from tts.vocoders import load_vocoder

    return load_vocoder(Path(config.vocoder), mel)
