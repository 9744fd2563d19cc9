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
from tts.errors import InputError
from tts.train.config import TrainConfig
from tts.train.keeper import Keeper
from tts.train.monitor import Monitor
from tts.train.record import LossRecord, Step, Totals
from tts.train.schedule import learning_rate
from tts.train.state import noise_seed, random_state, random_state_of, set_random_state
from tts.train.step import Stepper
from tts.train.validate import validate
from tts.train.watch import Stopped, Watch
from tts.train.world import World

# Steps whose numbers may wait on the device.
MOST_WAITING = 200


class Trainer:
    """One run: model, optimiser, averaged weights, data, and where it stands.

    `epoch` counts complete epochs, `batch` the batches done of the next one by all processes,
    `step` the optimiser's steps so far. All of them, and every random state, are in each
    checkpoint. `skipped` counts steps not made for losses that were not finite, `in_a_row` the
    last ones of these.
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
        self.names, self.exp_dir = names or range(len(plan.num_frames)), Path(config.exp_dir)
        self.stepper = Stepper(self.model, config, device, self.world)
        self.keeper = Keeper(config, self.weights)
        self.epoch = self.batch = self.step = self.skipped = self.in_a_row = 0
        self.totals = Totals()
        self.monitor = Monitor(self.exp_dir, config.tensorboard, done_steps, self.world.main)
        self.record: LossRecord | None = None
        self._waiting: list[Step] = []
        self._watch = Watch()

    # Running

    def run(self) -> None:
        """Train until `num_epochs` are complete.

        Raises: Stopped after SIGINT, SIGTERM or SIGUSR1, the state saved; InputError when memory
        ran out, losses stayed non-finite or a reading process died.
        """
        if self.world.main:
            self.record = LossRecord(self.exp_dir, self.step)
            write_toml(self.exp_dir / "config.toml", self.run_config)
            self.keeper.forget_missing()
        if self.epoch >= self.config.num_epochs:
            self.monitor.log.info(
                f"nothing left to train: epoch {self.epoch} is complete, --num-epochs is "
                f"{self.config.num_epochs}"
            )
        with contextlib.closing(self), self._watch:
            while self.epoch < self.config.num_epochs:
                self._train_epoch(self.epoch + 1)

    def close(self) -> None:
        """Flush and close what this process writes."""
        if self.record is not None:
            self.record.close()
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
            contextlib.closing(self._read()) as batches,  # readers end with the loop
            self.monitor.bar(total, self.batch, epoch) as bar,
        ):
            for group in groups:
                self._step(batches, group, epoch, run_steps)
                positions = self._waiting[-1].group
                frames += sum(self.plan.num_frames[i] for i in positions)
                log_now = self.step % self.config.log_interval == 1 or self.config.log_interval == 1
                if log_now or not self.stepper.lagged or len(self._waiting) >= MOST_WAITING:
                    latest = self._settle()
                    if log_now and latest is not None:
                        self._report(*latest, frames / (time.monotonic() - started))
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
    ) -> None:
        """One optimiser step; its numbers wait in `_waiting`."""
        rate = learning_rate(self.config, self.step, run_steps)
        own = range(self.batch + self.world.rank, self.batch + len(group), self.world.size)
        seeds = [noise_seed(self.config.seed, epoch, index) for index in own]
        values = self.stepper(batches, seeds, len(group), rate)
        self.step += 1
        self.batch += len(group)
        positions = list(itertools.chain.from_iterable(group))
        self._waiting.append(Step(self.step, epoch, self.batch, positions, rate, values))

    def _read(self) -> Iterator[Batch]:
        """The epoch's batches. Raises: InputError for bad data or a reader that died."""
        try:
            yield from self.loaders["train"]
        except InputError as error:
            # From another process it comes with that process's traceback before it.
            raise InputError(str(error).rpartition("InputError: ")[2].strip()) from None
        except RuntimeError as error:
            if "DataLoader worker" not in str(error):
                raise
            raise InputError(
                f"a process that reads features died: {str(error).splitlines()[0]} Where memory "
                "is short, lower --num-workers (0 reads in this process); continue with "
                "--start-epoch auto"
            ) from error

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
        means = self.totals.means()
        self.monitor.log.info(
            f"Epoch {epoch}, done in {seconds:.1f} s, global_batch_idx: {self.step}, "
            f"tot_loss[{self.totals}]"
        )
        self.epoch, self.batch, self.totals = epoch, 0, Totals()
        if self.world.main:
            better = self.keeper.judge("train", means.get("tot_loss", float("inf")))
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

    # Numbers

    def _settle(self) -> tuple[Step, dict[str, float], float] | None:
        """Fetch the numbers that wait on the device: record them, count skipped steps.

        Returns: the last step, its mean losses and gradient norm; None when it was not made.
        Raises: InputError when too many in a row were not made.
        """
        if not self._waiting:
            return None
        rows = torch.stack([step.values for step in self._waiting]).tolist()
        steps, self._waiting = self._waiting, []
        latest = None
        for step, row in zip(steps, rows, strict=True):
            *sums, norm, made = row
            count = len(step.group)
            losses = {
                name: value / count for name, value in zip(self.stepper.names, sums, strict=True)
            }
            if self.record is not None:
                self.record.add(step, losses, norm)
            latest = (step, losses, norm) if made else None
            if made:
                self.totals.add(losses, count)
                self.in_a_row = 0
            else:
                self._skip(step, losses, norm)
        return latest

    def _skip(self, step: Step, losses: dict[str, float], norm: float) -> None:
        self.skipped += 1
        self.in_a_row += 1
        ids = ", ".join(str(self.names[i]) for i in step.group)
        text = (
            f"step {step.step}: losses {losses}, gradient norm {norm}: step skipped "
            f"({self.skipped} so far); utterances: {ids}"
        )
        self.monitor.log.warning(text)
        if self.in_a_row >= self.config.max_skipped:
            raise InputError(
                f"{text}. {self.in_a_row} steps in a row had non-finite losses (--max-skipped "
                f"{self.config.max_skipped}): look at these utterances, lower --lr, or use "
                "--precision fp32"
            )

    def _report(self, step: Step, losses: dict[str, float], norm: float, speed: float) -> None:
        current = Totals()
        current.add(losses, len(step.group))
        self.monitor.log.info(
            f"Epoch {step.epoch}, batch {step.batch - 1}, global_batch_idx: {step.step}, "
            f"batch size: {len(step.group)}, loss[{current}], tot_loss[{self.totals}], "
            f"cur lr: {step.rate:.2e}, grad norm: {norm:.3g}, {speed:.0f} frames/s"
        )
        self.monitor.scalars("train/current_", losses, step.step)
        self.monitor.scalars("train/tot_", self.totals.means(), step.step)
        extra = {"learning_rate": step.rate, "grad_norm": norm, "frames_per_second": speed}
        self.monitor.scalars("train/", extra, step.step)

    def _validate(self) -> float:
        """The validation loss; on the main process, 0 elsewhere."""
        if not self.world.main:
            return 0.0
        loss = validate(self)
        if self.keeper.judge("valid", loss):
            self.keeper.save_best("valid", self.step)
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
            "skipped": self.skipped,
            "in_a_row": self.in_a_row,
            "totals": {"sums": self.totals.sums, "count": self.totals.count},
            "best": self.keeper.best,
            "optimizer": self.stepper.optimizer.state_dict(),
            "scaler": self.stepper.scaler.state_dict(),
            "random": {"ranks": self.world.gather(random_state(self.device))},
        }

    def _save(self, path: Path) -> None:
        """Write a complete checkpoint once, after the record of its steps."""
        content = self.state()
        if self.record is not None:
            self.record.flush()
            save_checkpoint(path, content)

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
        self.skipped, self.in_a_row = content["skipped"], content.get("in_a_row", 0)
        self.totals = Totals(**content["totals"])
        self.keeper.best = content["best"]
        set_random_state(random_state_of(content["random"], self.world.rank), self.device)
