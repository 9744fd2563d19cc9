"""Train the same model in two precisions for some updates, and print both loss curves side by
side.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.errors import InputError, run_script

ROOT = Path(__file__).resolve().parents[1]


def get_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="Other words are flags of local/train.py, for example --corpus ljspeech --work DIR "
        "--max-duration 120.",
    )
    parser.add_argument("--updates", type=int, default=200, help="steps of each (default: 200)")
    parser.add_argument("--every", type=int, default=20, help="steps in a line (default: 20)")
    parser.add_argument("--precisions", nargs=2, default=["fp32", "bf16"], metavar="NAME",
                        help="default: fp32 bf16")  # fmt: skip
    parser.add_argument("--output", type=Path, default=Path("exp-precision"),
                        help="folder for both runs (default: exp-precision)")  # fmt: skip
    return parser


def main() -> int:
    arguments, flags = get_parser().parse_known_args()
    folders = [arguments.output / name for name in arguments.precisions]
    for name, folder in zip(arguments.precisions, folders, strict=True):
        words = ["--exp-dir", str(folder), "--precision", name, "--num-epochs", "1000000"]
        words += ["--max-steps", str(arguments.updates), "--save-every-n", "1000000"]
        command = [sys.executable, str(ROOT / "local" / "train.py"), *flags, *words]
        if subprocess.run(command).returncode:
            raise InputError(f"the run in {name} failed; its error stands above")
    compare = [sys.executable, str(ROOT / "tools" / "compare_losses.py"), *map(str, folders)]
    subprocess.run([*compare, "--every", str(arguments.every)], check=True)
    return 0


if __name__ == "__main__":
    run_script(main)
