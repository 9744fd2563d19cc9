"""Features over a Dask cluster: the same bytes, and clear words where it cannot work."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

import numpy as np
import pytest
from test_parallel_map import work

from tts.data.parallel import parallel_map
from tts.data.validation import AudioLimits
from tts.errors import InputError
from tts.features.extract import Chunk, extract_chunk
from tts.mel import MelConfig


def needs_dask():
    pytest.importorskip("distributed", reason="Dask is optional: requirements-dask.txt")


@pytest.fixture
def cluster():
    """A cluster of one process on this machine; yields what --executor is given."""
    needs_dask()
    from distributed import LocalCluster

    os.environ.setdefault("DASK_DISTRIBUTED__LOGGING__DISTRIBUTED", "critical")
    with LocalCluster(1, threads_per_worker=1, dashboard_address=":0", memory_limit=0) as local:
        yield f"dask://{local.scheduler_address.removeprefix('tcp://')}"


def features(work: Path, executor: str) -> dict[str, bytes]:
    """Everything that the features of five clips leave in a folder."""
    import soundfile

    cuts = []
    for index in range(5):
        path = work / f"{index}.wav"
        noise = np.random.default_rng(index).normal(0, 0.1, 9000 + 500 * index)
        soundfile.write(path, noise, 22050, "PCM_16")
        os.utime(path, (0, 0))  # part of a chunk's key
        source = {"type": "file", "channels": [0], "source": path.name}
        recording = {"id": path.stem, "sources": [source], "num_samples": len(noise)}
        cuts.append({"id": path.stem, "recording": recording})
    chunks = [
        Chunk(tuple(part), work, work / f"{number}.json", MelConfig(), AudioLimits())
        for number, part in enumerate((cuts[:2], cuts[2:4], cuts[4:]))
    ]
    parts = list(parallel_map(extract_chunk, chunks, 2, "features", len, 5, executor, work))
    assert [item["id"] for part in parts for item in part] == list("01234")
    return {str(p.relative_to(work)): p.read_bytes() for p in work.rglob("*") if p.is_file()}


def test_features_of_a_cluster_have_the_same_bytes(tmp_path, cluster):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir(), there.mkdir()
    local = features(here, "local")
    assert features(there, cluster) == local and len(local) == 13


def test_errors_come_back_and_order_is_kept(cluster):
    results = parallel_map(work, range(30), 1, "test", executor=cluster)
    assert list(results) == [(item * item, "1") for item in range(30)]
    with pytest.raises(InputError, match="this item is bad"):
        list(parallel_map(work, [1, -1, 2], 1, "test", executor=cluster))
    with pytest.raises(InputError, match=r"do not see /nowhere: .*share"):
        list(parallel_map(work, [1], 1, "test", executor=cluster, folder=Path("/nowhere")))


def test_workers_with_other_versions_are_refused(cluster, monkeypatch):
    monkeypatch.setattr("tts.data.cluster._SAME", ("numpy",))  # here alone
    with pytest.raises(InputError, match=r"workers tcp://.* have other versions .*would differ"):
        list(parallel_map(work, [1], 1, "test", executor=cluster))


def test_a_cluster_of_its_own():
    """Started and ended with the work; a worker killed again and again is an error."""
    needs_dask()
    results = list(parallel_map(work, range(6), 2, "test", executor="dask"))
    assert results == [(item * item, "1") for item in range(6)]
    assert signal.SIGKILL  # item -2 kills its process with it
    with pytest.raises(InputError, match=r"workers were lost .*run the same command again"):
        list(parallel_map(work, [1, -2], 1, "test", executor="dask"))


def test_executors_that_do_not_exist(monkeypatch):
    for name in ("slurm", "dask://here", "dask:8786"):
        with pytest.raises(InputError, match=rf"--executor {name}: must be local, dask"):
            list(parallel_map(work, [1], 1, "test", executor=name))
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(InputError, match=r"needs Dask .*requirements-dask.txt"):
        list(parallel_map(work, [1], 1, "test", executor="dask"))


def test_a_scheduler_that_does_not_answer(monkeypatch):
    needs_dask()
    monkeypatch.setattr("tts.data.cluster._WAIT", 0.5)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(InputError, match=r"no scheduler with a worker answers at tcp://127"):
        list(parallel_map(work, [1], 1, "test", executor=f"dask://127.0.0.1:{port}"))
