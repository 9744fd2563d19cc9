"""Run any task from its options to its end, in one process or several."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import time
from collections.abc import Callable
from pathlib import Path

import torch

from tts.checkpoint import set_aside
from tts.files import remove_leftovers, sole_user
from tts.train.config import RunConfig
from tts.train.device import choose_device, describe, prepare_device
from tts.train.launch import Job, launch
from tts.train.loop import Trainer
from tts.train.loss_csv import copy_losses
from tts.train.precision import resolve_precision
from tts.train.preflight import check_room, find_start
from tts.train.task import Place, Task
from tts.train.timing import Timer
from tts.train.world import World


def run_task(config: RunConfig, build: Callable[[Place], Task], job: Job) -> Trainer | None:
    """Train a task, in this process or in --world-size ones.

    Args:
      config: the options as given.
      build: makes the task once device, precision and start are known.
      job: the call that leads here again, for the processes of --world-size.

    Returns: the trainer after its last step; None where other processes trained, or nothing
    was to be trained.
    Raises: InputError before the first step for everything that can be known then; Stopped
    when a signal ended the run.
    """
    world = World.of_environment(config.world_size)
    device = choose_device(config, world)
    if config.world_size > 1 and world.size == 1 and not config.dry_run:
        launch(config.world_size, config.master_port, job)
        return None
    if world.size > 1:
        config = dataclasses.replace(config, world_size=world.size)
    writes = world.main and not config.dry_run
    with sole_user(config.exp_dir) if writes else contextlib.nullcontext():
        prepare_device(config, device)
        with world.connected(device):
            if writes:
                remove_leftovers(config.exp_dir)
            return _run(config, build, device, world)


def _run(
    config: RunConfig, build: Callable[[Place], Task], device: torch.device, world: World
) -> Trainer | None:
    started = time.monotonic()
    place = Place(config, device, world, Timer(device), find_start(config, world))
    config = resolve_precision(config, device, place.train_before)
    place = dataclasses.replace(place, config=config)
    torch.manual_seed(config.seed)
    task = build(place)
    changed = task.check_resumed(*place.resumed) if place.resumed is not None else []
    if config.dry_run:
        if world.main:
            print(task.preview())
        return None
    room = check_room(task.config, *task.num_bytes()) if world.main else ""
    with world.main_first():  # one of them packs features where that is due
        task.open_data()
    trainer = Trainer(task, place)
    task.describe(trainer.monitor.log)
    if room:
        trainer.monitor.log.warning(room)
    if place.resumed is not None:
        _restore(trainer, *place.resumed, changed)
    world.wait_for_main()  # all have read what is now set aside
    if world.main and config.start_epoch != "auto":
        _set_aside(trainer)
    first = trainer.step
    trainer.run()
    _report_end(trainer, first, time.monotonic() - started)
    return trainer


def _restore(trainer: Trainer, path: Path, content: dict, changed: list[str]) -> None:
    trainer.restore(content)
    log = trainer.monitor.log
    log.info(f"continuing from {path}: epoch {trainer.epoch}, step {trainer.step}")
    for sentence in changed:
        log.warning(f"not exactly the same run: {sentence}")


def _set_aside(trainer: Trainer) -> None:
    """Move checkpoints beyond the start, and a copy of losses.csv, to earlier-N/."""
    folder = set_aside(trainer.exp_dir, trainer.epoch)
    if folder is not None:
        copy_losses(trainer.exp_dir, folder)
        trainer.monitor.log.warning(
            f"checkpoints beyond epoch {trainer.epoch} are kept in {folder}"
        )


def _report_end(trainer: Trainer, first: int, seconds: float) -> None:
    took = datetime.timedelta(seconds=round(seconds))
    trainer.monitor.log.info(
        f"{trainer.task.name}: {trainer.epoch} epochs, {trainer.step} steps done, "
        f"{trainer.step - first} of them now in {took} on {trainer.world.size} x "
        f"{describe(trainer.device)}; least validation loss "
        f"{trainer.retention.best['valid']:.4g}; checkpoints, logs and config.toml in "
        f"{trainer.exp_dir}"
    )
