"""Evaluating a tiny voice: every file, the numbers in it, and the script's messages."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from conftest import TINY_MODEL, TINY_TABLE

from tts.checkpoint import save_checkpoint
from tts.config import from_dict, to_dict, write_toml
from tts.errors import InputError
from tts.evaluate.report import (
    METRICS,
    Row,
    align,
    evaluate,
    markdown_table,
    means,
    write_report,
)
from tts.evaluate.samples import Sample, read_samples
from tts.features.mel import MelConfig
from tts.files import read_jsonl
from tts.infer.speak import Manner
from tts.infer.voice import load_voice
from tts.models import build_model, model_class
from tts.text.frontend import FrontEndConfig
from tts.text.tokens import TokenTable

CUTS = "data/fbank/ljspeech_cuts_train.jsonl.gz"


@pytest.fixture
def checkpoint(tiny_work):
    """An untrained tiny voice where training would have left it."""
    torch.manual_seed(1)
    table = TokenTable.parse(TINY_TABLE, "tiny")
    config = from_dict(model_class("matcha").Config, TINY_MODEL)
    model = build_model("matcha", config, table.num_embeddings, MelConfig().n_mels, -5.0, 2.0)
    content = {
        "model": model.state_dict(),
        "config": {
            "model": {"name": "matcha", **to_dict(config)},
            "mel": to_dict(MelConfig()),
            "frontend": to_dict(FrontEndConfig()),
            "corpus": {},
        },
        "tokens": TINY_TABLE,
        "epoch": 1,
        "step": 1,
    }
    path = tiny_work / "exp" / "epoch-1.pt"
    save_checkpoint(path, content)
    return path


def silent(mel_BTF):
    """A vocoder that makes as many samples as it should."""
    return torch.zeros(len(mel_BTF), mel_BTF.shape[1] * MelConfig().hop_length)


def test_samples_are_the_first_of_the_split(checkpoint, tiny_work):
    voice = load_voice(checkpoint)
    cuts = list(read_jsonl(tiny_work / CUTS))
    samples = read_samples(cuts, tiny_work, voice, 3)
    assert [sample.id for sample in samples] == [cut["id"] for cut in cuts[:3]]
    assert samples[1].tokens == cuts[1]["custom"]["tokens"]
    assert len(samples[1].mel_TF) == cuts[1]["features"]["num_frames"]
    assert len(read_samples(cuts, tiny_work, voice, 0)) == len(cuts)
    cuts[0]["recording"] = {"sources": [{"source": "download/a.wav"}]}
    (sample,) = read_samples(cuts, tiny_work, voice, 1)
    assert sample.recording == str(tiny_work / "download" / "a.wav")


def test_data_of_another_mel_are_refused(checkpoint, tiny_work):
    voice = load_voice(checkpoint)
    with pytest.raises(InputError, match="empty"):
        read_samples([], tiny_work, voice, 5)
    write_toml(tiny_work / "data" / "mel.toml", to_dict(MelConfig(f_max=7000.0)))
    with pytest.raises(InputError, match=r"(?s)f_max=7000\.0.*f_max=8000\.0"):
        read_samples(read_jsonl(tiny_work / CUTS), tiny_work, voice, 5)


def test_alignment_covers_the_recording(checkpoint, tiny_work):
    voice = load_voice(checkpoint)
    (sample,) = read_samples(read_jsonl(tiny_work / CUTS), tiny_work, voice, 1)
    durations = align(voice, sample)
    assert durations.sum() == len(sample.mel_TF)
    assert len(durations) == 2 * len(sample.tokens) + 1 and durations.min() >= 1
    short = dataclasses.replace(sample, mel_TF=sample.mel_TF[:3])
    assert align(voice, short) is None
    (row,) = evaluate(voice, [short], silent, Manner(2), tiny_work / "out")
    assert row.values["token_duration_error"] is None and row.values["mcd_db"] > 0
    names = sorted(path.name for path in (tiny_work / "out").iterdir())
    assert names == ["train0-mel.png", "train0-vocoded.wav", "train0.wav"]


def row_of(name: str, mcd: float, tokens: float | None) -> Row:
    values = {**dict.fromkeys(METRICS, 1.0), "mcd_db": mcd, "token_duration_error": tokens}
    return Row(name, 7, 1.25, 1.5, 0.0625, "", values)


def test_table_and_means():
    rows = [row_of("one", 4.0, 2.5), row_of("two", 5.0, None)]
    assert means(rows)["mcd_db"] == 4.5
    assert means(rows)["token_duration_error"] == 2.5
    assert means(rows[1:])["token_duration_error"] is None
    title, rule, one, two, mean = markdown_table(rows).splitlines()
    assert title.count("|") == rule.count("|") == one.count("|") == mean.count("|")
    assert one == "| one | 7 | 1.50 | 1.25 | 4.00 | 1.000 | 1 | 1.0 | 2.50 | 0.062 |"
    assert two.split(" | ")[8] == "-"
    assert mean.split(" | ")[4] == "4.50"


def test_report_files_say_the_same(tmp_path):
    rows = [row_of("one", 4.0, 2.5)]
    table = write_report(tmp_path, {"voice": "epoch-1.pt"}, rows)
    text = (tmp_path / "results.md").read_text(encoding="utf-8")
    assert table in text and "- voice: epoch-1.pt" in text and "c_0 is left out" in text
    content = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert content["voice"] == "epoch-1.pt"
    assert content["rows"][0]["values"] == rows[0].values
    assert content["means"]["mcd_db"] == 4.0


def test_the_recording_itself_scores_zero(checkpoint, tiny_work, monkeypatch):
    """A model that returns the recording is at distance 0, so nothing is compared crosswise."""
    voice = load_voice(checkpoint)
    samples = read_samples(read_jsonl(tiny_work / CUTS), tiny_work, voice, 2)
    recordings = iter(samples)

    def recite(tokens_BL, *_, **__):
        sample: Sample = next(recordings)
        mel_BTF = torch.from_numpy(sample.mel_TF.astype(np.float32))[None]
        return {"mel_BTF": mel_BTF, "durations_BL": torch.from_numpy(align(voice, sample))[None]}

    monkeypatch.setattr(voice.model, "synthesise", recite)
    rows = list(evaluate(voice, samples, silent, Manner(2), tiny_work / "out"))
    assert [row.id for row in rows] == [sample.id for sample in samples]
    for row in rows:
        assert set(row.values.values()) == {0.0}


def test_script_writes_sounds_pictures_and_numbers(checkpoint, tiny_work, root):
    import soundfile

    script = root / "egs" / "ljspeech" / "TTS" / "matcha" / "evaluate.py"
    command = [sys.executable, str(script), "--work", str(tiny_work)]
    command += ["--exp-dir", str(checkpoint.parent), "--split", "valid", "--steps", "2"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    folder = checkpoint.parent / "evaluation"
    content = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    assert [row["id"] for row in content["rows"]] == ["valid0", "valid1"]
    table = (folder / "results.md").read_text(encoding="utf-8")
    assert all(line in table for line in done.stdout.splitlines() if line.startswith("|"))
    for name in ("valid0", "valid1-vocoded"):
        samples, rate = soundfile.read(folder / f"{name}.wav")
        assert rate == MelConfig().sample_rate and len(samples) > 1000
    for name in ("valid0-mel.png", "valid1-alignment.png"):
        assert (folder / name).read_bytes().startswith(b"\x89PNG")
    assert not list(folder.glob(".*"))
