"""Write one HTML page that needs nothing beside it: sounds, pictures and numbers of all systems."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from tts.evaluate.metrics import METRICS, Row
from tts.evaluate.pictures import drawing, f0_limits
from tts.evaluate.report import NOTES, by_system, definitions, summary
from tts.evaluate.samples import Sample
from tts.evaluate.systems import RECORDING
from tts.evaluate.utterance import Comparison, SystemUtterance
from tts.files import write_text

STYLE = Path(__file__).with_name("page.css")
# Numbers under each sound; all of them stand in the table below.
BRIEFLY = (
    "word_error_percent",
    "syllable_error_percent",
    "distillmos",
    "mcd_wave_db",
    "f0_dtw_hz",
    "vuv_error_percent",
    "dnsmos_ovr",
)
LEGEND = """Above the mel spectrogram; below the pitch in Hz on a logarithmic scale, the system's in
colour, the recording's in grey. All systems of an utterance share their axes."""
# One sound at a time.
SCRIPT = """
document.addEventListener("play", (event) => {
  for (const other of document.querySelectorAll("audio"))
    if (other !== event.target) other.pause();
}, true);
"""


def sound(utterance: SystemUtterance) -> str:
    """Encode the samples as a data URI of a FLAC file with 16 bits."""
    import soundfile

    file = io.BytesIO()
    soundfile.write(file, utterance.samples_S, utterance.mel.sample_rate, "PCM_16", format="FLAC")
    return "data:audio/flac;base64," + base64.b64encode(file.getvalue()).decode("ascii")


def utterance(sample: Sample, said: dict[str, tuple[Row, Comparison]], language: str) -> str:
    """Write the section of one utterance: each system's sound and pictures, and a table.

    language: a BCP 47 tag.
    """
    utterances = {name: comparison.spoken for name, (_, comparison) in said.items()}
    recorded = next(iter(said.values()))[1].recorded if sample.recording else None
    longest = max(utterance.seconds for utterance in utterances.values())
    limits = f0_limits(list(utterances.values()))
    figures = []
    for name, (row, comparison) in said.items():
        what = f"{escape(name)}, {escape(sample.id)}"
        label = f"Mel spectrogram and pitch contour: {what}"
        figures.append(
            f"<figure><figcaption>{escape(name)}</figcaption>"
            f'<audio controls preload="metadata" aria-label="{what}" '
            f'src="{sound(comparison.spoken)}"></audio>'
            f"{drawing(comparison.spoken, recorded, longest, limits, label)}"
            f'<p class="soft">{_briefly(row)}</p>{_heard(comparison.spoken, language)}</figure>\n'
        )
    rows = [row for row, _ in said.values()]
    table = _table(summary(rows), f"Numbers of {escape(sample.id)}")
    text = f'<p lang="{language}">{escape(sample.text)}</p>\n' if sample.text else ""
    return (
        f'<section>\n<h3 id="{escape(sample.id)}">{escape(sample.id)}</h3>\n{text}'
        f'<div class="systems">\n{"".join(figures)}</div>\n'
        f"<details><summary>Numbers of this utterance</summary>{table}</details>\n</section>\n"
    )


def _heard(utterance: SystemUtterance, language: str) -> str:
    """Write what was heard: what was not heard struck out, what is not in the text marked."""
    if not utterance.edits:
        return ""
    kind = "word" if "word" in utterance.edits else "character"
    shown = []
    for said, heard in utterance.edits[kind]:
        if said == heard:
            shown.append(escape(said))
            continue
        if said is not None:
            shown.append(f"<del>{escape(said)}</del>")
        if heard is not None:
            shown.append(f"<mark>{escape(heard)}</mark>")
    words = (" " if kind == "word" else "").join(shown)
    return f'<p class="heard" lang="{language}">{words or "nothing heard"}</p>'


def _briefly(row: Row) -> str:
    """Format length and a few numbers in one line."""
    known = [f"{row.seconds:.2f} s"]
    for name in BRIEFLY:
        value, metric = row.values[name], METRICS[name]
        if value is not None:
            title, _, unit = metric.title.partition(" (")
            known.append(f"{title} {value:.{metric.decimals}f} {unit.rstrip(')')}".strip())
    return " · ".join(known)


def _table(table: Sequence[Sequence[str]], caption: str) -> str:
    """Format lines of cells as a table that scrolls by itself on a narrow screen."""
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in table[0])
    lines = []
    for title, *cells in table[1:]:
        row = "".join(f"<td>{_number(cell)}</td>" for cell in cells)
        lines.append(f'<tr><th scope="row">{escape(title)}</th>{row}</tr>\n')
    return (
        f'<section class="scroll" tabindex="0" aria-label="{caption}"><table>'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{''.join(lines)}</tbody></table></section>\n"
    )


def _number(cell: str) -> str:
    """Format a value, its margin small."""
    value, plus_minus, margin = escape(cell).partition(" ± ")
    return value + (f" <small>± {margin}</small>" if plus_minus else "")


def _terms(texts: Mapping[str, str]) -> str:
    """Format terms and what is said of them, for a <dl>."""
    return "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>\n" for k, v in texts.items())


def write_page(
    path: Path | str, facts: Mapping[str, str], rows: Sequence[Row], utterances: Sequence[str]
) -> None:
    """Write the page; `utterances` are the sections that `utterance` made."""
    shown, meanings = _terms(facts), _terms(definitions())
    systems = [name for name in by_system(rows) if name != RECORDING]
    title = f"Evaluation of {escape(', '.join(systems))}"
    listen = ""
    if utterances:
        listen = f"<h2>Utterances</h2>\n<p>{LEGEND}</p>\n{''.join(utterances)}"
    write_text(
        path,
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\n{STYLE.read_text('utf-8')}</style>\n</head>\n<body>\n"
        f'<main>\n<h1>{title}</h1>\n<dl class="facts">\n{shown}</dl>\n'
        f"<h2>Systems</h2>\n{_table(summary(rows), 'Systems')}"
        f'<p class="soft">{escape(NOTES)}</p>\n{listen}'
        f'<h2>Definitions</h2>\n<dl class="meanings">\n{meanings}</dl>\n</main>\n'
        f"<script>{SCRIPT}</script>\n</body>\n</html>\n",
    )
