"""Check the corpus's recordings; write as mono those with several channels or long silent ends."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from tts.data.utterance import Fault
from tts.data.validation import MIX, AudioLimits, check_file, edge_silences
from tts.files import atomic_path

LONGEST_ID = 180  # file names have 255 bytes at most, and parts are added


@dataclass(frozen=True)
class Checks:
    """Hold what a recording must be, and where those are written that have to be changed.

    mel_rate: samples per second that the mel is computed from.
    """

    limits: AudioLimits
    mel_rate: int
    folder: Path

    @property
    def mono_folder(self) -> Path:
        """Name another folder for other options, so that what is there is never out of date."""
        limits = self.limits
        return self.folder / f"channels-{limits.channels}-trim-{limits.trim_silence:g}"


@dataclass(frozen=True)
class Checked:
    """Hold a recording's faults (kind, detail) and, without any, where and how long it is."""

    faults: tuple[tuple[str, str], ...]
    path: Path
    sample_rate: int = 0
    num_samples: int = 0


def id_fault(name: str) -> str:
    """Return why an id cannot name files below the working folder, or ''."""
    path = PurePosixPath(name)
    if path.is_absolute() or any(part.startswith(".") for part in name.split("/")):
        return "begins with / or ., or holds a part that does: its files would lie elsewhere"
    if any(not part.strip() for part in name.split("/")):
        return "holds an empty part"
    if not name.isprintable() or "\\" in name:
        return "holds a control character or a backslash"
    if len(name.encode("utf-8")) > LONGEST_ID:
        return f"is longer than {LONGEST_ID} bytes"
    return ""


def check_recording(item: tuple[str, Path], checks: Checks) -> Checked:
    """Check one recording (id, path) by its header; write it as mono where [audio] asks for that.

    The file written is FLAC of one channel, data/audio/<options>/<id>.flac.
    """
    import soundfile

    name, path = item
    if fault := id_fault(name):
        return Checked((("bad-id", f"{name!r} {fault}"),), path)
    faults, rate, length = check_file(path, checks.limits, checks.mel_rate)
    limits = checks.limits
    if faults or (limits.trim_silence == 0 and soundfile.info(str(path)).channels == 1):
        return Checked(tuple(faults), path, rate, length)
    target = checks.mono_folder / f"{name}.flac"
    if not _is_made_from(target, path) and (fault := write_mono(path, target, checks.limits)):
        return Checked((("unreadable-audio", fault),), path)
    length = soundfile.info(str(target)).frames
    if length < checks.limits.min_seconds * rate:
        return Checked((("duration", f"{length / rate:.2f} s are left of {path}"),), path)
    return Checked((), target, rate, length)


def _origin(source: Path) -> str:
    """Return what a file written from `source` holds as its comment."""
    stat = source.stat()
    return f"{source} {stat.st_size} {stat.st_mtime_ns}"


def _is_made_from(target: Path, source: Path) -> bool:
    """Return whether `target` was made from `source` as it is now."""
    import soundfile

    if not target.is_file():
        return False
    with soundfile.SoundFile(str(target)) as file:
        return file.comment == _origin(source)


def write_mono(path: Path, target: Path, limits: AudioLimits) -> str:
    """Write one channel of `path`, its silent ends cut, to `target`; return what prevents it.

    The channel is the one that [audio] channels asks for, or the mean of all. Samples of 16 bits
    stay as they are, others and means are rounded to 24 bits.
    """
    import soundfile

    try:
        samples_SC, rate = soundfile.read(str(path), dtype="float64", always_2d=True)
        kind = soundfile.info(str(path)).subtype
    except (soundfile.SoundFileError, OSError) as error:
        return f"{path}: {error}"
    if not np.isfinite(samples_SC).all():
        return f"{path} holds NaN or infinite samples"
    mixed = limits.channels == MIX and samples_SC.shape[1] > 1
    chosen = 0 if limits.channels in (0, MIX) else limits.channels - 1
    samples_S = samples_SC.mean(axis=1) if mixed else samples_SC[:, chosen]
    if limits.trim_silence and samples_S.any():
        samples_S = trim(samples_S, round(limits.trim_silence * rate))
    exact = kind in ("PCM_16", "PCM_S8", "PCM_U8") and not mixed
    subtype = "PCM_16" if exact else "PCM_24"
    with (
        atomic_path(target) as temporary,
        soundfile.SoundFile(str(temporary), "w", rate, 1, subtype, format="FLAC") as file,
    ):
        file.comment = _origin(path)
        file.write(samples_S)
    return ""


def trim(samples_S: np.ndarray, margin: int) -> np.ndarray:
    """Cut silence at either end down to `margin` samples."""
    before, after = edge_silences(samples_S - samples_S.mean())
    start, stop = max(0, before - margin), len(samples_S) - max(0, after - margin)
    return samples_S[start:stop]


def repeated_texts(texts: list[tuple[str, str]]) -> list[Fault]:
    """Report each (id, text) whose text an earlier one has; no position, so nothing is rejected."""
    first: dict[str, str] = {}
    faults = []
    for name, text in texts:
        key = " ".join(text.split())
        if key in first:
            faults.append(Fault(name, "same-text", f"the text of {first[key]}"))
        first.setdefault(key, name)
    return faults
