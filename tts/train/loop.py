"""The training loop: any model that returns named losses, exact resume, clean stops."""

from __future__ import annotations

import contextlib
import itertools
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import DataLoader

from tts.batch import Batch
from tts.checkpoint import epoch_path, save_checkpoint
from tts.config import to_dict, write_toml
from tts.data.loader import BatchPlan
from tts.train.config import TrainConfig
from tts.train.feed import read_batches
from tts.train.keeper import Keeper
from tts.train.monitor import Monitor
from tts.train.record import LossRecord, Step, Totals
from tts.train.schedule import learning_rate
from tts.train.state import noise_seed, random_state, random_state_of, set_random_state
from tts.train.step import Stepper
from tts.train.tally import Tally
from tts.train.timing import Timer
from tts.train.validate import validate
from tts.train.watch import Stopped, Watch
from tts.train.world import World


class Trainer:
    """One run: model, optimiser, averaged weights, data, and where it stands.

    `epoch` counts complete epochs, `batch` the batches done of the next one by all processes,
    `step` the optimiser's steps so far. All of them, and every random state, are in each
    checkpoint.
    """

    def __init__(
        self,
        model: torch.nn.Module,
        config: TrainConfig,
        run: dict[str, Any],
        tokens: str,
        loaders: dict[str, DataLoader],
        plan: BatchPlan,
        device: torch.device,
        vocode: Callable[[torch.Tensor], torch.Tensor] | None = None,
        done_steps: int = 0,
        world: World | None = None,
        names: Sequence[str] = (),
    ):
        """Args: `run`, the resolved configuration of everything as plain values; `tokens`, the
        text of tokens.txt; `loaders`, 'train' (whose order is `plan`) and 'valid'; `vocode`,
        mel (B, T, F) to samples (B, S), for audio at validation; `done_steps`, see Monitor;
        `world`, the processes that train; `names`, ids of the plan's utterances.
        """
        self.world = world or World()
        self.model, self.config, self.tokens = model.to(device), config, tokens
        self.run_config = {**run, "train": to_dict(config)}
        self.loaders, self.plan, self.device, self.vocode = loaders, plan, device, vocode
        self.exp_dir, self.timer = Path(config.exp_dir), Timer(device)
        self.stepper = Stepper(self.model, config, device, self.world, self.timer)
        self.keeper = Keeper(config, self.weights)
        self.epoch = self.batch = self.step = 0
        self.monitor = Monitor(self.exp_dir, config.tensorboard, done_steps, self.world.main)
        names = names or range(len(plan.num_frames))
        self.tally = Tally(config, self.monitor, self.timer, names)
        self._watch = Watch()

    # Running

    def run(self) -> None:
        """Train until `num_epochs` are complete.

        Raises: Stopped after SIGINT, SIGTERM or SIGUSR1, the state saved; InputError when memory
        ran out, losses stayed non-finite or a reading process died.
        """
        if self.world.main:
            self.tally.record = LossRecord(self.exp_dir, self.step)
            write_toml(self.exp_dir / "config.toml", self.run_config)
            self.keeper.forget_missing()
        if self.epoch >= self.config.num_epochs:
            self.monitor.log.info(
                f"nothing left to train: epoch {self.epoch} is complete, --num-epochs is "
                f"{self.config.num_epochs}"
            )
        self.timer.start()
        with contextlib.closing(self), self._watch:
            while self.epoch < self.config.num_epochs:
                self._train_epoch(self.epoch + 1)

    def close(self) -> None:
        """Flush and close what this process writes."""
        if self.tally.record is not None:
            self.tally.record.close()
        self.monitor.close()

    def _train_epoch(self, epoch: int) -> None:
        groups = self._groups(epoch)
        total = self.batch + sum(len(group) for group in groups)
        a_step = self.config.accumulate * self.world.size
        run_steps = self.config.num_epochs * -(-total // a_step)
        started, frames = time.monotonic(), 0
        self.monitor.scalars("train/", {"epoch": epoch}, self.step)
        self.model.train()
        with (
            contextlib.closing(
                read_batches(self.loaders["train"])
            ) as batches,  # readers end with the loop
            self.monitor.bar(total, self.batch, epoch) as bar,
        ):
            for group in groups:
                frames += self._step(batches, group, epoch, run_steps)
                log_now = self.step % self.config.log_interval == 1 or self.config.log_interval == 1
                if log_now or not self.stepper.lagged or self.tally.full:
                    latest = self._settle()
                    if log_now and latest is not None:
                        self.tally.report(*latest, frames / (time.monotonic() - started))
                bar.update(len(group))
                self._between_steps()
        self._finish_epoch(epoch, time.monotonic() - started)

    def _groups(self, epoch: int) -> list[list[list[int]]]:
        """The epoch's batches still to do, those of one step together."""
        self.plan.epoch, self.plan.start = epoch, self.batch
        batches = self.plan.batches(epoch)[self.batch :]
        size = self.config.accumulate * self.world.size
        return [batches[i : i + size] for i in range(0, len(batches), size)]

    def _step(
        self, batches: Iterator[Batch], group: list[list[int]], epoch: int, run_steps: int
    ) -> int:
        """One optimiser step, whose numbers the tally takes; returns its frames of speech."""
        self.timer.mark("rest")
        rate = learning_rate(self.config, self.step, run_steps)
        own = range(self.batch + self.world.rank, self.batch + len(group), self.world.size)
        seeds = [noise_seed(self.config.seed, epoch, index) for index in own]
        values = self.stepper(batches, seeds, len(group), rate)
        self.step += 1
        self.batch += len(group)
        positions = list(itertools.chain.from_iterable(group))
        frames = sum(self.plan.num_frames[i] for i in positions)
        self.tally.add(Step(self.step, epoch, self.batch, positions, rate, values), frames)
        return frames

    def _settle(self) -> tuple[Step, dict[str, float], float] | None:
        return self.tally.settle(self.stepper.names)

    def _between_steps(self) -> None:
        """Validate before saving: a resumed run must not have to repeat it."""
        config = self.config
        if config.valid_every and self.step % config.valid_every == 0:
            self._settle()
            self._validate()
            self.model.train()
        number = self.world.largest(self._watch.number)
        if number:
            self._stop(number)
        if config.save_every_steps and self.step % config.save_every_steps == 0:
            self._save(self.exp_dir / "last.pt")

    def _stop(self, number: int) -> None:
        """Save last.pt, after a complete epoch its epoch-N.pt, and raise Stopped."""
        path = self.exp_dir / "last.pt" if self.batch else epoch_path(self.exp_dir, self.epoch)
        self._save(path)
        self.monitor.log.info(
            f"{signal.Signals(number).name}: saved {path} (epoch {self.epoch + 1}, batch "
            f"{self.batch}); continue with --start-epoch auto"
        )
        raise Stopped(number)

    def _finish_epoch(self, epoch: int, seconds: float) -> None:
        self._settle()
        totals, self.tally.totals = self.tally.totals, Totals()
        self.monitor.log.info(
            f"Epoch {epoch}, done in {seconds:.1f} s, global_batch_idx: {self.step}, "
            f"tot_loss[{totals}]"
        )
        self.epoch, self.batch = epoch, 0
        if self.world.main:
            better = self.keeper.judge("train", totals.means().get("tot_loss", float("inf")))
            self.keeper.best["epochs"][epoch] = self._validate()
            if better:
                self.keeper.save_best("train", self.step)
        number = self.world.largest(self._watch.number)
        final = epoch >= self.config.num_epochs
        if epoch % self.config.save_every_n == 0 or final:
            self._save(epoch_path(self.exp_dir, epoch))
            if self.world.main:
                self.keeper.prune()
        if number and not final:
            self._stop(number)

    def _validate(self) -> float:
        """The validation loss; on the main process, 0 elsewhere."""
        if not self.world.main:
            return 0.0
        self.timer.mark("rest")
        loss = validate(self)
        self.timer.mark("validation")
        if self.keeper.judge("valid", loss):
            self.keeper.save_best("valid", self.step)
            self.timer.mark("saving")
        return loss

    # State

    def weights(self) -> dict[str, Any]:
        """A checkpoint without what only resuming needs."""
        average = self.stepper.average
        return {
            "model": self.model.state_dict(),
            "ema": average.weights if average else None,
            "config": self.run_config,
            "tokens": self.tokens,
            "epoch": self.epoch,
            "batch": self.batch,
            "step": self.step,
        }

    def state(self) -> dict[str, Any]:
        """A complete checkpoint: see tts.checkpoint. Every process must ask for it."""
        self._settle()
        average = self.stepper.average
        return {
            **self.weights(),
            "ema_updates": int(average.num_updates) if average else 0,
            **self.tally.state(),
            "best": self.keeper.best,
            "optimizer": self.stepper.optimizer.state_dict(),
            "scaler": self.stepper.scaler.state_dict(),
            "random": {"ranks": self.world.gather(random_state(self.device))},
        }

    def _save(self, path: Path) -> None:
        """Write a complete checkpoint once, after the record of its steps."""
        self.timer.mark("rest")
        content = self.state()
        if self.tally.record is not None:
            self.tally.record.flush()
            save_checkpoint(path, content)
        self.timer.mark("saving")

    def restore(self, content: dict[str, Any]) -> None:
        """Continue from a checkpoint's state; `tts.train.state.check_resumable` comes first."""
        stepper = self.stepper
        self.model.load_state_dict(content["model"])
        stepper.load_optimizer(content["optimizer"])
        if content["scaler"]:  # empty without fp16
            stepper.scaler.load_state_dict(content["scaler"])
        if stepper.average is not None:
            weights = content.get("ema") or content["model"]
            stepper.average.weights = {k: v.to(self.device).clone() for k, v in weights.items()}
            stepper.average.num_updates = content["ema_updates"]
        self.epoch, self.batch, self.step = content["epoch"], content["batch"], content["step"]
        self.tally.restore(content)
        self.keeper.best = content["best"]
        set_random_state(random_state_of(content["random"], self.world.rank), self.device)
