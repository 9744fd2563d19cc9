"""Checkpoints, packages and prepared data of the first version keep working.

test/stored/voice-0.1.tar.xz was written by the code of November 2026, before the rooms of tts/ were
divided anew: four toy utterances prepared, two tiny models trained on them, one package without its
vocoder and most of its lexicon, and what these models gave then (expected.npz).
"""

from __future__ import annotations

import tarfile
from pathlib import Path

import numpy as np
import pytest

ARCHIVE = Path(__file__).with_name("stored") / "voice-0.1.tar.xz"
SENTENCE = "The girl took six cats."


@pytest.fixture(scope="module")
def stored(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("stored")
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.mark.parametrize(
    "name, checkpoint", [("matcha", "epoch-1.pt"), ("fastspeech2", "best-valid-loss.pt")]
)
def test_a_stored_checkpoint_speaks_as_it_did(stored, name, checkpoint):
    import torch

    from tts.voice import load_voice

    expected = np.load(stored / "expected.npz")
    voice = load_voice(stored / name / checkpoint)
    ids = expected[f"{name}_ids"].tolist()
    assert voice.encode(voice.frontend(SENTENCE).tokens) == ids
    steps = {"num_steps": 2} if name == "matcha" else {}
    with torch.inference_mode():
        spoken = voice.model.synthesise(
            torch.tensor([ids]), torch.tensor([len(ids)]), noise_scale=0.0, **steps
        )
    mel = spoken["mel_BTF"][0].numpy()
    np.testing.assert_allclose(mel, expected[f"{name}_mel"], atol=0.01)  # kept as float16


def test_training_goes_on_from_a_stored_checkpoint_on_stored_data(stored, tmp_path):
    """The second epoch gives the weights that it gave then."""
    import shutil

    from tts.checkpoint import load_checkpoint
    from tts.train.acoustic import train

    work = shutil.copytree(stored, tmp_path / "work")
    options = {
        "exp_dir": str(work / "matcha"),
        "manifest_dir": str(work / "data" / "fbank"),
        "start_epoch": "2",
        "num_epochs": 2,
        "max_duration": 3,
        "num_workers": 0,
        "tensorboard": False,
        "save_every_n": 1,
        "precision": "fp32",
    }
    config = load_checkpoint(work / "matcha" / "epoch-1.pt")["config"]
    model = {key: value for key, value in config["model"].items() if key != "name"}
    train("matcha", {"train": options, "model": model}, config["corpus"], "ljspeech")
    weights = load_checkpoint(work / "matcha" / "epoch-2.pt")["model"].values()
    sums = [float(weight.double().sum()) for weight in weights]
    expected = np.load(stored / "expected.npz")["matcha_sums"]
    np.testing.assert_allclose(sums, expected, rtol=1e-4, atol=1e-4)


def test_a_stored_package_speaks(stored, tmp_path):
    from tts.export.vocoder import export_griffin_lim
    from tts.infer.onnx import OnnxVoice
    from tts.infer.speak import speak_text
    from tts.mel import MelConfig

    export_griffin_lim(MelConfig(), tmp_path / "vocoder.onnx", num_iterations=1)
    package = stored / "package"
    voice = OnnxVoice(
        package / "model-steps-2.onnx",
        tmp_path / "vocoder.onnx",
        package / "tokens.txt",
        package / "lexicon.txt",
    )
    speech = speak_text(voice, SENTENCE)
    assert speech.sample_rate == 22050 and len(speech.samples) > 5000
    assert np.isfinite(speech.samples).all()
