"""A sample of the random strings that tools/fuzz_text.py reads."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("language", ["en-us", "zh_en"])
def test_random_strings_are_read(language):
    command = [sys.executable, ROOT / "tools" / "fuzz_text.py", "--language", language]
    run = subprocess.run([*command, "--count", "1000"], capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (0, "1,000 strings, 0 failed\n"), run.stdout + run.stderr


def test_a_failure_is_printed_and_is_status_1(monkeypatch, capsys):
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    import fuzz_text

    import tts.text.frontend

    def fails(text: str) -> None:
        raise ValueError(len(text))

    monkeypatch.setattr(tts.text.frontend, "build_frontend", lambda config: fails)
    monkeypatch.setattr(sys, "argv", ["fuzz_text.py", "--count", "3"])
    assert fuzz_text.main() == 1
    assert capsys.readouterr().out.count("ValueError") == 3
