"""Where a run's batches come from changes none of its numbers."""

from __future__ import annotations

import os
import signal

import pytest
import torch
from conftest import make_tiny_work
from runs import assert_equal_states, run

from tts.checkpoint import load_checkpoint
from tts.data.loader import make_loader
from tts.data.shards import write_shards
from tts.errors import InputError
from tts.mel import MelConfig
from tts.text.tokens import TokenTable
from tts.train.config import TrainConfig
from tts.train.signals import Stopped

SOURCES = {
    "packed": {"packed": "1"},
    "packed, two workers": {"packed": "1", "num_workers": 2},
    "on device": {"packed": "0", "data_on_device": "1"},
    "packed and on device": {"packed": "1", "data_on_device": "1"},
    "shards": {"shar": "shar", "num_workers": 2},
}


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """The last checkpoint of a run that reads .npy files in its own process."""
    work = make_tiny_work(tmp_path_factory.mktemp("plain"))
    run(work, "exp", num_epochs=2, packed="0", data_on_device="0")
    return load_checkpoint(work / "exp" / "epoch-2.pt")


def stop_after_two_steps(work, monkeypatch, **options) -> None:
    """Told to stop in the second step, as a scheduler would; the first epoch has four."""
    step, calls = torch.optim.Adam.step, []

    def counted(*arguments, **named):
        calls.append(1)
        if len(calls) == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        return step(*arguments, **named)

    with monkeypatch.context() as patched, pytest.raises(Stopped):
        patched.setattr(torch.optim.Adam, "step", counted)
        run(work, "exp", **options)
    assert load_checkpoint(work / "exp" / "last.pt")["batch"] == 2


@pytest.mark.parametrize("source", SOURCES)
def test_resumed_inside_an_epoch_from_any_source(tiny_work, plain, source, monkeypatch):
    """Stopped, then continued: the plain, undisturbed run bit for bit."""
    monkeypatch.chdir(tiny_work)
    for split in ("train", "valid"):
        cuts = tiny_work / "data" / "fbank" / f"ljspeech_cuts_{split}.jsonl.gz"
        write_shards(cuts, tiny_work, tiny_work / "shar" / split, 4)
    options = {"num_epochs": 2, "data_on_device": "0", **SOURCES[source]}
    stop_after_two_steps(tiny_work, monkeypatch, **options)
    torch.manual_seed(99)
    run(tiny_work, "exp", start_epoch="auto", **options)
    assert_equal_states(plain, load_checkpoint(tiny_work / "exp" / "epoch-2.pt"))


def test_readers_that_are_no_forks_change_nothing(tiny_work, plain, monkeypatch):
    """As on CUDA: new processes, started once; stopped inside an epoch and continued."""
    import tts.train.loaders as loaders

    made = []

    def clean(*arguments, **named):
        made.append(make_loader(*arguments, **{**named, "clean_readers": True}))
        return made[-1]

    monkeypatch.setattr(loaders, "make_loader", clean)
    options = {"num_epochs": 2, "data_on_device": "0", "packed": "1", "num_workers": 2}
    stop_after_two_steps(tiny_work, monkeypatch, **options)
    run(tiny_work, "exp", start_epoch="auto", **options)
    assert_equal_states(plain, load_checkpoint(tiny_work / "exp" / "epoch-2.pt"))
    training = [loader for loader in made if loader.num_workers]
    assert len(training) == 2 and all(loader.persistent_workers for loader in training)
    assert {loader.multiprocessing_context.get_start_method() for loader in training} == {"spawn"}


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_readers_are_forked_on_a_cpu_alone(tiny_work, monkeypatch, device):
    """A fork of a process that has started CUDA is not safe."""
    import tts.train.loaders as loaders

    asked = []
    monkeypatch.setattr(loaders, "make_loader", lambda *a, **k: asked.append(k["clean_readers"]))
    monkeypatch.setattr(loaders, "fits", lambda *_: False)
    config = TrainConfig(manifest_dir=str(tiny_work / "data" / "fbank"), max_duration=2.0)
    table = TokenTable.read(tiny_work / "data" / "tokens.txt")
    splits = loaders.read_splits(config, tiny_work, "ljspeech", table, "blank")
    loaders.make_loaders(config, splits, table, MelConfig(), torch.device(device))
    assert asked == [device == "cuda"] * 2


def test_features_are_packed_once_and_said_so(tiny_work, capsys):
    run(tiny_work, "one", num_epochs=1)
    output = capsys.readouterr().out
    assert "packing the features of 12 utterances" in output
    assert "packing the features of 2 utterances" in output
    run(tiny_work, "two", num_epochs=1)
    assert "packing" not in capsys.readouterr().out


def test_a_full_disk_does_not_keep_auto_from_training(tiny_work, monkeypatch, capsys):
    monkeypatch.setattr(
        "tts.data.packed_file.shutil.disk_usage", lambda _: type("", (), {"free": 9})
    )
    with pytest.raises(InputError, match=r"cannot be packed .*--packed 0"):
        run(tiny_work, "exp", num_epochs=1, packed="1")
    assert run(tiny_work, "exp", num_epochs=1).epoch == 1
    assert "reading the .npy files" in capsys.readouterr().out


def test_a_folder_without_shards_is_named(tiny_work):
    with pytest.raises(InputError, match=r"holds no cuts.*write_shards.py"):
        run(tiny_work, "exp", shar=str(tiny_work))
