"""Recordings of several channels, low rates and long silences; ids that name no file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tts.config import from_dict
from tts.data.recordings import Checks, check_recording, id_fault, repeated_texts
from tts.data.validation import AudioLimits
from tts.errors import InputError

RATE = 22050


def check(folder: Path, samples, rate=RATE, name="a", suffix=".wav", mel_rate=RATE, **limits):
    path = folder / f"given{suffix}"
    soundfile.write(path, samples, rate)
    checks = Checks(from_dict(AudioLimits, limits), mel_rate, folder / "data/audio")
    return path, check_recording((name, path), checks)


def noise(seconds: float = 1.0, channels: int = 1) -> np.ndarray:
    samples = np.random.default_rng(0).normal(0, 0.1, (int(seconds * RATE), channels))
    return samples[:, 0] if channels == 1 else samples


def test_a_channel_or_the_mean_of_all_becomes_the_recording(tmp_path):
    stereo = noise(channels=2)
    path, found = check(tmp_path, stereo)
    assert found.faults[0][0] == "channels" and '"mix"' in found.faults[0][1]
    given, _ = soundfile.read(path, dtype="int16")
    _, found = check(tmp_path, stereo, channels=2)
    assert found.path == tmp_path / "data/audio/channels-2-trim-0/a.flac"
    assert np.array_equal(soundfile.read(found.path, dtype="int16")[0], given[:, 1])
    _, found = check(tmp_path, stereo, name="below/b", channels="mix")
    mixed, rate = soundfile.read(found.path)
    assert (len(mixed), rate) == (found.num_samples, found.sample_rate) == (RATE, RATE)
    assert np.abs(mixed - given.mean(axis=1) / 32768).max() < 2**-23
    assert check(tmp_path, stereo, channels=3)[1].faults[0][0] == "channels"
    path, found = check(tmp_path, noise(), channels="mix")
    assert found.path == path  # one channel already: nothing is written
    with pytest.raises(InputError, match="channels"):
        check(tmp_path, stereo, channels=-1)


def test_the_stage_runs_again_where_what_it_mixed_is_gone(root, tmp_path):
    (tmp_path / "clips").mkdir()
    soundfile.write(tmp_path / "clips/a.wav", noise(channels=2), RATE)
    (tmp_path / "clips/t.tsv").write_text("a|A text\n")
    (tmp_path / "corpus.toml").write_text(
        f'name = "c"\nfolder = "{tmp_path / "clips"}"\nlanguage = "en-us"\nreader = "table"\n'
        '[table]\nfile = "t.tsv"\n[audio]\nchannels = "mix"\n'
    )
    command = [sys.executable, root / "local/prepare_manifests.py", "--recipe", tmp_path]
    made = tmp_path / "data/audio/channels-mix-trim-0/a.flac"
    for expected in ("running", "up to date", "audio is missing"):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0 and expected in done.stdout, done.stderr
        assert made.is_file()
        if expected == "up to date":
            shutil.rmtree(tmp_path / "data/audio")


def test_long_silence_is_cut_to_what_is_asked_for(tmp_path):
    speech = noise()
    speech[[0, -1]] = 0.2  # loud, so that the ends are known
    silent = np.concatenate([np.zeros(2 * RATE), speech, np.zeros(RATE // 20)])
    path, found = check(tmp_path, silent)
    assert found.path == path and found.num_samples == len(silent)
    path, found = check(tmp_path, silent, trim_silence=0.1)
    given, _ = soundfile.read(path, dtype="int16")
    kept, _ = soundfile.read(found.path, dtype="int16")
    assert np.array_equal(kept, given[2 * RATE - RATE // 10 :])
    _, found = check(tmp_path, silent[: 2 * RATE + 200], name="c", trim_silence=0.1)
    assert found.faults[0][0] == "duration"


@pytest.mark.parametrize(("level", "kind"), [(np.nan, "unreadable-audio"), (0.3, "duration")])
def test_what_holds_nothing_loud_is_refused(tmp_path, level, kind):
    path = tmp_path / "level.wav"
    soundfile.write(path, np.full(RATE, level), RATE, "FLOAT")
    checks = Checks(AudioLimits(trim_silence=0.1), RATE, tmp_path / "data/audio")
    assert check_recording(("a", path), checks).faults[0][0] == kind


def test_what_is_written_is_kept_while_the_recording_is_the_same(tmp_path):
    path, found = check(tmp_path, noise(channels=2), channels="mix")
    before = found.path.stat()
    checks = Checks(AudioLimits(channels="mix"), RATE, tmp_path / "data/audio")
    check_recording(("a", path), checks)
    assert found.path.stat().st_ino == before.st_ino
    path.touch()
    check_recording(("a", path), checks)
    after = found.path.stat()
    assert after.st_ino != before.st_ino
    other = tmp_path / "other.wav"  # the same id for another file of the same time
    soundfile.write(other, noise(channels=2)[::-1], RATE)
    os.utime(other, ns=(path.stat().st_mtime_ns,) * 2)
    check_recording(("a", other), checks)
    assert found.path.stat().st_ino != after.st_ino


def test_a_rate_below_the_mels_is_named_and_refused_unless_allowed(tmp_path):
    _, found = check(tmp_path, noise(), rate=16000)
    assert found.faults[0][0] == "low-rate"
    assert "16000 Hz" in found.faults[0][1] and "22050" in found.faults[0][1]
    assert not check(tmp_path, noise(), rate=16000, allow_low_rate=True)[1].faults
    assert not check(tmp_path, noise(), rate=16000, mel_rate=16000)[1].faults
    assert not check(tmp_path, noise(), rate=48000)[1].faults


@pytest.mark.parametrize(
    "name",
    ["/etc/x", "../x", "a/../../x", "..", ".hidden", "a/.b", "a//b", "a\nb", "x" * 200, "a\\b"],
)
def test_ids_that_would_leave_the_working_folder_are_refused(tmp_path, name):
    assert check(tmp_path, noise(), name=name)[1].faults[0][0] == "bad-id"


@pytest.mark.parametrize("name", ["a", "speaker/001", "你好", "a b..c", "x-1.2"])
def test_other_ids_are_free(name):
    assert id_fault(name) == ""


def test_texts_that_stand_twice_reject_nothing():
    faults = repeated_texts(
        [("a", "One two."), ("b", "Three"), ("c", "One  two."), ("d", "One two.")]
    )
    assert [(f.id, f.kind, f.detail, f.position) for f in faults] == [
        ("c", "same-text", "the text of a", None),
        ("d", "same-text", "the text of a", None),
    ]
