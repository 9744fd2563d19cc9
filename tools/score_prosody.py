"""Score predicted prosody marks and erhua against a corpus's labels.

The label file: pairs of lines, `id TAB text with marks` and pinyin. Sentences up to --train-until
are learned from, those after it are scored. F1 of each mark for itself, and of "this mark or a
higher one", which is how prosodic words, phrases and intonational phrases are usually reported.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.errors import InputError, run_script
from tts.text.frontend import build_frontend
from tts.text.mandarin import erhua
from tts.text.mandarin.boundaries import by_rule
from tts.text.mandarin.boundary_model import predictor, train
from tts.text.mandarin.prosody import LAST, Predictor, labelled_sentences, levels_of, read_marks
from tts.text.spoken import FrontEndConfig, Spoken

PLAIN = FrontEndConfig(language="zh", frontend="pinyin", unit="syllable")


class Labelled(NamedTuple):
    """A sentence with its labels and what the front end says of its text."""

    id: str
    text: str
    levels: tuple[int, ...]
    pinyin: list[str]
    spoken: Spoken


def read(path: Path) -> Iterator[Labelled]:
    """Every sentence whose marks belong to its characters."""
    if not path.is_file():
        raise InputError(f"{path} does not exist: give a label file with marks and pinyin")
    frontend = build_frontend(PLAIN)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    for first, second in zip(lines[::2], lines[1::2], strict=True):
        name, _tab, marked = (part.strip() for part in first.partition("\t"))
        text, levels, faults = dataclasses.astuple(read_marks(marked))
        for fault in faults:
            print(f"{name}: {fault}")
        yield Labelled(name, text, levels, second.split(), frontend(text))


def f1(right: int, found: int, wanted: int) -> float:
    """The harmonic mean of precision and recall."""
    return 2 * right / max(1, found + wanted)


def score(sentences: Sequence[Labelled], predict: Predictor) -> str:
    """F1 of every mark, alone and with those above it."""
    pairs: list[tuple[int, int]] = []
    for item in sentences:
        words = [word.text for word in item.spoken.words]
        wanted = [
            level
            for _, levels in labelled_sentences(item.spoken.words, item.levels)
            for level in levels
        ]
        found = levels_of(words, predict)
        pairs += zip(found, wanted, strict=bool(wanted))
    rows = []
    for name, counts in (
        ("exactly", lambda level, mark: level == mark),
        ("at least", lambda level, mark: level >= mark),
    ):
        values = [_f1_of(pairs, mark, counts) for mark in range(1, LAST + 1)]
        rows.append(f"  {name:<9}" + "".join(f"  #{i} {v:.4f}" for i, v in enumerate(values, 1)))
    return "\n".join(rows)


def _f1_of(
    pairs: Sequence[tuple[int, int]], mark: int, counts: Callable[[int, int], bool]
) -> float:
    found = [counts(level, mark) for level, _ in pairs]
    wanted = [counts(level, mark) for _, level in pairs]
    return f1(sum(a and b for a, b in zip(found, wanted, strict=True)), sum(found), sum(wanted))


def score_erhua(sentences: Sequence[Labelled]) -> str:
    """Of every 儿: whether text and labels agree that it is a suffix, and on the fused syllable."""
    total = agree = suffixes = found = both = same = 0
    for item in sentences:
        labels = erhua.read_labels((label.lower() for label in item.pinyin), True)
        places = [i for i, c in enumerate(c for c in item.text if c.isalpha()) if c == "儿"]
        said = [s for word in item.spoken.words for s in word.tokens if word.source == "dictionary"]
        for place in places:
            if len(labels) != len(said) or not place:
                continue
            labelled, predicted = not labels[place], said[place] == erhua.ALONE
            total += 1
            agree += labelled == predicted
            suffixes += labelled
            found += predicted
            both += labelled and predicted
            fused = erhua.fused_syllable(said[place - 1])
            same += labelled and predicted and fused == labels[place - 1]
    return (
        f"  {total} 儿, {agree} judged as labelled; {suffixes} suffixes labelled, {found}"
        f" predicted, {both} in both, {same} of these with the labelled syllable and tone"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labels", type=Path, help="e.g. ProsodyLabeling/000001-010000.txt")
    parser.add_argument("--train-until", default="005000", help="last id that is learned from")
    parser.add_argument("--score-from", default="", help="first id scored; empty: the next one")
    arguments = parser.parse_args()
    sentences = [item for item in read(arguments.labels) if item.levels]
    seen = [item for item in sentences if item.id <= arguments.train_until]
    first = arguments.score_from or arguments.train_until + "0"
    held_out = [item for item in sentences if item.id > arguments.train_until and item.id >= first]
    start = time.perf_counter()
    labelled = [s for item in seen for s in labelled_sentences(item.spoken.words, item.levels)]
    packed = train(labelled)
    seconds = time.perf_counter() - start
    print(f"learned from {len(seen)} sentences in {seconds:.1f} s, {len(packed)} bytes in base64")
    print(f"F1 on {len(held_out)} other sentences, by rules:\n{score(held_out, by_rule)}")
    start = time.perf_counter()
    by_model = score(held_out, predictor(packed))
    speed = len(held_out) / (time.perf_counter() - start)
    print(f"by the model ({speed:.0f} sentences a second):\n{by_model}")
    print(f"erhua:\n{score_erhua(held_out)}")


if __name__ == "__main__":
    run_script(main)
