"""check_vocoder.py: one line before training, by the recipe's own mel."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
import torch

from tts.config import to_dict, write_toml
from tts.mel import MelConfig
from tts.vocoders.hifigan import V2, Hifigan


@pytest.fixture
def vocoder(tmp_path):
    """A checkpoint of the published form, of random weights."""
    path = tmp_path / "generator_v2"
    torch.save({"generator": Hifigan(V2, MelConfig()).state_dict()}, path)
    return path


def check(root, work, vocoder, *options):
    done = subprocess.run(
        [sys.executable, root / "local" / "check_vocoder.py", "--corpus", "ljspeech"]
        + ["--work", work, "--vocoder", vocoder, *options],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_before_anything_is_prepared_the_mel_of_the_recipe_counts(root, vocoder, tmp_path):
    status, out, err = check(root, tmp_path / "work", vocoder)
    assert (status, err) == (0, "") and len(out.splitlines()) == 1


def test_the_mel_of_the_prepared_data_counts(root, vocoder, tmp_path):
    other = replace(MelConfig(), hop_length=220)
    write_toml(tmp_path / "work" / "data" / "mel.toml", to_dict(other))
    status, out, err = check(root, tmp_path / "work", vocoder)
    assert (status, out) == (2, "") and err.startswith("error: ")
    assert str(other) in err and str(MelConfig()) in err
    status, out, err = check(root, tmp_path / "work", vocoder, "--stated", "1")
    assert (status, err) == (0, "")
    changed = ("--set", "mel.hop_length=200")
    status, out, err = check(root, tmp_path / "work", vocoder, "--stated", "1", *changed)
    assert status == 2 and "hop_length=200" in err


def test_a_file_that_is_not_there(root, tmp_path):
    status, out, err = check(root, tmp_path / "work", tmp_path / "generator_v9")
    assert (status, out) == (2, "") and len(err.splitlines()) == 1
    assert "generator_v9 does not exist" in err
