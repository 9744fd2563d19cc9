"""Start processes on other machines, through Dask's form of the executor interface."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from concurrent.futures import CancelledError, Executor
from pathlib import Path
from typing import Any

from tts.errors import InputError

ROOT = Path(__file__).resolve().parents[2]
LOCAL = "local"
# Packages in which other versions may give other bytes.
_SAME = ("numpy", "scipy", "soundfile")
_WAIT = 30  # seconds for a scheduler to answer, and for its first worker


@contextlib.contextmanager
def dask_executor(name: str, num_jobs: int, folder: Path | None = None) -> Iterator[Executor]:
    """Yield an executor for 'dask' (a cluster on this machine, which ends with the block) or
    'dask://host:port' (the scheduler of a cluster whose workers see the same files).

    Args:
      num_jobs: worker processes of a cluster on this machine.
      folder: working folder that every worker must see at the same path.
    Raises: InputError when Dask is not installed, the scheduler does not answer, a worker runs
    other versions or does not see `folder`, or workers are lost.
    """
    kind, _, address = name.partition("://")
    if kind != "dask" or (address and not address.rpartition(":")[2].isdigit()):
        raise InputError(
            f"--executor {name}: must be {LOCAL}, dask (a cluster on this machine) or "
            "dask://host:port (a scheduler)"
        )
    try:
        from distributed import Client, LocalCluster
        from distributed.scheduler import KilledWorker
    except ImportError as error:
        raise InputError(
            f"--executor {name} needs Dask ({error}): pip install -r requirements-dask.txt"
        ) from None
    with contextlib.ExitStack() as stack:
        if address:
            target: Any = f"tcp://{address}"
        else:
            target = stack.enter_context(
                LocalCluster(num_jobs, threads_per_worker=1, dashboard_address=":0", memory_limit=0)
            )
        try:
            client = stack.enter_context(Client(target, timeout=_WAIT, set_as_default=False))
            client.wait_for_workers(1, timeout=_WAIT)
        except (OSError, TimeoutError) as error:
            raise InputError(
                f"--executor {name}: no scheduler with a worker answers at {target} "
                f"({str(error).splitlines()[0]}). Start them with dask scheduler and dask worker, "
                "or use --executor dask, which starts them here"
            ) from None
        _prepare(client, name, folder)
        try:
            yield client.get_executor(pure=False)
        except (KilledWorker, CancelledError) as error:
            raise InputError(
                f"--executor {name}: workers were lost ({type(error).__name__}: {error}). "
                "Finished parts are kept: run the same command again"
            ) from None


def _prepare(client: Any, name: str, folder: Path | None) -> None:
    """Make this project importable on the workers, and see that they would do the same as here."""
    client.run(exec, f"import sys; sys.path.insert(0, {str(ROOT)!r})")
    blind = [] if folder is None else _unlike(client.run(os.path.isdir, str(folder)), True)
    if blind:
        raise InputError(
            f"--executor {name}: workers {', '.join(blind)} do not see {folder}: the working "
            "folder, the corpus and this project must lie on a disk that all of them share"
        )
    found = client.run(_versions)
    other = _unlike(found, _versions())
    if other:
        raise InputError(
            f"--executor {name}: workers {', '.join(other)} have other versions "
            f"({found[other[0]]}) than this process ({_versions()}): features would differ"
        )


def _unlike(answers: dict[str, Any], wanted: Any) -> list[str]:
    return sorted(worker for worker, answer in answers.items() if answer != wanted)


def _versions() -> dict[str, str]:
    import importlib.metadata

    return {package: importlib.metadata.version(package) for package in _SAME}
