"""Measure the seconds that each part of training takes."""

from __future__ import annotations

import time
from collections import Counter

import torch

# What a step is made of, and what happens between steps.
PARTS = ("data", "forward", "backward", "optimiser", "validation", "saving", "rest")


class Timer:
    """Measure the seconds of each part since the last `take`.

    On CUDA the marks are events on the stream: nobody waits for them until `count`, so that a
    part's time is the device's own, its waiting for the host included.
    """

    def __init__(self, device: torch.device):
        self._device, self._cuda = device, device.type == "cuda"
        self._seconds: Counter[str] = Counter()
        self._marks: list[tuple[str, torch.cuda.Event | float]] = []
        self.start()

    def start(self) -> None:
        """Start here: earlier time does not count."""
        self._seconds.clear()
        self._marks.clear()
        self.mark("rest")

    def mark(self, part: str) -> None:
        """Assign the time since the mark before this one to `part`."""
        if self._cuda:
            event = torch.cuda.Event(enable_timing=True)
            event.record(torch.cuda.current_stream(self._device))
            self._marks.append((part, event))
            return
        self._marks.append((part, time.perf_counter()))
        if len(self._marks) > 1:
            self.count()

    def count(self) -> None:
        """Add up the marks so far; on CUDA this waits for the last of them."""
        if self._cuda:
            self._marks[-1][1].synchronize()
        for (_, before), (part, now) in zip(self._marks, self._marks[1:], strict=False):
            spent = before.elapsed_time(now) / 1000 if self._cuda else now - before
            self._seconds[part] += spent
        self._marks = self._marks[-1:]

    def take(self) -> dict[str, float]:
        """Return seconds by part, and start all at 0 again."""
        self.count()
        taken = {part: self._seconds[part] for part in PARTS}
        self._seconds.clear()
        return taken
