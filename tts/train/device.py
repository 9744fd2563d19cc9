"""Choose, prepare and describe the device of a process; recognise its memory errors."""

from __future__ import annotations

import contextlib
import os
import re
import warnings
from collections.abc import Iterator
from typing import Any

import torch

from tts.errors import InputError
from tts.train.config import RunConfig
from tts.train.world import World

# Parameters of glibc's mallopt, from malloc.h.
_M_TRIM_THRESHOLD, _M_MMAP_MAX = -1, -4
# How torch, CUDA and its libraries say that memory ran out. A library that cannot allocate its
# handle or workspace says so in its own words.
_NO_MEMORY = (
    "out of memory", "not enough memory", "can't allocate memory", "CUBLAS_STATUS_ALLOC_FAILED",
    "CUDNN_STATUS_ALLOC_FAILED", "unable to find an engine",
)  # fmt: skip


def device_named(name: str) -> str:
    """Return the device that --device means: `auto` is a GPU where there is one."""
    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    return name


def choose_device(config: RunConfig, world: World) -> torch.device:
    """Return the device of this process. Raises: InputError when it does not exist."""
    name = device_named(config.device)
    if not re.fullmatch(r"cpu|cuda(:\d+)?", name):
        raise InputError(f"--device {name}: use auto, cpu, cuda or cuda:N")
    device = torch.device(name)
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if device.type == "cuda" and (device.index or 0) >= count:
        raise InputError(f"--device {name}: torch sees {count} CUDA devices; use --device cpu")
    if config.resolved_precision == "fp16" and device.type == "cpu":
        raise InputError("fp16 needs a GPU: use --precision fp32 or bf16 on the CPU")
    here = int(os.environ.get("LOCAL_WORLD_SIZE", "1")) if world.size > 1 else config.world_size
    if device.type == "cuda" and here > 1:
        if device.index is not None:
            raise InputError(f"--device {name} is one GPU: with several processes use cuda")
        if here > count:
            raise InputError(
                f"{here} processes on a machine with {count} CUDA devices: each needs its own; "
                f"use --world-size {count}, or --device cpu"
            )
        device = torch.device("cuda", world.local_rank)
    return device


def prepare_device(config: RunConfig, device: torch.device) -> None:
    """Set this process up for `device`, before anything is put there.

    A GPU becomes the current one: libraries that take no device (Triton, the cuBLAS handle,
    events) work on that one, which else is GPU 0.
    """
    if device.type == "cuda" and device.index is not None:
        torch.cuda.set_device(device)
    if device.type == "cpu":
        keep_freed_memory()
    if config.deterministic:
        be_deterministic()


def be_deterministic() -> None:
    """Make torch use kernels that give the same bits every time, or fail where it has none."""
    # cuBLAS reads this when its first handle is made.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True)
    torch.utils.deterministic.fill_uninitialized_memory = False
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.benchmark = False


@contextlib.contextmanager
def any_kernels() -> Iterator[None]:
    """Allow kernels without a deterministic form inside the block, for what no number needs."""
    if not torch.are_deterministic_algorithms_enabled():
        yield
        return
    strict = not torch.is_deterministic_algorithms_warn_only_enabled()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*deterministic.*")
        torch.use_deterministic_algorithms(True, warn_only=True)
        try:
            yield
        finally:
            torch.use_deterministic_algorithms(True, warn_only=not strict)


def keep_freed_memory() -> bool:
    """Keep the memory of freed CPU tensors for the next ones; False where that is not possible.

    glibc hands every block above 32 MB back to the system and gets it anew, zeroed page by
    page: five times as slow as the arithmetic of an element-wise operation on it. Sizes repeat
    from step to step, so the process grows to the need of its largest step and stays there.
    """
    import ctypes

    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False  # musl, macOS, Windows
    return bool(mallopt(_M_MMAP_MAX, 0)) and bool(mallopt(_M_TRIM_THRESHOLD, 2**31 - 1))


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether `error` says that memory ran out, on a GPU or here."""
    return isinstance(error, MemoryError) or any(words in str(error) for words in _NO_MEMORY)


def machine_facts(device: torch.device) -> dict[str, Any]:
    """Return what decides how sums are rounded: device, torch's version, on a CPU its threads."""
    facts: dict[str, Any] = {"device": device.type, "torch": str(torch.__version__)}
    if device.type == "cuda":
        return {**facts, "device": torch.cuda.get_device_name(device)}
    return {**facts, "threads": torch.get_num_threads()}


def describe(device: torch.device) -> str:
    """Return the device in words."""
    if device.type == "cuda":
        return f"{torch.cuda.get_device_name(device)} ({device})"
    return f"{device.type}, {torch.get_num_threads()} threads"
