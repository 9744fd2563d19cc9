"""Score predicted pinyin against a corpus's labels: by rules, and by a model learned from them.

The label file: pairs of lines, `id TAB text with marks` and pinyin with tones as spoken. Erhua
counts as a syllable of its own, punctuation not at all. Sentences up to --train-until are learned
from, those after it are scored; sentences whose labels do not match their text are named.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.errors import InputError, run_script
from tts.text.frontend import build_frontend
from tts.text.mandarin.lattice import Lattice
from tts.text.mandarin.pinyin import split_tone
from tts.text.mandarin.prosody import read_marks
from tts.text.mandarin.reading_model import Labelled, labelled_runs, learn, pack, unpack
from tts.text.spoken import AlignmentError, FrontEndConfig


class Score(NamedTuple):
    """Counts of syllables and sentences, and the confusions: character, predicted, labelled."""

    syllables: int
    tonal: int
    toneless: int
    sentences: int
    right: int
    confusions: Counter[tuple[str, str, str]]

    def line(self) -> str:
        return (
            f"tonal {self.tonal / self.syllables:.2%}, toneless "
            f"{self.toneless / self.syllables:.2%} of {self.syllables} syllables; "
            f"{self.right / self.sentences:.1%} of {self.sentences} sentences without a fault"
        )


def read(path: Path) -> dict[str, list[Labelled]]:
    """The labelled runs of Hanzi of each sentence."""
    if not path.is_file():
        raise InputError(f"{path} does not exist: give a label file with marks and pinyin")
    frontend = build_frontend(FrontEndConfig("zh", "pinyin", "syllable"))
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    found = {}
    for first, second in zip(lines[::2], lines[1::2], strict=True):
        name, _tab, marked = (part.strip() for part in first.partition("\t"))
        try:
            spoken = frontend.from_labels(read_marks(marked).text, marked, second.split())
        except AlignmentError as error:
            print(f"{name} is left out: {error}")
            continue
        found[name] = labelled_runs([spoken.words])
    return found


def score(lattice: Lattice, sentences: Sequence[Sequence[Labelled]]) -> Score:
    """How many syllables come out as labelled."""
    confusions: Counter[tuple[str, str, str]] = Counter()
    syllables = tonal = toneless = right = 0
    for runs in sentences:
        faults = 0
        for hanzi, labels, _ in runs:
            said = [syllable for entry in lattice.read(hanzi) for syllable in entry.said]
            for character, mine, label in zip(hanzi, said, labels, strict=True):
                syllables += 1
                toneless += split_tone(mine)[0] == split_tone(label)[0]
                if mine != label:
                    faults += 1
                    confusions[character, mine, label] += 1
        tonal += sum(len(labels) for _, labels, _ in runs) - faults
        right += not faults
    return Score(syllables, tonal, toneless, len(sentences), right, confusions)


def table(confusions: Counter[tuple[str, str, str]], count: int) -> str:
    """The most frequent confusions as a table in Markdown."""
    rows = ["| character | predicted | labelled | times |", "|---|---|---|--:|"]
    rows += [
        f"| {character} | {mine} | {label} | {times} |"
        for (character, mine, label), times in confusions.most_common(count)
    ]
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labels", type=Path, help="e.g. ProsodyLabeling/000001-010000.txt")
    parser.add_argument("--train-until", default="005000", help="last id that is learned from")
    parser.add_argument("--score-from", default="", help="first id scored; empty: the next one")
    parser.add_argument("--confusions", type=int, default=0, help="list that many of the model's")
    arguments = parser.parse_args()
    sentences = read(arguments.labels)
    seen = [runs for name, runs in sentences.items() if name <= arguments.train_until]
    first = arguments.score_from or arguments.train_until + "0"
    held_out = [
        runs for name, runs in sentences.items() if name > arguments.train_until and name >= first
    ]
    every = list(sentences.values())
    rules = Lattice()
    print(f"rules, all sentences: {score(rules, every).line()}")
    print(f"rules, after {arguments.train_until}: {score(rules, held_out).line()}")
    start = time.perf_counter()
    runs = [(*run[:2], number) for number, found in enumerate(seen) for run in found]
    packed = pack(learn(runs))
    seconds = time.perf_counter() - start
    result = score(unpack(packed), held_out)
    print(f"learned from {len(seen)} sentences in {seconds:.0f} s, {len(packed)} bytes in base64")
    print(f"model, after {arguments.train_until}: {result.line()}")
    if arguments.confusions:
        print(table(result.confusions, arguments.confusions))


if __name__ == "__main__":
    run_script(main)
