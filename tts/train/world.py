"""Connect the processes that train together; exchange small values."""

from __future__ import annotations

import contextlib
import datetime
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import torch
import torch.distributed as dist

from tts.errors import InputError
from tts.train.signals import Stopped

T = TypeVar("T")

# What torchrun gives to each process, and so does tts.train.launch.
VARIABLES = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT")
# How long one process waits for the others inside a step.
TIMEOUT = datetime.timedelta(minutes=15)
# How long the others wait for what the main process does alone: pack features, validate, save.
# A process that dies is noticed at once, by its closed connection.
SOLO_TIMEOUT = datetime.timedelta(days=7)
# How gloo, NCCL and their store word that the other end is gone.
_LOST = (
    "connection closed by peer", "connection reset by peer", "broken pipe", "timed out",
    "remote process exited", "socket closed", "connection was likely closed", "timeout",
    "failed to recv", "peer closed", "nccl communicator was aborted",
)  # fmt: skip


class LostContact(InputError):
    """Report that another process of the run is gone; its own error says why."""


@dataclass
class World:
    """Hold the place of this process among `size`; `local_rank` is its number on its machine."""

    rank: int = 0
    size: int = 1
    local_rank: int = 0
    _solo_group: Any = field(default=None, repr=False, compare=False)

    @classmethod
    def of_environment(cls, asked: int = 1) -> World:
        """Return the place that torchrun's variables describe; a single process without them.

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
        """Return whether this process writes files and lines."""
        return self.rank == 0

    @contextlib.contextmanager
    def connected(self, device: torch.device) -> Iterator[None]:
        """Connect to the other processes for the `with` block.

        Raises: LostContact for errors that only say that another process is gone.
        """
        try:
            self.connect(device)
            yield
        except Stopped:
            self.leave()
            raise
        except RuntimeError as error:
            if (lost := self.explain(error)) is not error:
                raise lost from error
            raise
        self.leave()

    def connect(self, device: torch.device) -> None:
        """Open the process groups. Raises: InputError when that fails."""
        if self.size == 1:
            return
        _prefer_loopback()
        # Small facts go over gloo, so that they never wait for the GPU.
        backend = "cpu:gloo,cuda:nccl" if device.type == "cuda" else "gloo"
        place = f"{os.environ['MASTER_ADDR']}:{os.environ['MASTER_PORT']}"
        try:
            dist.init_process_group(backend, timeout=TIMEOUT, rank=self.rank, world_size=self.size)
            self._solo_group = dist.new_group(backend="gloo", timeout=SOLO_TIMEOUT)
        except (RuntimeError, ValueError, OSError) as error:
            words = str(error).splitlines()[0]
            if "in use" in words.lower() or "EADDRINUSE" in words:
                raise InputError(f"port {place} is in use: choose another --master-port") from error
            raise LostContact(
                f"process {self.rank} of {self.size} did not meet the others at {place}: {words}"
            ) from error

    def leave(self) -> None:
        """Close the process groups after a run that ended well."""
        if self.size > 1 and dist.is_initialized():
            dist.destroy_process_group()

    @contextlib.contextmanager
    def main_first(self) -> Iterator[None]:
        """Let the main process go through the block first, then all others at once."""
        if not self.main:
            self.wait_for_main()
        yield
        if self.main:
            self.wait_for_main()

    def wait_for_main(self) -> None:
        """Wait until the main process has done what it does alone, however long that takes.

        Every process calls this after such work, before anything else is exchanged.
        """
        if self.size > 1:
            dist.all_reduce(torch.tensor(0), group=self._solo_group)

    def largest_later(self, value: int) -> Callable[[], int]:
        """Start to find the largest `value` of all processes; the function returned waits for it.

        Called a step later it finds the exchange done, so that nobody waits for the network.
        """
        if self.size == 1:
            return lambda: value
        tensor = torch.tensor(value)
        work = dist.all_reduce(tensor, dist.ReduceOp.MAX, async_op=True)

        def result() -> int:
            work.wait()
            return int(tensor)

        return result

    def largest(self, value: int) -> int:
        """Return the largest `value` of all processes; waits for them."""
        if self.size == 1:
            return value
        tensor = torch.tensor(value)
        dist.all_reduce(tensor, dist.ReduceOp.MAX)
        return int(tensor)

    def smallest(self, value: int) -> int:
        """Return the smallest `value` of all processes; waits for them."""
        return -self.largest(-value)

    def sum_(self, tensor: torch.Tensor) -> torch.Tensor:
        """Replace `tensor` by its sum over all processes, on its device."""
        if self.size > 1:
            dist.all_reduce(tensor)
        return tensor

    def equalise(self, network: torch.nn.Module) -> None:
        """Give a network the weights that it has in the main process."""
        if self.size > 1:
            for tensor in network.state_dict().values():
                dist.broadcast(tensor, 0)

    def share(self, value: T) -> T:
        """Return the main process's `value` in every process."""
        if self.size == 1:
            return value
        box = [value]
        dist.broadcast_object_list(box, src=0, device=torch.device("cpu"))
        return box[0]

    def gather(self, value: T) -> list[T]:
        """Return every process's `value` in order on the main process; an empty list elsewhere."""
        if self.size == 1:
            return [value]
        box: list[Any] = [None] * self.size
        dist.all_gather_object(box, value)
        return box if self.main else []

    def explain(self, error: Exception) -> Exception:
        """Return `error`, or LostContact when it only says that another process is gone."""
        lost = isinstance(error, RuntimeError) and any(w in str(error).lower() for w in _LOST)
        if self.size == 1 or not lost:
            return error
        return LostContact(
            f"process {self.rank} of {self.size} lost contact with another one, whose own error "
            f"says why ({str(error).splitlines()[0][:200]}). Continue with --start-epoch auto"
        )


def _prefer_loopback() -> None:
    """Have gloo use the loopback on one machine: a host's own name may not resolve."""
    local = os.environ["MASTER_ADDR"] in ("127.0.0.1", "localhost")
    names = [name for _, name in socket.if_nameindex()]
    if local and "lo" in names:
        os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
