"""What cannot be used is named before the first step, or where it is met."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from runs import run

from tts.errors import InputError
from tts.files import read_jsonl, write_jsonl


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"start_epoch": "7"}, r"epoch-6.pt does not exist.*epoch-2.pt"),
        ({"start_epoch": "x"}, "1, 2, ... or auto"),
        ({"max_duraton": 3}, "nearest: max_duration"),
        ({"start_epoch": "3", "model": {"decoder": {"channels": [8, 8]}}}, "another model"),
        ({"init_from": "/nowhere.pt"}, "/nowhere.pt does not exist"),
        ({"loss_weights": {"dur": 2.0}}, "losses are dur_loss"),
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


def test_out_of_memory_names_the_batch(tiny_work, monkeypatch):
    from tts.models.matcha import Matcha

    def fail(self, batch):
        raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")

    monkeypatch.setattr(Matcha, "forward", fail)
    with pytest.raises(InputError, match=r"out of memory.*train\d+.*--max-duration"):
        run(tiny_work, "exp", num_epochs=1)


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
