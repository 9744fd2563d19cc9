"""Catch the signals that end a run after the current step, with its state saved."""

from __future__ import annotations

import signal
import time
from typing import Any

# Ctrl-C, the end of a job, and the warning that a cluster gives before it takes a machine back.
WATCHED = (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1)
# EX_TEMPFAIL of sysexits.h: "try again later". A scheduler can tell it from every error.
PREEMPTED = 75
# Seconds within which several signals count as one request.
ONE_REQUEST = 2.0


class Stopped(Exception):
    """Report that a signal stopped the run, its state saved unless `saved` is false.

    `status` is the exit status: 130 after Ctrl-C; 75 when SIGTERM or SIGUSR1 came and the state
    is saved, so that starting again with --start-epoch auto goes on; 128 + n when the signal
    came before there was a state to save.
    """

    def __init__(self, signal_number: int, saved: bool = True):
        super().__init__(f"stopped by {signal.Signals(signal_number).name}")
        own = saved and signal_number != signal.SIGINT
        self.status = PREEMPTED if own else 128 + signal_number


class SignalWatch:
    """Note the watched signals inside the `with` block, instead of ending the process.

    Attributes: number, the signal that came, 0 while there was none. A second one is immediate,
    unless it comes so soon that it is the same request: a scheduler signals every process of a job,
    and torchrun passes on what it gets.
    """

    def __init__(self) -> None:
        self.number = 0
        self._since = 0.0
        self._old: dict[int, Any] = {}

    def __enter__(self) -> SignalWatch:
        self._old = {number: signal.signal(number, self._note) for number in WATCHED}
        return self

    def __exit__(self, *_error: object) -> None:
        for number, handler in self._old.items():
            signal.signal(number, handler)

    def _note(self, number: int, _frame: object) -> None:
        now = time.monotonic()
        if not self.number:
            self.number, self._since = number, now
        elif now - self._since > ONE_REQUEST:
            signal.signal(number, self._old[number])
            signal.raise_signal(number)
