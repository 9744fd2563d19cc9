"""Several processes: the weights of one, no hang, one error."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
import vocoder_runs
from conftest import make_tiny_work
from runs import ENVIRONMENT, assert_equal_states, command, run

from tts.checkpoint import load_checkpoint
from tts.errors import InputError
from tts.train.loop import Trainer
from tts.train.signals import PREEMPTED, SignalWatch
from tts.train.world import World

# Five batches an epoch: of four in a step the last step has one, and one process has none.
UNEVEN = {"num_epochs": 10, "max_duration": 1.75}
_WORKER = """
import sys
sys.path[:0] = {paths!r}
from pathlib import Path
import torch
from {runs} import run
from tts.train.world import World
{before}
trainer = run(Path({work!r}), "two", **{options!r})
torch.save(trainer.task.model.state_dict(), Path({work!r}) / f"rank-{{trainer.world.rank}}.pt")
"""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def as_torchrun(
    work: Path, size: int, before: str = "", runs: str = "runs", **options
) -> list[subprocess.Popen]:
    """Start `size` processes with the variables that torchrun sets.

    `before` is code of theirs, `runs` the module whose `run` they call.
    """
    test = Path(__file__).resolve().parents[1]
    paths = [str(test.parent), str(test), str(test / "train")]
    code = _WORKER.format(paths=paths, work=str(work), options=options, before=before, runs=runs)
    shared = {"WORLD_SIZE": size, "LOCAL_WORLD_SIZE": size, "MASTER_ADDR": "127.0.0.1"}
    shared["MASTER_PORT"] = free_port()
    return [
        subprocess.Popen(
            [sys.executable, "-c", code],
            env={**ENVIRONMENT, **{k: str(v) for k, v in place.items()}},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for place in ({**shared, "RANK": rank, "LOCAL_RANK": rank} for rank in range(size))
    ]


def launched(work: Path, exp: str, epochs: int, *flags: str, **options) -> subprocess.Popen:
    """train.py --world-size 2, as a user types it."""
    words = [*command(work, exp, epochs), "--world-size", "2", "--master-port", str(free_port())]
    return subprocess.Popen(
        [*words, *flags],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **options,
    )


def wait_for(path: Path, process: subprocess.Popen) -> None:
    while not path.exists() and process.poll() is None:
        time.sleep(0.01)


def children(process: subprocess.Popen) -> list[int]:
    listing = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not listing.exists():
        pytest.skip("this system does not list a process's children")
    return [int(number) for number in listing.read_text().split()]


def assert_near(a: dict, b: dict) -> None:
    """Within 1e-6. A key's bias alone has no gradient but rounding (softmax does not see it),
    which Adam makes as large as any other: it moves by the learning rate a step, 1e-4.
    """
    for name, value in a.items():
        bound = 1e-3 if name.endswith("conv_k.bias") else 1e-6
        torch.testing.assert_close(value, b[name], atol=bound, rtol=0, msg=name)


def test_two_processes_train_as_one(tiny_work):
    """Uneven batches, accumulation and a process without a batch; all noise and dropout on."""
    one = run(tiny_work, "one", **UNEVEN, accumulate=4)
    assert len(one.task.plan.batches(1)) % 4 == 1 and one.step >= 20
    processes = as_torchrun(tiny_work, 2, **UNEVEN, accumulate=2)
    for process in processes:
        output = process.communicate(timeout=200)[0]
        assert process.returncode == 0, output
    ranks = [torch.load(tiny_work / f"rank-{rank}.pt") for rank in range(2)]
    for name, value in ranks[0].items():
        assert torch.equal(value, ranks[1][name]), name
    assert_near(ranks[0], one.task.model.state_dict())
    end = f"epoch-{UNEVEN['num_epochs']}.pt"
    states = [load_checkpoint(tiny_work / exp / end) for exp in ("one", "two")]
    assert_near(states[0]["ema"], states[1]["ema"])
    assert states[1]["step"] == one.step and len(states[1]["random"]["ranks"]) == 2
    assert states[1]["best"]["valid"] == pytest.approx(states[0]["best"]["valid"], rel=1e-6)


def test_two_processes_train_a_vocoder_as_one(tmp_path):
    """Both networks, from the reconstruction phase into the adversarial one."""
    vocoder_runs.make_audio(tmp_path, (6000, 4800, 6500))
    one = vocoder_runs.run(tmp_path, "one", accumulate=4, num_epochs=3)
    assert one.task.plan.num_batches == 5  # one process has none in the second step
    processes = as_torchrun(tmp_path, 2, runs="vocoder_runs", accumulate=2, num_epochs=3)
    for process in processes:
        output = process.communicate(timeout=200)[0]
        assert process.returncode == 0, output
    states = [load_checkpoint(tmp_path / exp / "epoch-3.pt") for exp in ("one", "two")]
    assert states[0]["step"] == states[1]["step"] == one.step > 3
    for part in ("model", "ema", "discriminators"):
        for name, value in states[0][part].items():
            torch.testing.assert_close(value, states[1][part][name], atol=1e-5, rtol=0, msg=name)
    ranks = [torch.load(tmp_path / f"rank-{rank}.pt") for rank in range(2)]
    for name, value in ranks[0].items():
        assert torch.equal(value, ranks[1][name]), name


# The main process takes longer than others wait inside a step; so does packing.
_SLOW = """
import datetime, time
import tts.train.world, tts.data.packed
from tts.train.acoustic import AcousticTask
tts.train.world.TIMEOUT = datetime.timedelta(seconds=4)
def slow(function):
    def run(*arguments, **named):
        time.sleep(6)
        return function(*arguments, **named)
    return run
AcousticTask.validate = slow(AcousticTask.validate)
tts.data.packed.pack = slow(tts.data.packed.pack)
"""


@pytest.mark.slow
def test_nobody_times_out_while_the_main_process_works_alone(tiny_work):
    processes = as_torchrun(tiny_work, 2, _SLOW, num_epochs=1)
    for process in processes:
        output = process.communicate(timeout=200)[0]
        assert process.returncode == 0, output
    assert load_checkpoint(tiny_work / "two" / "epoch-1.pt")["epoch"] == 1


def test_a_signal_is_exchanged_without_waiting(monkeypatch):
    """What is asked for in one step is looked at in the next; all see it in the same one."""
    events = []

    class Later(World):
        def largest_later(self, value):
            events.append(("asked", value))
            return lambda: events.append(("read", value)) or value

    trainer = object.__new__(Trainer)
    trainer.world, trainer._exchanged = Later(0, 2), None
    trainer._signals = SignalWatch()
    found = []
    for number in (0, signal.SIGTERM, 0):
        trainer._signals.number = number
        found.append(trainer._signal())
    assert found == [0, 0, signal.SIGTERM]
    term = signal.SIGTERM
    assert events == [("asked", 0), ("read", 0), ("asked", term), ("read", term)]


def test_stopped_with_two_processes_continued_with_one(tiny_work):
    """SIGTERM reaches all, the state is saved once; the numbers go on within rounding."""
    process = launched(tiny_work, "exp", 500, start_new_session=True)
    wait_for(tiny_work / "exp" / "last.pt", process)
    os.killpg(process.pid, signal.SIGTERM)
    output = process.communicate(timeout=120)[0]
    assert process.returncode == PREEMPTED and "Traceback" not in output, output
    assert output.count("SIGTERM: saved") == 1
    # However late it was stopped, there is an epoch left to go on with.
    epochs = max(3, load_checkpoint(tiny_work / "exp" / "last.pt")["epoch"] + 2)
    run(tiny_work, "one", num_epochs=epochs, accumulate=2)
    resumed = run(tiny_work, "exp", num_epochs=epochs, accumulate=2, start_epoch="auto")
    expected = load_checkpoint(tiny_work / "one" / f"epoch-{epochs}.pt")
    assert_near(resumed.task.model.state_dict(), expected["model"])


def test_a_process_that_dies_ends_the_run(tiny_work):
    process = launched(tiny_work, "exp", 500)
    wait_for(tiny_work / "exp" / "last.pt", process)
    os.kill(children(process)[1], signal.SIGKILL)
    output = process.communicate(timeout=60)[0]
    assert process.returncode == 2, output
    assert "process 1 of 2 was ended by SIGKILL" in output.splitlines()[-1], output
    assert load_checkpoint(tiny_work / "exp" / "last.pt")["step"] >= 1


def test_the_error_of_one_process_is_the_error_of_the_run(tiny_work):
    (tiny_work / "data" / "fbank" / "feats" / "train3.npy").unlink()
    process = launched(tiny_work, "exp", 2, "--num-workers", "0")
    output = process.communicate(timeout=60)[0]
    assert process.returncode == 2 and "Traceback" not in output, output
    assert output.count("features of train3") == 1 and "stage fbank again" in output


def test_errors_before_anything_is_started(tiny_work, monkeypatch):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(InputError, match=rf"--master-port {port} cannot be used .*another"):
            run(tiny_work, "exp", world_size=2, master_port=port)
    with monkeypatch.context() as patch:
        patch.setattr("torch.cuda.is_available", lambda: True)
        patch.setattr("torch.cuda.device_count", lambda: 2)
        with pytest.raises(InputError, match=r"3 processes .* 2 CUDA devices.*--world-size 2"):
            run(tiny_work, "exp", world_size=3)
        with pytest.raises(InputError, match="cuda:1 is one GPU"):
            run(tiny_work, "exp", world_size=2, device="cuda:1")
    place = {"RANK": 0, "WORLD_SIZE": 4, "LOCAL_RANK": 0, "MASTER_ADDR": "x", "MASTER_PORT": 1}
    for name, value in place.items():
        monkeypatch.setenv(name, str(value))
    with pytest.raises(InputError, match="--world-size 2, but torchrun started 4"):
        run(tiny_work, "exp", world_size=2)


@pytest.mark.slow
def test_two_processes_killed_ten_times(tmp_path):
    """kill -9 of the one that started them: the others end by themselves, all goes on."""
    work = make_tiny_work(tmp_path / "work")
    straight = launched(work, "straight", 8)
    assert straight.wait(300) == 0
    chance, last = random.Random(0), work / "exp" / "last.pt"
    for _ in range(10):
        stamp = last.stat().st_mtime_ns if last.exists() else 0
        process = launched(work, "exp", 8)
        while process.poll() is None:
            if last.exists() and last.stat().st_mtime_ns != stamp:
                break
            time.sleep(0.01)
        time.sleep(chance.random() * 0.15)
        process.kill()
        process.communicate(timeout=60)
    output = launched(work, "exp", 8).communicate(timeout=300)[0]
    states = [load_checkpoint(work / exp / "epoch-8.pt") for exp in ("straight", "exp")]
    assert_equal_states(*states)
    assert "epochs, " in output and not list((work / "exp").glob("*.tmp"))


@pytest.mark.slow
def test_torchrun_on_two_nodes(tiny_work):
    """Two agents of torchrun as on two machines, which meet here: the weights of one process."""
    one = run(tiny_work, "one", num_epochs=3, accumulate=4, max_duration=1.75)
    flags = ["--nnodes", "2", "--nproc-per-node", "2", "--rdzv-backend", "c10d"]
    flags += ["--rdzv-id", "tencha", "--rdzv-endpoint", f"localhost:{free_port()}"]
    words = command(tiny_work, "two", 3)[1:]
    agents = [
        subprocess.Popen(
            [sys.executable, "-m", "torch.distributed.run", *flags, *words, "--max-duration"]
            + ["1.75", "--save-every-n", "1"],
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(2)
    ]
    for agent in agents:
        output = agent.communicate(timeout=600)[0]
        assert agent.returncode == 0, output
    state = load_checkpoint(tiny_work / "two" / "epoch-3.pt")
    assert state["step"] == one.step and len(state["random"]["ranks"]) == 4
    assert_near(one.task.model.state_dict(), state["model"])
