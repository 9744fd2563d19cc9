"""Reading checkpoints without executing anything, averaging, choosing."""

from __future__ import annotations

import os
import pathlib

import pytest
import torch

from tts.checkpoint import (
    average_weights,
    latest_checkpoint,
    list_epochs,
    load_checkpoint,
    save_checkpoint,
)
from tts.errors import InputError


class Runs:
    """An object whose unpickling runs a command."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return os.system, (f"touch {self.marker}",)


def test_paths_are_read_and_code_is_refused_by_name(tmp_path):
    good = tmp_path / "good.pt"
    content = {"model": {"w": torch.ones(2)}, "exp_dir": pathlib.Path("/a/b"), "lr": 1e-4}
    torch.save(content, good)
    read = load_checkpoint(good)
    assert str(read["exp_dir"]) == "/a/b" and torch.equal(read["model"]["w"], torch.ones(2))
    marker = tmp_path / "ran"
    bad = tmp_path / "bad.pt"
    torch.save({"model": Runs(marker)}, bad)
    with pytest.raises(InputError, match=r"refused: it holds posix.system"):
        load_checkpoint(bad)
    assert not marker.exists()


def test_missing_and_damaged(tmp_path):
    save_checkpoint(tmp_path / "epoch-3.pt", {"model": {}})
    with pytest.raises(InputError, match=r"epoch-4.pt does not exist.*epoch-3.pt"):
        load_checkpoint(tmp_path / "epoch-4.pt")
    (tmp_path / "epoch-4.pt").write_bytes(b"not a checkpoint")
    with pytest.raises(InputError, match="damaged or no checkpoint"):
        load_checkpoint(tmp_path / "epoch-4.pt")
    torch.save([1, 2], tmp_path / "epoch-5.pt")
    with pytest.raises(InputError, match="holds a list"):
        load_checkpoint(tmp_path / "epoch-5.pt")
    assert list_epochs(tmp_path) == [3, 4, 5]


def test_latest_prefers_more_steps(tmp_path):
    assert latest_checkpoint(tmp_path) is None
    save_checkpoint(tmp_path / "epoch-1.pt", {"model": {}, "step": 10})
    save_checkpoint(tmp_path / "epoch-2.pt", {"model": {}, "step": 20})
    assert latest_checkpoint(tmp_path)[0].name == "epoch-2.pt"
    save_checkpoint(tmp_path / "last.pt", {"model": {}, "step": 15})
    assert latest_checkpoint(tmp_path)[0].name == "epoch-2.pt"
    save_checkpoint(tmp_path / "last.pt", {"model": {}, "step": 25})
    assert latest_checkpoint(tmp_path)[0].name == "last.pt"
    # Saved at the last step of an epoch, and after its end: the end is farther.
    save_checkpoint(tmp_path / "epoch-3.pt", {"model": {}, "step": 25, "epoch": 3})
    save_checkpoint(tmp_path / "last.pt", {"model": {}, "step": 25, "epoch": 2, "batch": 5})
    assert latest_checkpoint(tmp_path)[0].name == "epoch-3.pt"


def test_average(tmp_path):
    for epoch, value in ((1, 1.0), (2, 4.0)):
        weights = {"w": torch.full((2,), value), "n": torch.tensor(epoch)}
        save_checkpoint(tmp_path / f"epoch-{epoch}.pt", {"model": weights, "ema": None})
    mean = average_weights([tmp_path / "epoch-1.pt", tmp_path / "epoch-2.pt"], "ema")
    assert mean["w"].tolist() == [2.5, 2.5] and mean["w"].dtype == torch.float32
    assert mean["n"] == 2
    save_checkpoint(tmp_path / "epoch-3.pt", {"model": {"other": torch.ones(1)}})
    with pytest.raises(InputError, match="another model"):
        average_weights([tmp_path / "epoch-1.pt", tmp_path / "epoch-3.pt"], "raw")


def test_a_failed_write_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "epoch-1.pt"
    save_checkpoint(path, {"step": 1})
    before = path.read_bytes()

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(InputError, match=r"No space left.*MB are free"):
        save_checkpoint(path, {"step": 2})
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]
