"""Switch torch's autocast off where 16 bits are too few."""

from __future__ import annotations

import contextlib

import torch


def no_autocast(device_type: str) -> contextlib.AbstractContextManager[None]:
    """Switch autocast off inside; devices without it (meta) have nothing to switch off."""
    if torch.amp.is_autocast_available(device_type):
        return torch.autocast(device_type, enabled=False)
    return contextlib.nullcontext()
