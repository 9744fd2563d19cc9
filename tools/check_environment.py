#!/usr/bin/env python3
"""Say what this machine has, what is missing and what to type; status 1 when a must is missing."""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import os
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SET_UP = "tools/setup.sh, then . .venv/bin/activate"
MAY = {
    "piper-phonemize": "the English front end espeak: tools/setup.sh --espeak (Python up to 3.11)",
    "espnet-tts-frontend": "the English front end espeak: tools/setup.sh --espeak",
    "sherpa-onnx": "the runtime, to speak with an exported package: pip install sherpa-onnx",
    "torchaudio": "nothing here needs it",
    "k2": "nothing here needs it",
}
# The unpacked corpus, its archive, and 16-bit features, in GB.
NEEDED_GB = {"LJSpeech": 8, "Baker": 9}


def required() -> list[str]:
    """The distributions that requirements.txt asks for on this Python."""
    here = sys.version_info[:2]
    names = []
    for text in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        requirement = re.match(r"[\w.-]+", text)
        marker = re.search(r'python_version (<|>=) "(\d+)\.(\d+)"', text)
        if requirement is None:
            continue
        if marker:
            limit = (int(marker.group(2)), int(marker.group(3)))
            if (here < limit) != (marker.group(1) == "<"):
                continue
        names.append(requirement.group())
    return names


def version(name: str) -> str | None:
    """The installed version of a distribution, or None."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def line(good: bool | None, what: str, state: str, advice: str = "") -> None:
    """One row: ok, missing or (optional) absent, with what to type."""
    mark = {True: "ok     ", False: "MISSING", None: "-      "}[good]
    print(f"{mark} {what:28} {state}{'  -> ' + advice if advice and good is not True else ''}")


def check_packages() -> bool:
    """Print every package; False when a core package is missing."""
    complete = True
    for name in required():
        found = version(name)
        complete &= found is not None
        line(found is not None, name, found or "not installed", SET_UP)
    for name, purpose in MAY.items():
        found = version(name)
        line(True if found else None, f"{name} (optional)", found or "absent", purpose)
    return complete


def check_cuda() -> None:
    """Print what torch sees of a GPU."""
    if importlib.util.find_spec("torch") is None:
        return
    import torch

    if torch.cuda.is_available():
        for index in range(torch.cuda.device_count()):
            facts = torch.cuda.get_device_properties(index)
            bf16 = ", bf16" if torch.cuda.is_bf16_supported() else ""
            memory = facts.total_memory / 2**30
            line(True, f"GPU {index}", f"{facts.name}, {memory:.0f} GiB{bf16}")
        return
    if torch.version.cuda is None:
        state, advice = "torch is a CPU build", "for a GPU install a CUDA build of torch"
    else:
        state = f"torch is built for CUDA {torch.version.cuda} but sees no GPU"
        advice = "an older driver takes an older torch: see constraints.txt"
    line(None, "GPU (optional)", state, advice)


def main() -> int:
    argparse.ArgumentParser(description=__doc__).parse_args()
    fits = (3, 10) <= sys.version_info[:2] <= (3, 13)
    state = f"{sys.version.split()[0]} ({sys.executable})"
    line(fits, "Python 3.10 to 3.13", state, "PYTHON=/path/to/python3.12 tools/setup.sh")
    complete = check_packages()
    check_cuda()
    line(True, "processors", str(len(os.sched_getaffinity(0))))
    free = shutil.disk_usage(ROOT).free / 1e9
    for corpus, needed in NEEDED_GB.items():
        advice = "or link a copy on another disk: --dl-dir DIR --work DIR"
        line(True if free > needed else None, f"disk for {corpus}", f"{free:.0f} GB free, "
             f"about {needed} GB used", advice)  # fmt: skip
    runtimes = sorted(path.name for path in (ROOT / ".runtimes").glob("[0-9]*"))
    line(
        True if runtimes else None,
        "sherpa-onnx for the tests",
        ", ".join(runtimes) or "absent",
        "tools/test.sh installs them",
    )
    print("\nready: ./run.sh" if fits and complete else f"\nnot ready: {SET_UP}")
    return 0 if fits and complete else 1


if __name__ == "__main__":
    sys.exit(main())
