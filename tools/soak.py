"""Train for a given time and watch what the process keeps: memory, files, open descriptors.

Everything that happens between steps happens often: validation and a checkpoint every epoch,
one more every ten steps, pictures on TensorBoard. A run that leaks shows a slope.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.errors import InputError, run_script

ROOT = Path(__file__).resolve().parents[1]
# What makes the loop do all it can do, as often as it can.
BUSY = [
    *("--num-epochs", "1000000", "--save-every-n", "1", "--keep-last", "3", "--keep-best", "2"),
    *("--save-every-steps", "10", "--log-interval", "1", "--num-workers", "1"),
]
# Seconds that a run has to save its state.
PATIENCE = 300


def get_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="Other words are flags of local/train.py, for example --max-duration 20.",
    )
    parser.add_argument("--minutes", type=float, default=30, help="(default: 30)")
    parser.add_argument("--interval", type=float, default=10, help="seconds between samples (10)")
    parser.add_argument("--corpus", default="ljspeech", help="its toy corpus (ljspeech)")
    parser.add_argument("--work", type=Path, help="folder of a prepared toy corpus, as given to "
                        "prepare.sh; left out: it is prepared in a temporary one")  # fmt: skip
    return parser


@dataclass(frozen=True)
class Sample:
    """What there is `seconds` after the start: bytes of memory of the training process, those
    that its readers share with nobody, its open descriptors; of the experiment folder files
    and bytes, those of checkpoints apart from those that grow with every step (losses, log,
    TensorBoard).
    """

    seconds: float
    memory: int
    readers: int
    descriptors: int
    files: int
    checkpoints: int
    records: int


def main() -> int:
    arguments, flags = get_parser().parse_known_args()
    if not Path("/proc/self/statm").exists():
        raise InputError("memory is read from /proc, which this system does not have")
    with tempfile.TemporaryDirectory() as folder:
        work = arguments.work or Path(folder)
        recipe = ["--corpus", arguments.corpus, "--work", str(work)]
        if not arguments.work:
            subprocess.run([str(ROOT / "prepare.sh"), "--toy", *recipe], check=True)
        exp = Path(folder) / "exp"
        flags = [*recipe, "--toy", "1", "--exp-dir", str(exp), *BUSY, *flags]
        with open(Path(folder) / "output", "w+", encoding="utf-8") as output:
            process = subprocess.Popen(
                [sys.executable, str(ROOT / "local" / "train.py"), *flags],
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            try:
                samples = watch(process, exp, 60 * arguments.minutes, arguments.interval)
            finally:
                process.send_signal(signal.SIGTERM)
                status = process.wait(PATIENCE)
            output.seek(0)
            lines = output.read().splitlines()
        if status != 75 or not samples:
            raise InputError(f"the run ended with status {status}: {' | '.join(lines[-5:])}")
        print(lines[-2])
        print(table(samples))
    return 0


def watch(process: subprocess.Popen, exp: Path, seconds: float, interval: float) -> list[Sample]:
    """A sample every `interval` from the first checkpoint on, for `seconds`."""
    while not (exp / "last.pt").exists() and process.poll() is None:
        time.sleep(0.2)
    started, samples = time.monotonic(), []
    while process.poll() is None and (passed := time.monotonic() - started) < seconds:
        samples.append(sample(process.pid, exp, passed))
        time.sleep(min(interval, max(0.0, seconds - passed)))
    return samples


def sample(pid: int, exp: Path, seconds: float) -> Sample:
    """One look."""
    sizes = {}
    for path in exp.rglob("*"):
        try:
            if path.is_file():
                sizes[path] = path.stat().st_size
        except OSError:  # a temporary file that has just become a checkpoint
            continue
    weights = sum(size for path, size in sizes.items() if ".pt" in path.name)
    return Sample(
        seconds,
        resident(pid),
        sum(own(child) for child in children(pid)),
        len(os.listdir(f"/proc/{pid}/fd")),
        len(sizes),
        weights,
        sum(sizes.values()) - weights,
    )


def resident(pid: int) -> int:
    """Bytes of a process in memory; 0 when it is gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def own(pid: int) -> int:
    """Bytes in memory that a process shares with no other: not what it was forked with."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private"))


def children(pid: int) -> list[int]:
    """The processes that `pid` started itself, from any of its threads."""
    listings = Path(f"/proc/{pid}/task").glob("*/children")
    found = []
    for listing in listings:
        try:
            found += [int(number) for number in listing.read_text().split()]
        except OSError:
            continue
    return found


def table(samples: list[Sample]) -> str:
    """First, median, last and largest value of each quantity, and how it grows."""
    names = {
        "memory": ("memory, MB", 1e6),
        "readers": ("its readers, MB", 1e6),
        "descriptors": ("open descriptors", 1),
        "files": ("files in exp-dir", 1),
        "checkpoints": ("checkpoints, MB", 1e6),
        "records": ("logs and records, MB", 1e6),
    }
    hours = [item.seconds / 3600 for item in samples]
    second = [item for item in samples if item.seconds >= samples[-1].seconds / 2]
    lines = [
        f"{len(samples)} samples in {hours[-1] * 60:.1f} minutes",
        f"{'':22}{'first':>9}{'median':>9}{'last':>9}{'most':>9}{'an hour':>10}{'2nd half':>10}",
    ]
    for name, (title, unit) in names.items():
        values = [getattr(item, name) / unit for item in samples]
        late = [getattr(item, name) / unit for item in second]
        columns = (values[0], statistics.median(values), values[-1], max(values))
        row = "".join(f"{value:9.1f}" for value in columns)
        slopes = slope(hours, values), slope([item.seconds / 3600 for item in second], late)
        lines.append(f"{title:22}{row}" + "".join(f"{value:+10.1f}" for value in slopes))
    lines.append("an hour: growth an hour by least squares; 2nd half: of the later half alone")
    return "\n".join(lines)


def slope(x: list[float], y: list[float]) -> float:
    """Of the straight line by least squares; 0 for less than two points."""
    mean_x, mean_y = statistics.fmean(x), statistics.fmean(y)
    spread = sum((value - mean_x) ** 2 for value in x)
    if not spread:
        return 0.0
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / spread


if __name__ == "__main__":
    run_script(main)
