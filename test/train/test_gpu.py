"""The loop on a GPU: exact where it is promised, near where it is not, and nobody waits."""

from __future__ import annotations

import csv
import math
import subprocess
from pathlib import Path

import pytest
import torch
from runs import ENVIRONMENT, assert_equal_states, command, run

from tts.checkpoint import load_checkpoint
from tts.train.acoustic import AcousticTask
from tts.train.precision import has_bf16

pytestmark = pytest.mark.gpu
CUDA = {"device": "cuda", "log_interval": 3}


def losses_of(folder: Path) -> list[float]:
    with open(folder / "losses.csv", newline="", encoding="ascii") as file:
        return [float(row["tot_loss"]) for row in csv.DictReader(file)]


def assert_finite(trainer) -> None:
    assert all(torch.isfinite(p).all() for p in trainer.task.model.parameters())


def test_twenty_steps(tiny_work):
    trainer = run(tiny_work, "exp", num_epochs=5, **CUDA)
    losses = losses_of(tiny_work / "exp")
    assert trainer.step == len(losses) == 20 and all(map(math.isfinite, losses))
    assert trainer.step_log.skipped == 0
    assert trainer.config.precision == ("bf16" if has_bf16(trainer.device) else "fp32")
    assert_finite(trainer)


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_resumed_equals_straight_when_deterministic(tiny_work, precision):
    """In processes of their own: cuBLAS must be told before it is first used."""
    if precision == "bf16" and not has_bf16(torch.device("cuda")):
        pytest.skip("this GPU has no bf16")
    for exp, epochs in (("straight", 4), ("resumed", 2), ("resumed", 4)):
        flags = ["--device", "cuda", "--deterministic", "1", "--precision", precision]
        words = [*command(tiny_work, exp, epochs), *flags]
        done = subprocess.run(words, env=ENVIRONMENT, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    states = [load_checkpoint(tiny_work / exp / "epoch-4.pt") for exp in ("straight", "resumed")]
    assert_equal_states(*states)
    records = [(tiny_work / exp / "losses.csv").read_text() for exp in ("straight", "resumed")]
    assert records[0] == records[1]


def test_resumed_is_near_without(tiny_work, capsys):
    """The bound that docs/training.md states, for the few steps of a tiny run."""
    options = {**CUDA, "precision": "fp32"}
    run(tiny_work, "straight", num_epochs=3, **options)
    run(tiny_work, "resumed", num_epochs=2, **options)
    run(tiny_work, "resumed", num_epochs=3, start_epoch="auto", **options)
    assert "without --deterministic 1" in capsys.readouterr().out
    expected = losses_of(tiny_work / "straight")
    assert losses_of(tiny_work / "resumed") == pytest.approx(expected, rel=1e-4)


def test_where_the_data_lie_changes_no_batch(tiny_work):
    found = {}
    for place in ("0", "1"):
        options = {**CUDA, "precision": "fp32", "data_on_device": place, "num_workers": 1}
        run(tiny_work, f"on-{place}", num_epochs=2, **options)
        found[place] = losses_of(tiny_work / f"on-{place}")
    assert found["0"] == pytest.approx(found["1"], rel=1e-4)


def test_bf16_is_near_fp32(tiny_work):
    if not has_bf16(torch.device("cuda")):
        pytest.skip("this GPU has no bf16")
    best = [
        run(tiny_work, precision, num_epochs=1, precision=precision, **CUDA).retention.best["valid"]
        for precision in ("fp32", "bf16")
    ]
    assert best[0] == pytest.approx(best[1], rel=0.02) and best[0] != best[1]


def test_fp16_with_its_scaler(tiny_work):
    trainer = run(tiny_work, "exp", num_epochs=5, precision="fp16", **CUDA)
    state = load_checkpoint(tiny_work / "exp" / "epoch-5.pt")
    assert state["scaler"]["scale"] > 0 and trainer.step_log.skipped < trainer.step
    assert_finite(trainer)


def test_from_the_cpu_to_a_gpu_and_back(tiny_work, capsys):
    for epoch, device in enumerate(("cpu", "cuda", "cpu"), 1):
        more = {"device": device, "precision": "fp32", "start_epoch": "auto"}
        assert run(tiny_work, "exp", num_epochs=epoch, **more).epoch == epoch
    assert capsys.readouterr().out.count("device was ") == 2


def test_the_host_does_not_wait_inside_a_step(tiny_work, monkeypatch):
    """With the data on the device a step only enqueues work."""
    ordinary = AcousticTask.step

    def watched(self, *arguments):
        if not self.losses:  # the first step makes handles and moments
            return ordinary(self, *arguments)
        torch.cuda.set_sync_debug_mode("error")
        try:
            return ordinary(self, *arguments)
        finally:
            torch.cuda.set_sync_debug_mode("default")

    monkeypatch.setattr(AcousticTask, "step", watched)
    trainer = run(tiny_work, "exp", num_epochs=3, data_on_device="1", **CUDA)
    assert trainer.step == 12


def test_the_largest_batch_is_found(tiny_work):
    trainer = run(tiny_work, "exp", num_epochs=1, **{**CUDA, "max_duration": "auto"})
    assert trainer.config.max_duration >= 1 and trainer.step >= 1


def test_throughput_by_part(tiny_work):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    run(tiny_work, "exp", num_epochs=3, tensorboard=True, **CUDA)
    events = EventAccumulator(str(tiny_work / "exp" / "tensorboard"))
    events.Reload()
    names = [name for name in events.Tags()["scalars"] if name.startswith("throughput/share_")]
    last = [events.Scalars(name)[-1].value for name in names]
    assert len(names) == 7 and sum(last) == pytest.approx(1, abs=1e-3) and min(last) >= 0
    assert events.Scalars("throughput/frames_per_second")[-1].value > 0
