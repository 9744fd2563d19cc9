"""Durations and contours in the batches: from every source the same, and what is said if not."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pytest
import torch
from conftest import TINY_MODEL, add_tiny_inputs
from runs import SMALL, assert_equal_states, run
from test_loaders import SOURCES, stop_after_two_steps

from tts.align.durations import durations_path, read_durations
from tts.checkpoint import load_checkpoint
from tts.data.packed_file import pack_arrays
from tts.data.shards import write_shards
from tts.errors import InputError
from tts.mel import MelConfig
from tts.text.tokens import TokenTable
from tts.train.acoustic import train
from tts.train.config import TrainConfig
from tts.train.loaders import make_loaders, read_splits
from tts.train.stored_targets import files_of_model

BOTH = ("durations", "pitch")
LACKS = {"train3": "durations", "train7": "pitch", "train8": "pitch"}


def loaders_of(work, inputs=BOTH, device="cpu", **options):
    """The splits and their loaders, as training gets them."""
    table = TokenTable.read(work / "data" / "tokens.txt")
    options = {"manifest_dir": str(work / "data" / "fbank"), "max_duration": 2.0, **options}
    config = TrainConfig(**{"num_workers": 0, **options})
    splits = read_splits(config, work, "ljspeech", table, "blank", inputs)
    _, loaders = make_loaders(config, splits, table, MelConfig(), torch.device(device))
    return splits, loaders


@pytest.mark.parametrize("source", ["files", *SOURCES])
@pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)])
def test_every_source_gives_each_utterance_its_own(tiny_work, source, device, monkeypatch):
    monkeypatch.chdir(tiny_work)
    made = add_tiny_inputs(tiny_work, LACKS)
    for split in ("train", "valid"):
        cuts = tiny_work / "data" / "fbank" / f"ljspeech_cuts_{split}.jsonl.gz"
        write_shards(cuts, tiny_work, tiny_work / "shar" / split, 4)
    mels = tiny_work / "data" / "fbank" / "feats"
    options = {"packed": "0", "data_on_device": "0", **SOURCES.get(source, {})}
    splits, loaders = loaders_of(tiny_work, device=device, **options)
    seen = []
    for name, loader in loaders.items():
        for batch in loader:
            batch = batch.to("cpu", non_blocking=False)
            for row, utterance in enumerate(batch.ids):
                durations, contours = made[utterance]
                tokens, frames = len(durations), len(contours)
                assert batch.tokens_lens[row] == tokens and batch.mel_lens[row] == frames
                assert batch.durations_BL[row, :tokens].tolist() == durations.tolist()
                assert not batch.durations_BL[row, tokens:].any()
                mel = torch.from_numpy(np.load(mels / f"{utterance}.npy")).float()
                assert torch.equal(batch.mel_BTF[row, :frames], mel)
                fields = (batch.log_f0_BT, batch.voiced_BT, batch.energy_BT)
                for column, field in enumerate(fields):
                    assert torch.equal(field[row, :frames], torch.tensor(contours[:, column]))
                    assert not field[row, frames:].any() and field.dtype == torch.float32
            assert batch.durations_BL.dtype == torch.int64
            seen += batch.ids if name == "train" else []
    wanted = {f"train{index}" for index in range(12)} - LACKS.keys()
    assert sorted(seen) == sorted(wanted)
    note = splits["train"].joined.note
    assert "3 of 12 utterances of the train set" in note
    assert "1 without durations" in note and "2 without pitch" in note
    assert splits["valid"].joined.note == ""


def test_only_what_the_model_takes_is_read(tiny_work):
    add_tiny_inputs(tiny_work, LACKS)
    for inputs, names in (
        ((), ()),
        (("durations",), ("durations_BL",)),
        (("pitch",), ("log_f0_BT",)),
    ):
        batch = next(iter(loaders_of(tiny_work, inputs)[1]["train"]))
        found = [n for n in ("durations_BL", "log_f0_BT") if getattr(batch, n) is not None]
        assert found == list(names)


def test_a_missing_file_says_which_stage_makes_it(tiny_work):
    with pytest.raises(InputError, match=r"durations_train.*--stage 8 --stop-stage 9"):
        loaders_of(tiny_work)
    with pytest.raises(InputError, match=r"pitch_train.bin.*--stage 8 --stop-stage 9"):
        loaders_of(tiny_work, ("pitch",))


def test_what_does_not_fit_is_listed_by_utterance(tiny_work):
    made = add_tiny_inputs(tiny_work)
    path = durations_path(tiny_work / "data", "train")
    rows = list(read_durations(path))
    rows[2]["durations"][0] += 1
    rows[5]["durations"].pop()
    rows[6]["durations"][0] -= 100
    rows[6]["durations"][1] += 100
    with gzip.open(path, "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    with pytest.raises(InputError, match="--stage 8") as raised:
        loaders_of(tiny_work)
    text = str(raised.value)
    assert "3 utterances" in text
    assert "train2: durations sum to" in text and "train5: " in text and "train6: a neg" in text
    contours = {name: values for name, (_, values) in made.items() if name.startswith("train")}
    contours["train4"] = contours["train4"][:-1]
    target = tiny_work / "data" / "pitch" / "ljspeech_pitch_train.bin"
    lengths = [len(values) for values in contours.values()]
    pack_arrays(target, list(contours), lengths, contours.values(), {})
    with pytest.raises(InputError, match=r"(?s)1 utterances.*train4: pitch of \d+ fr.*--stage 9"):
        loaders_of(tiny_work, ("pitch",))


def test_files_that_a_model_depends_on(tmp_path):
    names = ("durations_train.jsonl.gz", "x_pitch_train.bin", "durations_valid.jsonl.gz")
    names += ("x_pitch_valid.bin",)
    found = files_of_model("fastspeech2", {}, tmp_path, "x")
    assert tuple(path.name for path in found) == names
    assert files_of_model("matcha", {}, tmp_path, "x") == []
    found = files_of_model("matcha", {"durations": "stored"}, tmp_path, "x")
    assert found == [durations_path(tmp_path, split) for split in ("train", "valid")]


def test_nothing_left_is_an_error(tiny_work):
    add_tiny_inputs(tiny_work, {f"train{index}": "durations" for index in range(12)})
    with pytest.raises(InputError, match=r"12 of 12 utterances.*none is left"):
        loaders_of(tiny_work)


def test_resumed_inside_an_epoch_with_durations(tiny_work, monkeypatch):
    """Stopped in the data of one source and continued from another: the undisturbed run."""
    add_tiny_inputs(tiny_work, {"train3": "durations"})
    model = {**TINY_MODEL, "durations": "stored"}
    run(tiny_work, "plain", num_epochs=2, packed="0", data_on_device="0", model=model)
    stop_after_two_steps(tiny_work, monkeypatch, num_epochs=2, packed="1", model=model)
    options = {"num_epochs": 2, "data_on_device": "1", "start_epoch": "auto"}
    run(tiny_work, "exp", **options, model=model)
    states = [load_checkpoint(tiny_work / exp / "epoch-2.pt") for exp in ("plain", "exp")]
    assert_equal_states(*states)


def test_fastspeech2_trains_on_them(tiny_work, capsys):
    add_tiny_inputs(tiny_work, LACKS)
    block = {"channels": 16, "filter_channels": 16, "num_layers": 1}
    model = {"encoder": block, "decoder": block, "variance": {"channels": 16}}
    folders = {"exp_dir": str(tiny_work / "exp")}
    folders["manifest_dir"] = str(tiny_work / "data" / "fbank")
    options = {"model": model, "train": {**folders, **SMALL, "num_epochs": 1}}
    arguments = {"name": "ljspeech"}, "ljspeech"
    dry = {**options, "train": {**options["train"], "dry_run": True}}
    assert train("fastspeech2", dry, *arguments) is None
    assert "3 of 12 utterances of the train set are left out" in capsys.readouterr().out
    trainer = train("fastspeech2", options, *arguments)
    assert trainer.step > 2
    assert "3 of 12 utterances" in next((tiny_work / "exp").glob("log/*")).read_text()
