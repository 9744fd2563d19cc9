"""The data stages end to end on a small toy corpus: files, skipping, killing, choices."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

CLIPS = 70  # more than one chunk of features, so that both processes have one


def prepare(root: Path, work: Path, downloads: Path, *arguments: str) -> subprocess.Popen:
    """Start prepare.sh in a process group of its own."""
    command = [str(root / "prepare.sh"), "--corpus", "baker_zh", "--work", str(work)]
    command += ["--dl-dir", str(downloads), "--python", sys.executable, "--num-jobs", "2"]
    return subprocess.Popen(
        [*command, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def finished(process: subprocess.Popen, status: int = 0) -> str:
    output, _ = process.communicate(timeout=120)
    assert process.returncode == status, output
    return output


def contents(work: Path) -> dict[str, str]:
    """Every file of data/ but the markers (they hold times), with its hash."""
    data = work / "data"
    return {
        str(path.relative_to(data)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(data.rglob("*"))
        if path.is_file() and ".done" not in path.parts
    }


def cuts(work: Path, kind: str) -> list[dict]:
    with gzip.open(work / f"data/fbank/baker_zh_cuts{kind}.jsonl.gz", "rt") as file:
        return [json.loads(line) for line in file]


@pytest.fixture(scope="module")
def downloads(root, tmp_path_factory) -> Path:
    """A small corpus in Baker's layout, 48 kHz."""
    folder = tmp_path_factory.mktemp("downloads")
    command = [sys.executable, root / "tools/make_toy_corpus.py", "--corpus-layout", "baker"]
    command += ["--output", folder, "--num-utterances", str(CLIPS)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder


@pytest.fixture(scope="module")
def undisturbed(root, downloads, tmp_path_factory) -> tuple[Path, float, str]:
    """A whole run: its folder, its seconds, its output."""
    work = tmp_path_factory.mktemp("undisturbed")
    start = time.monotonic()
    output = finished(prepare(root, work, downloads))
    return work, time.monotonic() - start, output


def test_writes_what_is_promised(undisturbed):
    work, _, output = undisturbed
    kept = {kind: len(cuts(work, f"_{kind}")) for kind in ("train", "valid", "test")}
    assert kept == {"train": CLIPS - 4, "valid": 1, "test": 3}
    cmvn = json.loads((work / "data/fbank/cmvn.json").read_text())
    assert set(cmvn) == {"fbank_mean", "fbank_std"} and cmvn["fbank_std"] > 0
    for name in ("tokens.txt", "frontend.toml", "mel.toml", "rejected.tsv"):
        assert (work / "data" / name).is_file()
    assert "small corpus" in output and "seconds per stage" in output
    assert output.index("[0 download]") < output.index("[7 cmvn]") < output.index("[10 pack]")


def test_packed_features_are_those_of_the_cuts(undisturbed):
    import numpy as np

    from tts.data.packed import Packed

    work = undisturbed[0]
    for split in ("train", "valid"):
        packed = Packed(work / f"data/fbank/baker_zh_feats_{split}.bin")
        assert packed.ids == [cut["id"] for cut in cuts(work, f"_{split}")]
        for cut, mel in zip(cuts(work, f"_{split}"), packed, strict=True):
            stored = np.load(work / "data/fbank/feats" / cut["features"]["storage_key"])
            assert mel.dtype == np.float16 and np.array_equal(mel, stored)


def test_lhotse_reads_the_cuts_and_their_features(undisturbed, monkeypatch):
    import numpy as np
    from lhotse import load_manifest, validate

    work = undisturbed[0]
    monkeypatch.chdir(work)
    loaded = load_manifest("data/fbank/baker_zh_cuts_train.jsonl.gz").to_eager()
    validate(loaded, read_data=True)
    cut = next(iter(loaded))
    mel = cut.load_features()
    assert mel.dtype == np.float16 and mel.shape == (cut.num_frames, 80)
    audio = cut.recording.to_dict()["sources"][0]["source"]
    assert Path(audio).is_file()
    supervision = cut.supervisions[0]
    assert supervision.language == "zh" and supervision.custom["pinyin"]
    assert supervision.custom["prosody"] and supervision.custom["normalized_text"]
    assert supervision.custom["phones"][0][2] == "sil"


def test_stored_features_and_statistics_are_those_of_the_audio(undisturbed):
    import numpy as np
    import soundfile

    from tts.features.mel import log_mel
    from tts.features.resample import resample
    from tts.mel import MelConfig

    work, values = undisturbed[0], []
    for cut in cuts(work, "_train"):
        samples, rate = soundfile.read(cut["recording"]["sources"][0]["source"], dtype="float32")
        mel = log_mel(resample(samples, rate, 22050), MelConfig())
        stored = np.load(work / "data/fbank/feats" / cut["features"]["storage_key"])
        np.testing.assert_allclose(stored, mel, rtol=0, atol=0.005)
        values.append(mel.astype(np.float64).ravel())
    everything = np.concatenate(values)
    cmvn = json.loads((work / "data/fbank/cmvn.json").read_text())
    assert cmvn["fbank_mean"] == pytest.approx(everything.mean(), abs=1e-6)
    assert cmvn["fbank_std"] == pytest.approx(everything.std(), abs=1e-6)


def kill_and_repeat(root, downloads, undisturbed, work: Path, kills: int, seed: int) -> None:
    """Kill prepare at random moments, forgetting a random marker each time, then let it end."""
    draw = random.Random(seed)
    for _ in range(kills):
        markers = sorted((work / "data/.done").glob("*.json"))
        if markers:
            draw.choice(markers).unlink()
        process = prepare(root, work, downloads)
        time.sleep(draw.uniform(0.1, 0.9) * undisturbed[1])
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    finished(prepare(root, work, downloads))
    assert contents(work) == contents(undisturbed[0])


def test_one_process_gives_the_same_bytes_as_two(root, downloads, undisturbed, tmp_path):
    output = finished(prepare(root, tmp_path, downloads, "--num-jobs", "1"))
    assert "running" in output
    assert contents(tmp_path) == contents(undisturbed[0])


@pytest.mark.slow
def test_a_dask_cluster_gives_the_same_bytes(root, downloads, undisturbed, tmp_path):
    pytest.importorskip("distributed", reason="Dask is optional: requirements-dask.txt")
    finished(prepare(root, tmp_path, downloads, "--executor", "dask"))
    assert contents(tmp_path) == contents(undisturbed[0])


@pytest.mark.slow
def test_shards_of_prepared_features(root, undisturbed, tmp_path):
    """As lhotse reads them, and as training does."""
    import numpy as np
    from lhotse import CutSet

    work = undisturbed[0]
    command = [sys.executable, root / "local/write_shards.py", "--corpus", "baker_zh"]
    command += ["--work", work, "--shar", tmp_path / "shar", "--shard-size", "20"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    loaded = list(CutSet.from_shar(in_dir=tmp_path / "shar" / "train"))
    assert [cut.id for cut in loaded] == [cut["id"] for cut in cuts(work, "_train")]
    for cut, source in zip(loaded, cuts(work, "_train"), strict=True):
        stored = np.load(work / "data/fbank/feats" / source["features"]["storage_key"])
        assert np.array_equal(cut.load_features(), stored)


def test_killing_loses_nothing_and_a_changed_option_repeats_only_what_it_must(
    root, downloads, undisturbed, tmp_path
):
    kill_and_repeat(root, downloads, undisturbed, tmp_path, kills=2, seed=2)
    output = finished(prepare(root, tmp_path, downloads))
    assert output.count("up to date") == 9
    output = finished(prepare(root, tmp_path, downloads, "--unit", "initial_final"))
    for name in ("download", "manifests", "raw-cuts"):
        assert f"{name}: up to date" in output
    for name in ("tokens", "text", "fbank", "split"):
        assert f"{name}: running again" in output
    before, after = contents(undisturbed[0]), contents(tmp_path)
    assert {path for path in before if path.endswith(".npy")} <= {
        path for path in after if before.get(path) == after[path]
    }
    assert before["tokens.txt"] != after["tokens.txt"]


@pytest.mark.slow
def test_killing_at_ten_moments_loses_nothing(root, downloads, undisturbed, tmp_path):
    kill_and_repeat(root, downloads, undisturbed, tmp_path, kills=10, seed=10)


def test_faulty_audio_is_listed_and_the_policy_obeyed(root, downloads, tmp_path):
    import numpy as np
    import soundfile

    broken = tmp_path / "broken"
    shutil.copytree(downloads, broken)
    wave = broken / "BZNSYP/Wave"
    rate = 48000
    soundfile.write(wave / "000003.wav", np.zeros(2 * rate), rate)
    (wave / "000005.wav").write_bytes((wave / "000005.wav").read_bytes()[:5000])
    (wave / "000007.wav").unlink()
    loud = np.clip(8 * np.sin(np.arange(2 * rate) / 30), -1, 1)
    soundfile.write(wave / "000009.wav", loud, rate)
    work = tmp_path / "work"
    stop = prepare(root, work, broken)
    output = finished(stop, status=2)
    assert "--max-rejected" in output and "rejected.tsv" in output
    rows = (work / "data/rejected.tsv").read_text().splitlines()[1:]
    found = {tuple(row.split("\t")[:2]) for row in rows}
    expected = {("000003", "silent"), ("000005", "truncated-audio")}
    assert expected | {("000007", "missing-audio"), ("000009", "clipping")} <= found
    output = finished(prepare(root, work, broken, "--stage", "fbank", "--max-rejected", "0.2"))
    kept = {cut["id"] for cut in cuts(work, "")}
    assert len(kept) == CLIPS - 4 and not kept & {"000003", "000005", "000007", "000009"}
    last = [f"{CLIPS - 2 + index:06d}" for index in range(3)]
    assert [cut["id"] for cut in cuts(work, "_test")] == last
