"""Evaluating tiny voices and folders of sounds: every file, the numbers in it, every fault."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import scipy.stats
import soundfile
import torch
from conftest import TINY_MODEL, TINY_TABLE
from utterances import HOP, MEL, RATE, tone

from tts.checkpoint import save_checkpoint
from tts.config import from_dict, to_dict, write_toml
from tts.data.corpus import Recipe, RecipeOptions
from tts.errors import InputError
from tts.evaluate.metrics import METRICS, Row, totals
from tts.evaluate.options import EvaluateOptions
from tts.evaluate.report import check, evaluate, markdown_table, summary, tsv, write_report
from tts.evaluate.run import prepare
from tts.evaluate.samples import read_samples, samples_of_folder
from tts.evaluate.systems import Folder, Recording, Spoken, Vocoded, open_system, parse_systems
from tts.features.pitch import PitchConfig
from tts.files import read_jsonl, write_jsonl
from tts.infer.pytorch import TorchVoice
from tts.mel import MelConfig
from tts.models import build_model, model_class
from tts.models.facts import Facts
from tts.text.spoken import FrontEndConfig
from tts.text.tokens import TokenTable
from tts.voice import SpeakingOptions, load_voice

CUTS = "data/fbank/ljspeech_cuts_{}.jsonl.gz"


@pytest.fixture
def work(tiny_work):
    """The tiny working folder with a recording for each cut, and texts."""
    for split in ("train", "valid"):
        path = tiny_work / CUTS.format(split)
        cuts = list(read_jsonl(path))
        for number, cut in enumerate(cuts):
            audio = tiny_work / "download" / f"{cut['id']}.wav"
            audio.parent.mkdir(exist_ok=True)
            seconds = cut["features"]["num_frames"] * HOP / RATE
            soundfile.write(audio, tone(seconds, 120 + 5 * number, seed=number), RATE)
            cut["recording"] = {"sources": [{"source": f"download/{audio.name}"}]}
            cut["supervisions"] = [{"text": f"<{cut['id']}> & more"}]
        write_jsonl(path, cuts)
    return tiny_work


@pytest.fixture
def checkpoint(work):
    """An untrained tiny voice where training would have left it."""
    return save_voice(work / "exp" / "epoch-1.pt", "matcha", TINY_MODEL)


def save_voice(path, name: str, options: dict):
    torch.manual_seed(1)
    table = TokenTable.parse(TINY_TABLE, "tiny")
    config = from_dict(model_class(name).Config, options)
    model = build_model(name, config, Facts(table.num_embeddings, MEL.n_mels, -5.0, 2.0))
    content = {
        "model": model.state_dict(),
        "config": {
            "model": {"name": name, **to_dict(config)},
            "mel": to_dict(MelConfig()),
            "frontend": to_dict(FrontEndConfig()),
            "corpus": {},
        },
        "tokens": TINY_TABLE,
        "epoch": 1,
        "step": 1,
    }
    save_checkpoint(path, content)
    return path


def samples_of(work, split: str = "valid", limit: int = 0):
    return read_samples(read_jsonl(work / CUTS.format(split)), work, split, limit)


def silent(mel_BTF):
    """A vocoder that makes as many samples as it should."""
    return torch.zeros(len(mel_BTF), mel_BTF.shape[1] * HOP)


def spoken(checkpoint, vocoder=silent) -> Spoken:
    return Spoken("tiny", "", MEL, TorchVoice(load_voice(checkpoint), vocoder), SpeakingOptions(2))


# --- samples -------------------------------------------------------------------------------


def test_samples_are_the_first_of_the_split(work):
    cuts = list(read_jsonl(work / CUTS.format("train")))
    samples = samples_of(work, "train", 3)
    assert [sample.id for sample in samples] == [cut["id"] for cut in cuts[:3]]
    assert samples[1].tokens == cuts[1]["custom"]["tokens"]
    assert samples[1].recording == work / "download" / "train1.wav"
    assert samples[1].text == "<train1> & more" and samples[1].durations_L is None
    assert len(samples_of(work, "train")) == len(cuts)
    with pytest.raises(InputError, match="empty"):
        read_samples([], work, "train", 5)


def test_durations_of_the_stage_align_are_the_truth(work, checkpoint):
    (sample,) = samples_of(work, "valid", 1)
    framed = 2 * len(sample.tokens) + 1
    line = {"id": sample.id, "durations": [7] * framed, "aligner": "truth"}
    write_jsonl(work / "data" / "align" / "durations_valid.jsonl.gz", [line])
    (sample,) = samples_of(work, "valid", 1)
    systems = [Recording("recording", "", MEL), spoken(checkpoint)]
    (_, row) = evaluate([sample], systems, work / "out")
    voice = load_voice(checkpoint)
    with torch.inference_mode():
        ids = torch.tensor([voice.encode(sample.tokens)])
        said = voice.model.synthesise(ids, torch.tensor([framed]))["durations_BL"][0].numpy()
    assert row.values["token_duration_error"] == pytest.approx(np.abs(said - 7).mean())


def test_a_folder_of_recordings(tmp_path):
    for name in ("b", "a", "c"):
        soundfile.write(tmp_path / f"{name}.wav", tone(0.3), RATE)
    (tmp_path / "a.normalized.txt").write_text("A text.\n")
    samples = samples_of_folder(tmp_path, 2)
    assert [(sample.id, sample.text) for sample in samples] == [("a", "A text."), ("b", "")]
    with pytest.raises(InputError, match="no such folder"):
        samples_of_folder(tmp_path / "none", 0)


# --- systems and faults --------------------------------------------------------------------


def test_every_fault_in_one_pass(work, checkpoint, tmp_path):
    samples = samples_of(work, "train")
    folder = tmp_path / "wavs"
    folder.mkdir()
    for sample in samples:
        (folder / f"{sample.id}.wav").write_bytes(sample.recording.read_bytes())
    (folder / "train0.wav").unlink()
    soundfile.write(folder / "train1.wav", tone(0.3), 16000)
    (folder / "train2.wav").write_bytes(b"")
    soundfile.write(folder / "train3.wav", np.zeros((900, 2)), RATE)
    (folder / "train4.wav").write_text("no sound at all")
    soundfile.write(folder / "train5.wav", np.zeros(20), RATE)
    samples[6].recording.unlink()
    samples[7] = replace(samples[7], tokens=["a", "?"])
    systems = [
        Recording("recording", "", MEL),
        Folder("wavs", "", MEL, folder),
        spoken(checkpoint),
    ]
    with pytest.raises(InputError) as caught:
        check(samples, systems)
    head, *faults = str(caught.value).splitlines()
    assert "8 faults" in head and len(faults) == 8
    for number, words in enumerate(
        [
            "does not exist",
            "16000 Hz instead of 22050 Hz (--resample 1",
            "is empty",
            "2 channels",
            "cannot be read",
            "20 samples, less than one frame",
            "does not exist",
            "tokens the voice lacks",
        ]
    ):
        assert [fault for fault in faults if f"train{number}" in fault and words in fault]
    check(samples[1:2], [Folder("wavs", "", MEL, folder, any_rate=True)])
    assert len(Folder("wavs", "", MEL, folder, any_rate=True).faults(samples[:6])) == 5


def test_not_finite_sounds_are_named(work):
    (sample,) = samples_of(work, "valid", 1)
    soundfile.write(sample.recording, np.full(9000, np.nan), RATE, subtype="FLOAT")
    with pytest.raises(InputError, match=r"recording, valid0: .*not finite"):
        list(evaluate([sample], [Recording("recording", "", MEL)], work / "out"))


def test_systems_of_the_command_line(work, checkpoint, tmp_path):
    good = parse_systems([f"one={work}", f"two.b={tmp_path}"])
    assert list(good) == ["one", "two.b"]
    wrong = ["x", f"recording={work}", f"a/b={work}", "c=/none", f"d={work}", f"d={work}"]
    with pytest.raises(InputError) as caught:
        parse_systems(wrong)
    assert str(caught.value).count("\n") == 5 and "given twice" in str(caught.value)
    kinds = (silent, SpeakingOptions(2))
    assert isinstance(open_system("v", checkpoint.parent, MEL, *kinds), Spoken)
    assert isinstance(open_system("v", checkpoint, MEL, *kinds), Spoken)
    assert isinstance(open_system("w", work / "download", MEL, *kinds), Folder)
    with pytest.raises(InputError, match="neither sounds"):
        open_system("n", work / "data", MEL, *kinds)
    with pytest.raises(InputError, match=r"(?s)f_max=7000\.0.*f_max=8000\.0"):
        open_system("v", checkpoint, MelConfig(f_max=7000.0), *kinds)
    (sample,) = samples_of_folder(work / "download", 1)
    assert "needs the tokens" in spoken(checkpoint).faults([sample])[0]


def test_the_prepared_data_say_the_mel(work, checkpoint):
    write_toml(work / "data" / "mel.toml", to_dict(MelConfig(f_max=7000.0)))
    recipe = Recipe.open(RecipeOptions("ljspeech", work=str(work)))
    with pytest.raises(InputError, match=r"(?s)f_max=7000\.0.*f_max=8000\.0"):
        prepare(EvaluateOptions(exp_dir=str(checkpoint.parent)), recipe, {}, PitchConfig())


# --- measuring -----------------------------------------------------------------------------


def test_the_recordings_against_themselves_score_zero(work):
    samples = samples_of(work)
    systems = [
        Recording("recording", "", MEL),
        Folder("copy", "", MEL, work / "download"),
    ]
    rows = list(evaluate(samples, systems, work / "out", pairing="frames"))
    assert [(row.system, row.id) for row in rows] == [
        (system, sample.id) for sample in samples for system in ("recording", "copy")
    ]
    own, copy = rows[0].values, rows[1].values
    for name, metric in METRICS.items():
        if metric.of == "comparison":
            assert own[name] is None and copy[name] in (0.0, None)
        else:
            assert own[name] == copy[name]
    assert copy["f0_dtw_hz"] == copy["mcd_wave_db"] == 0.0
    assert not (work / "out").exists()


def test_alignment_covers_the_recording(work, checkpoint):
    (sample,) = samples_of(work, "train", 1)
    system = spoken(checkpoint)
    recorded = Recording("recording", "", MEL).say(sample)
    durations = system.align(sample, recorded)
    assert durations.sum() == len(recorded.mel_TF)
    assert len(durations) == 2 * len(sample.tokens) + 1 and durations.min() >= 1
    assert system.blanks(sample).tolist() == [index % 2 == 0 for index in range(len(durations))]
    short = replace(recorded, samples_S=recorded.samples_S[: 3 * HOP])
    assert system.align(sample, short) is None


def test_voices_of_other_models_against_the_same_durations(work, checkpoint):
    """One that strips blanks and cannot align beside one that speaks them and can."""
    small = {"channels": 16, "filter_channels": 16, "num_layers": 1}
    options = {"encoder": small, "decoder": small, "variance": {"channels": 16}}
    other = save_voice(work / "other" / "epoch-1.pt", "fastspeech2", options)
    voices = [replace(spoken(path), name=path.parent.name) for path in (checkpoint, other)]
    systems = [Recording("recording", "", MEL), *voices]
    (sample,) = samples_of(work, "valid", 1)
    names = ("duration_error_ms", "token_duration_error")
    _, with_own, without = evaluate([sample], systems, work / "out")
    assert all(with_own.values[name] is not None for name in names)
    assert all(without.values[name] is None for name in names)
    framed = np.tile([1, 6], len(sample.tokens) + 1)[: 2 * len(sample.tokens) + 1]
    given = replace(sample, durations_L=framed)
    _, *rows = evaluate([given], systems, work / "out")
    assert all(row.values[name] > 0 for row in rows for name in names)
    assert (work / "out" / "other" / "valid0.wav").is_file()


def test_what_a_silent_voice_leaves_unknown(work, checkpoint):
    samples = samples_of(work)
    systems = [
        Recording("recording", "", MEL),
        spoken(checkpoint),
        Vocoded("vocoded", "", MEL, silent),
    ]
    rows = list(evaluate(samples, systems, work / "out"))
    _, voice, vocoded = rows[:3]
    assert voice.rtf > 0 and vocoded.rtf is None
    assert voice.values["f0_dtw_hz"] is None and voice.values["f0_sigma_hz"] is None
    assert voice.values["vuv_error_percent"] > 50 and voice.values["mcd_db"] > 0
    assert voice.values["duration_error_ms"] >= 0
    assert vocoded.values["mcd_db"] == 0.0 and vocoded.values["mcd_wave_db"] > 0
    assert vocoded.values["duration_error_ms"] is None
    for name in ("tiny/valid0.wav", "tiny/valid1.wav", "vocoded/valid0.wav"):
        samples, rate = soundfile.read(work / "out" / name)
        assert rate == RATE and len(samples) > 1000
    assert "f0_dtw_hz" in tsv(rows) and "–" in markdown_table(summary(rows))


# --- tables --------------------------------------------------------------------------------


def row_of(system: str, name: str, mcd: float, tokens: float | None, f0=()) -> Row:
    values = {**dict.fromkeys(METRICS), "mcd_db": mcd, "token_duration_error": tokens}
    values["f0_sigma_hz"] = 1.0
    return Row(system, name, 7, 1.25, 1.5, 0.0625, "", values, np.array(f0, dtype=float))


ROWS = [
    row_of("a", "one", 4.0, 2.5, [100]),
    row_of("a", "two", 5.0, None, [200, 200]),
    row_of("b", "one", 7.0, None, [100, 300]),
]


def test_means_margins_and_pooled_moments():
    known = totals(ROWS[:2])
    assert known["mcd_db"].value == 4.5 and known["mcd_db"].count == 2
    assert known["mcd_db"].margin == pytest.approx(scipy.stats.t.ppf(0.975, 1) * 0.5)
    assert known["token_duration_error"].value == 2.5
    assert known["token_duration_error"].margin is None
    assert known["f0_sigma_hz"].value == pytest.approx(np.std([100, 200, 200]))
    assert known["f0_sigma_hz"].margin is None
    assert known["dnsmos_ovr"] is None


def test_table_of_systems():
    table = summary(ROWS)
    lines = {line[0]: line[1:] for line in table}
    assert lines["metric"] == ["a", "b"] and "DNSMOS overall\u00a0↑" not in lines
    assert lines["MCD before vocoder (dB)\u00a0↓"] == ["4.50 ± 6.35", "7.00"]
    assert lines["same with blanks (frames)\u00a0↓"] == ["2.50", "–"]
    assert lines["F0 σ (Hz)\u00a0≈"] == ["47.1", "100.0"] and lines["RTF"] == ["0.062", "0.062"]
    text = markdown_table(table).splitlines()
    assert len({line.count("|") for line in text}) == 1 and text[1] == "| --- | --: | --: |"


def test_report_files_say_the_same(tmp_path):
    table = write_report(tmp_path, {"voice": "epoch-1.pt"}, ROWS)
    text = (tmp_path / "results.md").read_text(encoding="utf-8")
    assert table in text and "- voice: epoch-1.pt" in text and "c_0 is left out" in text
    content = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert content["voice"] == "epoch-1.pt"
    assert content["rows"][0]["values"] == ROWS[0].values
    assert content["systems"]["a"]["mcd_db"]["value"] == 4.5
    with open(tmp_path / "results.tsv", encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file, delimiter="\t"))
    assert [(line["system"], line["id"]) for line in lines] == [(r.system, r.id) for r in ROWS]
    assert lines[1]["mcd_db"] == "5" and lines[1]["token_duration_error"] == ""


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_says_what_it_is(name):
    metric = METRICS[name]
    assert len(metric.definition) > 30 and metric.definition[-1] == "."


def test_script_writes_sounds_numbers_and_a_page(checkpoint, work, root):
    script = root / "egs" / "ljspeech" / "TTS" / "matcha" / "evaluate.py"
    command = [sys.executable, str(script), "--work", str(work), "--show", "1"]
    command += ["--exp-dir", str(checkpoint.parent), "--split", "valid", "--steps", "2"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    folder = checkpoint.parent / "evaluation"
    content = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    assert list(content["systems"]) == ["recording", "matcha", "vocoded"]
    table = (folder / "results.md").read_text(encoding="utf-8")
    assert all(line in table for line in done.stdout.splitlines() if line.startswith("|"))
    assert (folder / "matcha" / "valid1.wav").is_file()
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert page.count("<audio") == 3 and 'id="valid0"' in page and 'id="valid1"' not in page
    assert not list(folder.glob(".*"))
