"""Run a function over many items in several processes, in order, with a progress bar."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TypeVar

from tts.data.cluster import LOCAL, dask_executor
from tts.errors import InputError

Item = TypeVar("Item")
Result = TypeVar("Result")

# Each process does one item at a time on one core; libraries must not start threads on top.
SINGLE_THREADED = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def usable_processors() -> int:
    """Count the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def parallel_map(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    num_jobs: int,
    what: str,
    size: Callable[[Result], int] = lambda result: 1,
    total: int | None = None,
    executor: str = LOCAL,
    folder: Path | None = None,
) -> Iterator[Result]:
    """Yield function(item) in the order of `items`; `function` must be picklable.

    Args:
      num_jobs: processes; with 1 (or one item) everything runs in this process.
      what: the progress bar's title.
      size: how far one result moves the bar, out of `total` (default: the number of items).
      executor, folder: 'local', or where else to run, see tts.data.cluster.
    Raises: InputError when num_jobs is below 1 or a process is killed; what `function` raises.
    """
    if num_jobs < 1:
        raise InputError(f"--num-jobs {num_jobs}: at least 1 is needed")
    if executor != LOCAL:
        with _environment(), dask_executor(executor, num_jobs, folder) as cluster:
            yield from progress(cluster.map(function, items), total or len(items), what, size)
        return
    if num_jobs == 1 or len(items) < 2:
        yield from progress(map(function, items), total or len(items), what, size)
        return
    context = multiprocessing.get_context("spawn")  # fork is unsafe once libraries have threads
    jobs = min(num_jobs, len(items))
    with _environment(), ProcessPoolExecutor(jobs, context, follow_parent) as executor:
        try:
            results = executor.map(function, items)
            yield from progress(results, total or len(items), what, size)
        except BrokenProcessPool:
            raise InputError(
                f"a process of '{what}' was killed, perhaps for want of memory; finished parts "
                "are kept: run the same command again, with a smaller --num-jobs"
            ) from None
        finally:
            executor.shutdown(wait=True, cancel_futures=True)


def progress(
    results: Iterable[Result], total: int, what: str, size: Callable[[Result], int]
) -> Iterator[Result]:
    """Pass results through, moving a bar on a terminal."""
    from tqdm import tqdm

    with tqdm(total=total, desc=what, disable=None, leave=False) as bar:
        for result in results:
            bar.update(size(result))
            yield result


@contextlib.contextmanager
def _environment() -> Iterator[None]:
    """Give child processes started inside the single-threaded settings."""
    before = {name: os.environ.get(name) for name in SINGLE_THREADED}
    os.environ.update(dict.fromkeys(SINGLE_THREADED, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def follow_parent() -> None:
    """End a child at once when its parent is killed, instead of waiting for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
