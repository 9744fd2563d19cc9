"""Stages run once, and again when an input, an option or an output changed."""

from __future__ import annotations

import pytest

from tts.files import write_text
from tts.stage import run_stage


@pytest.fixture
def run(tmp_path):
    """Runs a stage that copies in.txt to out.txt; returns whether it ran."""
    source, target, calls = tmp_path / "in.txt", tmp_path / "out.txt", []
    write_text(source, "one")

    def work():
        calls.append(1)
        write_text(target, source.read_text())
        return True

    def once(work=work, **options):
        return bool(
            run_stage("copy", tmp_path, work, inputs=[source], options=options, outputs=[target])
        )

    return once


def test_runs_once_and_again_when_something_changed(run, tmp_path, capsys):
    assert run() and not run()
    write_text(tmp_path / "in.txt", "two")
    assert run() and not run() and (tmp_path / "out.txt").read_text() == "two"
    assert f"inputs changed ({tmp_path / 'in.txt'})" in capsys.readouterr().out
    assert run(size=3, kind="a") and not run(kind="a", size=3) and run(size=4, kind="a")
    assert "options changed (size)" in capsys.readouterr().out
    (tmp_path / "out.txt").unlink()
    assert run(size=4, kind="a") and not run(size=4, kind="a")
    for content in ("{", "[]", "{}"):
        (tmp_path / ".done" / "copy.json").write_text(content)
        assert run(size=4, kind="a")


def test_a_stage_that_failed_runs_again(run, tmp_path):
    assert run()
    write_text(tmp_path / "in.txt", "two")

    def fail():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(fail)
    write_text(tmp_path / "in.txt", "one")  # as when the marker was written
    assert run() and not run()


def test_a_stage_must_write_its_outputs(run):
    with pytest.raises(RuntimeError, match=r"without writing .*out.txt"):
        run(lambda: None)
