"""Check recordings: what disqualifies one, and what happens to those that are disqualified."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from tts.config import option
from tts.data.utterance import Fault
from tts.errors import InputError
from tts.files import write_text

# Lengths that programs write into a WAV header when they do not know the length yet (a pipe):
# 0x7FFFF000 (sox), 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF (ffmpeg), some of them less a header. A clip
# of 2 GB would last hours.
STREAMED = 0x7FFF0000
MIX = "mix"
# Faults of samples that are reported and reject nothing.
REMARKS = ("edge-silence", "same-audio")


@dataclass(frozen=True)
class AudioLimits:
    """Hold the thresholds of a usable recording; corpus.toml may change them under [audio].

    channels: 0 wants recordings of one channel, N takes the Nth channel, "mix" the mean of all.
    trim_silence: seconds of silence left at either end, longer ones are cut; 0 cuts nothing.
    allow_low_rate: take recordings of a lower sample rate than the mel's.
    """

    channels: int = option(0, "0, a channel's number from 1, or mix", words=(MIX,))
    trim_silence: float = 0.0
    allow_low_rate: bool = False
    min_seconds: float = 0.3
    max_seconds: float = 30.0
    clip_level: float = 0.999  # of full scale
    clip_run: int = 4  # so many equal samples at the level are one clipped stretch
    max_clipped: float = 0.001  # of all samples, in such stretches
    min_rms: float = 0.001  # of full scale: -60 dB
    max_offset: float = 0.02  # mean, of full scale
    max_edge_silence: float = 5.0  # seconds at either end below a hundredth of the peak
    report_edge_silence: float = 1.0  # seconds of it from which it is reported
    max_pace: float = 3.0  # seconds per token, in either direction from the corpus's median

    def __post_init__(self) -> None:
        if self.channels != MIX and self.channels < 0:
            raise InputError(f'[audio] channels = {self.channels}: must be 0, 1, 2, ... or "mix"')
        if self.trim_silence < 0:
            raise InputError(
                f"[audio] trim_silence = {self.trim_silence}: must be 0 or more seconds"
            )

    @property
    def changes(self) -> bool:
        """Return whether recordings are mixed or trimmed, and then lie in data/audio."""
        return bool(self.channels or self.trim_silence)


@dataclass(frozen=True)
class RejectPolicy:
    """Say what happens to rejected utterances."""

    on_reject: Literal["leave-out", "stop"] = option(
        "leave-out", "leave rejected utterances out, or stop at the first run that has any"
    )
    max_rejected: float = option(0.01, "stop when more than this share is rejected")


def wav_bytes_missing(path: Path) -> int:
    """Return the bytes that a RIFF WAVE file lacks of what its header says; else 0.

    Other formats and headers without a length (see STREAMED) give 0.
    """
    size = path.stat().st_size
    with open(path, "rb") as file:
        head = file.read(12)
        if len(head) < 12 or head[:4] != b"RIFF" or head[8:] != b"WAVE":
            return 0
        while len(chunk := file.read(8)) == 8:
            kind, length = chunk[:4], struct.unpack("<I", chunk[4:])[0]
            if kind == b"data":
                streamed = length == 0 or length >= STREAMED
                return 0 if streamed else max(0, file.tell() + length - size)
            file.seek(length + length % 2, 1)
    return 0


def check_file(
    path: Path, limits: AudioLimits, mel_rate: int = 0
) -> tuple[list[tuple[str, str]], int, int]:
    """Return the faults (kind, detail) that a file's header shows, its sample rate and length.

    The rate and the length are 0 when the file cannot be read at all.
    mel_rate: samples per second that the mel is computed from.
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
    if fault := channel_fault(info.channels, limits):
        faults.append(("channels", fault))
    if info.samplerate < mel_rate and not limits.allow_low_rate:
        detail = f"{info.samplerate} Hz, the mel is computed from {mel_rate} Hz"
        faults.append(("low-rate", f"{detail} ([audio] allow_low_rate = true takes it)"))
    seconds = info.frames / info.samplerate
    if info.frames and not limits.min_seconds <= seconds <= limits.max_seconds:
        bounds = f"{limits.min_seconds:g} to {limits.max_seconds:g} s"
        faults.append(("duration", f"{seconds:.2f} s is outside {bounds}"))
    return faults, info.samplerate, info.frames


def channel_fault(channels: int, limits: AudioLimits) -> str:
    """Return why a recording of so many channels does not give one, or ''."""
    if limits.channels == 0 and channels != 1:
        return f'{channels} channels; [audio] channels = "mix" or a number makes them one'
    if limits.channels != MIX and channels < limits.channels:
        return f"{channels} channels, but [audio] channels = {limits.channels}"
    return ""


def check_samples(samples_S: np.ndarray, rate: int, limits: AudioLimits) -> list[tuple[str, str]]:
    """Return the faults (kind, detail) of a waveform in [-1, 1]: clipping, silence, DC offset.

    Those of the kinds in REMARKS are worth knowing and disqualify nothing.
    """
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
    elif (edge := max(edge_silences(samples_S - mean)) / rate) > limits.report_edge_silence:
        kind = "long-silence" if edge > limits.max_edge_silence else "edge-silence"
        faults.append((kind, f"{edge:.2f} s of silence at one end ([audio] trim_silence cuts it)"))
    clipped = _clipped(samples_S, limits) if peak >= limits.clip_level else 0
    if clipped > limits.max_clipped * len(samples_S):
        share = 100 * clipped / len(samples_S)
        faults.append(("clipping", f"{share:.2f} % of the samples are cut off"))
    return faults


def _clipped(samples_S: np.ndarray, limits: AudioLimits) -> int:
    """Count samples in stretches of at least `clip_run` that stay at full scale with one sign."""
    total = 0
    for side in (samples_S >= limits.clip_level, samples_S <= -limits.clip_level):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], side.astype(np.int8), [0]])))
        lengths = edges[1::2] - edges[::2]
        total += int(lengths[lengths >= limits.clip_run].sum())
    return total


def edge_silences(samples_S: np.ndarray) -> tuple[int, int]:
    """Count the samples before the first and after the last one above a hundredth of the peak.

    Where none is (all zero, or not finite) all count as before the first.
    """
    loud = np.flatnonzero(np.abs(samples_S) > 0.01 * np.abs(samples_S).max(initial=0))
    if not len(loud):
        return len(samples_S), 0
    return int(loud[0]), int(len(samples_S) - 1 - loud[-1])


def check_pace(
    lengths: Sequence[tuple[float, int]], limits: AudioLimits, enough: int = 20
) -> list[str]:
    """Return for every (seconds, number of tokens) why it cannot be speech of its text, or ''.

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
    """Write all faults to `report` (rejected.tsv) and return the rejected positions.

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
