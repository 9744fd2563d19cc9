"""Resolve the number format of matrix products; run a block in it."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar

import torch

from tts.train.config import AUTO, RunConfig

Config = TypeVar("Config", bound=RunConfig)


def resolve_precision(
    config: Config, device: torch.device, before: Mapping[str, Any] | None
) -> Config:
    """Return `config` with the precision that 'auto' stands for.

    Args:
      before: the [train] table of the checkpoint that the run continues from, else None.

    A continued run keeps its precision on any machine, unless `device` cannot do it; one that
    names none was fp32. A new one takes bf16 where GPU or CPU has matrix units for it, else
    fp32. Losses and alignment are float32 in all of them.
    """
    if config.precision != AUTO:
        return config
    if before is not None:
        kept = dataclasses.replace(
            config,
            precision=_named(before.get("precision")),
            use_fp16=before.get("use_fp16", False),
        )
        agreed = kept.use_fp16 or not config.use_fp16
        if agreed and not (kept.resolved_precision == "fp16" and device.type == "cpu"):
            return kept
    if config.use_fp16:
        return dataclasses.replace(config, precision="fp16")
    return dataclasses.replace(config, precision="bf16" if has_bf16(device) else "fp32")


def _named(precision: str | None) -> str:
    return "fp32" if precision in (None, AUTO) else precision


def has_bf16(device: torch.device) -> bool:
    """Return whether `device` multiplies matrices in bf16 by instructions made for it.

    NVIDIA: Ampere or newer. CPU: AMX or AVX512-BF16, used by oneDNN; without them bf16 products
    are emulated and slower than fp32.
    """
    if device.type == "cpu":
        return _cpu_has_bf16()
    if device.type != "cuda":
        return False
    if torch.version.hip:
        return torch.cuda.is_bf16_supported()
    return torch.cuda.get_device_capability(device) >= (8, 0)


def _cpu_has_bf16() -> bool:
    in_torch = getattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: True)
    if not torch.backends.mkldnn.is_available() or not in_torch():
        return False
    return bool({"amx_bf16", "avx512_bf16"} & _cpu_flags())


def _cpu_flags() -> set[str]:
    """Return the CPU's features as Linux names them; empty on other systems."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            line = next((line for line in file if line.startswith("flags")), "")
    except OSError:
        return set()
    return set(line.partition(":")[2].split())


def autocast(device: torch.device, precision: str) -> contextlib.AbstractContextManager[Any]:
    """Return torch's autocast to `precision` (fp32, bf16 or fp16) on `device`."""
    kind = torch.float16 if precision == "fp16" else torch.bfloat16
    return torch.autocast(device.type, kind, enabled=precision != "fp32")
