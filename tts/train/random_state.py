"""Random numbers of a run: drawn from seeds that depend on the place in it, saved and restored."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from typing import Any

import torch


def noise_seed(seed: int, epoch: int, batch: int) -> int:
    """Return the seed of everything drawn for one batch of an epoch.

    So a batch meets the same noise and dropout whichever process has it and whatever was done
    before: several processes train as one does, and a resumed run needs no more than its place.
    """
    digest = hashlib.sha256(f"{seed}-{epoch}-{batch}".encode()).digest()
    return int.from_bytes(digest[:8], "little") >> 1


@contextlib.contextmanager
def fixed_noise(seed: int, device: torch.device) -> Iterator[None]:
    """Draw from `seed` alone inside the block, and leave the generators as they were."""
    devices = [device] if device.type == "cuda" else []
    with torch.random.fork_rng(devices):
        torch.manual_seed(seed)
        yield


def random_state(device: torch.device) -> dict[str, Any]:
    """Return the state of this process's generators, on the CPU and on its CUDA device."""
    state: dict[str, Any] = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        state["device"] = torch.cuda.get_rng_state(device)
    return state


def random_state_of(stored: dict[str, Any], rank: int) -> dict[str, Any]:
    """Return the state of process `rank` in a checkpoint; older ones hold that of one process."""
    states = stored.get("ranks", [stored])
    return states[rank] if rank < len(states) else states[0]


def set_random_state(state: dict[str, Any], device: torch.device) -> None:
    """Restore what `random_state` gave, the GPU's where there was one and is one."""
    torch.set_rng_state(state["cpu"])
    if device.type != "cuda":
        return
    index, all_devices = device.index or 0, state.get("cuda", [])  # all devices: the older form
    if "device" in state:
        torch.cuda.set_rng_state(state["device"], device)
    elif index < len(all_devices):
        torch.cuda.set_rng_state(all_devices[index], device)
