"""Exact resume: after any stop, of any kind, the run goes on as if there had been none."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import make_tiny_work
from runs import ENVIRONMENT, assert_equal_states, command, run

from tts.checkpoint import list_epochs, load_checkpoint
from tts.errors import InputError
from tts.files import sole_user
from tts.train.signals import SignalWatch, Stopped


@pytest.mark.parametrize("options", [{}, {"accumulate": 2, "num_workers": 1}])
def test_two_and_two_epochs_equal_four(tiny_work, options):
    """Bit for bit: weights, averages, optimiser, random state, best losses."""
    run(tiny_work, "straight", num_epochs=4, **options)
    run(tiny_work, "resumed", num_epochs=2, **options)
    torch.manual_seed(99)  # a new process would not have this run's random state
    run(tiny_work, "resumed", num_epochs=4, start_epoch="3", **options)
    straight = load_checkpoint(tiny_work / "straight" / "epoch-4.pt")
    resumed = load_checkpoint(tiny_work / "resumed" / "epoch-4.pt")
    assert_equal_states(straight, resumed)
    assert straight["step"] > 4


def killed(work: Path, exp: str, number: int, delay: float, group: bool = False) -> int:
    """Start or continue as a user does, signal `delay` seconds after the next checkpoint; returns
    the exit status. With `group` every process gets it, as from timeout, docker stop and job
    schedulers.
    """
    written = work / exp / "last.pt"
    stamp = written.stat().st_mtime_ns if written.exists() else 0
    process = subprocess.Popen(
        command(work, exp),
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        text=True,
    )
    while process.poll() is None:
        if written.exists() and written.stat().st_mtime_ns != stamp:
            break
        time.sleep(0.01)
    if group:
        taken = pytest.raises(InputError, match=f"in use by process {process.pid}")
        with taken, sole_user(work / exp):
            pass
    time.sleep(delay)
    (os.killpg if group else os.kill)(process.pid, number)
    output = process.communicate(timeout=120)[0]
    if number != signal.SIGKILL:
        assert "Traceback" not in output, output
        assert process.returncode == 0 or f"{signal.Signals(number).name}: saved" in output
    return process.returncode


def check_resumed(undisturbed: Path, exp: str) -> None:
    """Continue to the end in this process; all is as if nothing had happened."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        run(undisturbed, exp, num_epochs=EPOCHS, start_epoch="auto", **AS_TYPED)
    finally:
        torch.set_num_threads(threads)
    expected, found = (
        load_checkpoint(undisturbed / e / f"epoch-{EPOCHS}.pt") for e in ("exp", exp)
    )
    assert_equal_states(expected, found)
    assert not list((undisturbed / exp).glob("*.tmp"))


EPOCHS = 3
# Options of runs.command.
AS_TYPED = {"num_workers": 1, "save_every_steps": 1, "save_every_n": 10}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    work = make_tiny_work(tmp_path_factory.mktemp("undisturbed") / "work")
    subprocess.run(command(work, "exp"), env=ENVIRONMENT, check=True, capture_output=True)
    return work


def kill_often(undisturbed: Path, count: int) -> None:
    exp, chance = f"killed-{count}", random.Random(9)
    for _ in range(count):
        status = killed(undisturbed, exp, signal.SIGKILL, chance.random() * 0.15)
        assert status in (0, -signal.SIGKILL)
    check_resumed(undisturbed, exp)


def test_killed_and_resumed_equals_undisturbed(undisturbed):
    kill_often(undisturbed, 2)


@pytest.mark.slow
def test_killed_ten_times(undisturbed):
    kill_often(undisturbed, 10)


@pytest.mark.parametrize(
    ("number", "group", "status"),
    [(signal.SIGINT, True, 130), (signal.SIGTERM, True, 75), (signal.SIGUSR1, False, 75)],
)
def test_a_signal_saves_and_ends_quietly(undisturbed, number, group, status):
    for attempt in range(5):  # a short run may end before the signal comes
        exp = f"signal-{number}-{attempt}"
        found = killed(undisturbed, exp, number, 0, group)
        if found:
            break
    assert found == status
    check_resumed(undisturbed, exp)


def test_signals_that_come_together_are_one_wish(monkeypatch):
    # A shell lets jobs that it starts with & ignore SIGINT.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with SignalWatch() as watch:
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGUSR1)
            assert watch.number == signal.SIGTERM
            monkeypatch.setattr("tts.train.signals.ONE_REQUEST", -1.0)
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("accumulate", [1, 3])
def test_stopped_where_validation_is_due(tiny_work, monkeypatch, accumulate):
    """The stop comes between a step and its validation; the best losses are still equal."""
    from tts.train.loop import Trainer

    options = {"num_epochs": 2, "valid_every": 1, "save_every_steps": 1, "accumulate": accumulate}
    run(tiny_work, "straight", **options)
    ordinary = Trainer._step

    def signalled(self, *arguments):
        if self.step == 0:
            os.kill(os.getpid(), signal.SIGTERM)
        return ordinary(self, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "_step", signalled)
        with pytest.raises(Stopped):
            run(tiny_work, "stopped", **options)
    stopped = load_checkpoint(tiny_work / "stopped" / "last.pt")
    assert stopped["batch"] == accumulate and np.isfinite(stopped["best"]["valid"])
    run(tiny_work, "stopped", start_epoch="auto", **options)
    states = [load_checkpoint(tiny_work / e / "epoch-2.pt") for e in ("straight", "stopped")]
    assert_equal_states(*states)


def test_a_new_run_sets_earlier_checkpoints_aside(tiny_work):
    """Else they would be the last ones, and the best ones, of a run that never made them."""
    exp = tiny_work / "exp"
    run(tiny_work, "exp", num_epochs=4, lr=1e-3)
    first = load_checkpoint(exp / "epoch-4.pt")
    run(tiny_work, "exp", num_epochs=3, start_epoch="3", lr=1e-3)
    assert list_epochs(exp) == [1, 2, 3] and list_epochs(exp / "earlier-1") == [3, 4]
    second = load_checkpoint(exp / "best-valid-loss.pt")
    assert second["epoch"] <= 3 and first["best"]["epochs"][3] == pytest.approx(
        load_checkpoint(exp / "epoch-3.pt")["best"]["epochs"][3]
    )
    run(tiny_work, "exp", num_epochs=1, keep_last=1)
    assert list_epochs(exp) == [1] and list_epochs(exp / "earlier-2") == [1, 2, 3]
    assert run(tiny_work, "exp", num_epochs=1, start_epoch="auto").epoch == 1


def test_nothing_left_to_train(tiny_work, capsys):
    run(tiny_work, "exp", num_epochs=3)
    before = (tiny_work / "exp" / "epoch-3.pt").read_bytes()
    run(tiny_work, "exp", num_epochs=2, start_epoch="auto")
    assert (
        "nothing left to train: epoch 3 is complete, --num-epochs is 2" in capsys.readouterr().out
    )
    assert (tiny_work / "exp" / "epoch-3.pt").read_bytes() == before


def test_damaged_checkpoints_are_passed_over(tiny_work, capsys):
    run(tiny_work, "exp", num_epochs=3)
    last = tiny_work / "exp" / "epoch-3.pt"
    last.write_bytes(last.read_bytes()[:5000])
    trainer = run(tiny_work, "exp", num_epochs=3, start_epoch="auto")
    assert trainer.epoch == 3
    assert "epoch-3.pt is damaged" in capsys.readouterr().out
    load_checkpoint(last)


def test_a_full_disk_leaves_the_checkpoint_before(tiny_work, monkeypatch):
    """The write fails half-way at the third checkpoint; the run goes on from the second."""
    run(tiny_work, "straight", num_epochs=2)
    ordinary, written = torch.save, []

    def save(content, path):
        written.append(path)
        if len(written) == 3:
            Path(path).write_bytes(b"half of it")
            raise OSError(28, "No space left on device")
        ordinary(content, path)

    with monkeypatch.context() as patch:
        patch.setattr("torch.save", save)
        with pytest.raises(InputError, match=r"could not write .*last.pt.*No space.*auto"):
            run(tiny_work, "exp", num_epochs=2, save_every_steps=1)
    assert load_checkpoint(tiny_work / "exp" / "last.pt")["step"] == 2
    assert not list((tiny_work / "exp").glob(".*.tmp"))
    run(tiny_work, "exp", num_epochs=2, start_epoch="auto")
    states = [load_checkpoint(tiny_work / exp / "epoch-2.pt") for exp in ("straight", "exp")]
    assert_equal_states(*states)


@pytest.mark.parametrize(
    ("options", "sentences"),
    [
        ({"max_duration": 1.0}, ["max_duration was 2.0, is 1.0", "cut from other batches"]),
        ({"precision": "bf16"}, ["precision was fp32, is bf16"]),
        ({"accumulate": 2}, ["accumulate was 1, is 2", "a step had 1 batches, has 2"]),
    ],
)
def test_another_option_goes_on_and_is_said(tiny_work, capsys, options, sentences):
    run(tiny_work, "exp", num_epochs=1)
    content = load_checkpoint(tiny_work / "exp" / "epoch-1.pt")
    content["batch"], content["step"] = 2, 6  # as if stopped inside the second epoch
    torch.save(content, tiny_work / "exp" / "last.pt")
    trainer = run(tiny_work, "exp", num_epochs=3, start_epoch="auto", **options)
    output = capsys.readouterr().out
    assert trainer.epoch == 3
    for sentence in sentences:
        assert sentence in output


def test_a_checkpoint_that_is_too_old_to_name_an_option(tiny_work, capsys):
    """What it does not name acted as its default: nothing is said, the run is the same."""
    run(tiny_work, "straight", num_epochs=2)
    run(tiny_work, "exp", num_epochs=1)
    path = tiny_work / "exp" / "epoch-1.pt"
    content = load_checkpoint(path)
    del content["config"]["train"]["max_steps"]
    torch.save(content, path)
    run(tiny_work, "exp", num_epochs=2, start_epoch="auto")
    assert "not exactly" not in capsys.readouterr().out
    states = [load_checkpoint(tiny_work / exp / "epoch-2.pt") for exp in ("straight", "exp")]
    assert_equal_states(*states)


def test_bf16_is_resumed_exactly(tiny_work):
    run(tiny_work, "straight", num_epochs=2, precision="bf16")
    run(tiny_work, "exp", num_epochs=1, precision="bf16")
    run(tiny_work, "exp", num_epochs=2, precision="auto", start_epoch="auto")
    states = [load_checkpoint(tiny_work / exp / "epoch-2.pt") for exp in ("straight", "exp")]
    assert_equal_states(*states)
    assert states[1]["config"]["train"]["precision"] == "bf16"
