"""Train in --world-size N processes: start them, watch them, end with them."""

from __future__ import annotations

import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tts.errors import InputError
from tts.train.signals import PREEMPTED, WATCHED, Stopped

HOST = "127.0.0.1"
# Seconds that the others have to end by themselves once one has failed.
GRACE = 5.0
# Exit status of a process that only noticed that another one is gone.
LOST = 3
_CODE = "from tts.train.launch import run_job; run_job()"
_PACKAGE_ROOT = Path(__file__).resolve().parents[2]
# A report fits into a pipe that nobody reads yet.
_LONGEST = 16000


@dataclass(frozen=True)
class Job:
    """Hold a call that other processes can make: `function`, as 'module:name', of `arguments`,
    which are plain values.
    """

    function: str
    arguments: dict[str, Any]

    def __call__(self) -> Any:
        """Import the function and call it."""
        module, name = self.function.split(":")
        return getattr(importlib.import_module(module), name)(**self.arguments)


def launch(size: int, port: int, job: Job) -> None:
    """Run `job` in `size` processes on this machine; return when all have ended.

    Each has its own session, so that signals reach them through this process alone, and ends
    when this process is gone. When one fails the others are ended.
    Raises: InputError with the error of the process that failed first, or when `port` is taken;
    Stopped when signals ended them.
    """
    check_port(port)
    group = _Group(size, port, job)
    try:
        group.watch()
    finally:
        group.end()
    group.judge()


def check_port(port: int) -> None:
    """Check that `port` can be listened on here. Raises: InputError."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise InputError(
                f"--master-port {port} cannot be used ({error}): another run may have it; choose "
                "another port"
            ) from None


class _Group:
    """Hold the processes, and what is known of how they ended."""

    def __init__(self, size: int, port: int, job: Job):
        self.signal = 0
        self.failed: int | None = None
        self.reports: list[int] = []
        self.processes: list[subprocess.Popen] = []
        share = max(1, (os.cpu_count() or 1) // size)
        for rank in range(size):
            reading, writing = os.pipe()
            place = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": size, "LOCAL_WORLD_SIZE": size}
            place |= {"MASTER_ADDR": HOST, "MASTER_PORT": port}
            environment = {"OMP_NUM_THREADS": str(share), **os.environ}
            environment |= {name: str(value) for name, value in place.items()}
            path = [str(_PACKAGE_ROOT), os.environ.get("PYTHONPATH", "")]
            environment["PYTHONPATH"] = os.pathsep.join(filter(None, path))
            process = subprocess.Popen(
                [sys.executable, "-c", _CODE],
                stdin=subprocess.PIPE,
                env=environment,
                pass_fds=(writing,),
                start_new_session=True,
                text=True,
            )
            os.close(writing)
            self.reports.append(reading)
            self.processes.append(process)
            process.stdin.write(json.dumps({"report": writing, "job": vars(job)}) + "\n")
            process.stdin.flush()  # and left open: its end tells that this process is gone

    def watch(self) -> None:
        """Wait for all processes, or for the first that fails; pass signals on."""
        old = {number: signal.signal(number, self._pass_on) for number in WATCHED}
        try:
            while any(process.poll() is None for process in self.processes):
                for rank, process in enumerate(self.processes):
                    if process.returncode not in (None, 0, *self._stop_statuses()):
                        self.failed = rank
                        return
                time.sleep(0.05)
        finally:
            for number, handler in old.items():
                signal.signal(number, handler)

    def _stop_statuses(self) -> tuple[int, ...]:
        return (PREEMPTED, 128 + signal.SIGINT, -self.signal) if self.signal else (PREEMPTED,)

    def _pass_on(self, number: int, _frame: object) -> None:
        self.signal = number
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(number)

    def end(self) -> None:
        """End the processes that still run after GRACE seconds."""
        deadline = time.monotonic() + GRACE
        for process in self.processes:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdin.close()

    def judge(self) -> None:
        """Raise the error or signal that ended the processes, if there was one."""
        texts = []
        for reading in self.reports:
            with os.fdopen(reading, encoding="utf-8", errors="replace") as file:
                texts.append(file.read())
        codes = [process.returncode for process in self.processes]
        bad = [r for r, code in enumerate(codes) if code not in (0, *self._stop_statuses())]
        causes = [rank for rank in bad if codes[rank] != LOST] or bad
        if causes:
            self._explain(self.failed if self.failed in causes else causes[0], texts, codes)
        if any(codes):
            saved = PREEMPTED in codes or 128 + signal.SIGINT in codes
            raise Stopped(self.signal or signal.SIGTERM, saved)

    def _explain(self, rank: int, texts: list[str], codes: list[int]) -> None:
        size, code = len(codes), codes[rank]
        if texts[rank] and all(text in ("", texts[rank]) for text in texts):
            raise InputError(texts[rank])
        name = f"process {rank} of {size}"
        if texts[rank]:
            raise InputError(f"{name}: {texts[rank]}")
        how = f"ended with status {code}; its error stands above"
        if code < 0:
            how = f"was ended by {signal.Signals(-code).name}"
            if -code == signal.SIGKILL:
                how += " (by the system, where memory ran out)"
        raise InputError(f"{name} {how}. The others were ended; continue with --start-epoch auto")


def run_job() -> None:
    """Run one process of `launch`: read its job from standard input, end with its status."""
    order = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    from tts.train.world import LostContact

    status, text = 0, ""
    try:
        Job(**order["job"])()
    except Stopped as stopped:
        status = stopped.status
    except LostContact as error:
        status, text = LOST, str(error)
    except InputError as error:
        status, text = 2, str(error)
    except OSError as error:
        if error.filename is None:
            raise
        status, text = 2, f"{error.filename}: {error.strerror}"
    os.write(order["report"], text.encode()[:_LONGEST])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)  # nothing left to say to processes that may be gone


def _end_with_parent() -> None:
    os.read(0, 1)  # nothing is ever sent: this returns when the other end is closed
    os._exit(1)
