"""Update one network by its gradients: Adam, clipping, fp16's loss scale, averaged weights."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from tts.errors import InputError
from tts.models.batch_norm import running_statistics
from tts.train.average import WeightAverage
from tts.train.config import RunConfig
from tts.train.world import World

# Bytes of a parameter in a checkpoint: its value and two moments of Adam. The average is 4 more.
_BYTES_OF_PARAMETER = 12


class Updater:
    """Update one network; a training of two networks has two of these.

    Nothing but fp16's loss scale moves where a loss or the gradient's norm is not finite.

    Attributes: average, the averaged weights, None without; lagged: whether that is found on the
    device (CUDA without fp16), so that nobody waits for it and the host learns of it later.
    """

    def __init__(
        self, network: nn.Module, config: RunConfig, device: torch.device, average: bool = True
    ):
        """Args: network, on `device`; average, whether --ema-decay counts for this network."""
        self.network, self.config, self.device = network, config, device
        averaged = average and config.ema_decay > 0
        self.average = WeightAverage(network, config.ema_decay) if averaged else None
        self.scaler = torch.amp.GradScaler(device.type, enabled=config.resolved_precision == "fp16")
        self.lagged = device.type == "cuda" and not self.scaler.is_enabled()
        kind = torch.optim.AdamW if config.weight_decay else torch.optim.Adam
        self.optimizer = kind(
            network.parameters(),
            lr=config.lr,
            betas=(config.adam_beta_1, config.adam_beta_2),
            eps=config.adam_eps,
            weight_decay=config.weight_decay,
            fused=self.lagged,
        )

    def begin(self, rate: float) -> None:
        """Begin a step: set the learning rate, drop old gradients, keep what training moves."""
        self._statistics = [buffer.clone() for buffer in running_statistics(self.network)]
        for parameters in self.optimizer.param_groups:
            parameters["lr"] = rate
        self.optimizer.zero_grad(set_to_none=True)

    def backward(self, loss: Tensor) -> None:
        """Add the gradients of `loss` times fp16's scale."""
        self.scaler.scale(loss).backward()

    def update(self, loss: Tensor) -> Tensor:
        """Clip the gradients and make the step, unless something is not finite.

        Args: loss, a scalar that is finite when the step's losses are.
        Returns: float64 (2,): the gradient's norm, and 1 where the step was made, else 0.
        """
        self.scaler.unscale_(self.optimizer)
        limit = self.config.clip_norm or float("inf")
        norm = torch.nn.utils.clip_grad_norm_(self.network.parameters(), limit)
        finite = torch.isfinite(loss) & torch.isfinite(norm)
        for now, before in zip(running_statistics(self.network), self._statistics, strict=True):
            now.copy_(torch.where(finite, now, before))
        if self.lagged:
            # Adam's fused kernel leaves weights and moments alone where found_inf is 1.
            self.optimizer.grad_scale, self.optimizer.found_inf = None, (~finite).float()
            self.optimizer.step()
            self._average(finite)
        else:
            # An overflow of fp16 shows in the norm, so it is a skipped step like any other.
            if finite:
                self.scaler.step(self.optimizer)
                self._average()
            self.scaler.update()  # lowers the scale after an overflow
        return torch.stack([norm.double(), finite.double()])

    def _average(self, made: Tensor | None = None) -> None:
        if self.average is not None:
            self.average.update(self.network, made)

    def num_bytes(self) -> tuple[int, int]:
        """Return the bytes of a complete checkpoint and of one with weights alone."""
        count = sum(value.numel() for value in self.network.state_dict().values())
        average = 4 if self.average is not None else 0
        return count * (_BYTES_OF_PARAMETER + average), count * (4 + average)

    def weights(self) -> dict[str, Any]:
        """Return 'model', the network's weights, and 'ema', their average or None."""
        ema = self.average.weights if self.average else None
        return {"model": self.network.state_dict(), "ema": ema}

    def state(self) -> dict[str, Any]:
        """Return what continuing needs beside the weights."""
        return {
            "ema_updates": int(self.average.num_updates) if self.average else 0,
            "optimizer": self.optimizer.state_dict(),
            "scaler": self.scaler.state_dict(),
        }

    def restore(self, content: dict[str, Any]) -> None:
        """Continue from what `weights` and `state` gave, from whichever kind of device; what
        the configuration says of Adam stays.
        """
        self.network.load_state_dict(content["model"])
        self.restore_moments(content["optimizer"])
        if content["scaler"]:  # empty without fp16
            self.scaler.load_state_dict(content["scaler"])
        if self.average is not None:
            weights = content.get("ema") or content["model"]
            self.average.weights = {k: v.to(self.device).clone() for k, v in weights.items()}
            self.average.num_updates = content["ema_updates"]

    def restore_moments(self, state: Mapping[str, Any]) -> None:
        """Continue with the moments of an Adam with the same parameters in the same order.

        Raises: InputError when they are those of other parameters.
        """
        numbers = [number for group in state["param_groups"] for number in group["params"]]
        group = {**self.optimizer.param_groups[0], "params": numbers}
        try:
            self.optimizer.load_state_dict({"state": state["state"], "param_groups": [group]})
        except ValueError as error:
            raise InputError(f"the optimiser's state is of another network: {error}") from None


def exchange_gradients(network: nn.Module, world: World) -> None:
    """Add up the gradients of all processes in one message; one without a batch has zeros.

    For networks with several passes in a step, which DDP does not allow.
    """
    if world.size == 1:
        return
    trained = [p for p in network.parameters() if p.requires_grad]
    grads = [torch.zeros_like(p) if p.grad is None else p.grad for p in trained]
    flat = world.sum_(torch.cat([grad.flatten() for grad in grads]))
    for p, values in zip(trained, flat.split([p.numel() for p in trained]), strict=True):
        p.grad = values.view_as(p)


def average_statistics(network: nn.Module, world: World, had_batch: bool) -> None:
    """Give all processes the mean of the running statistics of those that had a batch."""
    statistics = running_statistics(network)
    if world.size == 1 or not statistics:
        return
    flat = torch.cat([*statistics, statistics[0].new_ones(1)])
    flat = world.sum_(flat * had_batch)
    means = (flat[:-1] / flat[-1]).split([len(one) for one in statistics])
    for one, mean in zip(statistics, means, strict=True):
        one.copy_(mean)


def exchanging(network: nn.Module) -> nn.parallel.DistributedDataParallel:
    """Wrap `network` in DDP. Buffers are equal from the start; see `average_statistics`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # the option's next name is too new
        return nn.parallel.DistributedDataParallel(
            network, broadcast_buffers=False, gradient_as_bucket_view=True
        )
