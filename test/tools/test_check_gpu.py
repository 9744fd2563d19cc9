"""The check of a GPU machine: its lines, limits and exit status, seen on the CPU."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def check(root: Path, *words: str, **environment: str) -> tuple[int, dict[str, dict]]:
    """Exit status, and the lines by name, in their order."""
    done = subprocess.run(
        ["bash", str(root / "tools" / "check_gpu.sh"), "--device", "cpu", *words],
        env={**os.environ, "PYTHON": sys.executable, "OMP_NUM_THREADS": "1", **environment},
        capture_output=True,
        text=True,
    )
    assert not done.stderr, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, {line["name"]: line for line in lines}


def test_steps_that_fail_are_skipped_or_pass(root, tmp_path):
    """Nothing was trained that could be exported; the step after it runs all the same."""
    steps = "alignment,train_fp16,export,gpu_tests"
    status, lines = check(
        root, "--only", steps, "--work", str(tmp_path / "work"), OUT=str(tmp_path / "out")
    )
    assert list(lines) == [*steps.split(","), "summary"] and status == 1
    assert lines["alignment"]["ok"] is True and lines["alignment"]["figures"]["torch_equal"]
    assert lines["export"]["ok"] is False and lines["export"]["why"].startswith("exit status")
    assert any("export_onnx.py" in line for line in lines["export"]["last_lines"])
    for name in ("train_fp16", "gpu_tests"):
        assert lines[name]["ok"] is None and "CUDA" in lines[name]["skipped"]
    assert lines["summary"]["failed"] == ["export"] and lines["summary"]["ok"] is False
    written = (tmp_path / "out" / "check_gpu.jsonl").read_text().splitlines()
    assert [json.loads(line)["name"] for line in written] == list(lines)
    assert (tmp_path / "out" / "logs" / "export.log").is_file()


def test_all_well_is_status_0(root):
    status, lines = check(root, "--only", "nccl,gpu_tests")
    assert status == 0 and lines["summary"] == {
        "name": "summary", "ok": True, "seconds": lines["summary"]["seconds"], "steps": 2,
        "failed": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "limit", "why"),
    [(124, 60, "longer than 60 s"), (124, 0, "no time was left"), (2, 60, "exit status 2")],
)
def test_why_a_step_failed(root, tmp_path, status, limit, why):
    log = tmp_path / "step.log"
    log.write_text("first\nsecond\n")
    words = ["line", "--name", "x", "--status", status, "--limit", limit, "--seconds", 61]
    script = root / "tools" / "check_gpu_steps.py"
    done = subprocess.run(
        [sys.executable, str(script), *map(str, words), "--log", str(log)],
        capture_output=True,
        text=True,
        check=True,
    )
    expected = {"name": "x", "ok": False, "seconds": 61, "figures": {}, "why": why}
    assert json.loads(done.stdout) == {**expected, "last_lines": ["first", "second"]}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--device", "gpu"], "use cuda, cuda:N or cpu"),
        (["--quick"], "unknown option --quick"),
        (["--only", "everything"], "names no step"),
        (["--work"], "--work needs a value"),
    ],
)
def test_wrong_options(root, words, expected):
    done = subprocess.run(
        ["bash", str(root / "tools" / "check_gpu.sh"), *words], capture_output=True, text=True
    )
    assert done.returncode == 2 and expected in done.stderr and not done.stdout


@pytest.mark.slow
def test_all_steps_on_the_cpu(root, tmp_path):
    status, lines = check(root, "--work", str(tmp_path / "work"))
    assert status == 0, [line for line in lines.values() if line["ok"] is False]
    assert lines["resume"]["figures"]["weights_equal"] and len(lines) == 13
    assert 0 < lines["train"]["figures"]["validation"] < 10
    assert lines["loop"]["figures"]["fp32"]["frames_per_second"] > 0
