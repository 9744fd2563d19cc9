"""Run stages once: a marker says what a stage was given and that it finished."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tts.files import fingerprint, sha256_value, write_json


def run_stage(
    name: str,
    marker_dir: Path | str,
    work: Callable[[], Any],
    *,
    inputs: Sequence[Path | str] = (),
    options: Mapping[str, Any] | None = None,
    outputs: Sequence[Path | str] = (),
) -> Any:
    """Run `work` unless its marker shows the same inputs and options and all outputs exist.

    Args:
      name: the stage's name; the marker is `marker_dir/.done/<name>.json`.
      work: does the stage and writes the outputs, each atomically.
      inputs: files or folders read; a file counts by content, a folder by its listing.
      options: everything else that changes the result (JSON-able).
      outputs: files or folders that must exist for the stage to count as done.

    Returns: what `work` returned, or None when the stage was skipped.
    The marker is written only after `work` ends, so a killed stage runs again.
    """
    marker = Path(marker_dir) / ".done" / f"{name}.json"
    wanted = {
        "options": json.loads(json.dumps(dict(options or {}), default=str)),
        "inputs": {str(path): fingerprint(path) for path in inputs},
        "outputs": [str(path) for path in outputs],
    }
    wanted["key"] = sha256_value(wanted)
    reason = _why(marker, wanted, outputs)
    if reason is None:
        print(f"{name}: up to date ({marker})")
        return None
    print(f"{name}: {reason}")
    marker.unlink(missing_ok=True)
    start = time.monotonic()
    result = work()
    missing = [str(path) for path in outputs if not Path(path).exists()]
    if missing:
        raise RuntimeError(f"stage {name} ended without writing {', '.join(missing)}")
    write_json(marker, {**wanted, "seconds": round(time.monotonic() - start, 2)})
    return result


def _why(marker: Path, wanted: dict, outputs: Sequence[Path | str]) -> str | None:
    """Return the reason to run, or None when the marker covers `wanted`."""
    try:
        done = json.loads(marker.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return "running"
    except ValueError:
        done = None
    if not isinstance(done, dict):
        return "running again: the marker is damaged"
    for path in outputs:
        if not Path(path).exists():
            return f"running again: {path} is missing"
    if done.get("key") == wanted["key"]:
        return None
    for kind in ("options", "inputs"):
        old, new = done.get(kind, {}), wanted[kind]
        changed = sorted(k for k in old.keys() | new.keys() if old.get(k) != new.get(k))
        if changed:
            return f"running again: {kind} changed ({', '.join(changed)})"
    return "running again: the stage's outputs changed"
