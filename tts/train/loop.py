"""Run the epochs of any task: validation, checkpoints, exact resume, clean stops."""

from __future__ import annotations

import contextlib
import itertools
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tts.checkpoint import epoch_path, save_checkpoint
from tts.config import write_toml
from tts.train.loss_csv import LossCsv, Step, Totals
from tts.train.monitor import Monitor
from tts.train.random_state import noise_seed, random_state, random_state_of, set_random_state
from tts.train.retention import Retention
from tts.train.schedule import learning_rate
from tts.train.signals import SignalWatch, Stopped
from tts.train.step_log import StepLog
from tts.train.task import Place, Task


class Trainer:
    """Run a task to its end, from wherever it stands.

    `epoch` counts complete epochs, `batch` the batches done of the next one by all processes,
    `step` the optimiser's steps so far. All of them, and every random state, are in each
    checkpoint.
    """

    def __init__(self, task: Task, place: Place):
        """Args: task, its data opened."""
        self.task, self.config, self.timer = task, task.config, place.timer
        self.device, self.world = place.device, place.world
        self.exp_dir = Path(self.config.exp_dir)
        self.epoch = self.batch = self.step = 0
        self.monitor = Monitor(
            self.exp_dir, self.config.tensorboard, place.done_steps, self.world.main
        )
        self.step_log = StepLog(self.config, self.monitor, self.timer, task.items)
        self.retention = Retention(self.config, self.weights)
        self._signals = SignalWatch()
        self._exchanged: Callable[[], int] | None = None

    # Running

    def run(self) -> None:
        """Train until `num_epochs` or `max_steps` are complete.

        Raises: Stopped after SIGINT, SIGTERM or SIGUSR1, the state saved; InputError when memory
        ran out, losses stayed non-finite or a reading process died.
        """
        if self.world.main:
            self.step_log.csv = LossCsv(self.exp_dir, self.step)
            write_toml(self.exp_dir / "config.toml", self.task.run_config)
            self.retention.forget_missing()
        if self.finished:
            limit = f", --max-steps {self.config.max_steps}" if self.config.max_steps else ""
            self.monitor.log.info(
                f"nothing left to train: epoch {self.epoch} is complete, --num-epochs is "
                f"{self.config.num_epochs}{limit}"
            )
        self.timer.start()
        with contextlib.closing(self), self._signals:
            while not self.finished:
                self._train_epoch(self.epoch + 1)
            if self._exchanged is not None:
                self._exchanged()

    @property
    def finished(self) -> bool:
        """Return whether all epochs or steps that the options ask for are done."""
        return self.epoch >= self.config.num_epochs or self._last_step

    @property
    def _last_step(self) -> bool:
        return 0 < self.config.max_steps <= self.step

    def close(self) -> None:
        """Flush and close what this process writes."""
        if self.step_log.csv is not None:
            self.step_log.csv.close()
        self.monitor.close()

    def _train_epoch(self, epoch: int) -> None:
        groups = self._groups(epoch)
        total = self.batch + sum(len(group) for group in groups)
        run_steps = self._steps_of_run(total)
        started, frames = time.monotonic(), 0
        self.monitor.scalars("train/", {"epoch": epoch}, self.step)
        with (
            contextlib.closing(self.task.batches()) as batches,  # readers end with the loop
            self.monitor.bar(total, self.batch, epoch) as bar,
        ):
            for group in groups:
                frames += self._step(batches, group, epoch, run_steps)
                self._report(frames / (time.monotonic() - started))
                bar.update(len(group))
                self._between_steps()
                if self._last_step:
                    break
        if self.batch < total:
            self._end_inside_epoch()
        else:
            self._finish_epoch(epoch, time.monotonic() - started)

    def _groups(self, epoch: int) -> list[list[list[int]]]:
        """Return the epoch's batches still to do, those of one step together."""
        plan = self.task.plan
        plan.epoch, plan.start = epoch, self.batch
        batches = plan.batches(epoch)[self.batch :]
        size = self.config.accumulate * self.world.size
        return [batches[i : i + size] for i in range(0, len(batches), size)]

    def _steps_of_run(self, batches: int) -> int:
        """Count the steps of a whole run with this many batches an epoch."""
        steps = self.config.num_epochs * -(-batches // (self.config.accumulate * self.world.size))
        return min(steps, self.config.max_steps or steps)

    def _step(
        self, batches: Iterator[Any], group: list[list[int]], epoch: int, run_steps: int
    ) -> int:
        """Take one optimiser step, whose losses the log takes; return its frames."""
        self.timer.mark("rest")
        rate = learning_rate(self.config, self.step, run_steps)
        own = range(self.batch + self.world.rank, self.batch + len(group), self.world.size)
        seeds = [noise_seed(self.config.seed, epoch, index) for index in own]
        values = self.task.step(batches, seeds, len(group), rate)
        self.step += 1
        self.batch += len(group)
        positions = list(itertools.chain.from_iterable(group))
        frames = self.task.frames(positions)
        self.step_log.add(Step(self.step, epoch, self.batch, positions, rate, values), frames)
        return frames

    def _report(self, speed: float) -> None:
        interval = self.config.log_interval
        log_now = self.step % interval == 1 or interval == 1
        if log_now or not self.task.lagged or self.step_log.full:
            latest = self._settle()
            if log_now and latest is not None:
                self.step_log.report(*latest, speed)

    def _settle(self) -> tuple[Step, dict[str, float], float] | None:
        return self.step_log.settle(self.task.losses)

    def _between_steps(self) -> None:
        """Validate before saving: a resumed run must not have to repeat it."""
        config = self.config
        if config.valid_every and self.step % config.valid_every == 0:
            self._settle()
            self._validate()
        if number := self._signal():
            self._stop(number)
        if config.save_every_steps and self.step % config.save_every_steps == 0:
            self._save(self.exp_dir / "last.pt")

    def _signal(self) -> int:
        """Return the signal that came, the same in every process; with several one step late, since
        what they exchange is waited for only then.
        """
        if self.world.size == 1:
            return self._signals.number
        number = self._exchanged() if self._exchanged is not None else 0
        self._exchanged = None if number else self.world.largest_later(self._signals.number)
        return number

    def _stop(self, number: int) -> None:
        """Save last.pt, after a complete epoch its epoch-N.pt, and raise Stopped."""
        path = self.exp_dir / "last.pt" if self.batch else epoch_path(self.exp_dir, self.epoch)
        self._save(path)
        self.monitor.log.info(
            f"{signal.Signals(number).name}: saved {path} (epoch {self.epoch + 1}, batch "
            f"{self.batch}); continue with --start-epoch auto"
        )
        raise Stopped(number)

    def _end_inside_epoch(self) -> None:
        """Validate and save last.pt after the last step of --max-steps."""
        self._settle()
        if not self.config.valid_every or self.step % self.config.valid_every:
            self._validate()
        self._save(self.exp_dir / "last.pt")

    def _finish_epoch(self, epoch: int, seconds: float) -> None:
        self._settle()
        totals, self.step_log.totals = self.step_log.totals, Totals()
        self.monitor.log.info(
            f"Epoch {epoch}, done in {seconds:.1f} s, global_batch_idx: {self.step}, "
            f"tot_loss[{totals}]"
        )
        self.epoch, self.batch = epoch, 0
        self.retention.enter(self.task.phase)
        better = self.world.main and self.retention.judge(
            "train", totals.means().get("tot_loss", float("inf"))
        )
        self.retention.best["epochs"][epoch] = self._validate()
        if better:
            self.retention.save_best("train", self.step)
        number = self.world.largest(self._signals.number)
        if epoch % self.config.save_every_n == 0 or self.finished:
            self._save(epoch_path(self.exp_dir, epoch))
            if self.world.main:
                self.retention.prune()
        if number and not self.finished:
            self._stop(number)

    def _validate(self) -> float:
        """Return the validation loss; on the main process, 0 elsewhere. All wait for it."""
        loss = 0.0
        self.retention.enter(self.task.phase)
        if self.world.main:
            self.timer.mark("rest")
            epoch = self.epoch + (self.batch > 0)
            loss = self.task.validate(self.monitor, epoch, self.step)
            self.timer.mark("validation")
            if self.retention.judge("valid", loss):
                self.retention.save_best("valid", self.step)
                self.timer.mark("saving")
        self.world.wait_for_main()
        return loss

    # State

    def weights(self) -> dict[str, Any]:
        """Return a checkpoint without what only resuming needs."""
        place = {"epoch": self.epoch, "batch": self.batch, "step": self.step}
        return {**self.task.weights(), "config": self.task.run_config, **place}

    def state(self) -> dict[str, Any]:
        """Return a complete checkpoint, see tts.checkpoint. Every process must call this."""
        self._settle()
        return {
            **self.weights(),
            **self.task.state(),
            **self.step_log.state(),
            "best": self.retention.best,
            "random": {"ranks": self.world.gather(random_state(self.device))},
        }

    def _save(self, path: Path) -> None:
        """Write a complete checkpoint once, after losses.csv has its steps. All wait for it."""
        self.timer.mark("rest")
        content = self.state()
        if self.step_log.csv is not None:
            self.step_log.csv.flush()
            save_checkpoint(path, content)
        self.world.wait_for_main()
        self.timer.mark("saving")

    def restore(self, content: dict[str, Any]) -> None:
        """Continue from a checkpoint's content; the task's `check_resumed` comes first."""
        self.task.restore(content)
        self.epoch, self.batch, self.step = content["epoch"], content["batch"], content["step"]
        self.step_log.restore(content)
        self.retention.best = content["best"]
        set_random_state(random_state_of(content["random"], self.world.rank), self.device)
