"""From prepared data and a configuration to a trained model."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import time
from pathlib import Path
from typing import Any

import torch

from tts.checkpoint import load_checkpoint, set_aside
from tts.config import from_dict, to_dict
from tts.files import read_json, remove_leftovers, sole_user
from tts.mel import MelConfig
from tts.models import build_model, compile_model, model_class
from tts.train.config import AUTO, TrainConfig
from tts.train.device import be_deterministic, choose_device, describe, facts_of
from tts.train.feed import make_loaders, make_plan, read_splits
from tts.train.fit import measure
from tts.train.hardware import keep_freed_memory, with_real_precision
from tts.train.launch import launch
from tts.train.loop import Trainer
from tts.train.preview import preview
from tts.train.record import keep_copy
from tts.train.start import (
    check_room,
    data_facts,
    decide_max_duration,
    find_start,
    read_recipe,
    read_statistics,
)
from tts.train.state import check_resumable, load_initial
from tts.train.watch import Stopped
from tts.train.world import World


def train(
    model_name: str, options: dict[str, Any], corpus: dict[str, Any], prefix: str
) -> Trainer | None:
    """Train a model on prepared data, in this process or in --world-size ones.

    Args:
      model_name: a key of tts.models.MODELS.
      options: nested plain values with the tables 'model' and 'train'.
      corpus: facts of the corpus for the checkpoint (name, licence ...).
      prefix: the corpus's name in file names, <prefix>_cuts_train.jsonl.gz.

    Returns: the trainer after its last epoch; None where other processes trained, or nothing
    was to be trained.
    Raises: InputError before the first step for everything that can be known then; Stopped
    when a signal ended the run.
    """
    config = from_dict(TrainConfig, options.get("train", {}), "train")
    model_config = from_dict(model_class(model_name).Config, options.get("model", {}), "model")
    world = World.of_environment(config.world_size)
    device = choose_device(config, world)
    if config.world_size > 1 and world.size == 1 and not config.dry_run:
        job = {"model_name": model_name, "options": options, "corpus": corpus, "prefix": prefix}
        launch(config.world_size, config.master_port, job)
        return None
    if world.size > 1:
        config = dataclasses.replace(config, world_size=world.size)
    writes = world.main and not config.dry_run
    with sole_user(config.exp_dir) if writes else contextlib.nullcontext():
        try:
            world.connect(device)
            trainer = _train(model_name, config, model_config, corpus, prefix, device, world)
        except Stopped:
            world.leave()
            raise
        except RuntimeError as error:
            if (lost := world.explain(error)) is not error:
                raise lost from error
            raise
        world.leave()
    return trainer


def _train(
    model_name: str,
    config: TrainConfig,
    model_config: Any,
    corpus: dict[str, Any],
    prefix: str,
    device: torch.device,
    world: World,
) -> Trainer | None:
    started = time.monotonic()
    # Not resolved: data/ may be a link, and paths in manifests are relative to its neighbours.
    data_dir = Path(config.manifest_dir).absolute().parent
    if world.main and not config.dry_run:
        remove_leftovers(config.exp_dir)
    table, frontend, mel = read_recipe(data_dir)
    cmvn = read_json(data_dir / "fbank" / "cmvn.json")
    resumed = find_start(config, world)
    before = resumed[1].get("config", {}).get("train") if resumed is not None else None
    config = with_real_precision(config, device, before)
    if device.type == "cpu":
        keep_freed_memory()
    if config.deterministic:
        be_deterministic()
    torch.manual_seed(config.seed)
    model = build_model(
        model_name,
        model_config,
        table.num_embeddings,
        mel.n_mels,
        cmvn["fbank_mean"],
        cmvn["fbank_std"],
    )
    splits = read_splits(config, data_dir.parent, prefix, table, frontend.framing, model.inputs)
    examples = splits["train"].examples
    notes = [split.joined.note for split in splits.values() if split.joined.note]
    if "pitch" in model.inputs:
        statistics = {**read_statistics(data_dir), "frame_seconds": mel.frame_seconds}
        model.set_statistics(table.pad_id, statistics)
    model = model.to(device)
    if config.compile:
        compile_model(model)
    if resumed is None and config.init_from:
        load_initial(model, load_checkpoint(config.init_from), config.init_from, table.text())
    found = ""
    if config.max_duration == AUTO:
        config, found = decide_max_duration(config, before, model, examples, mel, device, world)
    run = {
        "model": {"name": model_name, **to_dict(model_config)},
        "mel": to_dict(mel),
        "frontend": to_dict(frontend),
        "corpus": corpus,
        "machine": facts_of(device),
        "data": data_facts(splits["train"].cuts, examples),
    }
    changed = []
    if resumed is not None:
        path, content = resumed
        changed = check_resumable(path, content, {**run, "train": to_dict(config)}, table.text())
    if config.dry_run:
        if not world.main:
            return None
        memory = measure(model, config, examples, mel.n_mels, device)
        plan = make_plan(config, splits["train"], mel)
        print(preview({**run, "train": to_dict(config)}, config, plan, examples, memory, device))
        for note in notes:
            print(note)
        return None
    room = check_room(model, config) if world.main else ""
    with world.main_first():  # one of them packs features where that is due
        plan, loaders = make_loaders(config, splits, table, mel, device, world.rank, world.size)
    done_steps = resumed[1].get("step", 0) if resumed is not None else 0
    trainer = Trainer(
        model,
        config,
        run,
        table.text(),
        loaders,
        plan,
        device,
        _vocode(config, mel),
        done_steps,
        world,
        [example.id for example in examples],
    )
    log = trainer.monitor.log
    log.info(
        f"{model_name}: {sum(p.numel() for p in model.parameters()):,} parameters, "
        f"{world.size} x {describe(device)}, {config.resolved_precision}"
    )
    log.info(
        f"{len(examples)} utterances to train on in {len(plan.batches(1))} batches an epoch "
        f"({100 * plan.padding_share(1):.1f} % padding), {len(splits['valid'].examples)} to "
        "validate on"
    )
    for note in notes:
        log.warning(note)
    if found:
        log.info(found)
    if room:
        log.warning(room)
    if resumed is None and config.init_from:
        log.info(f"initial weights, mel mean and mel deviation from {config.init_from}")
    if resumed is not None:
        trainer.restore(content)
        log.info(f"continuing from {path}: epoch {trainer.epoch}, step {trainer.step}")
        for sentence in changed:
            log.warning(f"not exactly the same run: {sentence}")
    world.largest(0)  # all have read what is now set aside
    if config.start_epoch != "auto" and world.main:
        folder = set_aside(config.exp_dir, trainer.epoch)
        if folder is not None:
            keep_copy(config.exp_dir, folder)
            log.warning(f"checkpoints beyond epoch {trainer.epoch} are kept in {folder}")
    first = trainer.step
    trainer.run()
    took = datetime.timedelta(seconds=round(time.monotonic() - started))
    log.info(
        f"{model_name}: {trainer.epoch} epochs, {trainer.step} steps done, {trainer.step - first} "
        f"of them now in {took} on {world.size} x {describe(device)}; least validation loss "
        f"{trainer.keeper.best['valid']:.4g}; checkpoints, logs and config.toml in "
        f"{config.exp_dir}"
    )
    return trainer


def _vocode(config: TrainConfig, mel: MelConfig) -> Any:
    """Mel (B, T, F) to samples for TensorBoard, where --vocoder is given."""
    if not config.vocoder:
        return None
    from tts.vocoders import load_vocoder

    return load_vocoder(Path(config.vocoder), mel)
