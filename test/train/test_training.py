"""The loop: exact resume, clean stops, skipped steps, clear errors."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import TINY_MODEL, make_tiny_work

from tts.checkpoint import list_epochs, load_checkpoint
from tts.errors import InputError
from tts.files import read_jsonl, write_jsonl
from tts.train.run import train

SMALL = {"max_duration": 2.0, "num_workers": 0, "tensorboard": False, "save_every_n": 1}


def run(work: Path, exp: str, **options):
    """Train the tiny model on the tiny data; returns the trainer."""
    folders = {"exp_dir": str(work / exp), "manifest_dir": str(work / "data" / "fbank")}
    model = options.pop("model", TINY_MODEL)
    options = {"train": {**folders, **SMALL, **options}, "model": model}
    return train("matcha", options, {"name": "ljspeech"}, "ljspeech")


def assert_equal_states(a: dict, b: dict) -> None:
    for part in ("model", "ema"):
        for name in a[part]:
            assert torch.equal(a[part][name], b[part][name]), name
    for index, state in a["optimizer"]["state"].items():
        for name, value in state.items():
            assert torch.equal(value, b["optimizer"]["state"][index][name])
    assert torch.equal(a["random"]["cpu"], b["random"]["cpu"])
    assert (a["epoch"], a["batch"], a["step"]) == (b["epoch"], b["batch"], b["step"])
    assert a["best"] == b["best"]


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


def test_validation_and_pictures_change_nothing(tiny_work):
    """Validating oftener, drawing and logging leave the weights as they are."""
    run(tiny_work, "plain", num_epochs=2)
    run(tiny_work, "watched", num_epochs=2, valid_every=1, tensorboard=True, log_interval=1)
    plain = load_checkpoint(tiny_work / "plain" / "epoch-2.pt")
    watched = load_checkpoint(tiny_work / "watched" / "epoch-2.pt")
    for name, value in plain["model"].items():
        assert torch.equal(value, watched["model"][name])
    assert torch.equal(plain["random"]["cpu"], watched["random"]["cpu"])


def test_tensorboard_names(tiny_work):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    run(tiny_work, "exp", num_epochs=1, tensorboard=True, log_interval=1)
    events = EventAccumulator(str(tiny_work / "exp" / "tensorboard"))
    events.Reload()
    names = set(events.Tags()["scalars"])
    losses = ("dur_loss", "prior_loss", "diff_loss", "tot_loss")
    expected = {f"train/{kind}_{loss}" for kind in ("current", "tot", "valid") for loss in losses}
    extra = {"train/epoch", "train/learning_rate", "train/grad_norm", "train/frames_per_second"}
    assert expected | extra <= names
    assert {"valid/mel", "valid/alignment"} <= set(events.Tags()["images"])


def test_tensorboard_shows_each_step_once_after_going_back(tiny_work):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    options = {"num_epochs": 2, "tensorboard": True, "log_interval": 1}
    steps = run(tiny_work, "exp", **options).step
    run(tiny_work, "exp", start_epoch="2", **options)
    events = EventAccumulator(str(tiny_work / "exp" / "tensorboard"))
    events.Reload()
    shown = [event.step for event in events.Scalars("train/current_tot_loss")]
    assert shown == list(range(1, steps + 1))
    assert len(events.Scalars("train/valid_tot_loss")) == 2


def command(work: Path, exp: str, num_epochs: int = 3) -> list[str]:
    """train.py on the tiny data, as a user types it."""
    root = Path(__file__).resolve().parents[2]
    sets = [f"model.{part}.{k}={v}" for part, d in TINY_MODEL.items() for k, v in d.items()]
    flags = f"--max-duration 2 --num-workers 1 --save-every-steps 1 --num-epochs {num_epochs}"
    return [
        *(sys.executable, str(root / "local" / "train.py"), "--corpus", "ljspeech"),
        *("--work", str(work), "--exp-dir", str(work / exp), "--start-epoch", "auto"),
        *(*flags.split(), "--tensorboard", "0", "--set", *sets),
    ]


ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}


def run_killed(work: Path, exp: str, kill_with: int, delays: list[float]) -> list[int]:
    """Start, kill after each delay counted from the first checkpoint, start again, end."""
    statuses = []
    for delay in delays:
        process = subprocess.Popen(
            command(work, exp), env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        written = work / exp / "last.pt"
        stamp = written.stat().st_mtime_ns if written.exists() else 0
        for _ in range(3000):
            now = written.stat().st_mtime_ns if written.exists() else 0
            if now != stamp or process.poll() is not None:
                break
            time.sleep(0.01)
        time.sleep(delay)
        process.send_signal(kill_with)
        output = process.communicate(timeout=60)[0].decode()
        assert process.returncode in (0, -kill_with, 128 + kill_with), output
        statuses.append(process.returncode)
    subprocess.run(
        command(work, exp), env=ENVIRONMENT, check=True, capture_output=True, timeout=120
    )
    return statuses


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    work = make_tiny_work(tmp_path_factory.mktemp("undisturbed") / "work")
    subprocess.run(command(work, "exp"), env=ENVIRONMENT, check=True, capture_output=True)
    return work


def check_killed(undisturbed: Path, kill_with: int, count: int) -> list[int]:
    exp = f"exp{kill_with}-{count}"
    chance = random.Random(kill_with)
    statuses = run_killed(undisturbed, exp, kill_with, [chance.random() * 0.15] * count)
    expected = load_checkpoint(undisturbed / "exp" / "epoch-3.pt")
    found = load_checkpoint(undisturbed / exp / "epoch-3.pt")
    assert_equal_states(expected, found)
    assert not list((undisturbed / exp).glob("*.tmp"))
    return statuses


@pytest.mark.parametrize("kill_with", [signal.SIGKILL, signal.SIGTERM])
def test_killed_and_resumed_equals_undisturbed(undisturbed, kill_with):
    statuses = check_killed(undisturbed, kill_with, 2)
    if kill_with == signal.SIGTERM:
        assert set(statuses) <= {0, 143} and 143 in statuses


def test_a_signal_to_the_whole_group_saves_and_ends_quietly(undisturbed):
    """As timeout, docker stop and job schedulers send it: the readers get it too."""
    exp = undisturbed / "group"
    process = subprocess.Popen(
        command(undisturbed, "group", 500),
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    while not (exp / "last.pt").exists() and process.poll() is None:
        time.sleep(0.01)
    with pytest.raises(InputError, match=f"in use by process {process.pid}"):
        run(undisturbed, "group", start_epoch="auto")
    os.killpg(process.pid, signal.SIGTERM)
    output = process.communicate(timeout=60)[0].decode()
    assert process.returncode == 143 and "Traceback" not in output, output
    assert "SIGTERM: saved" in output


@pytest.mark.slow
def test_killed_ten_times(undisturbed):
    check_killed(undisturbed, signal.SIGKILL, 10)


@pytest.mark.parametrize("accumulate", [1, 3])
def test_stopped_where_validation_is_due(tiny_work, monkeypatch, accumulate):
    """The stop comes between a step and its validation; the best losses are still equal."""
    from tts.train.loop import Stopped, Trainer

    options = {"num_epochs": 2, "valid_every": 1, "save_every_steps": 1, "accumulate": accumulate}
    run(tiny_work, "straight", **options)
    ordinary = Trainer._step

    def signalled(self, group, run_steps):
        if self.step == 0:
            os.kill(os.getpid(), signal.SIGTERM)
        return ordinary(self, group, run_steps)

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


def test_weights_of_best_and_pruning(tiny_work):
    run(tiny_work, "exp", num_epochs=6, keep_last=2, keep_best=1)
    exp = tiny_work / "exp"
    history = load_checkpoint(exp / "epoch-6.pt")["best"]["epochs"]
    best = min(history, key=history.get)
    assert set(list_epochs(exp)) == {5, 6, best}
    kept = load_checkpoint(exp / "best-valid-loss.pt")
    assert kept["epoch"] == best and "optimizer" not in kept
    assert torch.equal(
        kept["model"]["encoder.emb.weight"],
        load_checkpoint(exp / f"epoch-{best}.pt")["model"]["encoder.emb.weight"],
    )
    assert (exp / "best-train-loss.pt").is_file()


def test_non_finite_losses_are_skipped_counted_and_end_the_run(tiny_work):
    bad = tiny_work / "data" / "fbank" / "feats" / "train3.npy"
    mel = np.load(bad)
    mel[2, 5] = np.nan
    np.save(bad, mel)
    trainer = run(tiny_work, "exp", num_epochs=2)
    assert trainer.skipped == 2 and trainer.epoch == 2
    assert all(torch.isfinite(p).all() for p in trainer.model.parameters())
    with pytest.raises(InputError, match=r"train3.*--max-skipped 3"):
        run(tiny_work, "exp2", num_epochs=9, max_skipped=3)


def test_fp16_goes_on_after_a_skipped_step(tiny_work, monkeypatch):
    """The scaler takes one unscaling between two updates; on the CPU for want of a GPU."""
    monkeypatch.setattr("tts.train.run.choose_device", lambda _config: torch.device("cpu"))
    bad = tiny_work / "data" / "fbank" / "feats" / "train3.npy"
    mel = np.load(bad)
    mel[2, 5] = np.nan
    np.save(bad, mel)
    run(tiny_work, "exp", num_epochs=1)
    trainer = run(tiny_work, "exp", num_epochs=2, precision="fp16", start_epoch="2")
    assert trainer.skipped == 2 and trainer.epoch == 2
    assert all(torch.isfinite(p).all() for p in trainer.model.parameters())


def test_out_of_memory_names_the_batch(tiny_work, monkeypatch):
    from tts.models.matcha import Matcha

    def fail(self, batch):
        raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")

    monkeypatch.setattr(Matcha, "forward", fail)
    with pytest.raises(InputError, match=r"out of memory.*train\d+.*--max-duration"):
        run(tiny_work, "exp", num_epochs=1)


def test_gradient_clipping_and_schedule(tiny_work):
    from tts.train.config import TrainConfig
    from tts.train.schedule import learning_rate

    config = TrainConfig(lr=1.0, warmup_steps=10, lr_schedule="cosine", lr_final=0.1)
    assert learning_rate(config, 0, 100) == pytest.approx(0.1)
    assert learning_rate(config, 9, 100) == pytest.approx(1.0)
    assert learning_rate(config, 55, 100) == pytest.approx(0.55)
    assert learning_rate(config, 500, 100) == pytest.approx(0.1)
    frozen = run(tiny_work, "frozen", num_epochs=1, clip_norm=1e-12, lr=1e-4)
    free = run(tiny_work, "free", num_epochs=1)
    assert frozen.step == free.step


def test_average_lags_behind_the_weights(tiny_work):
    trainer = run(tiny_work, "exp", num_epochs=2)
    state = trainer.state()
    name = "encoder.proj_m.weight"
    assert not torch.equal(state["ema"][name], state["model"][name])
    without = run(tiny_work, "none", num_epochs=2, ema_decay=0.0)
    assert without.state()["ema"] is None
    assert torch.equal(without.state()["model"][name], state["model"][name])


def test_accumulation_of_two_batches_is_one_step_on_their_mean(tiny_work):
    trainer = run(tiny_work, "exp", num_epochs=1, accumulate=1000)
    assert trainer.step == 1


def test_bf16_is_near_fp32(tiny_work):
    means = []
    for precision in ("fp32", "bf16"):
        trainer = run(tiny_work, precision, num_epochs=1, precision=precision)
        means.append(trainer.best["valid"])
    assert means[0] == pytest.approx(means[1], rel=0.02) and means[0] != means[1]


def test_initial_weights_of_published_checkpoints(tiny_work):
    first = run(tiny_work, "first", num_epochs=1)
    foreign = tiny_work / "epoch-2000.pt"
    weights = {k: v.clone() for k, v in first.model.state_dict().items()}
    torch.save({"model": weights, "exp_dir": Path("/somewhere"), "sampler": None}, foreign)
    second = run(tiny_work, "second", num_epochs=1, init_from=str(foreign), lr=1e-12)
    for name, value in weights.items():
        torch.testing.assert_close(second.model.state_dict()[name], value, atol=1e-6, rtol=0)
    weights["encoder.emb.weight"] = torch.zeros(178, 16)
    torch.save({"model": weights}, foreign)
    with pytest.raises(InputError, match=r"178 tokens.*9.*--frontend espeak"):
        run(tiny_work, "third", num_epochs=1, init_from=str(foreign))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"start_epoch": "7"}, r"epoch-6.pt does not exist.*epoch-2.pt"),
        ({"start_epoch": "x"}, "1, 2, ... or auto"),
        ({"max_duraton": 3}, "nearest: max_duration"),
        ({"start_epoch": "3", "model": {"decoder": {"channels": [8, 8]}}}, "another model"),
        ({"init_from": "/nowhere.pt"}, "/nowhere.pt does not exist"),
        ({"loss_weights": {"dur": 2.0}}, "losses are dur_loss"),
        ({"world_size": 2}, "--world-size 1"),
        ({"use_fp16": True, "device": "cpu"}, "fp16 needs a GPU"),
        ({"device": "tpuu"}, "use auto, cpu"),
        ({"device": "meta"}, "use auto, cpu"),
        ({"device": "cuda:99"}, r"torch sees \d+ CUDA devices"),
        ({"log_interval": 0}, "--log-interval 0: must be 1 or more"),
        ({"max_duration": 0.0}, r"--max-duration 0.0: must be greater than 0"),
        ({"lr": float("nan")}, "--lr nan: must be greater than 0"),
        ({"ema_decay": 1.0}, "--ema-decay 1.0: must be below 1"),
        ({"model": 3}, "model = 3: must be a table"),
    ],
)
def test_clear_errors(tiny_work, options, message):
    run(tiny_work, "exp", num_epochs=2)
    with pytest.raises(InputError, match=message):
        run(tiny_work, "exp", **{"num_epochs": 4, **options})


def test_missing_and_damaged_data(tiny_work):
    cuts = tiny_work / "data" / "fbank" / "ljspeech_cuts_train.jsonl.gz"
    content = cuts.read_bytes()
    cuts.write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError, match=r"cuts_train.jsonl.gz, after line \d+: damaged"):
        run(tiny_work, "exp")
    cuts.unlink()
    with pytest.raises(InputError, match="does not exist"):
        run(tiny_work, "exp")
    (tiny_work / "data" / "tokens.txt").unlink()
    with pytest.raises(InputError, match=r"run prepare.sh first"):
        run(tiny_work, "exp")


def test_foreign_checkpoints_are_not_resumed(tiny_work):
    (tiny_work / "exp").mkdir()
    torch.save({"model": {}, "optimizer": {}}, tiny_work / "exp" / "epoch-4.pt")  # as icefall's
    for start in ("5", "auto"):
        with pytest.raises(InputError, match=r"epoch-4.pt cannot be resumed.*--init-from"):
            run(tiny_work, "exp", start_epoch=start)


@pytest.mark.parametrize("num_workers", [0, 1])
def test_damaged_features_are_named_from_any_process(tiny_work, num_workers):
    (tiny_work / "data" / "fbank" / "feats" / "train3.npy").write_bytes(b"\x93NUMPY broken")
    with pytest.raises(InputError, match=r"^features of train3: .*stage fbank again$"):
        run(tiny_work, "exp", num_workers=num_workers)


def test_data_behind_a_link(tiny_work):
    """A data folder kept on another disk, under another name."""
    (tiny_work / "data").rename(tiny_work.parent / "elsewhere")
    (tiny_work / "data").symlink_to(tiny_work.parent / "elsewhere")
    assert run(tiny_work, "exp", num_epochs=1).epoch == 1


def test_manifests_that_cannot_be_used(tiny_work):
    cuts = tiny_work / "data" / "fbank" / "ljspeech_cuts_train.jsonl.gz"
    items = list(read_jsonl(cuts))
    items[1]["features"]["num_frames"] = 3
    write_jsonl(cuts, items)
    with pytest.raises(InputError, match=r"1 utterances have fewer mel frames.*: train1\."):
        run(tiny_work, "exp")
    del items[1]["custom"]
    write_jsonl(cuts, items)
    with pytest.raises(InputError, match=r"line 2: no cut of this project's \('custom'"):
        run(tiny_work, "exp")


def test_damaged_checkpoints_are_passed_over(tiny_work, capsys):
    run(tiny_work, "exp", num_epochs=3)
    last = tiny_work / "exp" / "epoch-3.pt"
    last.write_bytes(last.read_bytes()[:5000])
    trainer = run(tiny_work, "exp", num_epochs=3, start_epoch="auto")
    assert trainer.epoch == 3
    assert "epoch-3.pt is damaged" in capsys.readouterr().out
    load_checkpoint(last)
