"""The shared loop trains what is no acoustic model: two networks, two optimisers, own data."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from tts.checkpoint import load_checkpoint
from tts.config import from_dict, read_toml
from tts.errors import InputError
from tts.train.config import RunConfig
from tts.train.launch import Job
from tts.train.loop import Trainer
from tts.train.loss_sums import LossSums
from tts.train.monitor import Monitor
from tts.train.random_state import fixed_noise
from tts.train.run import run_task
from tts.train.signals import Stopped
from tts.train.task import Place, Task
from tts.train.updater import Updater, exchanging


class RandomPlan:
    """Say which vectors form the batches of an epoch."""

    def __init__(self, seed: int, world):
        self.seed, self.world, self.epoch, self.start = seed, world, 1, 0

    def batches(self, epoch: int) -> list[list[int]]:
        order = list(range(20))
        random.Random(f"{self.seed}-{epoch}").shuffle(order)
        return [order[i : i + 4] for i in range(0, 20, 4)]

    def own(self) -> list[list[int]]:
        return self.batches(self.epoch)[self.start + self.world.rank :: self.world.size]


class Adversaries(Task):
    """Train a generator of vectors against a discriminator."""

    name = "adversaries"
    items = range(20)

    def __init__(self, place: Place):
        self.config, self.world = place.config, place.world
        self.facts = {"model": {"name": self.name, "channels": 8}}
        self.generator, self.discriminator = (
            nn.Sequential(nn.Linear(8, 8), nn.Dropout(0.2), nn.Tanh(), nn.Linear(8, out))
            for out in (8, 1)
        )
        self.updaters = [
            Updater(self.generator, self.config, place.device),
            Updater(self.discriminator, self.config, place.device, average=False),
        ]
        self.wrapped = [self.generator, self.discriminator]
        if self.world.size > 1:
            self.wrapped = [exchanging(network) for network in self.wrapped]
        self.sums = LossSums(self.world, place.device)

    @property
    def losses(self) -> Sequence[str]:
        return self.sums.names

    def open_data(self) -> None:
        self.plan = RandomPlan(self.config.seed, self.world)
        self.vectors = torch.randn(20, 8, generator=torch.Generator().manual_seed(0))

    def batches(self) -> Iterator[Tensor]:
        self.generator.train()
        return (self.vectors[batch] for batch in self.plan.own())

    def step(self, batches, seeds, count, rate) -> Tensor:
        (seed,) = seeds
        real = next(batches)
        torch.manual_seed(seed)
        generator, discriminator = self.updaters
        made = self.wrapped[0](torch.randn(len(real), 8))
        discriminator.begin(rate)
        scores = self.wrapped[1](torch.cat([real, made.detach()]))
        d_loss = (scores[: len(real)] - 1).square().mean() + scores[len(real) :].square().mean()
        discriminator.backward(d_loss)
        discriminator.update(d_loss)
        generator.begin(rate)
        g_loss = (self.discriminator(made) - 1).square().mean()
        generator.backward(g_loss)
        self.sums.add({"d_loss": d_loss, "tot_loss": g_loss}, len(real))
        sums = self.sums.take()
        return torch.cat([sums, generator.update(sums[-1])])

    @torch.no_grad()
    def validate(self, monitor: Monitor, epoch: int, step: int) -> float:
        self.generator.eval()
        average = self.updaters[0].average
        with (
            fixed_noise(self.config.seed, torch.device("cpu")),
            average.in_place_of(self.generator),
        ):
            made = self.generator(torch.randn(20, 8))
        self.generator.train()
        return float((made.mean(0) - self.vectors.mean(0)).abs().mean())

    def num_bytes(self) -> tuple[int, int]:
        complete, weights = zip(*(updater.num_bytes() for updater in self.updaters), strict=True)
        return sum(complete), sum(weights)

    def weights(self) -> dict:
        return self.updaters[0].weights()

    def state(self) -> dict:
        generator, other = self.updaters
        return {**generator.state(), "discriminator": {**other.weights(), **other.state()}}

    def restore(self, content: dict) -> None:
        self.updaters[0].restore(content)
        self.updaters[1].restore(content["discriminator"])


def train(options: dict) -> Trainer | None:
    options = {"tensorboard": False, "precision": "fp32", "save_every_n": 1, **options}
    config = from_dict(RunConfig, options)
    return run_task(config, Adversaries, Job("test_task:train", {"options": options}))


def state_of(folder: Path, epoch: int) -> dict:
    return load_checkpoint(folder / f"epoch-{epoch}.pt")


def assert_same(a: object, b: object, where: str = "") -> None:
    """Equal to the bit, whatever is nested in what."""
    if isinstance(a, dict):
        assert a.keys() == b.keys(), where
        for name in a:
            if name not in ("exp_dir", "start_epoch", "num_epochs", "save_every_steps"):
                assert_same(a[name], b[name], f"{where}.{name}")
    elif isinstance(a, list):
        assert len(a) == len(b), where
        for index, pair in enumerate(zip(a, b, strict=True)):
            assert_same(*pair, f"{where}.{index}")
    elif isinstance(a, Tensor):
        assert torch.equal(a, b), where
    else:
        assert a == b, where


def test_stopped_and_continued_equals_undisturbed(tmp_path, monkeypatch):
    """Told to stop in the third step of five; every bit of the checkpoint is the same."""
    train({"exp_dir": str(tmp_path / "plain"), "num_epochs": 3})
    step = Adversaries.step

    def signalled(self, *arguments):
        values = step(self, *arguments)
        if self.discriminator.training and not hasattr(self, "told"):
            self.told = 0
        self.told += 1
        if self.told == 3:
            os.kill(os.getpid(), signal.SIGTERM)
        return values

    options = {"exp_dir": str(tmp_path / "stopped"), "start_epoch": "auto"}
    with monkeypatch.context() as patch, pytest.raises(Stopped):
        patch.setattr(Adversaries, "step", signalled)
        train({**options, "num_epochs": 3})
    assert load_checkpoint(tmp_path / "stopped" / "last.pt")["batch"] == 3
    torch.manual_seed(99)
    trainer = train({**options, "num_epochs": 3})
    assert trainer.step == 15
    assert_same(*(state_of(tmp_path / exp, 3) for exp in ("plain", "stopped")))
    records = [(tmp_path / exp / "losses.csv").read_text() for exp in ("plain", "stopped")]
    assert records[0] == records[1]
    assert records[0].splitlines()[0] == "step,epoch,batch,d_loss,tot_loss,grad_norm,learning_rate"
    assert read_toml(tmp_path / "plain" / "config.toml")["model"]["channels"] == 8


def test_killed_and_continued_equals_undisturbed(tmp_path):
    """kill -9 at a random moment after a checkpoint, in a process of its own."""
    options = {"num_epochs": 40, "save_every_n": 40, "save_every_steps": 1, "start_epoch": "auto"}
    train({**options, "exp_dir": str(tmp_path / "plain")})
    killed = {**options, "exp_dir": str(tmp_path / "killed")}
    test = Path(__file__).parent
    code = f"import sys; sys.path[:0] = {[str(test), str(test.parents[1])]!r}\n"
    code += "import torch; torch.set_num_threads(" + str(torch.get_num_threads()) + ")\n"
    code += f"from test_task import train; train({killed!r})"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.DEVNULL)
    written = tmp_path / "killed" / "last.pt"
    while process.poll() is None and not written.exists():
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert written.exists()
    train(killed)
    assert_same(*(state_of(tmp_path / exp, 40) for exp in ("plain", "killed")))


def test_two_processes_share_the_loop(tmp_path, monkeypatch):
    """Five batches an epoch on two processes need an even number: four are used."""
    monkeypatch.setattr(
        "tts.train.launch._PACKAGE_ROOT", f"{Path(__file__).parents[2]}:{Path(__file__).parent}"
    )
    options = {"exp_dir": str(tmp_path / "two"), "num_epochs": 1, "world_size": 2, "max_steps": 2}
    assert train({**options, "master_port": free_port()}) is None
    state = load_checkpoint(tmp_path / "two" / "last.pt")
    assert (state["step"], state["batch"]) == (2, 4) and len(state["random"]["ranks"]) == 2


def free_port() -> int:
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def test_a_checkpoint_of_another_task_is_refused(tmp_path, monkeypatch):
    options = {"exp_dir": str(tmp_path / "exp"), "start_epoch": "auto"}
    train({**options, "num_epochs": 1})
    monkeypatch.setattr(Adversaries, "name", "others")
    with pytest.raises(InputError, match=r"of the model adversaries, not of others"):
        train({**options, "num_epochs": 2})


def test_shared_modules_know_no_acoustic_ones():
    """What the loop imports, in a fresh process, holds neither batches, tokens nor models."""
    code = "import sys, tts.train.run; print(*sorted(m for m in sys.modules if m[:4] == 'tts.'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "tts.train.loop" in loaded
    acoustic = {"tts.batch", "tts.models", "tts.text", "tts.data", "tts.features", "tts.align"}
    acoustic |= {f"tts.train.{name}" for name in ("acoustic", "loaders", "memory", "prepared")}
    assert not {module for module in loaded if module in acoustic}
