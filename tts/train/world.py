"""The processes that train together: who this one is, and what they tell each other."""

from __future__ import annotations

import contextlib
import datetime
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
import torch.distributed as dist

from tts.errors import InputError

T = TypeVar("T")

# What torchrun gives to each process, and so does tts.train.launch.
VARIABLES = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT")
# Nothing that one process does alone (validating, writing) may take longer.
TIMEOUT = datetime.timedelta(minutes=15)
# How gloo, NCCL and their store word that the other end is gone.
_LOST = (
    "connection closed by peer", "connection reset by peer", "broken pipe", "timed out",
    "remote process exited", "socket closed", "connection was likely closed", "timeout",
    "failed to recv", "peer closed", "nccl communicator was aborted",
)  # fmt: skip


class LostContact(InputError):
    """Another process of the run is gone; its own error says why."""


@dataclass(frozen=True)
class World:
    """One of `size` processes; `local_rank` is its number on its machine."""

    rank: int = 0
    size: int = 1
    local_rank: int = 0

    @classmethod
    def of_environment(cls, asked: int = 1) -> World:
        """The process that torchrun's variables describe; one alone where they are not set.

        Raises: InputError when `asked`, the --world-size given, is neither 1 nor theirs.
        """
        if not all(os.environ.get(name) for name in VARIABLES):
            return cls()
        rank, size, local_rank = (int(os.environ[name]) for name in VARIABLES[:3])
        if asked not in (1, size):
            raise InputError(
                f"--world-size {asked}, but torchrun started {size} processes: leave "
                "--world-size out, --nproc-per-node and --nnodes say it"
            )
        return cls(rank, size, local_rank)

    @property
    def main(self) -> bool:
        """Whether this process writes files and lines."""
        return self.rank == 0

    def connect(self, device: torch.device) -> None:
        """Meet the other processes. Raises: InputError when that fails."""
        if self.size == 1:
            return
        if device.type == "cuda":
            torch.cuda.set_device(device)
        _prefer_loopback()
        # Small facts go over gloo, so that they never wait for the GPU.
        backend = "cpu:gloo,cuda:nccl" if device.type == "cuda" else "gloo"
        place = f"{os.environ['MASTER_ADDR']}:{os.environ['MASTER_PORT']}"
        try:
            dist.init_process_group(backend, timeout=TIMEOUT, rank=self.rank, world_size=self.size)
        except (RuntimeError, ValueError, OSError) as error:
            words = str(error).splitlines()[0]
            if "in use" in words.lower() or "EADDRINUSE" in words:
                raise InputError(f"port {place} is in use: choose another --master-port") from error
            raise LostContact(
                f"process {self.rank} of {self.size} did not meet the others at {place}: {words}"
            ) from error

    def leave(self) -> None:
        """Part from the others after a run that ended well."""
        if self.size > 1 and dist.is_initialized():
            dist.destroy_process_group()

    @contextlib.contextmanager
    def main_first(self) -> Iterator[None]:
        """The main process goes through the block, then all others at once."""
        if not self.main:
            self.largest(0)
        yield
        if self.main:
            self.largest(0)

    def largest(self, value: int) -> int:
        """The largest `value` of all processes; waits for them."""
        if self.size == 1:
            return value
        tensor = torch.tensor(value)
        dist.all_reduce(tensor, dist.ReduceOp.MAX)
        return int(tensor)

    def smallest(self, value: int) -> int:
        """The smallest `value` of all processes; waits for them."""
        return -self.largest(-value)

    def sum_(self, tensor: torch.Tensor) -> torch.Tensor:
        """`tensor` becomes its sum over all processes, where it is."""
        if self.size > 1:
            dist.all_reduce(tensor)
        return tensor

    def share(self, value: T) -> T:
        """The main process's `value`."""
        if self.size == 1:
            return value
        box = [value]
        dist.broadcast_object_list(box, src=0, device=torch.device("cpu"))
        return box[0]

    def gather(self, value: T) -> list[T]:
        """Every process's `value` in order, on the main process; an empty list elsewhere."""
        if self.size == 1:
            return [value]
        box: list[Any] = [None] * self.size
        dist.all_gather_object(box, value)
        return box if self.main else []

    def explain(self, error: Exception) -> Exception:
        """`error`, or LostContact when it only says that another process is gone."""
        lost = isinstance(error, RuntimeError) and any(w in str(error).lower() for w in _LOST)
        if self.size == 1 or not lost:
            return error
        return LostContact(
            f"process {self.rank} of {self.size} lost contact with another one, whose own error "
            f"says why ({str(error).splitlines()[0][:200]}). Continue with --start-epoch auto"
        )


def _prefer_loopback() -> None:
    """On one machine gloo needs no name service: a host's own name may not resolve."""
    local = os.environ["MASTER_ADDR"] in ("127.0.0.1", "localhost")
    names = [name for _, name in socket.if_nameindex()]
    if local and "lo" in names:
        os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
