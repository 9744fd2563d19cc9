"""Read the recorded utterances that systems are measured on, and sound files of any kind."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tts.errors import InputError
from tts.features.resample import resample
from tts.files import read_jsonl
from tts.infer.speak import read_texts
from tts.mel import MelConfig, num_frames

ENDINGS = (".wav", ".flac")


@dataclass(frozen=True)
class Sample:
    """Hold an utterance: its recording, if there is one, and, from a recipe, its text and tokens.

    durations_L: frames of each framed token, as the stage `align` found them.
    """

    id: str
    recording: Path | None
    text: str = ""
    tokens: list[str] | None = None
    durations_L: np.ndarray | None = None


def read_samples(
    cuts: Iterable[dict[str, Any]], base: Path, split: str, limit: int
) -> list[Sample]:
    """Read the first `limit` cuts (0: all of them).

    Args:
      cuts: cuts of a split as plain values.
      base: the working folder that holds data/; paths in the cuts are relative to it.

    Raises: InputError when the split is empty.
    """
    aligned = base / "data" / "align" / f"durations_{split}.jsonl.gz"
    lines = read_jsonl(aligned) if aligned.is_file() else ()
    durations = {line["id"]: np.array(line["durations"]) for line in lines}
    samples = []
    for cut in itertools.islice(cuts, limit or None):
        sources = cut.get("recording", {}).get("sources") or [{"source": ""}]
        text = (cut.get("supervisions") or [{}])[0].get("text", "")
        tokens = cut["custom"]["tokens"]
        path = base / sources[0]["source"]
        samples.append(Sample(cut["id"], path, text, tokens, durations.get(cut["id"])))
    if not samples:
        raise InputError(f"no utterance to evaluate on below {base}: the split is empty")
    return samples


def samples_of_folder(folder: Path, limit: int) -> list[Sample]:
    """Read the first `limit` (0: all) sound files of a folder in the order of their names, as
    samples without tokens; the text is that of <id>.txt or <id>.normalized.txt, where there is one.
    """
    if not folder.is_dir():
        raise InputError(f"--recordings {folder}: no such folder")
    paths = sorted(path for path in folder.iterdir() if path.suffix in ENDINGS)
    if not paths:
        raise InputError(f"--recordings {folder} holds no .wav and no .flac file")
    samples = []
    for path in paths[: limit or None]:
        texts = [path.with_suffix(ending) for ending in (".normalized.txt", ".txt")]
        text = next((p.read_text("utf-8-sig").strip() for p in texts if p.is_file()), "")
        samples.append(Sample(path.stem, path, text))
    return samples


def samples_of_texts(path: Path, limit: int) -> list[Sample]:
    """Read the first `limit` (0: all) texts of a file, as read_texts does, without recordings."""
    requests = read_texts(path, "--texts")[: limit or None]
    return [Sample(request.id, None, request.text) for request in requests]


def fault_of(path: Path, mel: MelConfig, any_rate: bool) -> str | None:
    """Say why a sound file cannot be measured, as far as its header tells; None where it can."""
    import soundfile

    if not path.is_file():
        return f"{path} does not exist"
    try:
        info = soundfile.info(str(path))
    except (soundfile.SoundFileError, OSError) as error:
        empty = "is empty" if path.stat().st_size == 0 else f"cannot be read: {error}"
        return f"{path} {empty}"
    if info.channels != 1:
        return f"{path} has {info.channels} channels instead of 1"
    if info.samplerate != mel.sample_rate and not any_rate:
        return (
            f"{path} has {info.samplerate} Hz instead of {mel.sample_rate} Hz "
            "(--resample 1 accepts it)"
        )
    if num_frames(info.frames * mel.sample_rate // info.samplerate, mel) == 0:
        return f"{path} holds {info.frames} samples, less than one frame"
    return None


def read_sound(path: Path, mel: MelConfig) -> np.ndarray:
    """Read the samples of a file at the rate of `mel`, float32; InputError when they are no
    numbers.
    """
    import soundfile

    samples, rate = soundfile.read(str(path), dtype="float32")
    if not np.isfinite(samples).all():
        raise InputError(f"{path} holds samples that are not finite numbers")
    return resample(samples, rate, mel.sample_rate)
