"""Runs of the tiny model on the tiny data, in this process or as a user starts them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import torch
from conftest import TINY_MODEL

from tts.train.acoustic import train

SMALL = {
    "max_duration": 2.0,
    "num_workers": 0,
    "tensorboard": False,
    "save_every_n": 1,
    "precision": "fp32",
}


def run(work: Path, exp: str, name: str = "matcha", **options):
    """Train the tiny model on the tiny data; returns the trainer."""
    folders = {"exp_dir": str(work / exp), "manifest_dir": str(work / "data" / "fbank")}
    model = options.pop("model", TINY_MODEL)
    options = {"train": {**folders, **SMALL, **options}, "model": model}
    return train(name, options, {"name": "ljspeech"}, "ljspeech")


def assert_equal_states(a: dict, b: dict) -> None:
    for part in ("model", "ema"):
        for name in a[part]:
            assert torch.equal(a[part][name], b[part][name]), name
    for index, state in a["optimizer"]["state"].items():
        for name, value in state.items():
            assert torch.equal(value, b["optimizer"]["state"][index][name])
    assert torch.equal(a["random"]["ranks"][0]["cpu"], b["random"]["ranks"][0]["cpu"])
    assert (a["epoch"], a["batch"], a["step"]) == (b["epoch"], b["batch"], b["step"])
    assert a["best"] == b["best"]


ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}


def command(work: Path, exp: str, num_epochs: int = 3) -> list[str]:
    """train.py on the tiny data, as a user types it."""
    root = Path(__file__).resolve().parents[2]
    sets = [f"model.{part}.{k}={v}" for part, d in TINY_MODEL.items() for k, v in d.items()]
    flags = "--max-duration 2 --num-workers 1 --save-every-steps 1 --precision fp32"
    return [
        *(sys.executable, str(root / "local" / "train.py"), "--corpus", "ljspeech"),
        *("--work", str(work), "--exp-dir", str(work / exp), "--start-epoch", "auto"),
        *(*flags.split(), "--num-epochs", str(num_epochs), "--tensorboard", "0", "--set", *sets),
    ]
