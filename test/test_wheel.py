"""The wheel that is built of the checkout: every module and every data file is in it."""

import shutil
import subprocess
import sys
import zipfile

import pytest


def test_wheel_holds_every_file_of_the_package(root, tmp_path):
    pytest.importorskip("setuptools")
    source = tmp_path / "source"
    source.mkdir()
    shutil.copy(root / "pyproject.toml", source)
    ignored = shutil.ignore_patterns("__pycache__", ".*")
    shutil.copytree(root / "tts", source / "tts", ignore=ignored)
    build = "from setuptools.build_meta import build_wheel; print(build_wheel('out'))"
    done = subprocess.run(
        [sys.executable, "-c", build], cwd=source, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    (wheel,) = (source / "out").glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    paths = (path for path in (root / "tts").rglob("*") if path.is_file())
    wanted = {
        path.relative_to(root).as_posix() for path in paths if "__pycache__" not in path.parts
    }
    assert {"tts/text/english/letters.xz", "tts/text/mandarin/mandarin_words.txt"} <= wanted
    assert not wanted - held
