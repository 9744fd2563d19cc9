"""The whole voice on the toy corpora, with the commands that people type."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CORPORA = {"ljspeech": "LJSpeech-1.1", "baker_zh": "BZNSYP"}


def run(root: Path, *arguments: str, check: bool = True, **options) -> str:
    """run.sh with this interpreter; returns what it printed."""
    command = [str(root / "run.sh"), *arguments, "--python", sys.executable]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = subprocess.run(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,
        **options,
    )
    assert not check or process.returncode == 0, process.stdout
    return process.stdout


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("ljspeech", marks=pytest.mark.smoke),
        pytest.param("baker_zh", marks=pytest.mark.slow),
    ],
)
def voice(request, root, tmp_path_factory):
    """A toy voice of one epoch: (corpus, working folder, options, what run.sh printed)."""
    work = tmp_path_factory.mktemp(request.param)
    options = ["--corpus", request.param, "--toy", "--work", str(work)]
    options += ["--num-epochs", "1", "--steps", "2"]
    return request.param, work / "toy", options, run(root, *options)


def test_everything_promised_is_there(voice):
    corpus, work, _, printed = voice
    promised = [
        *("data/tokens.txt", "data/frontend.toml", "data/mel.toml", "data/rejected.tsv"),
        *(f"data/fbank/{corpus}_cuts_{split}.jsonl.gz" for split in ("train", "valid", "test")),
        *("exp/epoch-1.pt", "exp/best-valid-loss.pt", "exp/best-train-loss.pt"),
        *("exp/config.toml", "exp/speech.wav", "exp/model-steps-2.onnx"),
        *(f"exp/sherpa-onnx/{name}" for name in ("model-steps-2.onnx", "vocoder.onnx")),
        *(f"exp/sherpa-onnx/{name}" for name in ("tokens.txt", "lexicon.txt", "README.md")),
        f"download/{CORPORA[corpus]}",
    ]
    missing = [name for name in promised if not (work / name).exists()]
    assert not missing
    assert list((work / "exp" / "log").iterdir()) and list((work / "exp" / "tensorboard").iterdir())
    statistics = json.loads((work / "data" / "fbank" / "cmvn.json").read_text())
    assert set(statistics) == {"fbank_mean", "fbank_std"}
    assert "RTF" in printed and "seconds per stage" in printed and "Next" in printed


def test_the_speech_is_sound(voice):
    import numpy as np
    import soundfile

    samples, rate = soundfile.read(voice[1] / "exp" / "speech.wav")
    assert rate == 22050 and len(samples) > rate / 4
    assert np.isfinite(samples).all() and np.sqrt(np.mean(samples**2)) > 1e-3


def test_a_second_call_redoes_nothing(voice, root):
    _, work, options, _ = voice
    before = {
        path: path.stat().st_mtime_ns
        for part in ("data", "download", "exp/epoch-1.pt", "exp/sherpa-onnx")
        for path in ([work / part] if (work / part).is_file() else (work / part).rglob("*"))
        if path.is_file()
    }
    printed = run(root, *options, "--stop-stage", "export")  # what speaks and judges always runs
    changed = [str(path) for path, stamp in before.items() if path.stat().st_mtime_ns != stamp]
    assert not changed
    assert printed.count("up to date") >= 8


def test_wrong_options_are_one_clear_line(root):
    for arguments, expected in (
        (["--corpus", "ljspech", "--toy"], "there are: baker_zh kokoro_en kokoro_zh ljspeech"),
        (["--toy", "--stgae", "3"], "unknown option --stgae"),
        (["--toy", "--stage", "fbnk"], "no stage 'fbnk'"),
        (["--stage", "12"], "which voice?"),
    ):
        printed = run(root, *arguments, check=False)
        assert expected in printed and "Traceback" not in printed


@pytest.mark.slow
def test_fastspeech2_on_the_same_data(root, tmp_path):
    """Durations and pitch are made, and a second voice stands beside the first."""
    options = ["--toy", "--work", str(tmp_path), "--model", "fastspeech2", "--num-epochs", "1"]
    printed = run(root, "--corpus", "ljspeech", *options)
    work = tmp_path / "toy"
    promised = ["data/align/durations_train.jsonl.gz", "data/pitch/stats.json"]
    exp = "fastspeech2/exp"
    promised += [f"{exp}/{name}" for name in ("model.onnx", "model-scales.onnx", "speech.wav")]
    promised += [f"{exp}/sherpa-onnx/{name}" for name in ("model.onnx", "lexicon.txt")]
    assert not [name for name in promised if not (work / name).exists()]
    assert not (work / "exp").exists() and "RTF" in printed
    command = [sys.executable, "tools/plot_contours.py", "--corpus", "ljspeech", "--toy", "1"]
    options = ["--work", tmp_path, "--voices", f"toy={work / exp}", "--picture", tmp_path / "p.png"]
    done = subprocess.run(
        [*command, *options], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "| toy | " in done.stdout and (tmp_path / "p.png").stat().st_size > 10_000


@pytest.mark.slow
def test_tacotron2_on_the_same_data(root, tmp_path):
    """It learns from durations, speaks, is exported, and then aligns by its attention."""
    options = ["--toy", "--work", str(tmp_path), "--model", "tacotron2", "--num-epochs", "1"]
    printed = run(root, "--corpus", "ljspeech", *options)
    work = tmp_path / "toy"
    exp = work / "tacotron2" / "exp"
    promised = ("model.onnx", "speech.wav", "sherpa-onnx/model.onnx", "sherpa-onnx/lexicon.txt")
    assert not [name for name in promised if not (exp / name).exists()]
    assert "RTF" in printed
    durations = work / "data" / "align" / "durations_train.jsonl.gz"
    before = durations.read_bytes()
    command = [sys.executable, "local/align.py", "--corpus", "ljspeech", "--toy", "1"]
    options = ["--work", tmp_path, "--aligner", "attention"]
    done = subprocess.run(
        [*command, *options], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert f"aligning with {exp}" in done.stdout and durations.read_bytes() != before
