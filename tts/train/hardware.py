"""What the machine decides about a run: arithmetic, and memory that the process keeps."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import torch

from tts.train.config import TrainConfig

# Parameters of glibc's mallopt, from malloc.h.
_M_TRIM_THRESHOLD, _M_MMAP_MAX = -1, -4


def with_real_precision(
    config: TrainConfig, device: torch.device, before: Mapping[str, Any] | None
) -> TrainConfig:
    """`config` with the precision that 'auto' stands for.

    Args:
      before: the [train] table of the checkpoint that the run continues from, else None.

    A continued run keeps its precision where `device` can do it. A new one takes bf16 on a GPU
    that multiplies in it, else fp32. Losses and alignment are float32 in all of them.
    """
    if config.precision != "auto":
        return config
    if before and before.get("precision", "auto") != "auto":
        kept = dataclasses.replace(
            config, precision=before["precision"], use_fp16=before.get("use_fp16", False)
        )
        agreed = kept.use_fp16 or not config.use_fp16
        if agreed and not (kept.resolved_precision == "fp16" and device.type == "cpu"):
            return kept
    if config.use_fp16:
        return dataclasses.replace(config, precision="fp16")
    return dataclasses.replace(config, precision="bf16" if has_bf16(device) else "fp32")


def has_bf16(device: torch.device) -> bool:
    """Whether `device` is a GPU whose matrix units take bf16 (NVIDIA: Ampere or newer)."""
    if device.type != "cuda":
        return False
    if torch.version.hip:
        return torch.cuda.is_bf16_supported()
    return torch.cuda.get_device_capability(device) >= (8, 0)


def keep_freed_memory() -> bool:
    """Keep what tensors on the CPU give back, for the next ones; False where that is not known.

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
