"""Stage 9: files, skipping, killing, processes, faults."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tts.config import to_dict, write_toml
from tts.data.corpus import Recipe, RecipeOptions
from tts.data.packed_file import Packed
from tts.data.validation import RejectPolicy
from tts.errors import InputError
from tts.features.contours import contours_of, statistics_of, write_contours
from tts.features.pitch import PitchConfig
from tts.files import sha256_file, write_jsonl, write_text
from tts.mel import MelConfig, num_frames

CLIPS, RATE = 70, 22050  # more than one chunk
SPLITS = {"train": range(66), "valid": range(66, 68), "test": range(68, 70)}


def make_work(work: Path) -> Path:
    """Prepared data of short vowels whose F0 falls from clip to clip, without mels."""
    random, cuts = np.random.RandomState(0), []
    audio = work / "download" / "LJSpeech-1.1" / "wavs"
    audio.mkdir(parents=True)
    for position in range(CLIPS):
        name, length = f"LJ001-{position + 1:04d}", RATE // 2 + 100 * position
        phase = 2 * np.pi * np.cumsum(np.full(length, 260.0 - 2 * position)) / RATE
        wave = 0.1 * sum(np.cos(k * phase + k * k) / k for k in range(1, 15))
        wave[: RATE // 10] = 0
        soundfile.write(audio / f"{name}.wav", wave + 1e-4 * random.standard_normal(length), RATE)
        source = {
            "type": "file",
            "channels": [0],
            "source": f"download/LJSpeech-1.1/wavs/{name}.wav",
        }
        recording = {"id": name, "sources": [source], "sampling_rate": RATE, "num_samples": length}
        features = {"num_frames": num_frames(length, MelConfig())}
        supervisions = [{"custom": {"position": position}}]
        cuts.append(
            {"id": name, "recording": recording, "features": features, "supervisions": supervisions}
        )
    data = work / "data"
    write_text(data / "manifests" / "ljspeech_ids.txt", "".join(f"{cut['id']}\n" for cut in cuts))
    write_toml(data / "mel.toml", to_dict(MelConfig()))
    write_jsonl(data / "fbank" / "ljspeech_cuts.jsonl.gz", cuts)
    for split, positions in SPLITS.items():
        path = data / "fbank" / f"ljspeech_cuts_{split}.jsonl.gz"
        write_jsonl(path, [cuts[position] for position in positions])
    return work


def start(root: Path, work: Path, *arguments: str) -> subprocess.Popen:
    command = [sys.executable, str(root / "local" / "pitch.py"), "--corpus", "ljspeech"]
    command += ["--work", str(work), *arguments]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.Popen(command, env=environment, start_new_session=True, **pipes)


def finished(process: subprocess.Popen, status: int = 0) -> str:
    output, _ = process.communicate(timeout=120)
    assert process.returncode == status, output
    return output


def contents(work: Path) -> dict[str, str]:
    folder = work / "data" / "pitch"
    # Chunks also hold when each recording was written.
    return {path.name: sha256_file(path) for path in folder.iterdir() if path.is_file()}


def run(work: Path, max_rejected: float = 0.0, **pitch: float) -> None:
    """The stage's work in this process."""
    recipe = Recipe.open(RecipeOptions(corpus="ljspeech", work=str(work)))
    policy = RejectPolicy(max_rejected=max_rejected)
    write_contours(recipe, MelConfig(), PitchConfig(**pitch), policy, 1)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> Path:
    work = make_work(tmp_path_factory.mktemp("pitch"))
    run(work)
    return work


def test_contours_and_statistics_are_those_of_the_audio(undisturbed):
    folder, found = undisturbed / "data" / "pitch", []
    for split, positions in SPLITS.items():
        packed = Packed(folder / f"ljspeech_pitch_{split}.bin")
        assert packed.ids == [f"LJ001-{position + 1:04d}" for position in positions]
        for name, contours in zip(packed.ids, packed, strict=True):
            path = undisturbed / "download" / "LJSpeech-1.1" / "wavs" / f"{name}.wav"
            samples, _ = soundfile.read(path, dtype="float32")
            wanted = contours_of(samples, MelConfig(), PitchConfig())
            assert contours.dtype == np.float32 and np.array_equal(contours, wanted)
            voiced = contours[:, 1] > 0
            assert np.median(np.exp(contours[voiced, 0])) == pytest.approx(
                262 - 2 * int(name[-4:]), rel=0.003
            )
            assert set(contours[:, 1]) == {0, 1} and (contours[:, 2] > 0).all()
            found += [contours] if split == "train" else []
    statistics = json.loads((folder / "stats.json").read_text())
    assert statistics == statistics_of(found)
    log_f0 = np.concatenate([one[one[:, 1] > 0, 0] for one in found]).astype(np.float64)
    energies = np.concatenate([one[:, 2] for one in found]).astype(np.float64)
    assert statistics["log_f0_mean"] == pytest.approx(log_f0.mean())
    assert statistics["log_f0_std"] == pytest.approx(log_f0.std())
    assert statistics["f0_min"] == pytest.approx(np.exp(log_f0.min()))
    assert statistics["f0_max"] == pytest.approx(np.exp(log_f0.max()))
    assert statistics["energy_mean"] == pytest.approx(energies.mean())
    assert statistics["energy_std"] == pytest.approx(energies.std())
    assert (statistics["energy_min"], statistics["energy_max"]) == (energies.min(), energies.max())


def test_killed_with_two_processes_and_continued_it_is_as_undisturbed(root, undisturbed, tmp_path):
    work = make_work(tmp_path)
    process = start(root, work, "--num-jobs", "2")
    note = work / "data" / "pitch" / ".chunks" / "00001.bin"
    while not note.exists() and process.poll() is None:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    before = note.stat().st_mtime_ns
    assert not (work / "data" / ".done" / "pitch.json").exists()
    finished(start(root, work, "--num-jobs", "2"))
    assert contents(work) == contents(undisturbed)
    assert note.stat().st_mtime_ns == before  # what was finished is not made again
    assert "up to date" in finished(start(root, work))


def test_faults_are_listed_together_and_the_policy_obeyed(tmp_path):
    work = make_work(tmp_path)
    audio = work / "download" / "LJSpeech-1.1" / "wavs"
    noise = 0.05 * np.random.RandomState(3).standard_normal(RATE // 2 + 200)
    soundfile.write(audio / "LJ001-0003.wav", noise, RATE)
    (audio / "LJ001-0005.wav").write_bytes(b"no audio")
    wave, _ = soundfile.read(audio / "LJ001-0009.wav")
    soundfile.write(audio / "LJ001-0009.wav", wave[: RATE // 3], RATE)
    with pytest.raises(InputError, match=r"pitch/rejected.tsv.*--max-rejected"):
        run(work, f0_max=263.0)
    rows = (work / "data" / "pitch" / "rejected.tsv").read_text().splitlines()[1:]
    found = {tuple(row.split("\t")[:2]) for row in rows}
    assert {("LJ001-0003", "unvoiced"), ("LJ001-0005", "unreadable-audio")} <= found
    assert {("LJ001-0009", "frames"), ("LJ001-0001", "f0-range")} <= found
    assert not (work / "data" / "pitch" / "stats.json").exists()
    run(work, max_rejected=0.1)
    packed = Packed(work / "data" / "pitch" / "ljspeech_pitch_train.bin")
    assert len(packed) == 63 and "LJ001-0001" in packed.ids
    assert not {"LJ001-0003", "LJ001-0005", "LJ001-0009"} & set(packed.ids)
