"""Score how words and characters in context are said: right and total by kind, and the failures.

    python3 tools/score_sentences.py en test/text/heteronyms_fresh.tsv
    python3 tools/score_sentences.py zh test/text/polyphones_fresh.tsv

A line for en: sentence, word, name of its reading, ARPAbet; right is what agrees in consonants,
the stressed vowel and the place of the main stress. A line for zh: sentence, the character or its
index (from 0), pinyin as spoken (several stand between ` | `, 5 is the neutral tone), kind.
Lines that begin with # are comments.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.errors import InputError, run_script
from tts.evaluate.sentences import judge_character, judge_word
from tts.text.frontend import build_frontend
from tts.text.spoken import FrontEndConfig

CONFIGS = {"en": FrontEndConfig(), "zh": FrontEndConfig("zh", "pinyin", "syllable")}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("language", choices=CONFIGS, help="en or zh")
    parser.add_argument("table", type=Path, help="sentences with what is right")
    arguments = parser.parse_args()
    frontend = build_frontend(CONFIGS[arguments.language])
    judge = judge_word if arguments.language == "en" else judge_character
    right, total, failures = Counter(), Counter(), []
    for row in read_rows(arguments.table):
        kind, wanted, found, agree = judge(frontend, *row)
        total[kind] += 1
        right[kind] += agree
        if not agree:
            failures.append(f"{kind}: {row[0]} [{row[1]}]: wanted {wanted}, found {found}")
    for kind in total:
        print(f"{kind:12} {right[kind]:3} of {total[kind]:3}")
    share = 100 * right.total() / max(total.total(), 1)
    print(f"{'all':12} {right.total():3} of {total.total():3} = {share:.1f} %")
    print(*failures, sep="\n")


def read_rows(path: Path) -> list[list[str]]:
    """Rows of four columns. Raises: InputError for any other line."""
    if not path.is_file():
        raise InputError(f"table {path} does not exist; ours are test/text/*_fresh.tsv")
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        row = line.split("\t")
        if line.startswith("#"):
            continue
        if len(row) != 4:
            raise InputError(f"{path}:{number}: {len(row)} columns, wanted 4")
        rows.append(row)
    return rows


if __name__ == "__main__":
    run_script(main)
