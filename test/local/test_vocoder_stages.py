"""Stages 16 and 18: recordings are packed, a vocoder is trained and exported by commands."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from test_contours import SPLITS, make_work

from tts.checkpoint import load_checkpoint
from tts.data.packed_file import Packed
from tts.features.packed_audio import audio_path, frames_in
from tts.mel import MelConfig

MEL = MelConfig()
TINY = ["model.channels=16", "model.num_layers=1", "discriminator.periods=[2]"]
TINY += ["discriminator.resolutions=[512]", "discriminator.divisor=8"]
TINY += ["discriminator.resolution_channels=4"]
FLAGS = ["--batch-size", "2", "--segment-frames", "8", "--tensorboard", "0", "--precision", "fp32"]
FLAGS += ["--reconstruction-steps", "4", "--discriminator-warmup", "2", "--warmup-steps", "2"]


@pytest.fixture(scope="module")
def work(tmp_path_factory) -> Path:
    folder = make_work(tmp_path_factory.mktemp("work"))
    assert "66 recordings" in run("pack_audio.py", folder)
    return folder


def command(script: str, work: Path, *arguments: object) -> list[str]:
    root = Path(__file__).resolve().parents[2]
    start = [sys.executable, str(root / "local" / script), "--corpus", "ljspeech"]
    return [*start, "--work", str(work), *map(str, arguments)]


ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}


def run(script: str, work: Path, *arguments: object, status: int = 0) -> str:
    done = subprocess.run(
        command(script, work, *arguments),
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        timeout=300,
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_packed_recordings_are_the_files_with_their_margins(work):
    packed = Packed(audio_path(work / "data", "ljspeech", "valid"))
    assert packed.frames.dtype == np.int16  # the files are 16-bit at the mel's rate
    assert len(packed) == len(SPLITS["valid"])
    name = packed.ids[0]
    path = work / "download" / "LJSpeech-1.1" / "wavs" / f"{name}.wav"
    samples, _ = soundfile.read(path, dtype="int16")
    margin = (MEL.n_fft - MEL.hop_length) // 2
    stored = packed[0][:, 0]
    assert frames_in(len(stored), MEL) == len(samples) // MEL.hop_length
    assert np.array_equal(stored[margin : margin + 5000], samples[:5000])
    assert np.array_equal(stored[:margin], samples[margin:0:-1])  # reflected


def test_packing_again_does_nothing_and_a_changed_recording_is_packed_anew(work):
    assert "up to date" in run("pack_audio.py", work)


def train(work: Path, exp: Path, steps: int) -> list[str]:
    flags = [*FLAGS, "--exp-dir", exp, "--max-steps", steps, "--save-every-steps", "1"]
    flags += ["--start-epoch", "auto", "--set", *TINY]
    return command("train_vocoder.py", work, *flags)


def test_killed_training_goes_on_to_the_bit(work, tmp_path):
    """SIGKILL in the reconstruction and in the adversarial phase; then the same command."""
    subprocess.run(train(work, tmp_path / "whole", 12), env=ENVIRONMENT, check=True)
    for least in (2, 6):
        process = subprocess.Popen(train(work, tmp_path / "parts", 12), env=ENVIRONMENT)
        wait_for_steps(tmp_path / "parts" / "losses.csv", least, process)
        process.send_signal(signal.SIGKILL)
        process.wait()
    subprocess.run(train(work, tmp_path / "parts", 12), env=ENVIRONMENT, check=True)
    whole, parts = (load_checkpoint(tmp_path / name / "last.pt") for name in ("whole", "parts"))
    assert whole["step"] == parts["step"] == 12
    for part in ("model", "ema", "discriminators"):
        for name, value in whole[part].items():
            assert torch.equal(value, parts[part][name]), name
    for state in ("optimizer", "discriminator_updater"):
        a, b = (content[state] for content in (whole, parts))
        a, b = (x.get("optimizer", x)["state"] for x in (a, b))
        assert all(torch.equal(a[i][k], b[i][k]) for i in a for k in a[i])
    texts = [(tmp_path / name / "losses.csv").read_text() for name in ("whole", "parts")]
    assert texts[0] == texts[1]


def wait_for_steps(path: Path, least: int, process: subprocess.Popen) -> None:
    """Until losses.csv shows more than `least` steps, or the run has ended."""
    end = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < end:
        if path.is_file() and len(path.read_text().splitlines()) > least:
            return
        time.sleep(0.02)


def test_a_trained_vocoder_is_exported_by_its_folder(work, tmp_path):
    subprocess.run(train(work, tmp_path / "exp", 6), env=ENVIRONMENT, check=True)
    out = tmp_path / "vocoder.onnx"
    run("export_vocoder.py", work, "--vocoder", tmp_path / "exp", "--output", out)
    samples = tmp_path / "samples.onnx"
    flags = ("--vocoder", tmp_path / "exp", "--output", samples, "--samples", 1)
    run("export_vocoder.py", work, *flags)
    from tts.vocoders import load_vocoder

    mel_BTF = torch.randn(1, 9, MEL.n_mels) - 5
    wanted = load_vocoder(tmp_path / "exp", MEL)(mel_BTF)
    small, weights = tmp_path / "small.onnx", tmp_path / "g_00000006"
    flags = ("--vocoder", tmp_path / "exp", "--int8", 1, "--output", small)
    assert "largest difference" in run("export_vocoder.py", work, *flags)
    assert load_vocoder(small, MEL)(mel_BTF).shape == wanted.shape
    flags = ("--vocoder", tmp_path / "exp", "--output", weights)
    assert "is no run of hifigan" in run("export_vocoder.py", work, *flags, status=2)
    assert not weights.exists()
    flags = ("--griffin-lim", "--int8", 1, "--output", weights.with_suffix(".onnx"))
    assert "has no 8-bit export" in run("export_vocoder.py", work, *flags, status=2)
    for path in (out, samples):
        torch.testing.assert_close(load_vocoder(path, MEL)(mel_BTF), wanted, atol=1e-5, rtol=0)
    assert "takes the mel" in run("check_vocoder.py", work, "--vocoder", tmp_path / "exp")


def test_wrong_commands_say_what_to_do(work, tmp_path):
    printed = run("train_vocoder.py", work, "--preset", "smal", status=2)
    assert "vocos has no preset 'smal'" in printed and "base" in printed
    assert "no vocoder is called 'vocoss' (nearest: vocos)" in run(
        "train_vocoder.py", work, "--model", "vocoss", status=2
    )
    (tmp_path / "empty").mkdir()
    assert "train the vocoder first" in run(
        "check_vocoder.py", work, "--vocoder", tmp_path / "empty", status=2
    )
