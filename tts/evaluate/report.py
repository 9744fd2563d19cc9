"""Measure systems on recorded utterances, and write what came out: sounds, numbers, a page."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from tts.errors import InputError
from tts.evaluate.intelligibility import Errors
from tts.evaluate.judges import Judges
from tts.evaluate.metrics import HIGH, LOW, METRICS, NEAR, Row, Total, totals, voiced_f0
from tts.evaluate.samples import Sample
from tts.evaluate.systems import Packaged, Spoken, System, Vocoded, refuse
from tts.evaluate.utterance import Comparison, Pairing, SystemUtterance
from tts.features.pitch import PitchConfig
from tts.files import write_json, write_text
from tts.infer.speech import write_audio


def check(samples: Sequence[Sample], systems: Sequence[System]) -> None:
    """Raise one InputError with everything that stands in the way of measuring."""
    faults = [fault for system in systems for fault in system.faults(samples)]
    refuse(f"{len(samples)} utterances cannot be evaluated", faults)


def evaluate(
    samples: Sequence[Sample],
    systems: Sequence[System],
    folder: Path | str,
    *,
    pairing: Pairing = "dtw",
    judges: Judges | None = None,
    pitch: PitchConfig | None = None,
    show: Callable[[Sample, dict[str, tuple[Row, Comparison]]], None] | None = None,
) -> Iterator[Row]:
    """Let each system say each sample and compare it with its recording.

    What is synthesised here goes to folder/<system>/<id>.wav; the recordings and other
    people's sounds stay where they are.

    Args:
      systems: the first is the Recording; of samples that are texts alone there is none.
      judges: what hears the samples. pitch: how F0 is found, None: by the defaults.
      show: called once a sample with the rows and the comparisons by system (for a page).

    Raises: InputError naming system and utterance when one cannot be measured; see `check`.
    """
    check(samples, systems)
    manner = {"judges": judges or Judges(), "pitch": pitch or PitchConfig()}
    for sample in samples:
        said: dict[str, tuple[Row, Comparison]] = {}
        recorded = None
        for system in systems:
            try:
                row, comparison = _measure(system, sample, recorded, pairing, manner)
            except InputError as error:
                raise InputError(f"{system.name}, {sample.id}: {error}") from None
            if sample.recording:
                recorded = recorded or comparison.recorded
            if isinstance(system, (Spoken, Packaged, Vocoded)):
                spoken = comparison.spoken
                path = Path(folder, system.name, f"{sample.id}.wav")
                write_audio(path, spoken.samples_S, spoken.mel.sample_rate)
            said[system.name] = row, comparison
            yield row
        if show is not None:
            show(sample, said)


def _measure(
    system: System,
    sample: Sample,
    recorded: SystemUtterance | None,
    pairing: Pairing,
    manner: Mapping[str, Any],
) -> tuple[Row, Comparison]:
    """Measure one utterance of one system; `recorded` is None for the recording itself and for a
    text without one, `manner` are fields of every SystemUtterance.
    """
    spoken = replace(system.say(sample, recorded), text=sample.text, **manner)
    if recorded is None:
        comparison = Comparison(spoken, spoken)
    else:
        durations_L = sample.durations_L
        if durations_L is None and spoken.durations_L is not None:
            durations_L = system.align(sample, recorded)
        blanks_L = system.blanks(sample)
        comparison = Comparison(spoken, recorded, durations_L, blanks_L, pairing)
    found = {name: metric.value(comparison) for name, metric in METRICS.items()}
    pooled = {name: value for name, value in found.items() if isinstance(value, Errors)}
    shares = {name: 100 * errors.errors / errors.units for name, errors in pooled.items()}
    row = Row(
        system=system.name,
        id=sample.id,
        num_tokens=len(sample.tokens or []),
        seconds=spoken.seconds,
        recorded_seconds=comparison.recorded.seconds if sample.recording else None,
        rtf=spoken.rtf,
        recording=str(sample.recording or ""),
        values={**found, **shares},
        voiced_f0_V=voiced_f0(spoken),
        units={name: errors.units for name, errors in pooled.items()},
        text=sample.text,
        heard=spoken.heard_text,
    )
    return row, comparison


def by_system(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Return the rows of each system, in the order in which systems first appear."""
    result: dict[str, list[Row]] = {}
    for row in rows:
        result.setdefault(row.system, []).append(row)
    return result


def mean_rtf(rows: Sequence[Row]) -> float | None:
    """Compute the mean real-time factor, where it is known."""
    known = [row.rtf for row in rows if row.rtf is not None]
    return float(np.mean(known)) if known else None


def cell(total: Total | None, decimals: int) -> str:
    """Format a value with its margin as text, a dash for what is unknown."""
    if total is None:
        return "–"
    margin = "" if total.margin is None else f" ± {total.margin:.{decimals}f}"
    return f"{total.value:.{decimals}f}{margin}"


def summary(rows: Sequence[Row]) -> list[list[str]]:
    """Format the table of systems as text: a head, then a line a metric that is known of any
    system.
    """
    systems = by_system(rows)
    of_system = {name: totals(own) for name, own in systems.items()}
    table = [["metric", *systems]]
    for name, metric in METRICS.items():
        known = [of_system[system][name] for system in systems]
        if any(known):
            cells = [cell(total, metric.decimals) for total in known]
            # A space that no line breaks at.
            table.append([f"{metric.title}\u00a0{metric.best}", *cells])
    rtfs = [mean_rtf(own) for own in systems.values()]
    if any(rtf is not None for rtf in rtfs):
        table.append(["RTF", *("–" if rtf is None else f"{rtf:.3f}" for rtf in rtfs)])
    return table


def markdown_table(table: Sequence[Sequence[str]]) -> str:
    """Format lines of cells as a Markdown table, numbers to the right."""
    lines = [table[0], ["---", *["--:"] * (len(table[0]) - 1)], *table[1:]]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def tsv(rows: Sequence[Row]) -> str:
    """Format every number of every utterance, a line for each system and utterance."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    heads = ["system", "id", "num_tokens", "seconds", "recorded_seconds", "rtf"]
    writer.writerow([*heads, *METRICS, "text", "heard"])
    for row in rows:
        values = [getattr(row, head) for head in heads[2:]] + list(row.values.values())
        plain = ["" if value is None else f"{value:.6g}" for value in values]
        words = [" ".join((words or "").split()) for words in (row.text, row.heard)]
        writer.writerow([row.system, row.id, *plain, *words])
    return text.getvalue()


def definitions() -> dict[str, str]:
    """Return each metric's title and what it is."""
    return {metric.title: metric.definition for metric in METRICS.values()}


def worst_heard(rows: Sequence[Row]) -> str:
    """Write, of each system, the sentences with most errors and what was heard, as Markdown."""
    parts = []
    for system, own in by_system(rows).items():
        wrong = [(errors, row) for row in own if (errors := _num_errors(row))]
        wrong.sort(key=lambda pair: -pair[0])
        for errors, row in wrong[:MOST_WRONG]:
            said, heard = (" ".join((text or "").split()) for text in (row.text, row.heard))
            parts.append(f"- {system}, {row.id}: {errors} wrong\n  - `{said}`\n")
            parts.append(f"  - `{heard}`\n" if heard else "  - nothing was heard\n")
    return f"## What was heard otherwise\n\n{''.join(parts)}\n" if parts else ""


def _num_errors(row: Row) -> int:
    """Count the wrong words, syllables without words."""
    for name in ("word_error_percent", "syllable_error_percent"):
        if name in row.units:
            return round((row.values[name] or 0) * row.units[name] / 100)
    return 0


def write_report(folder: Path | str, facts: dict[str, Any], rows: Sequence[Row]) -> str:
    """Write results.md, results.tsv and results.json; return the table of systems.

    `facts` say what was measured and how (systems, data, vocoder ...), as plain values.
    """
    folder = Path(folder)
    table = markdown_table(summary(rows))
    bullets = "".join(f"- {name}: {value}\n" for name, value in facts.items())
    meanings = "".join(f"- **{title}**: {text}\n" for title, text in definitions().items())
    notes = f"{NOTES}\n\n{worst_heard(rows)}## Definitions\n\n{meanings}"
    write_text(folder / "results.md", f"# Evaluation\n\n{bullets}\n{table}\n{notes}")
    write_text(folder / "results.tsv", tsv(rows))
    plain = [{k: v for k, v in vars(row).items() if k != "voiced_f0_V"} for row in rows]
    means = {
        system: {name: total and vars(total) for name, total in totals(own).items()}
        | {"rtf": mean_rtf(own)}
        for system, own in by_system(rows).items()
    }
    content = {**facts, "definitions": definitions(), "systems": means, "rows": plain}
    write_json(folder / "results.json", content)
    return table


# Sentences listed with what was heard, of each system.
MOST_WRONG = 10
NOTES = (
    f"{LOW} lower is better, {HIGH} higher, {NEAR} near the recording's. Means over the "
    "utterances, ± half of the mean's 95 % interval; moments of F0 over all voiced frames "
    "together, errors of words, syllables and letters over all of them together (interval by "
    "bootstrap over utterances). recording: what the others are compared with; vocoded: its mel "
    "through the vocoder. Numbers of every utterance: results.tsv."
)
