"""Reader of LJSpeech: metadata.csv with id|as written|normalised, wavs/<id>.wav."""

from __future__ import annotations

from pathlib import Path

from tts.data.labels import check_listing, read_lines
from tts.data.utterance import Fault, Utterance


def read(corpus_dir: Path) -> tuple[list[Utterance], list[Fault]]:
    """Every entry of metadata.csv with its audio, and every fault of the listing."""
    lines, faults = read_lines(corpus_dir / "metadata.csv")
    wavs = corpus_dir / "wavs"
    utterances = []
    for position, line in enumerate(lines):
        where = f"metadata.csv, line {position + 1}"
        if line is None:
            faults.append(Fault("?", "not-utf8", where, position))
            continue
        fields = [field.strip() for field in line.split("|")]
        if len(fields) != 3 or not fields[0]:
            detail = f"{where}: {len(fields)} fields instead of id|text|normalised text"
            faults.append(Fault(fields[0] or "?", "field-count", detail, position))
            continue
        name, text, normalized = fields
        if not (normalized or text):
            faults.append(Fault(name, "empty-text", where, position))
            continue
        utterances.append(
            Utterance(
                id=name,
                audio=wavs / f"{name}.wav",
                text=text,
                position=position,
                normalized=normalized or text,
            )
        )
    kept, listing_faults = check_listing(utterances, wavs)
    return kept, faults + listing_faults
