"""Work spread over processes: order, errors, killed workers, a killed parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from tts.data.parallel import SINGLE_THREADED, parallel_map
from tts.errors import InputError


def work(item: int) -> tuple[int, str | None]:
    if item == -1:
        raise InputError("this item is bad")
    if item == -2:
        os.kill(os.getpid(), signal.SIGKILL)
    return item * item, os.environ.get(SINGLE_THREADED[0])


@pytest.mark.parametrize("num_jobs", [1, 2])
def test_results_come_in_order(num_jobs):
    results = list(parallel_map(work, range(40), num_jobs, "test"))
    assert [value for value, _ in results] == [item * item for item in range(40)]
    if num_jobs > 1:
        assert {threads for _, threads in results} == {"1"}


def test_errors_and_killed_processes_are_reported():
    with pytest.raises(InputError, match="this item is bad"):
        list(parallel_map(work, [1, -1, 2], 2, "test"))
    with pytest.raises(InputError, match=r"killed.*--num-jobs"):
        list(parallel_map(work, [1, -2, 2, 3], 2, "test"))
    with pytest.raises(InputError, match="at least 1"):
        list(parallel_map(work, [1], 0, "test"))


def test_workers_end_with_a_killed_parent(root, tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        textwrap.dedent(f"""
            import os, sys, time
            sys.path.insert(0, {str(root)!r})
            from tts.data.parallel import parallel_map

            def hold(item):
                os.write(1, b"%d\\n" % os.getpid())  # whole lines, whoever writes
                time.sleep(60)

            if __name__ == "__main__":
                list(parallel_map(hold, [1, 2], 2, "test"))
        """)
    )
    process = subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE, text=True)
    workers = [int(process.stdout.readline()) for _ in range(2)]
    process.kill()
    process.wait()
    deadline = time.monotonic() + 20
    while any(alive(pid) for pid in workers):
        assert time.monotonic() < deadline, "workers outlive their parent"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    """Whether a process runs (a zombie that nobody has waited for does not)."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
