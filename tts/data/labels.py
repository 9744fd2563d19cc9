"""What readers of label files share: lines that survive bad bytes, and checks of the listing."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tts.data.corpus import Fault, Utterance
from tts.errors import InputError


def read_lines(path: Path) -> tuple[list[str | None], list[Fault]]:
    """The lines of a label file, None where one is not UTF-8, with the file's own faults.

    A byte order mark and carriage returns are taken off and reported; blank lines at the end
    are dropped. Raises: InputError when the file is absent.
    """
    if not path.is_file():
        beside = sorted(item.name for item in path.parent.iterdir()) if path.parent.is_dir() else []
        raise InputError(
            f"{path} does not exist (there: {', '.join(beside[:10]) or 'nothing'}); is this the "
            "corpus's own layout?"
        )
    data = path.read_bytes()
    faults = []
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
        faults.append(Fault("-", "byte-order-mark", f"{path} starts with one; it is ignored"))
    raw = data.split(b"\n")
    if returns := sum(line.endswith(b"\r") for line in raw):
        detail = f"{path}: {returns} lines end in CR LF; the CR is ignored"
        faults.append(Fault("-", "carriage-return", detail))
    while raw and not raw[-1].strip():
        raw.pop()
    lines: list[str | None] = []
    for line in raw:
        try:
            lines.append(line.rstrip(b"\r").decode("utf-8"))
        except UnicodeDecodeError:
            lines.append(None)
    return lines, faults


def check_listing(
    utterances: Iterable[Utterance], audio_dir: Path, suffix: str = ".wav"
) -> tuple[list[Utterance], list[Fault]]:
    """Drop repeated ids and entries without audio; report these and audio that is not listed."""
    kept: dict[str, Utterance] = {}
    faults, listed = [], set()
    present = {path.stem for path in audio_dir.glob(f"*{suffix}")}
    for utterance in utterances:
        listed.add(utterance.id)
        if utterance.id in kept:
            first = kept[utterance.id].position + 1
            detail = f"entry {utterance.position + 1} repeats the id of entry {first}"
            faults.append(Fault(utterance.id, "duplicate-id", detail, utterance.position))
        elif utterance.id not in present:
            detail = f"{utterance.audio} does not exist"
            faults.append(Fault(utterance.id, "missing-audio", detail, utterance.position))
        else:
            kept[utterance.id] = utterance
    for name in sorted(present - listed):
        detail = f"{audio_dir / (name + suffix)} has no entry in the label file"
        faults.append(Fault(name, "extra-audio", detail))
    return list(kept.values()), faults
