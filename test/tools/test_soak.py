"""The soak watches the real loop; its figures are those of the process and the folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import TINY_MODEL, make_tiny_work


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_a_short_soak(root, tmp_path):
    make_tiny_work(tmp_path / "toy")
    sets = [f"model.{part}.{k}={v}" for part, d in TINY_MODEL.items() for k, v in d.items()]
    flags = ["--minutes", "0.03", "--interval", "0.5", "--work", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, str(root / "tools" / "soak.py"), *flags, "--num-workers", "0", "--set",
         *sets],
        capture_output=True,
        text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said, count, _, *rows = done.stdout.splitlines()
    assert "SIGTERM: saved" in said and count.split()[0] in ("3", "4")
    values = {row[:22].strip(): [float(word) for word in row[22:].split()] for row in rows[:-1]}
    assert 100 < values["memory, MB"][0] <= values["memory, MB"][3] < 5000
    assert values["its readers, MB"][3] == 0
    assert 5 < values["open descriptors"][2] < 100
    assert 3 <= values["files in exp-dir"][2] < 30 and values["checkpoints, MB"][2] > 0
