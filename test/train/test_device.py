"""The device of a process: the GPU that was named, memory errors, deterministic kernels."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace

import pytest
import torch

from tts.train.config import RunConfig
from tts.train.device import any_kernels, choose_device, is_out_of_memory, prepare_device
from tts.train.timing import Timer
from tts.train.world import World


def test_the_named_gpu_becomes_the_current_one(monkeypatch):
    """Triton, cuBLAS and plain events use the current device, which else is GPU 0."""
    chosen = []
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.cuda.device_count", lambda: 2)
    monkeypatch.setattr("torch.cuda.set_device", chosen.append)
    config = RunConfig(device="cuda:1")
    device = choose_device(config, World())
    prepare_device(config, device)
    assert chosen == [torch.device("cuda", 1)]
    prepare_device(RunConfig(device="cpu"), torch.device("cpu"))
    assert len(chosen) == 1


def test_events_are_recorded_on_the_streams_of_that_gpu(monkeypatch):
    recorded = []

    class Event:
        def __init__(self, enable_timing):
            assert enable_timing

        def record(self, stream):
            recorded.append(stream)

    monkeypatch.setattr("torch.cuda.Event", Event)
    monkeypatch.setattr("torch.cuda.current_stream", lambda device: f"stream of {device}")
    Timer(torch.device("cuda:1")).mark("data")
    assert recorded == ["stream of cuda:1"] * 2


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"), True),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate`"), True),
        (RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"), True),
        (RuntimeError("GET was unable to find an engine to execute this computation"), True),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"), True),
        (MemoryError(), True),
        (RuntimeError("CUDA error: CUBLAS_STATUS_EXECUTION_FAILED"), False),
        (RuntimeError("shapes do not fit"), False),
    ],
)
def test_errors_of_memory(error, expected):
    assert is_out_of_memory(error) is expected


@pytest.mark.parametrize("strict", [True, False])
def test_any_kernels_inside_the_block_only(strict):
    torch.use_deterministic_algorithms(True, warn_only=not strict)
    try:
        with any_kernels():
            assert torch.is_deterministic_algorithms_warn_only_enabled()
        assert torch.are_deterministic_algorithms_enabled()
        assert torch.is_deterministic_algorithms_warn_only_enabled() is not strict
    finally:
        torch.use_deterministic_algorithms(False)
    with any_kernels():
        assert not torch.are_deterministic_algorithms_enabled()


def test_out_of_memory_of_a_library_is_quoted():
    from tts.errors import InputError
    from tts.train.memory import naming_batch

    config = SimpleNamespace(max_duration=9.0)
    words = r"out of memory on cpu with a step \(cuDNN error: CUDNN_STATUS_ALLOC_FAILED\): lower"
    with pytest.raises(InputError, match=words), naming_batch(None, torch.device("cpu"), config):
        raise RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED\nstack")


@pytest.mark.skipif(sys.platform != "linux", reason="mallopt is glibc's")
def test_freed_memory_is_kept():
    """What a deleted tensor had stays resident; in a process of its own, for it stays so."""
    code = (
        "import resource, torch\n"
        "from tts.train.device import keep_freed_memory\n"
        "def resident():\n"
        "    pages = int(open('/proc/self/statm').read().split()[1])\n"
        "    return pages * resource.getpagesize()\n"
        "kept = keep_freed_memory()\n"
        "values = torch.ones(20_000_000)\n"
        "before = resident()\n"
        "del values\n"
        "print(kept, before - resident())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    kept, returned = done.stdout.split()
    assert kept == "False" or int(returned) < 40_000_000, done.stderr
