#!/usr/bin/env python3
"""Speed of a front end: seconds for 10,000 characters and for a megabyte of text.

  tools/bench_text.py --language en-us --texts egs/ljspeech/TTS/download/LJSpeech-1.1/metadata.csv

Lines of --texts (default: the sentences of local/texts/ and of the tables of test/text/) are joined
and repeated until they are long enough; of `id|text` lines the text counts. The first call, which
loads what is loaded once, is given by itself.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser
from tts.errors import InputError, run_script
from tts.text.spoken import FrontEnd

ROOT = Path(__file__).resolve().parents[1]
CHARACTERS, MEGABYTE = 10_000, 1_000_000


def main() -> None:
    from tts.text.frontend import FrontEndConfig, build_frontend
    from tts.text.languages import language_of

    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--language", default="en-us")
    parser.add_argument("--texts", type=Path, help="file of sentences")
    arguments = parser.parse_args()
    row = language_of(arguments.language)
    tag = row.tag.partition("-")[0]
    prose = ROOT / "local" / "texts" / f"unseen_{tag}.txt"
    texts = {"sentences": [prose], "dense texts": sorted(ROOT.glob(f"test/text/*_{tag}*.tsv"))}
    if arguments.texts:
        texts = {str(arguments.texts): [arguments.texts]}
    elif not prose.is_file():
        raise InputError(f"there are no sentences in {row.name} here: give --texts FILE")
    name, kind = next(iter(row.front_ends.items()))
    start = time.perf_counter()
    frontend = build_frontend(FrontEndConfig(arguments.language, name, unit=kind.units[0]))
    frontend(row.sample)
    print(f"first call: {time.perf_counter() - start:.2f} s")
    for label, files in texts.items():
        text = joined(files)
        frontend(text[:CHARACTERS])  # loads what rare words need
        starts = range(CHARACTERS, 4 * CHARACTERS, CHARACTERS)
        seconds = sorted(timed(frontend, text[at : at + CHARACTERS]) for at in starts)[1]
        megabyte = text.encode()[:MEGABYTE].decode(errors="ignore")
        print(f"{label}: 10,000 characters in {seconds:.2f} s, a megabyte "
              f"({len(megabyte):,} characters) in {timed(frontend, megabyte):.1f} s")  # fmt: skip


def joined(files: list[Path]) -> str:
    """Return the lines of files as one text, repeated to a megabyte."""
    lines: list[str] = []
    for file in files:
        if not file.is_file():
            raise InputError(f"--texts {file} does not exist")
        rows = file.read_text(encoding="utf-8").splitlines()
        split = "\t" if file.suffix == ".tsv" else "|"
        lines += [row.split(split)[1] if split in row else row for row in rows if row[:1] != "#"]
    text = " ".join(lines) + " "
    return text * (MEGABYTE // len(text) + 1)


def timed(frontend: FrontEnd, text: str) -> float:
    """Return the seconds that a text takes."""
    start = time.perf_counter()
    frontend(text)
    return time.perf_counter() - start


if __name__ == "__main__":
    run_script(main)
