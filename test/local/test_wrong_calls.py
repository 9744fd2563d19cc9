"""Scripts that are called with too little or too much say what to give or leave out."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("speak_onnx.py --package p --output-wav a.wav", "give --input-text, or"),
        ("evaluate.py --recordings . --recipe mine --toy", "leave out --recipe, --toy"),
        ("evaluate.py --recordings . --corpus nope", "--corpus nope: no such recipe"),
    ],
)
def test_one_line_says_what_to_type(root, tmp_path, call, message):
    script, *arguments = call.split()
    command = [sys.executable, root / "local" / script, *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and message in done.stderr and len(done.stderr.splitlines()) == 1
