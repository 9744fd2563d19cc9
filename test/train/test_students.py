"""Students of a teacher's flow: their pairs, their loss, the command that trains one."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import TINY_MODEL, add_tiny_inputs
from runs import SMALL, run

from tts.checkpoint import load_checkpoint
from tts.config import from_dict
from tts.data.packed_file import Packed, pack_arrays
from tts.errors import InputError
from tts.files import write_json
from tts.infer.teaching import check_teacher, trace_flow
from tts.models import model_class
from tts.models.facts import Facts
from tts.train.acoustic import train
from tts.train.loaders import utterance_batches
from tts.train.stored_targets import pairs_path
from tts.voice import SpeakingOptions, load_voice

HOW = SpeakingOptions(num_steps=4, noise_scale=0.5)


@pytest.fixture
def teacher(tiny_work) -> Path:
    """A voice of two steps, and durations beside its data."""
    add_tiny_inputs(tiny_work)
    run(tiny_work, "exp", max_steps=2, num_epochs=1)
    return tiny_work / "exp"


def batches_of(work: Path, voice, split: str = "train"):
    cuts = work / "data" / "fbank" / f"ljspeech_cuts_{split}.jsonl.gz"
    return list(utterance_batches(cuts, work, voice.table, "blank", ("durations",)))


@torch.inference_mode()
@pytest.mark.parametrize("states", [1, 2])
def test_pairs_begin_with_noise_and_end_with_the_teachers_mel(teacher, tiny_work, states):
    voice = load_voice(teacher)
    batch = batches_of(tiny_work, voice)[0]
    ((_, path_TC),) = trace_flow(voice, [batch], states, HOW)
    assert path_TC.dtype == np.float16 and path_TC.shape[1] == 80 * (states + 1)
    parts = torch.from_numpy(path_TC.astype(np.float32)).split(80, dim=1)
    assert abs(float(parts[0].std()) - 0.5) < 0.05  # the temperature
    model = voice.model
    mu_BFT, mask_B1T = model._aligned(batch)
    frames = mu_BFT.shape[2]
    x_0 = torch.nn.functional.pad(parts[0].T[None], (0, frames - len(path_TC)))
    expected = list(model.decoder.path(x_0, mu_BFT, mask_B1T, 4))
    for number, part in enumerate(parts[1:], 1):
        wanted = expected[4 * number // states - 1][0, :, : len(path_TC)].T
        torch.testing.assert_close(part, wanted, atol=4e-3, rtol=2e-3)


def student_of(teacher: Path, steps: int):
    """The teacher's weights as a student, and the batch of all its utterances' pairs."""
    voice = load_voice(teacher)
    config = {**TINY_MODEL, "steps": steps}
    chosen = model_class("matcha_student")
    facts = Facts(voice.table.num_embeddings, 80, -5.0, 2.0)
    student = chosen(from_dict(chosen.Config, config, "model"), facts).eval()
    student.load_state_dict(voice.model.state_dict())
    return voice, student


@torch.no_grad()
@pytest.mark.parametrize("steps", [1, 2])
def test_a_student_that_leads_to_the_next_state_has_no_loss(teacher, tiny_work, steps):
    voice, student = student_of(teacher, steps)
    batch = batches_of(tiny_work, voice)[0]
    ((_, path_TC),) = trace_flow(voice, [batch], steps, HOW)
    path_BTC = torch.from_numpy(path_TC.astype(np.float32))[None]
    batch = dataclasses.replace(batch, path_BTC=path_BTC)
    states = torch.nn.functional.pad(path_BTC.transpose(1, 2), (0, 64)).chunk(steps + 1, 1)
    asked = []

    def velocity(x_t, mu, mask, t):
        asked.append(float(t))
        place = round(float(t) * steps)
        frames = x_t.shape[2]
        torch.testing.assert_close(x_t, states[place][..., :frames])
        return (states[place + 1] - states[place])[..., :frames] * steps + offset

    student.decoder.estimator.forward = velocity
    for offset, loss in ((0.0, 0.0), (0.25, 0.25)):
        torch.manual_seed(0)
        for _ in range(8):
            losses = student(batch)
            assert float(losses["diff_loss"]) == pytest.approx(loss, abs=1e-6)
    assert set(asked) == {0.0, 0.5}.intersection({n / steps for n in range(steps)})
    assert losses.keys() == {"dur_loss", "prior_loss", "diff_loss"}


@torch.inference_mode()
def test_a_student_takes_its_own_number_of_steps(teacher):
    _, student = student_of(teacher, 2)
    calls = []
    forward = student.decoder.estimator.forward
    student.decoder.estimator.forward = lambda *a: (calls.append(1), forward(*a))[1]
    student.synthesise(torch.tensor([[1, 2, 3]]), torch.tensor([3]), num_steps=7)
    assert len(calls) == 2
    with pytest.raises(InputError, match="student of 2; give --steps 2"):
        student.export_graphs([2, 3])


@pytest.mark.parametrize(
    "states, steps, said", [(2, 5, "cannot be cut into 2 parts"), (1, 4, "no student")]
)
def test_what_is_no_teacher(teacher, states, steps, said):
    voice, student = student_of(teacher, 1)
    if states == 1:
        voice = dataclasses.replace(voice, model=student)
    with pytest.raises(InputError, match=said):
        check_teacher(voice, states, SpeakingOptions(num_steps=steps))


def test_steps_of_a_student():
    with pytest.raises(InputError, match="1 or 2"):
        from_dict(model_class("matcha_student").Config, {"steps": 3}, "model")


# --- the stored pairs ------------------------------------------------------------------------


def student_run(work: Path, **options):
    folders = {"exp_dir": str(work / "student"), "manifest_dir": str(work / "data" / "fbank")}
    model = {**TINY_MODEL, "steps": 1}
    options = {"train": {**folders, **SMALL, "num_epochs": 1, **options}, "model": model}
    return train("matcha_student", options, {"name": "ljspeech"}, "ljspeech")


def test_pairs_that_are_missing_or_do_not_fit(teacher, tiny_work):
    with pytest.raises(InputError, match=r"pairs-1_train\.bin does not exist.*local/distil\.py"):
        student_run(tiny_work)
    for split in ("train", "valid"):
        ids = [f"{split}{number}" for number in range(2)]
        arrays = [np.zeros((3, 160), np.float16)] * 2
        pack_arrays(pairs_path(tiny_work / "data", "ljspeech", split, 1), ids, [3, 3], arrays, {})
    with pytest.raises(InputError, match="pairs-1 of 3 frames, the mel has"):
        student_run(tiny_work)


def distil(work: Path, *flags: object, status: int = 0) -> str:
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, str(root / "local" / "distil.py"), "--corpus", "ljspeech"]
    command += ["--work", str(work), "--teacher-steps", "4", *map(str, flags)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        timeout=300,
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_command_writes_pairs_and_trains_on_them(teacher, tiny_work):
    flags = ["--exp-dir", tiny_work / "student", "--max-duration", 2, "--num-workers", 0]
    flags += ["--tensorboard", 0, "--precision", "fp32", "--num-epochs", 1]
    said = distil(tiny_work, "--teacher", teacher, *flags)
    assert "12 pairs" in said and "matcha_student: " in said
    packed = Packed(pairs_path(tiny_work / "data", "ljspeech", "train", 1))
    assert len(packed) == 12 and packed.frames.shape[1] == 160
    assert packed.made_from["noise_scale"] == "0.667"
    content = load_checkpoint(tiny_work / "student" / "epoch-1.pt")
    assert content["config"]["model"]["name"] == "matcha_student"
    assert content["config"]["model"]["encoder"]["channels"] == 16  # the teacher's sizes
    before = load_checkpoint(teacher / "last.pt")
    assert content["model"].keys() == before["model"].keys()
    voice = load_voice(tiny_work / "student")
    assert voice.model.config.steps == 1
    # A second call makes no pairs anew, and goes on.
    said = distil(tiny_work, "--teacher", teacher, *flags[:-1], 2, "--start-epoch", "auto")
    assert "pairs-1: up to date" in said


def test_wrong_calls_of_the_command(teacher, tiny_work):
    assert "does not exist" in distil(tiny_work, "--teacher", tiny_work / "nowhere", status=2)
    said = distil(tiny_work, "--teacher", teacher, "--steps", 3, status=2)
    assert "invalid choice: 3" in said
    said = distil(tiny_work, "--teacher", teacher, "--preset", "smal", status=2)
    assert "no preset 'smal'" in said and "small" in said
    said = distil(tiny_work, "--teacher", teacher, "--lr-final", -1, status=2)
    assert said.startswith("error:") and not (tiny_work / "data" / "pairs").exists()


def test_a_preset_wants_the_teachers_statistics(teacher, tiny_work):
    write_json(tiny_work / "data" / "fbank" / "cmvn.json", {"fbank_mean": -4.0, "fbank_std": 2.0})
    said = distil(tiny_work, "--teacher", teacher, "--preset", "small", status=2)
    assert "mel_mean -5.0000, the data have -4.0000" in said


def test_other_pairs_are_noticed_when_resuming(teacher, tiny_work):
    flags = ["--exp-dir", tiny_work / "student", "--max-duration", 2, "--num-workers", 0]
    flags += ["--tensorboard", 0, "--precision", "fp32", "--start-epoch", "auto"]
    distil(tiny_work, "--teacher", teacher, *flags, "--num-epochs", 1)
    said = distil(tiny_work, "--teacher", teacher, *flags, "--num-epochs", 2, "--temperature", 0.3)
    assert "not exactly the same run" in said and "data" in said
