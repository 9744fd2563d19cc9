"""Which device a process trains on, and whether it gives the same bits every time."""

from __future__ import annotations

import os
import re
from typing import Any

import torch

from tts.errors import InputError
from tts.train.config import TrainConfig
from tts.train.world import World


def choose_device(config: TrainConfig, world: World) -> torch.device:
    """The device of this process; InputError when the one asked for is not there."""
    name = config.device
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
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


def be_deterministic() -> None:
    """Have torch use kernels that give the same bits every time, or fail where it has none."""
    # cuBLAS reads this when its first handle is made.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True)
    torch.utils.deterministic.fill_uninitialized_memory = False
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.benchmark = False


def facts_of(device: torch.device) -> dict[str, Any]:
    """What decides how sums are rounded: the device, torch's version, on a CPU its threads."""
    facts: dict[str, Any] = {"device": device.type, "torch": str(torch.__version__)}
    if device.type == "cuda":
        return {**facts, "device": torch.cuda.get_device_name(device)}
    return {**facts, "threads": torch.get_num_threads()}


def describe(device: torch.device) -> str:
    """The device in words."""
    if device.type == "cuda":
        return f"{torch.cuda.get_device_name(device)} ({device})"
    return f"{device.type}, {torch.get_num_threads()} threads"
