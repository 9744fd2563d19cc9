"""Speak recorded utterances, compare, and write what came out: sounds, pictures, numbers."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from tts.batch import Batch
from tts.evaluate.metrics import (
    Comparison,
    length_error_ms,
    length_error_percent,
    mel_cepstral_distortion,
    mel_l1,
    token_duration_error,
)
from tts.evaluate.samples import Sample
from tts.files import atomic_path, write_json, write_text
from tts.infer.speak import Item, Manner, Speech, speak, write_wav
from tts.infer.voice import Voice
from tts.train.monitor import alignment_figure, mel_figure


@dataclass(frozen=True)
class Metric:
    """A column of the report: its title, its decimals, and how it is computed."""

    title: str
    decimals: int
    compute: Callable[[Comparison], float | None]


# A new metric is one file and one line here.
METRICS = {
    "mcd_db": Metric("MCD (dB)", 2, mel_cepstral_distortion),
    "mel_l1": Metric("mel L1", 3, mel_l1),
    "length_error_ms": Metric("length error (ms)", 0, length_error_ms),
    "length_error_percent": Metric("length error (%)", 1, length_error_percent),
    "token_duration_error": Metric("token duration error (frames)", 2, token_duration_error),
}
DEFINITIONS = """\
MCD: 10/ln 10 * sqrt(2 * sum over m = 1..13 of squared differences of the mel cepstrum c_m), where
log_mel(f) = c_0 + sum of c_m cos(pi m (f + 1/2) / F) is the natural-log amplitude mel over F
bins; c_0 is left out, silences count; mean along the dynamic time warping path of least total
distance. Figures from cepstra of another analysis or scale (SPTK, WORLD, orthonormal DCT) differ.
Mel L1: mean absolute difference of the log mels along the same path. Length error: of the total
length. Token duration error: against the voice's own alignment of the recording, blanks included.
The recording's side of each comparison is its stored mel. Errors are absolute, and so are their
means.
"""


@dataclass(frozen=True)
class Row:
    """One utterance's numbers; lengths in seconds, `values` by the names of METRICS."""

    id: str
    num_tokens: int
    seconds: float
    recorded_seconds: float
    rtf: float
    recording: str
    values: dict[str, float | None]


def evaluate(
    voice: Voice,
    samples: Sequence[Sample],
    vocoder: Any,
    manner: Manner,
    folder: Path | str,
    device: str = "cpu",
) -> Iterator[Row]:
    """Speak each sample and compare it with its recording.

    Into `folder` go <id>.wav, the speech; <id>-vocoded.wav, the recording's mel through the
    same vocoder, the best that any voice could do; <id>-mel.png, both mels, with the token
    boundaries on the recording; <id>-alignment.png, where the voice aligns the recording.
    """
    folder = Path(folder)
    # One item after the other, since speaking is lazy and two of them belong to each sample.
    speeches = speak(voice, _items(samples), vocoder, manner, device)
    for sample in samples:
        spoken, vocoded = next(speeches), next(speeches)
        for speech in (spoken, vocoded):
            write_wav(folder / f"{speech.id}.wav", speech.samples, speech.sample_rate)
        aligned = align(voice, sample, device)
        write_pictures(folder, sample, spoken, aligned)
        yield compare(voice, sample, spoken, aligned)


def _items(samples: Iterable[Sample]) -> Iterator[Item]:
    for sample in samples:
        yield Item(sample.id, tokens=sample.tokens)
        yield Item(f"{sample.id}-vocoded", tokens=sample.tokens, mel_TF=sample.mel_TF)


@torch.inference_mode()
def align(voice: Voice, sample: Sample, device: str = "cpu") -> np.ndarray | None:
    """Frames of each framed token in the recording, int64 (L,), by the voice's own alignment.

    None when the model has none, or when there are more tokens than frames.
    """
    ids = voice.encode(sample.tokens)
    if not hasattr(voice.model, "align") or len(ids) > len(sample.mel_TF):
        return None
    batch = Batch(
        ids=[sample.id],
        tokens_BL=torch.tensor([ids]),
        tokens_lens=torch.tensor([len(ids)]),
        mel_BTF=torch.from_numpy(sample.mel_TF.astype(np.float32))[None],
        mel_lens=torch.tensor([len(sample.mel_TF)]),
    )
    return voice.model.align(batch.to(device))[0].cpu().numpy()


def compare(voice: Voice, sample: Sample, spoken: Speech, aligned: np.ndarray | None) -> Row:
    """The numbers of one utterance; `aligned` as `align` returns it."""
    frame_seconds = voice.mel.hop_length / voice.mel.sample_rate
    comparison = Comparison(
        mel_TF=spoken.mel_TF,
        recorded_UF=sample.mel_TF,
        frame_seconds=frame_seconds,
        durations_L=spoken.durations,
        recorded_durations_L=aligned,
    )
    return Row(
        id=sample.id,
        num_tokens=len(sample.tokens),
        seconds=len(spoken.mel_TF) * frame_seconds,
        recorded_seconds=len(sample.mel_TF) * frame_seconds,
        rtf=spoken.rtf,
        recording=sample.recording,
        values={name: metric.compute(comparison) for name, metric in METRICS.items()},
    )


def write_pictures(
    folder: Path, sample: Sample, spoken: Speech, aligned: np.ndarray | None
) -> None:
    """Write <id>-mel.png and, where there is an alignment, <id>-alignment.png."""
    mels = {f"{sample.id}, recording": sample.mel_TF.astype(np.float32), "spoken": spoken.mel_TF}
    boundaries = None if aligned is None else np.cumsum(aligned)
    figures = {"mel": mel_figure(mels, boundaries)}
    if aligned is not None:
        figures["alignment"] = alignment_figure(aligned)
    for name, figure in figures.items():
        with atomic_path(folder / f"{sample.id}-{name}.png") as temporary:
            figure.savefig(temporary, format="png", dpi=100)


def means(rows: Sequence[Row]) -> dict[str, float | None]:
    """The mean of each metric over the utterances where it is known."""
    result = {}
    for name in METRICS:
        known = [row.values[name] for row in rows if row.values[name] is not None]
        result[name] = float(np.mean(known)) if known else None
    return result


def markdown_table(rows: Sequence[Row]) -> str:
    """One line an utterance and one with the means, for a Markdown file."""
    titles = ["utterance", "tokens", "recorded (s)", "spoken (s)"]
    titles += [*(metric.title for metric in METRICS.values()), "RTF"]
    lines = [titles, ["---", *["--:"] * (len(titles) - 1)]]
    for row in rows:
        lengths = [str(row.num_tokens), f"{row.recorded_seconds:.2f}", f"{row.seconds:.2f}"]
        lines.append([row.id, *lengths, *_cells(row.values), f"{row.rtf:.3f}"])
    total = ["**mean**", *[""] * 3, *_cells(means(rows))]
    lines.append([*total, f"{np.mean([row.rtf for row in rows]):.3f}"])
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _cells(values: dict[str, float | None]) -> list[str]:
    """The metrics as text, a dash for what is unknown."""
    return [
        "-" if values[name] is None else f"{values[name]:.{metric.decimals}f}"
        for name, metric in METRICS.items()
    ]


def write_report(folder: Path | str, facts: dict[str, Any], rows: Sequence[Row]) -> str:
    """Write results.md and results.json; return the table.

    `facts` say what was measured and how (voice, data, vocoder ...), as plain values.
    """
    table = markdown_table(rows)
    bullets = "".join(f"- {name}: {value}\n" for name, value in facts.items())
    write_text(Path(folder) / "results.md", f"# Evaluation\n\n{bullets}\n{table}\n{DEFINITIONS}")
    plain = [dataclasses.asdict(row) for row in rows]
    content = {**facts, "definitions": DEFINITIONS, "rows": plain, "means": means(rows)}
    write_json(Path(folder) / "results.json", content)
    return table
