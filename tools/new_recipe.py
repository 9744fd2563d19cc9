#!/usr/bin/env python3
"""Write the recipe of a folder of recordings and a text file: one corpus.toml, and no code.

Prints what was found: clips, minutes, sample rates, channels, symbols that cannot be said, and
the command that makes the voice.
"""

from __future__ import annotations

import argparse
import importlib
import json
import shlex
import statistics
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, parse_bool
from tts.errors import InputError, run_script

if TYPE_CHECKING:
    from tts.data.corpus import Recipe
    from tts.data.labels import AudioFolder
    from tts.data.utterance import Utterance

ROOT = Path(__file__).resolve().parents[1]
DELIMITERS = {"tab": "\t", "bar": "|", "comma": ",", "semicolon": ";", "space": " "}
# What people write over a column, and the column of [table].
TITLES = {
    "normalized": ("normalized", "normalised", "normalized_text", "normalised_text"),
    "text": ("text", "sentence", "transcript", "transcription"),
    "speaker": ("speaker", "speaker_id", "spk", "client_id"),
    "phones": ("phones", "phonemes"),
    "pinyin": ("pinyin",),
}
# So many clips are read for their silence, and so many texts are said.
CLIPS_READ, TEXTS_SAID = 50, 2000


def get_parser() -> argparse.ArgumentParser:
    parser = Parser(description=__doc__)
    parser.add_argument("--audio", type=Path, required=True, help="folder of the recordings")
    parser.add_argument("--text", type=Path, required=True, help="file with a line for each")
    parser.add_argument("--name", required=True, help="name of the voice, begins file names")
    parser.add_argument("--language", default="en-us", help="(default: en-us)")
    parser.add_argument("--speaker", default="", help="name of the speaker")
    parser.add_argument("--output", type=Path, help="folder of the recipe (default: NAME)")
    parser.add_argument("--delimiter", choices=sorted(DELIMITERS), help="(default: found out)")
    parser.add_argument(
        "--columns",
        help="such as audio,text,- instead of what is found out; see docs/add_corpus.md",
    )
    parser.add_argument(
        "--mel", default="", help="24k or 44k: local/conf/mel-<that>.toml (default: 22.05 kHz)"
    )
    parser.add_argument(
        "--header", type=parse_bool, metavar="BOOL", help="1: the first line names the columns"
    )
    return parser


def main() -> None:
    arguments = get_parser().parse_args()
    output = (arguments.output or Path(arguments.name)).resolve()
    audio, text = arguments.audio.resolve(), arguments.text.resolve()
    if not audio.is_dir():
        raise InputError(f"--audio {arguments.audio} is no folder")
    if (output / "corpus.toml").exists():
        raise InputError(f"{output / 'corpus.toml'} exists: give another --output, or remove it")
    if output.is_relative_to(audio):
        raise InputError(f"{output} lies inside --audio: give --output a folder outside of it")

    from tts.config import from_dict
    from tts.data.corpus import CorpusConfig, Recipe
    from tts.files import write_text

    facts: dict[str, Any] = {
        "name": arguments.name,
        "folder": str(audio),
        "language": arguments.language,
        "reader": "table",
        "speaker": arguments.speaker or arguments.name,
    }
    if arguments.mel:
        facts["mel"] = {"preset": arguments.mel}
    facts["table"] = find_table(arguments, text, audio)
    recipe = Recipe(from_dict(CorpusConfig, facts), output, output, output / "download")
    recipe.mel()  # an unknown --mel is said before anything is read
    utterances, faults = recipe.read()
    if not utterances:
        first = "; ".join(f"{fault.kind}: {fault.detail}" for fault in faults[:3])
        raise InputError(f"no line of {text} can be used ({first}); see --columns, --delimiter")
    print(f"{text}: {len(utterances)} usable lines, columns {' '.join(facts['table']['columns'])}")
    counts = Counter(fault.kind for fault in faults)
    if faults:
        found = ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items()))
        print(f"  {found}; for example {faults[0].detail}")
    if speakers := Counter(item.speaker for item in utterances if item.speaker):
        print(f"  speakers: {counted(speakers, '')}; a model of one speaker refuses several")
    facts["audio"] = report_audio(utterances, recipe)
    report_texts(utterances, recipe)
    sample = min(utterances, key=lambda item: abs(len(item.text) - 60)).text
    write_text(output / "corpus.toml", toml_of({**facts, "sample_text": sample}))
    print(f"wrote {output / 'corpus.toml'}; facts such as dataset_license can be added there")
    print(f"next: {shlex.quote(str(ROOT / 'run.sh'))} --recipe {shlex.quote(str(output))}")


def find_table(arguments: argparse.Namespace, text: Path, audio: Path) -> dict[str, Any]:
    """Return [table]: what the options say, and the rest as the text file looks."""
    from tts.data.labels import SUFFIXES, AudioFolder, read_lines

    lines, _ = read_lines(text)
    files = AudioFolder(audio)
    if not files.paths:
        raise InputError(
            f"--audio {audio} and the folders below it hold no sound file of these kinds: "
            f"{' '.join(sorted(SUFFIXES))}; convert others to .wav or .flac"
        )
    if not any(lines):
        raise InputError(f"--text {text} is empty, or no line of it is UTF-8")
    delimiters = [DELIMITERS[arguments.delimiter]] if arguments.delimiter else DELIMITERS.values()
    score, rows, place, delimiter = max(
        (tried(lines, delimiter, files) for delimiter in delimiters), key=lambda found: found[0]
    )
    # With a delimiter that is given a part of the recordings is enough.
    if not arguments.columns and (not score or (score < 0.5 and not arguments.delimiter)):
        first = next(filter(None, lines))
        raise InputError(
            f"no column of {text} names files in {audio} on most lines: its first is {first!r}, "
            f"the first file {files.paths[0].relative_to(audio)}. Give --columns and --delimiter, "
            "such as --columns audio,text --delimiter bar"
        )
    header = arguments.header
    if header is None:
        header = (
            len(rows) > 1 and not files.find(rows[0][place]) and bool(files.find(rows[1][place]))
        )
    columns = (
        arguments.columns.split(",") if arguments.columns else name_columns(rows, place, header)
    )
    return {
        "file": str(text.relative_to(audio) if text.is_relative_to(audio) else text),
        "delimiter": delimiter,
        "header": header,
        "columns": columns,
    }


def tried(
    lines: list[str | None], delimiter: str, files: AudioFolder
) -> tuple[float, list[list[str]], int, str]:
    """Return the share of rows whose best column names a sound file, the rows and that column."""
    from tts.data.table import read_rows

    rows = [fields for _, fields in read_rows(lines, delimiter, 2) if fields]
    width = Counter(map(len, rows)).most_common(1)[0][0] if rows else 0
    alike = [row for row in rows if len(row) == width]
    if width < 2:
        return 0.0, alike, 0, delimiter
    sample = alike[:: len(alike) // 200 + 1]
    shares = [
        sum(bool(files.find(row[i] or "-")) for row in sample) / len(sample) for i in range(width)
    ]
    place = max(range(width), key=shares.__getitem__)
    return shares[place] * len(alike) / len(rows), alike, place, delimiter


def name_columns(rows: Sequence[Sequence[str]], place: int, header: bool) -> list[str]:
    """Name the columns: by their titles, else the longest is the text, a like one after it
    the normalised text.
    """
    columns = ["-"] * len(rows[0])
    columns[place] = "audio"
    for index, title in enumerate(rows[0] if header else ()):
        for name, titles in TITLES.items():
            if title.strip().lower() in titles and index != place and name not in columns:
                columns[index] = name
    if not {"text", "normalized", "phones"} & set(columns):
        body = rows[header:]
        lengths = [statistics.mean(len(row[i]) for row in body) for i in range(len(columns))]
        free = [index for index, name in enumerate(columns) if name == "-"]
        longest = max((lengths[index] for index in free), default=0)
        names = iter(("text", "normalized"))
        for index in free:
            if lengths[index] > longest / 2:
                columns[index] = next(names, "-")
    return columns


def report_audio(utterances: Sequence[Utterance], recipe: Recipe) -> dict[str, Any]:
    """Print rates, channels, lengths and silence; return what [audio] has to say."""
    import numpy as np
    import soundfile

    from tts.data.validation import edge_silences

    infos, silent = [], 0
    for utterance in utterances:
        path = str(utterance.audio)
        try:
            info = soundfile.info(path)
            if len(infos) < CLIPS_READ and info.frames:
                samples_SC, rate = soundfile.read(path, dtype="float32", always_2d=True)
                samples_S = samples_SC.mean(axis=1)
                heard = np.isfinite(samples_S).all() and samples_S.any()
                silent += bool(heard and max(edge_silences(samples_S)) > rate)
            infos.append(info)
        except soundfile.SoundFileError as error:
            print(f"  {path} cannot be read: {error}")
    if not infos:
        raise InputError(f"no recording below {recipe.corpus_dir} can be read")
    seconds = [info.frames / info.samplerate for info in infos]
    print(
        f"{len(infos)} clips, {sum(seconds) / 60:.1f} minutes; {min(seconds):.1f} to "
        f"{max(seconds):.1f} s, median {statistics.median(seconds):.1f} s"
    )
    rates, channels = (
        Counter(getattr(i, name) for i in infos) for name in ("samplerate", "channels")
    )
    print(f"  sample rates: {counted(rates, 'Hz')}; channels: {counted(channels, '')}")
    mel_rate, audio = recipe.mel().sample_rate, {}
    if low := sum(count for rate, count in rates.items() if rate < mel_rate):
        print(
            f"  {low} clips have a lower rate than the mel's {mel_rate} Hz and will be refused: "
            "add allow_low_rate = true under [audio]"
        )
    if max(channels) > 1:
        audio["channels"] = "mix"
        print('  several channels are mixed to one: channels = "mix" under [audio]')
    if silent:
        print(
            f"  {silent} of the first {CLIPS_READ} clips have over a second of silence at an end: "
            "trim_silence = 0.2 under [audio] cuts it"
        )
    return audio


def counted(counts: Counter[Any], unit: str) -> str:
    return ", ".join(
        f"{value} {unit} ({count})".replace("  ", " ") for value, count in counts.items()
    )


def report_texts(utterances: Sequence[Utterance], recipe: Recipe) -> None:
    """Print what the front end cannot say; InputError where there is none for the language."""
    from tts.data.text_models import needs_labels
    from tts.data.text_tokens import FrontEndChoice, choose
    from tts.text.frontend import build_frontend

    config = choose(recipe, FrontEndChoice())
    if needs_labels(config, train=False):  # symbols that only the texts tell
        items = [
            {"text": item.text, "custom": {"normalized_text": item.normalized or item.text}}
            for item in utterances
        ]
        config = importlib.import_module(config.kind.learning).learn(config, False, lambda _: items)
    frontend = build_frontend(config)
    table, unknown = frontend.token_table(), Counter()
    for utterance in utterances[:TEXTS_SAID]:
        spoken = frontend(utterance.normalized or utterance.text)
        unknown.update(problem.text for problem in spoken.problems)
        unknown.update(table.unknown(spoken.tokens))
    if unknown:
        shown = ", ".join(f"{symbol!r} ({count})" for symbol, count in unknown.most_common(10))
        print(f"  not known to the front end, left out: {shown}")


def toml_of(facts: dict[str, Any]) -> str:
    """Return the facts as TOML: plain keys first, then a table for each dictionary."""

    def lines() -> Iterator[str]:
        yield "# Written by tools/new_recipe.py; docs/add_corpus.md explains every key."
        for key, value in facts.items():
            if not isinstance(value, dict):
                yield f"{key} = {json.dumps(value, ensure_ascii=False)}"
        for key, table in facts.items():
            if isinstance(table, dict) and table:
                yield f"\n[{key}]"
                yield from (f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in table.items())

    return "\n".join(lines()) + "\n"


if __name__ == "__main__":
    run_script(main)
