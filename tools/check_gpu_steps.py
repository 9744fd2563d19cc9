"""Run one step of tools/check_gpu.sh; its last line is what was measured, as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from gpu_check.device import alignment, environment, nccl
from gpu_check.runs import data, export, loop, resume, tests, train

from tts.errors import run_script

STEPS = {
    step.__name__: step
    for step in (environment, alignment, data, train, resume, nccl, loop, export, tests)
}


def get_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=[*STEPS, "line"])
    parser.add_argument("--device", default="cuda", help="cuda (default), cuda:N or cpu")
    parser.add_argument("--work", type=Path, default=Path("."), help="toy corpus and its runs")
    parser.add_argument("--model", default="matcha")
    parser.add_argument("--precision", default="fp32")
    line = parser.add_argument_group("line: the line of JSON of a step that has ended")
    line.add_argument("--name")
    line.add_argument("--status", type=int, help="exit status; 124: the limit was reached")
    line.add_argument("--limit", type=int)
    line.add_argument("--seconds", type=int)
    line.add_argument("--log", type=Path)
    return parser


def main() -> int:
    arguments = get_parser().parse_args()
    if arguments.step == "line":
        print(json.dumps(line_of(arguments)))
        return 0
    found = STEPS[arguments.step](arguments)
    print(json.dumps(found))
    return 0 if found.pop("ok", True) else 1


def line_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return name, ok, seconds and figures of a step; of a failed one also why."""
    text = arguments.log.read_text(errors="replace") if arguments.log.is_file() else ""
    lines = [line for line in text.splitlines() if line.strip()]
    figures = {}
    if lines and lines[-1].startswith("{"):
        figures = json.loads(lines.pop())
    ok = figures.pop("ok", True) and arguments.status == 0
    line = {"name": arguments.name, "ok": ok, "seconds": arguments.seconds, "figures": figures}
    if not ok:
        late = arguments.status in (124, 137)
        why = f"longer than {arguments.limit} s" if late else f"exit status {arguments.status}"
        if late and arguments.limit <= 0:
            why = "no time was left"
        line |= {"why": why, "last_lines": [text[:300] for text in lines[-4:]]}
    return line


if __name__ == "__main__":
    run_script(main)
