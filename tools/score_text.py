#!/usr/bin/env python3
"""All scores of docs/text.md with one command: one line for each table of sentences.

With --corpora FOLDER, which holds BZNSYP and LJSpeech-1.1, those on the corpora's labels as well.
What is wrong is printed by the tool that a line names.
"""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser
from tts.errors import run_script

ROOT = Path(__file__).resolve().parents[1]
TABLES = ROOT / "test" / "text"
NORMALIZATION = [
    ("en", "golden_en.tsv"),
    ("en", "golden_en_fresh.tsv"),
    ("en", "golden_en_heldout.tsv"),
    ("zh", "golden_zh.tsv"),
    ("zh", "golden_zh_fresh.tsv"),
    ("zh", "golden_zh_heldout.tsv"),
]
SENTENCES = [("en", "heteronyms_fresh.tsv"), ("zh", "polyphones_fresh.tsv")]
BAKER = "BZNSYP/ProsodyLabeling/000001-010000.txt"
LJSPEECH = "LJSpeech-1.1/metadata.csv"


def main() -> None:
    parser = Parser(description=__doc__)
    parser.add_argument("--corpora", type=Path, help="folder with BZNSYP and LJSpeech-1.1")
    arguments = parser.parse_args()
    print("| what | score |\n|---|---|")
    for language, kind, right, count in everyday():
        print(f"| everyday {language}, {kind} | {right} of {count} |")
    for tool, tables in (("normalization", NORMALIZATION), ("sentences", SENTENCES)):
        for language, table in tables:
            print(f"| {table} | {last(tool, language, str(TABLES / table))} |", flush=True)
    if arguments.corpora:
        for tool, given in (
            ("pinyin", [str(arguments.corpora / BAKER)]),
            ("prosody", [str(arguments.corpora / BAKER)]),
            ("english", ["--metadata", str(arguments.corpora / LJSPEECH)]),
        ):
            print(f"\n{run(tool, *given)}", flush=True)


def everyday() -> Iterator[tuple[str, str, int, int]]:
    """Language, kind, right and all sentences of the tables of text as people write it."""
    from tts.text.frontend import build_frontend
    from tts.text.spoken import FrontEndConfig

    english = build_frontend(FrontEndConfig())
    mandarin = {
        name: build_frontend(FrontEndConfig(name, "pinyin", "syllable")) for name in ("zh", "zh_en")
    }
    scores: dict[tuple[str, str], list[bool]] = {}
    for kind, text, field, wanted in rows("everyday_en.tsv"):
        found = value(english(text), field)
        scores.setdefault(("en", kind), []).append(found in wanted.split(" | "))
    for kind, language, text, field, wanted in rows("everyday_zh.tsv"):
        found = value(mandarin[language](text), field)
        scores.setdefault((language, kind), []).append(
            any(form in found for form in wanted.split(" | "))
        )
    for (language, kind), right in scores.items():
        yield language, kind, sum(right), len(right)


def rows(name: str) -> Iterator[list[str]]:
    with open(TABLES / name, encoding="utf-8") as file:
        for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if not row[0].startswith("#"):
                yield row


def value(spoken, field: str) -> str:
    """What a row looks at: the normalised text, problems, syllables, or the phones of a word."""
    if field in ("normalised", "normalized"):
        return spoken.normalized
    if field == "problem":
        return "; ".join(f"{problem.position} {problem.text}" for problem in spoken.problems)
    if field == "pinyin":
        words = [word for word in spoken.words if word.source not in ("punctuation", "space")]
        tokens = [token for word in words for token in word.tokens]
        return " ".join(token if token[-1].isdigit() else f"{token}5" for token in tokens)
    return next(("".join(word.tokens) for word in spoken.words if word.text == field), "")


def run(tool: str, *arguments: str) -> str:
    """What tools/score_<tool>.py prints."""
    command = [sys.executable, str(ROOT / "tools" / f"score_{tool}.py"), *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=os.environ, check=False)
    return done.stdout.strip()


def last(tool: str, *arguments: str) -> str:
    """The line on all sentences of a score."""
    lines = [line for line in run(tool, *arguments).splitlines() if line.startswith("all ")]
    return re.sub(r" +", " ", lines[-1].removeprefix("all")).strip() if lines else "failed"


if __name__ == "__main__":
    run_script(main)
