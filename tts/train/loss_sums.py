"""Sum the losses of one step over its batches and over all processes."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from tts.train.world import World


class LossSums:
    """Sum named losses on the device, so that nobody waits for their values.

    Attributes: names, of the losses, in order; known after the first batch.
    """

    def __init__(self, world: World, device: torch.device):
        self.names: tuple[str, ...] = ()
        self._world, self._device = world, device
        self._sums: Tensor | None = None
        self._agreed = world.size == 1

    def add(self, losses: Mapping[str, Tensor], count: int) -> None:
        """Add the mean losses of a batch of `count` items."""
        values = torch.stack([value.detach().double() for value in losses.values()]) * count
        self._sums = values if self._sums is None else self._sums + values
        self.names = self.names or tuple(losses)

    def take(self) -> Tensor:
        """Return the sums (K,) over all processes, float64, and begin anew.

        The main process has a batch in every step; another one may have none at an epoch's end.
        """
        sums, self._sums = self._sums, None
        if not self._agreed:
            self.names, self._agreed = self._world.share(self.names), True
        if sums is None:
            sums = torch.zeros(len(self.names), dtype=torch.float64, device=self._device)
        return self._world.sum_(sums)
