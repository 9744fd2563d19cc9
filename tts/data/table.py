"""Read a label file that [table] of corpus.toml describes: one line an utterance."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from tts.data.corpus_config import Table
from tts.data.labels import check_listing, read_lines, without_suffix
from tts.data.utterance import Fault, Utterance
from tts.errors import InputError, nearest

COLUMNS = ("audio", "id", "text", "normalized", "speaker", "phones", "pinyin")
UNUSED = "-"
# A quoted CSV field goes over at most so many lines.
MOST_LINES = 20


def read_table(table: Table, corpus_dir: Path) -> tuple[list[Utterance], list[Fault]]:
    """Return every usable line as an utterance, and every fault of the listing.

    Without a column `audio` the id names the file; without `id` the file names the utterance,
    with "_" for folders and spaces. `phones` (symbols separated by spaces) stand for the
    normalised text, of a language whose texts are phones.
    Raises: InputError where [table] is wrong.
    """
    check_table(table)
    path = corpus_dir / table.file
    folder = corpus_dir / table.audio_folder
    if not folder.is_dir():
        raise InputError(f"[table] audio_folder: {folder} is no folder")
    lines, faults = read_lines(path)
    utterances = []
    rows = read_rows(lines, table.delimiter, len(table.columns))
    if table.header:
        next(rows, None)
    for position, (number, fields) in enumerate(rows):
        where = f"{path.name}, line {number}"
        if fields is None:
            faults.append(Fault("?", "not-utf8", where, position))
            continue
        if len(fields) != len(table.columns):
            wanted = f"{len(fields)} columns instead of {len(table.columns)}"
            detail = f"{where}: {wanted} ({', '.join(table.columns)})"
            faults.append(Fault(fields[0] or "?", "field-count", detail, position))
            continue
        cells = dict(zip(table.columns, fields, strict=True))
        name = cells.get("id") or _id_of(Path(cells.get("audio", "")), folder)
        text = cells.get("text") or cells.get("normalized") or cells.get("phones")
        if not text or not name:
            what = "empty-text" if name else "empty-id"
            faults.append(Fault(name or "?", what, where, position))
            continue
        audio = folder / (cells.get("audio") or name)
        normalized = cells.get("normalized") or cells.get("phones") or None
        pinyin = tuple(cells["pinyin"].split()) if cells.get("pinyin") else None
        speaker = cells.get("speaker", "")
        utterances.append(
            Utterance(name, audio, text, position, normalized, speaker, pinyin=pinyin)
        )
    kept, listing_faults = check_listing(utterances, folder)
    return kept, faults + listing_faults


def check_table(table: Table) -> None:
    """Raise InputError where the columns or the delimiter cannot be used."""
    for column in table.columns:
        if column not in (*COLUMNS, UNUSED):
            raise InputError(
                f"[table] columns: {column!r} is no column{nearest(column, COLUMNS)}; "
                f'"{UNUSED}" is for one that is not used'
            )
    used = [column for column in table.columns if column != UNUSED]
    if len(used) != len(set(used)):
        raise InputError(f"[table] columns = {list(table.columns)}: a column stands twice")
    if not {"audio", "id"} & set(used) or not {"text", "normalized", "phones"} & set(used):
        raise InputError(
            f"[table] columns = {list(table.columns)}: needed are audio or id, and text, "
            "normalized or phones"
        )
    if {"normalized", "phones"} <= set(used):
        raise InputError("[table] columns: normalized and phones are two forms of one text")
    if len(table.delimiter) != 1:
        raise InputError(f"[table] delimiter = {table.delimiter!r}: must be one character")


def _id_of(audio: Path, folder: Path) -> str:
    """Return the id of an utterance that only its sound file names."""
    if audio.is_absolute():
        audio = audio.relative_to(folder) if audio.is_relative_to(folder) else Path(audio.name)
    parts = [part for part in without_suffix(audio).parts if part not in (".", "..")]
    return "_".join("_".join(parts).split())


def read_rows(
    lines: list[str | None], delimiter: str, num_columns: int
) -> Iterator[tuple[int, list[str] | None]]:
    """Yield each row's line number, from 1, and its fields; None for one that is not UTF-8."""
    index = 0
    while index < len(lines):
        line, number = lines[index], index + 1
        index += 1
        if line is None:
            yield number, None
        elif delimiter == " ":
            yield number, line.split(None, num_columns - 1) or [""]
        elif delimiter != ",":
            yield number, [field.strip() for field in line.split(delimiter)]
        else:
            fields, used = _csv_fields(lines[index - 1 :])
            index += used - 1
            yield number, fields


def _csv_fields(lines: list[str | None]) -> tuple[list[str], int]:
    """Return the fields of the row that begins here, and how many lines it takes.

    A quote that is never closed costs its own line only.
    """
    for used in range(1, min(MOST_LINES, len(lines)) + 1):
        if lines[used - 1] is None:
            break
        try:
            row = next(csv.reader(["\n".join(map(str, lines[:used]))], strict=True))
            return [" ".join(field.split()) for field in row] or [""], used
        except csv.Error as error:
            if "unexpected end" not in str(error):
                break
    return [str(lines[0])], 1
