"""Turn times of tokens into whole frames; read and write the files that hold them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tts.align.intervals import Interval, write_textgrid
from tts.files import read_jsonl, write_jsonl
from tts.text.alphabet import is_break

SPLITS = ("train", "valid", "test")


@dataclass(frozen=True)
class Recording:
    """Hold an utterance to align: tokens without blanks, and the natural-log mel (T, F) when
    called.
    """

    id: str
    tokens: tuple[str, ...]
    num_frames: int
    mel: Callable[[], np.ndarray]


@dataclass(frozen=True)
class Aligned:
    """Hold durations of the framed tokens in frames; or what is wrong (kind, detail), and none."""

    id: str
    durations: tuple[int, ...] = ()
    faults: tuple[tuple[str, str], ...] = ()


def to_frames(times: np.ndarray, num_frames: int, frames_per_second: float) -> list[int]:
    """Round contiguous times (tokens, 2) in seconds to frames, which sum to `num_frames`.

    Frame n covers the seconds from n to n + 1 frame shifts. What is rounded are the ends of the
    tokens, not their lengths, so no error adds up; the last token ends with the last frame.
    """
    ends = np.floor(times[:, 1] * frames_per_second + 0.5).astype(np.int64)
    ends = np.clip(ends, 0, num_frames)
    ends[-1] = num_frames
    return np.diff(np.concatenate([[0], ends])).tolist()


def wrong_durations(durations: Sequence[int], num_framed: int, num_frames: int) -> str:
    """Say why these cannot be the durations of an utterance, or ''."""
    if len(durations) != num_framed:
        return f"{len(durations)} durations for {num_framed} tokens with blanks"
    if min(durations, default=0) < 0:
        return f"a negative duration, {min(durations)}"
    if sum(durations) != num_frames:
        return f"durations sum to {sum(durations)}, the mel has {num_frames} frames"
    return ""


def durations_path(data: Path, split: str) -> Path:
    """Return the file of a split's durations, which stage 8 writes."""
    return data / "align" / f"durations_{split}.jsonl.gz"


def write_durations(path: Path, rows: Iterable[tuple[str, Sequence[int]]], aligner: str) -> int:
    """Write (id, durations) as JSON lines, atomically; return how many."""
    items = ({"id": name, "durations": list(row), "aligner": aligner} for name, row in rows)
    return write_jsonl(path, items)


def read_durations(path: Path) -> Iterator[dict[str, Any]]:
    """Read the lines of a file of durations: id, durations, aligner."""
    return read_jsonl(path)


def tiers_of(
    tokens: Sequence[str], durations: Sequence[int], seconds_per_frame: float, end: float
) -> dict[str, list[Interval]]:
    """Return framed tokens as a tier `phones`: pauses are "", tokens without a frame left out."""
    tier: list[Interval] = []
    clock = 0
    for token, frames in zip(tokens, durations, strict=True):
        if not frames:
            continue
        label = "" if is_break(token) else token
        start, stop = clock * seconds_per_frame, (clock + frames) * seconds_per_frame
        clock += frames
        if tier and not label and not tier[-1].label:
            tier[-1] = Interval(tier[-1].start, stop, "")
        else:
            tier.append(Interval(start, stop, label))
    if tier:
        tier[-1] = dataclasses.replace(tier[-1], end=end)
    return {"phones": tier}


def save_textgrid(
    path: Path,
    tokens: Sequence[str],
    durations: Sequence[int],
    seconds_per_frame: float,
    end: float,
) -> None:
    """Write durations of framed tokens as a TextGrid of `end` seconds."""
    write_textgrid(path, tiers_of(tokens, durations, seconds_per_frame, end), end)
