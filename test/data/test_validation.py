"""Every audio fault is found, sound audio is not, and the policy counts right."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile

from tts.data.utterance import Fault
from tts.data.validation import (
    REMARKS,
    AudioLimits,
    RejectPolicy,
    apply_policy,
    check_file,
    check_pace,
    check_samples,
    edge_silences,
)
from tts.errors import InputError

RATE = 22050
LIMITS = AudioLimits()


def speech(seconds: float = 2.0, level: float = 0.1) -> np.ndarray:
    noise = np.random.default_rng(0).normal(0, level, int(seconds * RATE))
    return noise.clip(-0.9, 0.9).astype(np.float32)


def kinds(faults: list[tuple[str, str]]) -> list[str]:
    return [kind for kind, _ in faults]


def test_sound_audio_has_no_fault(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, speech(), RATE)
    assert check_file(path, LIMITS) == ([], RATE, 2 * RATE)
    assert check_samples(speech(), RATE, LIMITS) == []


def test_the_real_clips_have_no_fault(shared_data):
    paths = [*sorted((shared_data / "LJSpeech-1.1/wavs").glob("*.wav"))[:20]]
    paths += sorted((shared_data / "BZNSYP/Wave").glob("*.wav"))
    for path in paths:
        faults, rate, length = check_file(path, LIMITS)
        samples, _ = soundfile.read(path, dtype="float32")
        assert not faults and len(samples) == length
        assert check_samples(samples, rate, LIMITS) == []


@pytest.mark.parametrize("kind", ["missing", "empty", "unreadable", "truncated", "no-samples"])
def test_files_that_cannot_be_used(tmp_path, kind):
    path = tmp_path / "a.wav"
    soundfile.write(path, speech(), RATE)
    data = path.read_bytes()
    expected = [f"{kind}-audio"]
    if kind == "missing":
        path.unlink()
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "unreadable":
        path.write_bytes(b"this is no audio at all")
    elif kind == "truncated":
        path.write_bytes(data[:-1000])
    else:
        soundfile.write(path, speech()[:0], RATE)
        expected = ["empty-audio"]
    assert kinds(check_file(path, LIMITS)[0]) == expected


def test_channels_and_duration(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, np.stack([speech(), speech()], 1), RATE)
    assert kinds(check_file(path, LIMITS)[0]) == ["channels"]
    soundfile.write(path, speech(0.2), RATE)
    assert kinds(check_file(path, LIMITS)[0]) == ["duration"]
    soundfile.write(path, speech(31), RATE)
    assert kinds(check_file(path, LIMITS)[0]) == ["duration"]


def test_a_chunk_before_the_data_is_no_truncation(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, speech(), RATE)
    data = path.read_bytes()
    path.write_bytes(data[:36] + b"LIST\x03\x00\x00\x00abc\x00" + data[36:])
    assert check_file(path, LIMITS)[0] == []


@pytest.mark.parametrize(
    "length", [0x7FFFEFFF, 0x7FFFF000, 0x7FFFFFDB, 0x7FFFFFFF, 0x80000000, 0xFFFFFFDB, 0xFFFFFFFF]
)
def test_a_length_that_a_pipe_left_open_is_no_truncation(tmp_path, length):
    path = tmp_path / "a.wav"
    soundfile.write(path, speech(), RATE)
    data = path.read_bytes()
    assert data[36:40] == b"data"
    path.write_bytes(data[:40] + length.to_bytes(4, "little") + data[44:])
    assert check_file(path, LIMITS) == ([], RATE, 2 * RATE)


def test_a_second_of_silence_is_reported():
    quiet = np.concatenate([np.zeros(int(1.2 * RATE), "f"), speech()])
    assert kinds(check_samples(quiet, RATE, LIMITS)) == ["edge-silence"]
    assert check_samples(quiet[RATE // 2 :], RATE, LIMITS) == []
    assert "edge-silence" in REMARKS and "long-silence" not in REMARKS


def test_waveform_faults():
    assert kinds(check_samples(speech() * 1e-3, RATE, LIMITS)) == ["silent"]
    assert kinds(check_samples(speech() + 0.05, RATE, LIMITS)) == ["dc-offset"]
    assert kinds(check_samples(speech()[:0], RATE, LIMITS)) == ["empty-audio"]
    assert kinds(check_samples(np.full(9000, np.nan, "f"), RATE, LIMITS)) == ["not-finite"]
    quiet = np.concatenate([np.zeros(6 * RATE, "f"), speech()])
    assert kinds(check_samples(quiet, RATE, LIMITS)) == ["long-silence"]
    assert kinds(check_samples(quiet[::-1], RATE, LIMITS)) == ["long-silence"]


@pytest.mark.parametrize("level", [0, 0.25, np.nan])
def test_where_nothing_is_loud_all_is_silence(level):
    silent = np.full(9000, level, "f")
    assert edge_silences(silent - silent.mean()) == (9000, 0)
    assert edge_silences(silent[:0]) == (0, 0)


def test_clipping_is_flat_stretches_not_peaks():
    wave = np.sin(np.arange(2 * RATE) / 20).astype(np.float32)
    assert kinds(check_samples((3 * wave).clip(-1, 1), RATE, LIMITS)) == ["clipping"]
    assert check_samples(wave * np.float32(0.9995), RATE, AudioLimits(clip_run=20)) == []
    peaks = speech()
    peaks[::200] = 1.0  # single full-scale samples
    assert "clipping" not in kinds(check_samples(peaks - peaks.mean(), RATE, LIMITS))


def test_pace_is_compared_with_the_corpus():
    lengths = [(3.0, 40)] * 30 + [(3.0, 4), (0.5, 40), (6.0, 40)]
    reasons = check_pace(lengths, LIMITS)
    assert [bool(reason) for reason in reasons] == [False] * 30 + [True, True, False]
    assert check_pace(lengths[-3:], LIMITS) == ["", "", ""]


def faults(count: int) -> list[Fault]:
    return [Fault(f"u{i}", "silent", "level\t0\nvery low", position=i) for i in range(count)]


def test_policy_leaves_out_up_to_its_share_and_lists_everything(tmp_path):
    report = tmp_path / "rejected.tsv"
    extra = Fault("x", "extra-audio", "no entry")
    assert apply_policy([*faults(2), extra], 200, RejectPolicy(), report) == {0, 1}
    rows = report.read_text().splitlines()
    assert rows[0] == "id\tkind\tdetail" and rows[1] == "u0\tsilent\tlevel 0 very low"
    assert rows[3].startswith("x\textra-audio")
    with pytest.raises(InputError, match=r"3 of 200.*--max-rejected 0\.0"):
        apply_policy(faults(3), 200, RejectPolicy(), report)
    assert len(report.read_text().splitlines()) == 4
    with pytest.raises(InputError):
        apply_policy(faults(1), 200, RejectPolicy(on_reject="stop"), report)
    assert apply_policy([extra], 200, RejectPolicy(on_reject="stop"), report) == set()
    twice = [*faults(1), Fault("u0", "clipping", "", position=0)]
    assert apply_policy(twice, 100, RejectPolicy(), report) == {0}
