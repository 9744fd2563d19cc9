"""One step of the optimiser: the same on one process or several, with no wait for the GPU."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from tts.batch import Batch
from tts.errors import InputError
from tts.train.config import TrainConfig
from tts.train.schedule import WeightAverage
from tts.train.timing import Timer
from tts.train.world import World


class NamedLosses(nn.Module):
    """A model's losses under the run's precision and weights; what DDP wraps."""

    def __init__(self, model: nn.Module, config: TrainConfig):
        super().__init__()
        self.model, self.weights = model, config.loss_weights
        self.precision = config.resolved_precision

    def forward(self, batch: Batch | None) -> dict[str, Tensor]:
        """The model's named losses and their weighted sum tot_loss.

        Without a batch, for a process that has none left, tot_loss is 0 with gradient 0, so
        that this process still takes part in summing the gradients.
        """
        if batch is None:
            return {"tot_loss": sum((p * 0).sum() for p in self.model.parameters())}
        kind = torch.float16 if self.precision == "fp16" else torch.bfloat16
        with torch.autocast(batch.mel_BTF.device.type, kind, enabled=self.precision != "fp32"):
            losses = self.model(batch)
        unknown = self.weights.keys() - losses.keys()
        if unknown:
            raise InputError(
                f"loss_weights names {', '.join(sorted(unknown))}; the model's losses are "
                f"{', '.join(losses)}"
            )
        total = sum(self.weights.get(name, 1.0) * value for name, value in losses.items())
        return {**losses, "tot_loss": total}


def _exchanging(losses: NamedLosses) -> nn.Module:
    """DDP around `losses`. Buffers, which training leaves alone, are equal from the start."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # the option's next name is too new
        return nn.parallel.DistributedDataParallel(
            losses, broadcast_buffers=False, gradient_as_bucket_view=True
        )


class Stepper:
    """The model, its optimiser and averaged weights, and how a step changes them.

    Attributes: names, of the losses, known after the first step; average, None without;
    lagged: whether non-finite losses are found on the device, so that the host learns of them
    later (`Step.values`), and not at once.
    """

    def __init__(
        self,
        model: nn.Module,
        config: TrainConfig,
        device: torch.device,
        world: World,
        timer: Timer | None = None,
    ):
        self.timer = timer or Timer(device)
        self.model, self.config, self.device, self.world = model, config, device, world
        self.losses = NamedLosses(model, config)
        self.wrapped: nn.Module = self.losses
        if world.size > 1:
            self.wrapped = _exchanging(self.losses)
        self.average = WeightAverage(model, config.ema_decay) if config.ema_decay > 0 else None
        self.scaler = torch.amp.GradScaler(device.type, enabled=config.resolved_precision == "fp16")
        self.lagged = device.type == "cuda" and not self.scaler.is_enabled()
        self.optimizer = torch.optim.Adam(
            model.parameters(),
            lr=config.lr,
            betas=(config.adam_beta_1, config.adam_beta_2),
            eps=config.adam_eps,
            fused=self.lagged,
        )
        self.names: tuple[str, ...] = ()
        self._agreed = False

    def __call__(
        self, batches: Iterator[Batch], seeds: Sequence[int], count: int, rate: float
    ) -> Tensor:
        """One step on the mean gradient of `count` batches of all processes.

        Args: batches, this process's; seeds, of the noise and dropout of those that belong to
        this step, one each; rate, learning rate.
        Returns: float64 (K + 2,), see tts.train.record.Step.values, equal on all processes.
        Nothing but the averages moves when a loss or the gradient's norm is not finite.
        """
        for parameters in self.optimizer.param_groups:
            parameters["lr"] = rate
        self.optimizer.zero_grad(set_to_none=True)
        # DDP divides the sum by the number of processes.
        share = self.world.size / count
        sums = None
        for number, seed in enumerate(seeds, 1):
            batch = next(batches)
            self.timer.mark("data")
            torch.manual_seed(seed)
            last = number == len(seeds)
            with memory_of(batch, self.device, self.config), self._sending(last):
                losses = self.wrapped(batch.to(self.device))
                self.timer.mark("forward")
                total = losses["tot_loss"]
                scaled = total / count if self.world.size == 1 else total * share
                self.scaler.scale(scaled).backward()
                self.timer.mark("backward")
            values = torch.stack([value.detach().double() for value in losses.values()])
            values = values * len(batch.ids)
            sums = values if sums is None else sums + values
            self.names = self.names or tuple(losses)
        if not seeds:
            self.scaler.scale(self.wrapped(None)["tot_loss"]).backward()
        if self.world.size > 1:
            sums = self._sums_of_all(sums)
        assert sums is not None
        self.timer.mark("rest")
        values = self._apply(sums, batch if seeds else None)
        self.timer.mark("optimiser")
        return values

    def load_optimizer(self, state: dict[str, Any]) -> None:
        """Continue from an optimiser's state, whichever kind of device that was on; what the
        configuration says of Adam stays.
        """
        kinds = ("fused", "foreach", "capturable", "betas", "eps")
        own = {kind: self.optimizer.param_groups[0][kind] for kind in kinds}
        groups = [{**group, **own} for group in state["param_groups"]]
        self.optimizer.load_state_dict({**state, "param_groups": groups})

    def _sending(self, last: bool) -> contextlib.AbstractContextManager[None]:
        """Gradients are exchanged with a process's last batch of the step."""
        if last or self.world.size == 1:
            return contextlib.nullcontext()
        return self.wrapped.no_sync()

    def _sums_of_all(self, sums: Tensor | None) -> Tensor:
        """The sums over all processes; the first one has a batch in every step."""
        if not self._agreed:
            self.names, self._agreed = self.world.share(self.names), True
        if sums is None:
            sums = torch.zeros(len(self.names), dtype=torch.float64, device=self.device)
        return self.world.sum_(sums)

    def _apply(self, sums: Tensor, batch: Batch | None) -> Tensor:
        """Clip and step, unless something is not finite."""
        self.scaler.unscale_(self.optimizer)
        limit = self.config.clip_norm or float("inf")
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), limit)
        # With fp16 the scaler itself passes over overflowing gradients and lowers its scale.
        finite = torch.isfinite(sums[-1])
        if not self.scaler.is_enabled():
            finite = finite & torch.isfinite(norm)
        with memory_of(batch, self.device, self.config):  # the first step makes Adam's moments
            if self.lagged:
                self._step_if(finite)
            elif finite:
                self.scaler.step(self.optimizer)
                self.scaler.update()
                if self.average is not None:
                    self.average.update(self.model)
            else:
                self.scaler.update()  # unscale_ may be called once between updates
        return torch.cat([sums, torch.stack([norm.double(), finite.double()])])

    def _step_if(self, finite: Tensor) -> None:
        """Adam's fused kernel leaves weights and moments alone where found_inf is 1."""
        self.optimizer.grad_scale, self.optimizer.found_inf = None, (~finite).float()
        self.optimizer.step()
        if self.average is not None:
            self.average.update(self.model, finite)


@contextlib.contextmanager
def memory_of(batch: Batch | None, device: torch.device, config: TrainConfig) -> Iterator[None]:
    """Turn running out of memory into an error that names the batch and the option."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        what = "a step"
        if batch is not None:
            what = (
                f"a batch of {len(batch.ids)} utterances, {batch.num_frames} frames, the longest "
                f"{int(batch.mel_lens.max())} "
                f"({', '.join(batch.ids[:8])}{' ...' if len(batch.ids) > 8 else ''})"
            )
        raise InputError(
            f"out of memory on {device} with {what}: lower --max-duration (now "
            f"{config.max_duration:g}) and raise --accumulate, or use --precision bf16"
        ) from error


def is_out_of_memory(error: Exception) -> bool:
    """Whether `error` says that memory ran out, on a GPU or here."""
    words = ("out of memory", "not enough memory", "can't allocate memory")
    return isinstance(error, MemoryError) or any(w in str(error) for w in words)
