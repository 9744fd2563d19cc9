"""Copy the next batches to the device while the current one is worked on."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator
from typing import Any

import torch

from tts.batch import Batch

_END = object()


class Prefetch:
    """Copy another loader's batches, in its order, to `device` in a thread of its own.

    On CUDA the copies run on a side stream; the stream that takes a batch waits for its copy.
    What the loader raises is raised where the batch is taken. `depth` batches are kept ready.
    """

    def __init__(self, loader: Iterable[Batch], device: torch.device, depth: int = 2):
        self.loader, self.device, self.depth = loader, device, depth

    def __len__(self) -> int:
        return len(self.loader)  # type: ignore[arg-type]

    def __iter__(self) -> Iterator[Batch]:
        ready: queue.Queue[Any] = queue.Queue(self.depth)
        ended = threading.Event()
        if self.device.type == "cuda" and self.device.index is None:
            # Each thread has a current device of its own, which begins as the first GPU.
            self.device = torch.device("cuda", torch.cuda.current_device())
        # Reading processes are started here: forking belongs into the main thread.
        thread = threading.Thread(
            target=self._copy, args=(iter(self.loader), ready, ended), daemon=True
        )
        thread.start()
        try:
            while (item := ready.get()) is not _END:
                if isinstance(item, BaseException):
                    raise item
                yield self._take(*item)
        finally:
            ended.set()
            while thread.is_alive():  # it may stand before a full queue
                _drain(ready)
                thread.join(0.01)

    def _copy(
        self, batches: Iterator[Batch], ready: queue.Queue[Any], ended: threading.Event
    ) -> None:
        cuda = self.device.type == "cuda"
        stream = torch.cuda.Stream(self.device) if cuda else None
        try:
            for batch in batches:
                if ended.is_set():
                    return
                with torch.cuda.stream(stream):  # does nothing for None
                    moved = batch.to(self.device, non_blocking=True)
                # The pinned source is kept until the copy is known to be done.
                ready.put((moved, batch, stream.record_event() if stream else None))
            ready.put(_END)
        except BaseException as error:
            ready.put(error)
        finally:
            del batches

    def _take(self, batch: Batch, _source: Batch, copied: Any) -> Batch:
        if copied is not None:
            current = torch.cuda.current_stream(self.device)
            current.wait_event(copied)
            for value in vars(batch).values():
                if isinstance(value, torch.Tensor):
                    value.record_stream(current)
        return batch


def _drain(ready: queue.Queue[Any]) -> None:
    while not ready.empty():
        ready.get_nowait()
