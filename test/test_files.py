"""Files that are complete or absent, and the errors of scripts."""

from __future__ import annotations

import gzip
import subprocess
import sys

import pytest

from tts.errors import InputError, run_script
from tts.files import (
    atomic_path,
    fingerprint,
    read_json,
    read_jsonl,
    remove_leftovers,
    write_jsonl,
    write_text,
)


def test_a_failing_writer_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "sub" / "a.txt"
    write_text(path, "old")
    with pytest.raises(ZeroDivisionError), atomic_path(path) as temporary:
        temporary.write_text("half")
        raise ZeroDivisionError
    assert path.read_text() == "old" and list(path.parent.iterdir()) == [path]


def test_a_killed_writer_leaves_only_what_remove_leftovers_removes(tmp_path, root):
    program = (
        "import os, sys; sys.path.insert(0, sys.argv[1])\n"
        "from tts.files import atomic_path\n"
        "with atomic_path(sys.argv[2]) as temporary:\n"
        "    temporary.write_text('half'); os._exit(9)\n"
    )
    path = tmp_path / "a.txt"
    subprocess.run([sys.executable, "-c", program, str(root), str(path)], check=False)
    assert not path.exists() and len(list(tmp_path.iterdir())) == 1
    own = tmp_path / ".mine.tmp"
    own.write_text("a user's own")
    remove_leftovers(tmp_path)
    assert list(tmp_path.iterdir()) == [own]


def test_the_files_of_a_running_writer_stay(tmp_path, root):
    """Two prepares on one folder: the second cleans up while the first writes."""
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from tts.files import atomic_path\n"
        "with atomic_path(sys.argv[2]) as temporary:\n"
        "    temporary.write_text('whole'); print('writing', flush=True); sys.stdin.read()\n"
    )
    path = tmp_path / "a.txt"
    command = [sys.executable, "-c", program, str(root), str(path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as writer:
        assert writer.stdout.readline() == b"writing\n"
        remove_leftovers(tmp_path)
        writer.stdin.close()
        assert writer.wait(timeout=60) == 0
    assert path.read_text() == "whole" and list(tmp_path.iterdir()) == [path]


def test_json_lines_are_the_same_bytes_and_name_their_damage(tmp_path):
    items = [{"text": "你好", "n": i} for i in range(2000)]
    a, b = tmp_path / "a.jsonl.gz", tmp_path / "b.jsonl.gz"
    assert write_jsonl(a, items) == write_jsonl(b, items) == 2000
    assert a.read_bytes() == b.read_bytes() and list(read_jsonl(a)) == items
    content = a.read_bytes()
    damaged = bytearray(content)
    damaged[len(content) // 2 : len(content) // 2 + 20] = bytes(20)
    for broken in (content[:1000], bytes(damaged), b"no gzip"):
        a.write_bytes(broken)
        with pytest.raises(InputError, match=r"a.jsonl.gz, after line \d+: damaged"):
            list(read_jsonl(a))
    a.write_bytes(gzip.compress(b'{"a": 1}\n{"a": \n'))
    with pytest.raises(InputError, match="after line 2: damaged"):
        list(read_jsonl(a))
    with pytest.raises(InputError, match=r"c.jsonl does not exist"):
        list(read_jsonl(tmp_path / "c.jsonl"))


def test_damaged_json(tmp_path):
    path = tmp_path / "a.json"
    with pytest.raises(InputError, match=r"a.json does not exist"):
        read_json(path)
    for content in (b"{", b"\xff\xfe"):
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"a.json is not valid JSON"):
            read_json(path)


def test_fingerprints_follow_the_content(tmp_path):
    folder = tmp_path / "folder"
    write_text(folder / "a", "one")
    before = fingerprint(folder), fingerprint(folder / "a")
    assert (fingerprint(folder), fingerprint(folder / "a")) == before
    write_text(folder / "a", "three")
    assert fingerprint(folder) != before[0] and fingerprint(folder / "a") != before[1]
    assert fingerprint(tmp_path / "none") == "absent"


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (InputError("no such thing"), 2, "error: no such thing"),
        (PermissionError(13, "Permission denied", "/x/y"), 2, "error: /x/y: Permission denied"),
        (ModuleNotFoundError("no", name="k2.ragged"), 2, "package k2.ragged is not installed"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_scripts_say_one_line(error, status, message, capsys):
    def main():
        raise error

    with pytest.raises(SystemExit) as caught:
        run_script(main)
    assert caught.value.code == status and message in capsys.readouterr().err


@pytest.mark.parametrize("error", [OSError("a bug"), ModuleNotFoundError("x", name="tts.x")])
def test_scripts_do_not_hide_bugs(error):
    def main():
        raise error

    with pytest.raises(type(error)):
        run_script(main)
