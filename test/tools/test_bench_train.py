"""The bench runs the real loop on its synthetic corpus and writes what it measured."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def corpus(root):
    sys.path.insert(0, str(root / "tools"))
    try:
        from training_speed import corpus
    finally:
        sys.path.pop(0)
    return corpus


def test_lengths_are_those_of_the_corpus(corpus):
    lengths = corpus.lengths(corpus.WHOLE)
    hours = sum(frames for frames, _ in lengths) * 256 / 22050 / 3600
    ids = sum(2 * tokens + 1 for _, tokens in lengths) / len(lengths)
    assert len(lengths) == 13100 and 23.8 < hours < 24.1 and 165 < ids < 175
    assert all(frames >= 2 * tokens + 1 for frames, tokens in lengths)
    assert corpus.lengths(50) == corpus.lengths(50)


@pytest.mark.slow
def test_real_loop_on_a_small_corpus(root, tmp_path):
    output = tmp_path / "bench.json"
    flags = "--mode corpus --size 24 --max-duration 4 --steps 1 --threads 1 --set num_workers=0"
    done = subprocess.run(
        [sys.executable, str(root / "tools" / "bench_train.py"), *flags.split(),
         "--precision", "fp32", "bf16", "--output", str(output)],
        capture_output=True,
        text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    results = json.loads(output.read_text())
    assert [result["precision"] for result in results] == ["fp32", "bf16"]
    for result in results:
        assert result["steps"] == 1 and result["frames_per_second"] > 0
        assert 0 <= result["padding"] < 0.2 and result["peak_memory_bytes"] > 10**8
        assert sum(result["share"].values()) == pytest.approx(1, abs=1e-6)
        assert all(result["share"][part] > 0 for part in ("data", "forward", "alignment"))
        assert result["share"]["backward"] > 0.2 and result["share"]["optimiser"] > 0
