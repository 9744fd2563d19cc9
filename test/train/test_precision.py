"""Precision that the machine decides, and memory that the process keeps."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from runs import run

from tts.checkpoint import load_checkpoint
from tts.config import read_toml
from tts.train import precision
from tts.train.config import TrainConfig
from tts.train.precision import resolve_precision

CPU, GPU = torch.device("cpu"), torch.device("cuda:0")
FP32 = {"precision": "fp32", "use_fp16": False}
FP16_AS_A_FLAG = {"precision": "fp32", "use_fp16": True}


@pytest.mark.parametrize(
    ("given", "device", "before", "real"),
    [
        ({}, CPU, None, "fp32"),
        ({}, GPU, None, "bf16"),
        ({"precision": "fp32"}, GPU, None, "fp32"),
        ({"precision": "bf16"}, CPU, None, "bf16"),
        ({"use_fp16": True}, GPU, None, "fp16"),
        # A run that is continued stays what it was.
        ({}, GPU, FP32, "fp32"),
        ({}, CPU, {"precision": "bf16", "use_fp16": False}, "bf16"),
        ({}, GPU, FP16_AS_A_FLAG, "fp16"),
        ({"use_fp16": True}, GPU, FP16_AS_A_FLAG, "fp16"),
        # Unless it is asked for something else, or the device cannot.
        ({"precision": "bf16"}, GPU, FP32, "bf16"),
        ({"use_fp16": True}, GPU, FP32, "fp16"),
        ({}, CPU, FP16_AS_A_FLAG, "fp32"),
        # One that does not say was fp32.
        ({}, GPU, {}, "fp32"),
    ],
)
def test_real_precision(monkeypatch, given, device, before, real):
    monkeypatch.setattr(precision, "has_bf16", lambda device: device.type == "cuda")
    config = resolve_precision(TrainConfig(**given), device, before)
    assert config.resolved_precision == real and config.precision != "auto"
    same = {"precision": "auto", "use_fp16": False}
    assert dataclasses.replace(config, **same) == TrainConfig(**{**given, **same})
    if before is FP16_AS_A_FLAG and device == GPU:
        assert (config.precision, config.use_fp16) == ("fp32", True)


def test_gpus_before_ampere_have_no_bf16(monkeypatch):
    monkeypatch.setattr(torch.version, "hip", None)
    for capability, expected in (((7, 5), False), ((8, 0), True), ((9, 0), True)):
        monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _, c=capability: c)
        assert precision.has_bf16(GPU) is expected
    assert not precision.has_bf16(torch.device("meta"))


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("avx2 avx512f", False),
        ("avx512f avx512_bf16", True),
        ("avx512f amx_tile amx_bf16", True),
        ("amx_tile amx_int8", False),
        (None, False),
    ],
)
def test_cpus_with_bf16_units(monkeypatch, tmp_path, flags, expected):
    """What Linux says of the CPU decides; without oneDNN in torch the units are not used."""
    path = tmp_path / "cpuinfo"
    if flags is not None:
        path.write_text(f"processor\t: 0\nflags\t\t: fpu {flags}\n")
    ordinary = open
    monkeypatch.setattr("builtins.open", lambda name, *a, **k: ordinary(path, *a, **k))
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: True)
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: True)
    assert precision.has_bf16(CPU) is expected
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    assert not precision.has_bf16(CPU)


def test_precision_is_resolved_once_and_kept_elsewhere(tiny_work, monkeypatch):
    """bf16 on a machine that has it stays bf16 on one without, and fp32 stays fp32."""
    for has, exp, expected in ((True, "with", "bf16"), (False, "without", "fp32")):
        monkeypatch.setattr(precision, "has_bf16", lambda _, has=has: has)
        run(tiny_work, exp, num_epochs=1, precision="auto")
        stored = load_checkpoint(tiny_work / exp / "epoch-1.pt")["config"]["train"]
        assert stored["precision"] == expected
        assert read_toml(tiny_work / exp / "config.toml")["train"]["precision"] == expected
        monkeypatch.setattr(precision, "has_bf16", lambda _, has=has: not has)
        trainer = run(tiny_work, exp, num_epochs=2, precision="auto", start_epoch="auto")
        assert trainer.config.precision == expected
