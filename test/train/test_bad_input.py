"""What cannot be used is named before the first step, or where it is met."""

from __future__ import annotations

import copy
import tempfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from conftest import make_tiny_work
from runs import run

from tts.config import from_dict, write_toml
from tts.errors import InputError
from tts.files import read_jsonl, write_jsonl
from tts.mel import MelConfig
from tts.train.acoustic_checkpoint import check_acoustic


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run of two epochs, which no test of an error changes."""
    work = make_tiny_work(tmp_path_factory.mktemp("trained") / "work")
    run(work, "exp", num_epochs=2)
    return work


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
def test_clear_errors(trained, options, message):
    with pytest.raises(InputError, match=message):
        run(trained, "exp", **{"num_epochs": 4, **options})


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


def test_a_checkpoint_of_another_model_or_table(tiny_work):
    run(tiny_work, "exp", num_epochs=1)
    path = tiny_work / "exp" / "epoch-1.pt"
    content = torch.load(path)
    other = {**content, "config": {**content["config"], "model": {"name": "matchmaker"}}}
    torch.save(other, path)
    with pytest.raises(InputError, match=r"epoch-1.pt is .* of the model matchmaker, not of mat"):
        run(tiny_work, "exp", num_epochs=2, start_epoch="2")
    torch.save(content, path)
    tokens = tiny_work / "data" / "tokens.txt"
    tokens.write_text(tokens.read_text() + "i 9\n")
    for start in ("2", "auto"):
        with pytest.raises(InputError, match="another token table than this data's"):
            run(tiny_work, "exp", num_epochs=2, start_epoch=start)


def test_other_data_and_another_machine_are_said(tiny_work, capsys):
    run(tiny_work, "exp", num_epochs=1)
    path = tiny_work / "exp" / "epoch-1.pt"
    content = torch.load(path)
    content["config"]["machine"]["torch"] = "1.0"
    torch.save(content, path)
    cuts = tiny_work / "data" / "fbank" / "ljspeech_cuts_train.jsonl.gz"
    write_jsonl(cuts, list(read_jsonl(cuts))[:-1])
    run(tiny_work, "exp", num_epochs=2, start_epoch="auto")
    output = capsys.readouterr().out
    assert "not exactly the same run: torch was 1.0, is " in output
    assert "the training data are others: 12 utterances then, 11 now" in output
    run(tiny_work, "exp", num_epochs=3, start_epoch="auto")
    assert "not exactly" not in capsys.readouterr().out


@pytest.mark.parametrize("split", ["train", "valid"])
def test_an_empty_split(tiny_work, split):
    write_jsonl(tiny_work / "data" / "fbank" / f"ljspeech_cuts_{split}.jsonl.gz", [])
    with pytest.raises(InputError, match=rf"cuts_{split}.jsonl.gz is empty: no utterance"):
        run(tiny_work, "exp")


@pytest.mark.parametrize("value", [np.nan, -np.inf])
def test_features_that_are_not_finite(tiny_work, capsys, value):
    """Named when they are packed; from single files by the steps they spoil."""
    for name in ("train3", "train7", "valid1"):
        path = tiny_work / "data" / "fbank" / "feats" / f"{name}.npy"
        mel = np.load(path)
        mel[1, 2] = value
        np.save(path, mel)
    with pytest.raises(InputError, match=r"train.bin: 2 utterances .* not finite .*train3, train7"):
        run(tiny_work, "exp")
    assert not list((tiny_work / "data" / "fbank").glob("*.bin"))
    trainer = run(tiny_work, "exp", num_epochs=1, packed="0")
    lines = capsys.readouterr().out.splitlines()
    spoilt = [line for line in lines if "step skipped" in line]
    assert len(spoilt) == trainer.step_log.skipped > 0
    assert all("utterances: " in line for line in spoilt)
    assert any("train3" in line for line in spoilt) and any("train7" in line for line in spoilt)
    assert any("validation: losses" in line and "valid1" in line for line in lines)


def test_a_folder_that_cannot_be_written(tiny_work):
    (tiny_work / "file").write_text("")
    with pytest.raises(InputError, match=r"exp cannot be written: Not a directory; choose"):
        run(tiny_work, "file/exp")


def test_a_read_only_folder(tiny_work, monkeypatch):
    """As a disk that became read-only after its lock file was made."""
    ordinary = tempfile.TemporaryFile

    def refuse(*args, **kwargs):
        if str(kwargs.get("dir")).endswith("exp"):
            raise OSError(30, "Read-only file system")
        return ordinary(*args, **kwargs)

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    with pytest.raises(InputError, match=r"exp cannot be written: Read-only file system; choose"):
        run(tiny_work, "exp")


def test_no_room_for_checkpoints_is_known_before_the_first_step(tiny_work, monkeypatch, capsys):
    def free(size):
        monkeypatch.setattr("tts.train.preflight.disk_usage", lambda _: SimpleNamespace(free=size))

    free(300_000)
    with pytest.raises(InputError, match=r"exp has room for 0 MB; a checkpoint takes 1 MB"):
        run(tiny_work, "exp", packed="0")
    assert not list((tiny_work / "exp").glob("*.pt"))
    free(3_000_000)
    run(tiny_work, "exp", num_epochs=1, packed="0")
    assert "the checkpoints kept come to" not in capsys.readouterr().out
    run(tiny_work, "exp", num_epochs=9, start_epoch="auto", packed="0")
    assert "the checkpoints kept come to 9 MB: make room" in capsys.readouterr().out


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
    weights = {k: v.clone() for k, v in first.task.model.state_dict().items()}
    torch.save({"model": weights, "exp_dir": Path("/somewhere"), "sampler": None}, foreign)
    second = run(tiny_work, "second", num_epochs=1, init_from=str(foreign), lr=1e-12)
    for name, value in weights.items():
        torch.testing.assert_close(second.task.model.state_dict()[name], value, atol=1e-6, rtol=0)
    width = weights["encoder.emb.weight"].shape
    weights["encoder.emb.weight"] = torch.zeros(width[0], width[1] + 2)
    torch.save({"model": weights}, foreign)
    with pytest.raises(InputError, match=r"emb.weight \(9, 18\) instead of \(9, 16\)"):
        run(tiny_work, "third", num_epochs=1, init_from=str(foreign))
    weights["encoder.emb.weight"] = torch.zeros(178, 16)
    torch.save({"model": weights}, foreign)
    with pytest.raises(InputError, match=r"178 tokens.*9.*--frontend espeak"):
        run(tiny_work, "third", num_epochs=1, init_from=str(foreign))


def test_what_of_a_model_a_resumed_run_may_change(tiny_work):
    """Durations stored instead of searched is said; other sizes are refused; gaps are defaults."""
    run(tiny_work, "exp", num_epochs=1)
    path = tiny_work / "exp" / "epoch-1.pt"
    content = torch.load(path, weights_only=True)
    now = copy.deepcopy(content["config"])
    assert check_acoustic(path, content, now, content["tokens"]) == []
    now["model"]["durations"] = "stored"
    sentences = check_acoustic(path, content, now, content["tokens"])
    assert sentences == ["model.durations was search, is stored"]
    del content["config"]["model"]["durations"]
    assert check_acoustic(path, content, now, content["tokens"]) == sentences
    now["model"]["encoder"]["channels"] += 2
    with pytest.raises(InputError, match=r"another model \(encoder differ"):
        check_acoustic(path, content, now, content["tokens"])


def test_initial_weights_of_a_folder(tiny_work):
    run(tiny_work, "first", num_epochs=1)
    folder = str(tiny_work / "first")
    with pytest.raises(InputError, match=r"first is a folder: .*best-valid-loss.pt, epoch"):
        run(tiny_work, "second", num_epochs=1, init_from=folder)


def test_tokens_of_initial_weights_of_a_model_without_encoder_table():
    """FastSpeech 2 keeps its embedding under another name."""
    from tts.models.facts import Facts
    from tts.models.fastspeech2 import FastSpeech2
    from tts.train.acoustic_checkpoint import load_initial

    block = {"channels": 8, "filter_channels": 8, "num_layers": 1}
    options = {"encoder": block, "decoder": block, "variance": {"channels": 8}}
    config = from_dict(FastSpeech2.Config, options)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "epoch-1.pt")
        torch.save({"model": FastSpeech2(config, Facts(30)).state_dict()}, path)
        with pytest.raises(InputError, match=r"trained with 30 tokens, this data's .* has 20"):
            load_initial(FastSpeech2(config, Facts(20)), path, "")


def test_two_speakers_are_named_before_the_first_step(tiny_work):
    """One name for all, or none, is one speaker; in the training set's manifest."""
    cuts = tiny_work / "data" / "fbank" / "ljspeech_cuts_train.jsonl.gz"
    items = list(read_jsonl(cuts))
    for number, name in enumerate(["Ada", "Ada", "Bea"]):
        items[number]["supervisions"] = [{"id": "a", "speaker": name}]
    write_jsonl(cuts, items)
    with pytest.raises(InputError, match=r"2 speakers \(Ada, Bea\), the model matcha learns one"):
        run(tiny_work, "exp", num_epochs=1)
    assert not list((tiny_work / "exp").glob("*.pt"))
    items[2]["supervisions"][0]["speaker"] = "Ada"
    write_jsonl(cuts, items)
    assert run(tiny_work, "exp", num_epochs=1).task.data.facts.speakers == ("Ada",)


def test_a_vocoder_of_other_features_is_said_before_anything_is_packed(tiny_work):
    from tts.vocoders.hifigan import V2, Hifigan

    torch.save({"generator": Hifigan(V2, MelConfig()).state_dict()}, tiny_work / "generator_v2")
    write_toml(tiny_work / "data" / "mel.toml", {"hop_length": 200})
    with pytest.raises(InputError, match=r"(?s)_v2 .*hop_length=200.*hop_length=256"):
        run(tiny_work, "exp", num_epochs=1, vocoder=str(tiny_work / "generator_v2"))
    assert not list((tiny_work / "data" / "fbank").glob("*.bin"))
    with pytest.raises(InputError, match=r"nowhere.pt does not exist"):
        run(tiny_work, "exp", num_epochs=1, vocoder=str(tiny_work / "nowhere.pt"))
