"""Compare two runs step by step: identical, or the first step that differs; with --every their
loss curves side by side.
"""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.errors import InputError, run_script


def get_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="Reads losses.csv, which training writes into its experiment folder. Exit status: "
        "0 identical, 1 not, 2 a file cannot be read.",
    )
    parser.add_argument("a", type=Path, help="experiment folder, or its losses.csv")
    parser.add_argument("b", type=Path, help="the other one")
    parser.add_argument(
        "--within", type=float, default=0.0, help="relative difference allowed (default: 0)"
    )
    parser.add_argument(
        "--every",
        type=int,
        default=0,
        metavar="N",
        help="print the mean total loss of every N steps of both runs instead",
    )
    return parser


def main() -> int:
    arguments = get_parser().parse_args()
    a, b = read(arguments.a), read(arguments.b)
    if arguments.every > 0:
        print_curves(a, b, arguments)
        return 0
    shared = sorted(a.keys() & b.keys())
    if not shared:
        raise InputError(f"no step in common: {steps_of(a)} and {steps_of(b)}")
    for step in shared:
        names = [name for name in a[step] if differ(a[step], b[step], name, arguments.within)]
        names += [name for name in b[step] if name not in a[step]]
        if names:
            print(f"step {step} differs (epoch {a[step].get('epoch')}):")
            for name in names:
                print(f"  {name}: {a[step].get(name, 'absent')} and {b[step].get(name, 'absent')}")
            return 1
    if a.keys() != b.keys():
        print(
            f"identical where both have steps, but one has {steps_of(a)}, the other {steps_of(b)}"
        )
        return 1
    print(f"identical: {steps_of(a)}")
    return 0


def read(path: Path) -> dict[int, dict[str, str]]:
    """The values of every step as they are written, by step."""
    path = path / "losses.csv" if path.is_dir() else path
    if not path.is_file():
        raise InputError(f"{path} does not exist: give a folder that training wrote into")
    with open(path, newline="", encoding="utf-8") as file:
        try:
            return {int(row.pop("step")): row for row in csv.DictReader(file)}
        except (KeyError, ValueError) as error:
            raise InputError(f"{path} is no record of losses ({error})") from None


def print_curves(
    a: dict[int, dict[str, str]], b: dict[int, dict[str, str]], arguments: argparse.Namespace
) -> None:
    """Print a Markdown table: steps, mean total loss of each run, relative difference."""
    shared, every = sorted(a.keys() & b.keys()), arguments.every
    print(f"| steps | {arguments.a} | {arguments.b} | difference |\n|---|--:|--:|--:|")
    for start in range(0, len(shared), every):
        steps = shared[start : start + every]
        x, y = (sum(float(run[step]["tot_loss"]) for step in steps) / len(steps) for run in (a, b))
        print(f"| {steps[0]}-{steps[-1]} | {x:.4f} | {y:.4f} | {100 * (y / x - 1):+.2f} % |")


def steps_of(run: dict[int, dict[str, str]]) -> str:
    return f"{len(run)} steps ({min(run)} to {max(run)})" if run else "no step"


def differ(a: dict[str, str], b: dict[str, str], name: str, within: float) -> bool:
    """Whether a value is not the same: to the bit, or beyond the relative difference."""
    if a[name] == b.get(name):
        return False
    if not within or name not in b:
        return True
    x, y = float(a[name]), float(b[name])
    return not abs(x - y) <= within * max(abs(x), abs(y))


if __name__ == "__main__":
    run_script(main)
