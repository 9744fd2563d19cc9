"""The training loop: any model that returns named losses, exact resume, clean stops."""

from __future__ import annotations

import contextlib
import math
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import DataLoader

from tts.batch import Batch
from tts.checkpoint import copy_checkpoint, epoch_path, list_epochs, save_checkpoint
from tts.config import to_dict, write_toml
from tts.data.loader import BatchPlan
from tts.errors import InputError
from tts.train.config import TrainConfig
from tts.train.monitor import Monitor, Totals, draw_utterance
from tts.train.schedule import WeightAverage, learning_rate
from tts.train.state import random_state, set_random_state


class Stopped(Exception):
    """The run was told to stop and has saved its state; `status` is the exit status."""

    def __init__(self, signal_number: int):
        super().__init__(f"stopped by {signal.Signals(signal_number).name}")
        self.status = 128 + signal_number


class Trainer:
    """One run: model, optimiser, averaged weights, data, and where it stands.

    `epoch` counts complete epochs, `batch` the batches done of the next one, `step` the
    optimiser's steps so far. All of them, and every random state, are in each checkpoint.
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
    ):
        """Args: `run`, the resolved configuration of everything as plain values; `tokens`, the
        text of tokens.txt; `loaders`, 'train' (whose order is `plan`) and 'valid'; `vocode`, mel
        (B, T, F) to samples (B, S), for audio at validation; `done_steps`, see Monitor.
        """
        self.model, self.config, self.tokens = model.to(device), config, tokens
        self.run_config = {**run, "train": to_dict(config)}
        self.loaders, self.plan, self.device, self.vocode = loaders, plan, device, vocode
        self.exp_dir = Path(config.exp_dir)
        self.optimizer = torch.optim.Adam(
            model.parameters(), lr=config.lr, fused=device.type == "cuda"
        )
        self.average = WeightAverage(model, config.ema_decay) if config.ema_decay > 0 else None
        self.scaler = torch.amp.GradScaler(device.type, enabled=config.resolved_precision == "fp16")
        self.epoch = self.batch = self.step = self.skipped = 0
        self.totals = Totals()
        self.best: dict[str, Any] = {"train": float("inf"), "valid": float("inf"), "epochs": {}}
        self.monitor = Monitor(self.exp_dir, config.tensorboard, done_steps)
        self._signal = 0

    # Running

    def run(self) -> None:
        """Train until `num_epochs` are complete.

        Raises: Stopped after SIGINT or SIGTERM, the state saved; InputError when memory ran
        out, losses stayed non-finite or a reading process died.
        """
        write_toml(self.exp_dir / "config.toml", self.run_config)
        for kind in ("train", "valid"):
            if not self._best_path(kind).is_file():
                self.best[kind] = math.inf
        if self.epoch >= self.config.num_epochs:
            self.monitor.log.info(
                f"nothing left to train: epoch {self.epoch} is complete, --num-epochs is "
                f"{self.config.num_epochs}"
            )
        with self._watching_signals():
            while self.epoch < self.config.num_epochs:
                self._train_epoch(self.epoch + 1)
        self.monitor.close()

    def _train_epoch(self, epoch: int) -> None:
        self.plan.epoch, self.plan.start = epoch, self.batch
        total = self.batch + len(self.plan)
        run_steps = self.config.num_epochs * -(-total // self.config.accumulate)
        started, frames = time.monotonic(), 0
        self.monitor.scalars("train/", {"epoch": epoch}, self.step)
        self.model.train()
        group: list[Batch] = []
        with contextlib.closing(self._read()) as batches:  # readers end with the loop
            for batch in self.monitor.bar(batches, total, self.batch, epoch):
                group.append(batch)
                if len(group) < self.config.accumulate and self.batch + len(group) < total:
                    continue
                losses = self._step(group, run_steps)
                self.batch += len(group)
                frames += sum(one.num_frames for one in group)
                utterances = sum(len(one.ids) for one in group)
                if losses is not None:
                    self.totals.add(losses, utterances)
                if self.step % self.config.log_interval == 1 or self.config.log_interval == 1:
                    rate = frames / (time.monotonic() - started)
                    self._report(epoch, losses, utterances, rate)
                group = []
                self._between_steps()
        self._finish_epoch(epoch, time.monotonic() - started)

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
            self._judge(self.validate())
            self.model.train()
        if self._signal:
            self._stop()
        if config.save_every_steps and self.step % config.save_every_steps == 0:
            save_checkpoint(self.exp_dir / "last.pt", self.state())

    def _stop(self) -> None:
        """Save last.pt, after a complete epoch its epoch-N.pt, and raise Stopped."""
        path = self.exp_dir / "last.pt" if self.batch else epoch_path(self.exp_dir, self.epoch)
        save_checkpoint(path, self.state())
        self.monitor.log.info(
            f"{signal.Signals(self._signal).name}: saved {path} (epoch {self.epoch + 1}, batch "
            f"{self.batch}); continue with --start-epoch auto"
        )
        self.monitor.close()
        raise Stopped(self._signal)

    def _step(self, group: list[Batch], run_steps: int) -> dict[str, float] | None:
        """One optimiser step on the mean gradient of `group`; None when it was skipped."""
        rate = learning_rate(self.config, self.step, run_steps)
        for parameters in self.optimizer.param_groups:
            parameters["lr"] = rate
        self.optimizer.zero_grad(set_to_none=True)
        reported = Totals()
        for batch in group:
            with self._memory_of(batch):
                losses = self.losses(batch.to(self.device))
                self.scaler.scale(losses["tot_loss"] / len(group)).backward()
            reported.add({k: float(v.detach()) for k, v in losses.items()}, len(batch.ids))
        self.scaler.unscale_(self.optimizer)
        limit = self.config.clip_norm or float("inf")
        norm = float(torch.nn.utils.clip_grad_norm_(self.model.parameters(), limit))
        means = reported.means()
        # With fp16 the scaler itself passes over overflowing gradients and lowers its scale.
        finite = norm if not self.scaler.is_enabled() else means["tot_loss"]
        self.step += 1
        if not torch.isfinite(torch.tensor([finite, means["tot_loss"]])).all():
            if self.scaler.is_enabled():
                self.scaler.update()  # unscale_ may be called once between updates
            self._skip(group, means, norm)
            return None
        self.scaler.step(self.optimizer)
        self.scaler.update()
        if self.average is not None:
            self.average.update(self.model)
        self._last = {"learning_rate": rate, "grad_norm": norm}
        return means

    def losses(self, batch: Batch) -> dict[str, torch.Tensor]:
        """The model's named losses under the run's precision, and their weighted sum."""
        precision = self.config.resolved_precision
        kind = torch.float16 if precision == "fp16" else torch.bfloat16
        with torch.autocast(self.device.type, kind, enabled=precision != "fp32"):
            losses = self.model(batch)
        unknown = self.config.loss_weights.keys() - losses.keys()
        if unknown:
            raise InputError(
                f"loss_weights names {', '.join(sorted(unknown))}; the model's losses are "
                f"{', '.join(losses)}"
            )
        weights = self.config.loss_weights
        total = sum(weights.get(name, 1.0) * value for name, value in losses.items())
        return {**losses, "tot_loss": total}

    def _skip(self, group: list[Batch], means: dict[str, float], norm: float) -> None:
        self.skipped += 1
        ids = ", ".join(name for batch in group for name in batch.ids)
        text = (
            f"step {self.step}: losses {means}, gradient norm {norm}: step skipped "
            f"({self.skipped} so far); utterances: {ids}"
        )
        self.monitor.log.warning(text)
        if self.skipped >= self.config.max_skipped:
            self.monitor.close()
            raise InputError(
                f"{text}. {self.skipped} steps had non-finite losses (--max-skipped "
                f"{self.config.max_skipped}): look at these utterances, lower --lr, or use "
                "--precision fp32"
            )

    @contextlib.contextmanager
    def _memory_of(self, batch: Batch) -> Iterator[None]:
        """Turn running out of memory into an error that names the batch and the option."""
        try:
            yield
        except (RuntimeError, MemoryError) as error:
            words = ("out of memory", "not enough memory", "can't allocate memory")
            if not isinstance(error, MemoryError) and not any(w in str(error) for w in words):
                raise
            raise InputError(
                f"out of memory on {self.device} with a batch of {len(batch.ids)} utterances, "
                f"{batch.num_frames} frames, the longest {int(batch.mel_lens.max())} "
                f"({', '.join(batch.ids[:8])}{' ...' if len(batch.ids) > 8 else ''}): lower "
                f"--max-duration (now {self.config.max_duration:g}) and raise --accumulate, or "
                "use --precision bf16"
            ) from error

    # Reporting and judging

    def _report(
        self, epoch: int, losses: dict[str, float] | None, utterances: int, rate: float
    ) -> None:
        if losses is None:
            return
        current = Totals()
        current.add(losses, utterances)
        self.monitor.log.info(
            f"Epoch {epoch}, batch {self.batch - 1}, global_batch_idx: {self.step}, "
            f"batch size: {utterances}, loss[{current}], tot_loss[{self.totals}], "
            f"cur lr: {self._last['learning_rate']:.2e}, grad norm: "
            f"{self._last['grad_norm']:.3g}, {rate:.0f} frames/s"
        )
        self.monitor.scalars("train/current_", losses, self.step)
        self.monitor.scalars("train/tot_", self.totals.means(), self.step)
        self.monitor.scalars("train/", {**self._last, "frames_per_second": rate}, self.step)

    def _finish_epoch(self, epoch: int, seconds: float) -> None:
        means = self.totals.means()
        self.monitor.log.info(
            f"Epoch {epoch}, done in {seconds:.1f} s, global_batch_idx: {self.step}, "
            f"tot_loss[{self.totals}]"
        )
        self.epoch, self.batch, self.totals = epoch, 0, Totals()
        losses = self.validate()
        better_train = means.get("tot_loss", float("inf")) < self.best["train"]
        if better_train:
            self.best["train"] = means["tot_loss"]
        self._judge(losses)
        self.best["epochs"][epoch] = losses["tot_loss"]
        final = epoch >= self.config.num_epochs
        if better_train:
            self._save_best("train")
        if epoch % self.config.save_every_n == 0 or final:
            save_checkpoint(epoch_path(self.exp_dir, epoch), self.state())
            self._prune()
        if self._signal and not final:
            self._stop()

    def _judge(self, losses: dict[str, float]) -> None:
        """Keep the weights when the validation loss is the lowest so far."""
        if losses["tot_loss"] < self.best["valid"]:
            self.best["valid"] = losses["tot_loss"]
            self._save_best("valid")

    def _save_best(self, kind: str) -> None:
        """Write best-<kind>-loss.pt (weights, no optimiser), or link it to its twin."""
        path = self._best_path(kind)
        if kind == "train" and self._saved_best == (self.step, "valid"):
            copy_checkpoint(self._best_path("valid"), path)
        else:
            whole = self.state()
            parts = ("model", "ema", "config", "tokens", "epoch", "batch", "step")
            save_checkpoint(path, {key: whole[key] for key in parts})
        self._saved_best = (self.step, kind)

    _saved_best = (-1, "")

    def _best_path(self, kind: str) -> Path:
        return self.exp_dir / f"best-{kind}-loss.pt"

    def _prune(self) -> None:
        """Remove epoch-N.pt beyond the last and the best ones."""
        if not self.config.keep_last:
            return
        epochs = list_epochs(self.exp_dir)
        losses = {e: self.best["epochs"].get(e, math.nan) for e in epochs}
        ranked = sorted((e for e in epochs if math.isfinite(losses[e])), key=losses.get)
        kept = set(epochs[-self.config.keep_last :]) | set(ranked[: self.config.keep_best])
        for epoch in set(epochs) - kept:
            epoch_path(self.exp_dir, epoch).unlink()

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        """Mean losses on the validation set, with the same noise every time."""
        self.model.eval()
        totals = Totals()
        devices = [self.device] if self.device.type == "cuda" else []
        with torch.random.fork_rng(devices):
            torch.manual_seed(self.config.seed)
            for batch in self.loaders["valid"]:
                with self._memory_of(batch):
                    losses = self.losses(batch.to(self.device))
                totals.add({k: float(v) for k, v in losses.items()}, len(batch.ids))
            if self.monitor.writer is not None:
                rate = self.run_config["mel"]["sample_rate"]
                one = batch.first().to(self.device)
                draw_utterance(self.monitor, self.model, one, self.vocode, rate, self.step)
        self.monitor.log.info(f"Epoch {self.epoch + (self.batch > 0)}, validation: loss[{totals}]")
        self.monitor.scalars("train/valid_", totals.means(), self.step)
        return totals.means()

    # State

    def state(self) -> dict[str, Any]:
        """A complete checkpoint: see tts.checkpoint."""
        average = self.average
        return {
            "model": self.model.state_dict(),
            "ema": average.weights if average else None,
            "ema_updates": average.num_updates if average else 0,
            "config": self.run_config,
            "tokens": self.tokens,
            "epoch": self.epoch,
            "batch": self.batch,
            "step": self.step,
            "skipped": self.skipped,
            "totals": {"sums": self.totals.sums, "count": self.totals.count},
            "best": self.best,
            "optimizer": self.optimizer.state_dict(),
            "scaler": self.scaler.state_dict(),
            "random": random_state(),
        }

    def restore(self, content: dict[str, Any]) -> None:
        """Continue from a checkpoint's state; `tts.train.state.check_resumable` comes first."""
        self.model.load_state_dict(content["model"])
        self.optimizer.load_state_dict(content["optimizer"])
        if content["scaler"]:  # empty without fp16
            self.scaler.load_state_dict(content["scaler"])
        if self.average is not None:
            weights = content.get("ema") or content["model"]
            self.average.weights = {k: v.to(self.device).clone() for k, v in weights.items()}
            self.average.num_updates = content["ema_updates"]
        self.epoch, self.batch = content["epoch"], content["batch"]
        self.step, self.skipped = content["step"], content["skipped"]
        self.totals = Totals(**content["totals"])
        self.best = content["best"]
        set_random_state(content["random"])

    @contextlib.contextmanager
    def _watching_signals(self) -> Iterator[None]:
        """Note SIGINT and SIGTERM and let the current step end; a second one is immediate."""

        def note(number: int, _frame: object) -> None:
            if self._signal:
                signal.signal(number, signal.SIG_DFL)
                signal.raise_signal(number)
            self._signal = number

        old = {n: signal.signal(n, note) for n in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in old.items():
                signal.signal(number, handler)
