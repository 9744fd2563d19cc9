"""The voice of the repository: what it weighs, that it speaks, what is heard, further training."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from tts.export.graph import read_metadata
from tts.export.parts import default_model, vocoder_of
from tts.infer.onnx import OnnxVoice
from tts.infer.pytorch import TorchVoice
from tts.infer.speak import speak_text
from tts.mel import MelConfig
from tts.vocoders import load_vocoder
from tts.voice import load_voice

SENTENCES = (
    "The train to the coast leaves at half past seven.",
    "Nobody had told the children why the garden gate was locked.",
    "Dr. Smith paid 12 dollars for 3 kg of apples on May 3rd.",
    "Would you rather walk home or wait for the rain to stop?",
    "A thousand candles were burning in the old stone church.",
)


@pytest.fixture(scope="module")
def folder(root):
    return root / "egs" / "kokoro_en" / "TTS" / "pretrained"


@pytest.fixture(scope="module")
def voice(folder):
    model = default_model(folder / "voice")
    parts = [vocoder_of(folder / "voice", model), folder / "voice" / "tokens.txt"]
    return OnnxVoice(model, *parts, folder / "voice" / "lexicon.txt")


def test_it_is_small_and_says_what_it_is(folder):
    sizes = {path: path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    package = sum(size for path, size in sizes.items() if path.parent.name == "voice")
    assert package < 15e6 and sum(sizes.values()) < 28e6
    metadata = read_metadata(default_model(folder / "voice"))
    assert (
        "synthetic" in metadata["dataset_comment"] and "Kokoro-82M" in metadata["dataset_comment"]
    )
    assert "synthetic" in (folder / "voice" / "README.md").read_text(encoding="utf-8")


def test_it_says_every_word_of_a_sentence(voice):
    for text in SENTENCES:
        speech = speak_text(voice, text)
        assert not voice.missing(speech.spoken)
        assert 0.03 < len(speech.samples) / speech.sample_rate / len(text) < 0.15
        level = np.sqrt(np.mean(np.square(speech.samples)))
        assert level > 0.01 and np.abs(speech.samples).max() < 1.3


def test_base_is_the_same_voice(folder, voice):
    """The checkpoint for further training has the packaged voice's mels, but for its 8 bits."""
    base = TorchVoice(load_voice(folder / "matcha-small.pt"), load_vocoder(None, MelConfig()))
    made, packaged = (speak_text(each, SENTENCES[0]) for each in (base, voice))
    assert abs(len(made.mel_TF) - len(packaged.mel_TF)) < 0.05 * len(packaged.mel_TF)
    means = made.mel_TF.mean(0) - packaged.mel_TF.mean(0)
    assert np.abs(means).mean() < 0.3


def demo(root, folder, *options):
    return subprocess.run(
        [str(root / "run.sh"), "--demo", "--python", sys.executable, *options],
        cwd=folder,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_demo(root, tmp_path):
    done = demo(root, tmp_path, "--text", SENTENCES[0])
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"says: {SENTENCES[0]}" in done.stdout
    assert (tmp_path / "demo.wav").stat().st_size > 40_000
    for options, words in (
        (("--corpus", "ljspeech"), "leave --corpus"),
        (("--text", "😀"), "nothing to say"),
    ):
        done = demo(root, tmp_path, *options)
        assert done.returncode == 2 and words in done.stderr


def test_the_notebook_speaks(root, tmp_path, monkeypatch, capsys):
    """Its code in the order of its cells, but for what only a notebook can show."""
    notebook = json.loads((root / "docs" / "speech_from_text.ipynb").read_text(encoding="utf-8"))
    monkeypatch.chdir(root / "docs")
    monkeypatch.setenv("TENCHA_OUTPUT", str(tmp_path / "speech.wav"))
    names: dict = {}
    for cell in notebook["cells"]:
        tags = cell["metadata"].get("tags", [])
        if cell["cell_type"] == "code" and "notebook-only" not in tags:
            exec("".join(cell["source"]), names)
    printed = capsys.readouterr().out
    assert "doctor Smith read three books" in printed
    assert len(names["rows"]) == 3 and names["mel_TF"].shape[1] == 80
    assert printed.count("\n| ") == 4 and (tmp_path / "speech.wav").stat().st_size > 10_000


@pytest.mark.slow
def test_its_words_are_heard(voice):
    pytest.importorskip("ctranslate2", reason="requirements-judge.txt is not installed")
    from tts.evaluate.edits import align, num_errors
    from tts.evaluate.recogniser import Listener
    from tts.evaluate.recognisers import open_recogniser
    from tts.text.english.scoring import units

    listener, errors, words = Listener(open_recogniser("base", "en")), 0, 0
    for text in SENTENCES:
        speech = speak_text(voice, text)
        said = units(listener(speech.samples, speech.sample_rate))["word"]
        wanted = units(text)["word"]
        errors, words = errors + num_errors(align(wanted, said)), words + len(wanted)
    assert errors / words < 0.1, (errors, words)
