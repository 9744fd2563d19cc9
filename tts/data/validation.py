"""What disqualifies a recording, and the policy for what is disqualified."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from tts.config import option
from tts.errors import InputError
from tts.files import write_text

if TYPE_CHECKING:
    from tts.data.corpus import Fault


@dataclass(frozen=True)
class AudioLimits:
    """Thresholds of a usable recording; corpus.toml may change them under [audio]."""

    channels: int = 1
    min_seconds: float = 0.3
    max_seconds: float = 30.0
    clip_level: float = 0.999  # of full scale
    clip_run: int = 4  # so many equal samples at the level are one clipped stretch
    max_clipped: float = 0.001  # of all samples, in such stretches
    min_rms: float = 0.001  # of full scale: -60 dB
    max_offset: float = 0.02  # mean, of full scale
    max_edge_silence: float = 5.0  # seconds at either end below a hundredth of the peak
    max_pace: float = 3.0  # seconds per token, in either direction from the corpus's median


@dataclass(frozen=True)
class RejectPolicy:
    """What happens to rejected utterances."""

    on_reject: Literal["leave-out", "stop"] = option(
        "leave-out", "leave rejected utterances out, or stop at the first run that has any"
    )
    max_rejected: float = option(0.01, "stop when more than this share is rejected")


def wav_bytes_missing(path: Path) -> int:
    """Bytes by which a RIFF WAVE file is shorter than its header says; 0 for other formats."""
    size = path.stat().st_size
    with open(path, "rb") as file:
        head = file.read(12)
        if len(head) < 12 or head[:4] != b"RIFF" or head[8:] != b"WAVE":
            return 0
        while len(chunk := file.read(8)) == 8:
            kind, length = chunk[:4], struct.unpack("<I", chunk[4:])[0]
            if kind == b"data":
                streamed = length in (0, 0xFFFFFFFF)  # written to a pipe: length unknown
                return 0 if streamed else max(0, file.tell() + length - size)
            file.seek(length + length % 2, 1)
    return 0


def check_file(path: Path, limits: AudioLimits) -> tuple[list[tuple[str, str]], int, int]:
    """Faults (kind, detail) that a file's header shows, its sample rate and its length.

    The rate and the length are 0 when the file cannot be read at all.
    """
    import soundfile

    if not path.is_file():
        return [("missing-audio", f"{path} does not exist")], 0, 0
    if path.stat().st_size == 0:
        return [("empty-audio", f"{path} has 0 bytes")], 0, 0
    try:
        info = soundfile.info(str(path))
    except (soundfile.SoundFileError, OSError) as error:
        return [("unreadable-audio", f"{path}: {error}")], 0, 0
    faults = []
    if missing := wav_bytes_missing(path):
        faults.append(("truncated-audio", f"{path}: {missing} bytes fewer than its header says"))
    if info.frames == 0:
        faults.append(("empty-audio", f"{path} holds no samples"))
    if info.channels != limits.channels:
        faults.append(("channels", f"{info.channels} channels instead of {limits.channels}"))
    seconds = info.frames / info.samplerate
    if info.frames and not limits.min_seconds <= seconds <= limits.max_seconds:
        bounds = f"{limits.min_seconds:g} to {limits.max_seconds:g} s"
        faults.append(("duration", f"{seconds:.2f} s is outside {bounds}"))
    return faults, info.samplerate, info.frames


def check_samples(samples_S: np.ndarray, rate: int, limits: AudioLimits) -> list[tuple[str, str]]:
    """Faults (kind, detail) of a waveform in [-1, 1]: clipping, silence, DC offset."""
    faults = []
    if len(samples_S) == 0:
        return [("empty-audio", "no samples")]
    if not np.isfinite(samples_S).all():
        return [("not-finite", "the audio holds NaN or infinite samples")]
    peak = float(np.abs(samples_S).max())
    mean = float(samples_S.mean(dtype=np.float64))
    rms = float(np.sqrt(np.mean(np.square(samples_S - mean, dtype=np.float64))))
    if abs(mean) > limits.max_offset:
        faults.append(("dc-offset", f"mean {mean:+.4f}, at most {limits.max_offset:g} is usual"))
    if rms < limits.min_rms:
        faults.append(("silent", f"level {rms:.1e}, at least {limits.min_rms:.0e} is speech"))
    elif (edge := _edge_silence(samples_S - mean, rate)) > limits.max_edge_silence:
        faults.append(("long-silence", f"{edge:.2f} s of silence at one end"))
    clipped = _clipped(samples_S, limits) if peak >= limits.clip_level else 0
    if clipped > limits.max_clipped * len(samples_S):
        share = 100 * clipped / len(samples_S)
        faults.append(("clipping", f"{share:.2f} % of the samples are cut off"))
    return faults


def _clipped(samples_S: np.ndarray, limits: AudioLimits) -> int:
    """Samples in stretches of at least `clip_run` that stay at full scale with one sign."""
    total = 0
    for side in (samples_S >= limits.clip_level, samples_S <= -limits.clip_level):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], side.astype(np.int8), [0]])))
        lengths = edges[1::2] - edges[::2]
        total += int(lengths[lengths >= limits.clip_run].sum())
    return total


def _edge_silence(samples_S: np.ndarray, rate: int) -> float:
    """Seconds before the first or after the last sample above a hundredth of the peak."""
    loud = np.flatnonzero(np.abs(samples_S) > 0.01 * np.abs(samples_S).max())
    return max(loud[0], len(samples_S) - 1 - loud[-1]) / rate


def check_pace(
    lengths: Sequence[tuple[float, int]], limits: AudioLimits, enough: int = 20
) -> list[str]:
    """For every (seconds, number of tokens): why it cannot be the recording of its text, or ''.

    Compared with the corpus's own median pace, so that one threshold serves phones, syllables
    and word pieces; with fewer than `enough` recordings there is no median to trust.
    """
    paces = np.array([seconds / max(1, tokens) for seconds, tokens in lengths])
    if len(paces) < enough:
        return [""] * len(paces)
    median = float(np.median(paces))
    reasons = []
    for pace in paces:
        ratio = pace / median
        text = f"{pace:.3f} s per token, {ratio:.1f} times the corpus's median {median:.3f}"
        reasons.append("" if 1 / limits.max_pace <= ratio <= limits.max_pace else text)
    return reasons


def apply_policy(
    faults: Sequence[Fault], num_listed: int, policy: RejectPolicy, report: Path
) -> set[int]:
    """Write the report of all faults and return the rejected positions.

    Raises: InputError (after the report is written) when the policy says to stop.
    """
    rows = [f"{fault.id}\t{fault.kind}\t{_one_line(fault.detail)}\n" for fault in faults]
    write_text(report, "id\tkind\tdetail\n" + "".join(rows))
    rejected = {fault.position for fault in faults if fault.position is not None}
    if faults:
        kinds = Counter(fault.kind for fault in faults)
        found = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
        print(f"found: {found}; {len(rejected)} of {num_listed} rejected; list in {report}")
    allowed = 0 if policy.on_reject == "stop" else policy.max_rejected * num_listed
    if len(rejected) > allowed:
        share = len(rejected) / max(1, num_listed)
        raise InputError(
            f"{len(rejected)} of {num_listed} utterances ({share:.1%}) are rejected, more than "
            f"the {allowed / max(1, num_listed):.1%} allowed; {report} lists why. Mend the corpus, "
            f"or leave them out with --on-reject leave-out --max-rejected {share + 0.005:.2f}"
        )
    return rejected


def _one_line(text: str) -> str:
    return " ".join(text.split())
