#!/usr/bin/env python3
"""Read random strings with a front end and print those that it fails at.

  tools/fuzz_text.py --language zh --count 300000 --seed 2

A fourth each: characters of many scripts; digits and signs; pieces of the tables in test/text put
together; texts of these tables with a few characters changed. Status 1 if any string failed.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser
from tts.errors import run_script

ROOT = Path(__file__).resolve().parents[1]
SIGNS = "0123456789.,:;-/$%&@#+=~^|\\£€¥°’'\"()[]{}<>*_ \n\t\u3000，。！？、：“”—…"
# Latin twice and more, Greek and Cyrillic, signs, kana, Hanzi, full-width forms, emoji, everything.
BLOCKS = (
    *((0x20, 0x7E), (0x20, 0x7E), (0xA0, 0x24F), (0x370, 0x4FF), (0x2000, 0x206F)),
    *((0x20A0, 0x21FF), (0x2200, 0x22FF), (0x2460, 0x24FF), (0x3000, 0x30FF), (0x3200, 0x33FF)),
    *((0x4E00, 0x9FA5), (0xFF00, 0xFFEF), (0x1F300, 0x1F6FF), (0x20000, 0x2A6DF), (0, 0x10FFFF)),
)


def main() -> int:
    from tts.text.frontend import FrontEndConfig, build_frontend
    from tts.text.languages import language_of

    parser = Parser(description=__doc__.split("\n")[0])
    parser.add_argument("--language", default="en-us")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    name, kind = next(iter(language_of(arguments.language).front_ends.items()))
    frontend = build_frontend(FrontEndConfig(arguments.language, name, unit=kind.units[0]))
    draw, pieces, failed = random.Random(arguments.seed), list(table_pieces()), 0
    for _ in range(arguments.count):
        text = random_text(draw, pieces)
        try:
            frontend(text)
        except Exception as error:  # whatever it is, it is what is looked for
            failed += 1
            print(f"{text!r}: {error!r}", flush=True)
    print(f"{arguments.count:,} strings, {failed} failed")
    return int(failed > 0)


def table_pieces() -> list[str]:
    """Return the texts of the tables in test/text and their words."""
    tables = sorted((ROOT / "test" / "text").glob("*.tsv"))
    rows = [row.split("\t") for path in tables for row in path.read_text("utf-8").splitlines()]
    texts = [row[1] for row in rows if len(row) > 1 and row[1]]
    return texts + [word for text in texts for word in text.split()]


def random_character(draw: random.Random) -> str:
    """Draw a character of a block; no half of a surrogate pair, which no text has."""
    character = draw.randint(*draw.choice(BLOCKS))
    return "x" if 0xD800 <= character < 0xE000 else chr(character)


def random_text(draw: random.Random, pieces: list[str]) -> str:
    """Draw one string of one of the four kinds."""
    kind = draw.randrange(4)
    if kind == 0:
        return "".join(random_character(draw) for _ in range(draw.randint(0, 12)))
    if kind == 1:
        return "".join(draw.choices(SIGNS, k=draw.randint(1, 14)))
    if kind == 2:
        return draw.choice(["", " ", "-", "."]).join(draw.choices(pieces, k=draw.randint(1, 3)))
    text = list(draw.choice(pieces))
    for _ in range(draw.randint(1, 4)):
        place = draw.randint(0, len(text))
        text[place : place + draw.randint(0, 1)] = draw.choice(
            [draw.choice(SIGNS), random_character(draw), ""]
        )
    return "".join(text)


if __name__ == "__main__":
    run_script(main)
