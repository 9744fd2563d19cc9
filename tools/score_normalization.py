"""Score the normalisation of a table of sentences: right and total by category, and the failures.

A line of a table: category, sentence, what a good speaker says (several wordings stand between
` | `), tab-separated; lines that begin with `# ` are comments. English is compared without case,
F B I counts as FBI, ay em as a m, and read'2 as read.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.errors import InputError, run_script
from tts.text.frontend import build_frontend
from tts.text.spoken import FrontEndConfig

CONFIGS = {
    "en": FrontEndConfig(),
    "zh": FrontEndConfig(language="zh", frontend="pinyin", unit="syllable"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("language", choices=CONFIGS, help="en or zh")
    parser.add_argument("table", type=Path, help="e.g. test/text/golden_en.tsv")
    parser.add_argument("--at-least", type=float, default=0.0, help="fail below this percentage")
    arguments = parser.parse_args()
    frontend = build_frontend(CONFIGS[arguments.language])
    right, total, failures = Counter(), Counter(), []
    for category, text, expected in read_table(arguments.table):
        found = frontend.normalize(text)
        total[category] += 1
        if comparable(found) in map(comparable, expected.split(" | ")):
            right[category] += 1
        else:
            failures.append(f"{category}: {text}\n    wanted {expected}\n    found  {found}")
    for category in total:
        print(f"{category:16} {right[category]:3} of {total[category]:3}")
    share = 100 * right.total() / total.total()
    print(f"{'all':16} {right.total():3} of {total.total():3} = {share:.1f} %")
    print(*failures, sep="\n")
    if share < arguments.at_least:
        raise InputError(f"{share:.1f} % right, wanted {arguments.at_least} %")


def read_table(path: Path) -> list[tuple[str, str, str]]:
    """Rows of category, sentence and wordings. Raises: InputError for any other line."""
    if not path.is_file():
        raise InputError(f"table {path} does not exist; ours are test/text/golden_*.tsv")
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("# "):
            continue
        columns = line.split("\t")
        if len(columns) != 3 or not all(columns):
            raise InputError(f"{path}:{number}: not category, sentence, wordings: {line!r}")
        rows.append(tuple(columns))
    return rows


def comparable(text: str) -> str:
    """`text` without case, letters that are said one by one joined, heteronyms unnumbered."""
    letters = re.sub(r"\b(ay|pea) em\b", r"\1 m", re.sub(r"'[0-9]\b", "", text.lower()))
    letters = re.sub(r"\bpea m\b", "p m", re.sub(r"\bay\b", "a", letters))
    return re.sub(r"(?<!')\b[a-z](?: [a-z]\b)+", lambda run: run[0].replace(" ", ""), letters)


if __name__ == "__main__":
    run_script(main)
