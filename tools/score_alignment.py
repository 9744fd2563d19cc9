#!/usr/bin/env python3
"""Boundary errors of aligners against known times, for a prepared corpus.

  tools/score_alignment.py --corpus ljspeech --truth textgrid \\
      --durations mas=runs/mas/align --durations mfa=egs/ljspeech/TTS/data/align

Each --durations names a folder with the files that stage 8 (align) writes.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given
from tts.data.corpus import Recipe, RecipeOptions
from tts.errors import InputError, run_script

COLUMNS = "utterances|boundaries|mean ms|median ms|bias ms|<10 ms|<20 ms|<50 ms".split("|")  # noqa: SIM905
HEADER = f"| aligner | {' | '.join(COLUMNS)} |"
SHOWN = 3.0  # seconds of an utterance in a picture


def get_parser() -> argparse.ArgumentParser:
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_flags(parser, RecipeOptions)
    parser.add_argument(
        "--truth", default="", help="textgrid, interval, frames or exact (truth/ of a toy corpus)"
    )
    parser.add_argument("--truth-place", default="", help="folder or table of the true times")
    parser.add_argument(
        "--durations", action="append", default=[], metavar="NAME=FOLDER", help="an aligner"
    )
    parser.add_argument("--split", action="append", default=[], help="train, valid, test (all)")
    parser.add_argument("--picture", type=Path, help="PNG: shares of boundaries by error")
    parser.add_argument("--example", type=Path, help="PNG: the boundaries of one utterance")
    return parser


def main() -> None:
    arguments = get_parser().parse_args()
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))

    from tts.align.boundaries import boundary_errors, equal_shares
    from tts.align.corpus import match_job, timing_of
    from tts.align.durations import durations_path, read_durations

    systems: dict[str, dict[str, list[int]]] = {"equal shares": {}}
    splits = arguments.split or ["train", "valid", "test"]
    for item in arguments.durations or [f"align={recipe.data / 'align'}"]:
        name, equals, folder = item.partition("=")
        if not equals:
            raise InputError(f"--durations {item}: expected NAME=FOLDER")
        systems[name] = {
            row["id"]: row["durations"]
            for split in splits
            for row in read_durations(Path(folder) / durations_path(Path(), split).name)
        }
    timing = timing_of(recipe)
    errors: dict[str, list] = {name: [] for name in systems}
    matchings = {}
    for job in true_jobs(recipe, arguments.truth, arguments.truth_place, splits):
        matching, faults = match_job(job, timing)
        if matching is None:
            print(f"{job.id} left out: {faults[0][0]}: {faults[0][1]}", file=sys.stderr)
            continue
        systems["equal shares"][job.id] = equal_shares(len(matching.times), job.num_frames)
        matchings[job.id] = (job, matching)
    common = [i for i in matchings if all(i in durations for durations in systems.values())]
    if not common:
        raise InputError("no utterance has true times and durations of every aligner")
    for name, durations in systems.items():
        rate = timing.frames_per_second
        errors[name] = [boundary_errors(matchings[i][1].edges, durations[i], rate) for i in common]
    show(errors)
    if arguments.picture:
        draw_shares(errors, arguments.picture)
    if arguments.example:
        found = {name: durations[common[0]] for name, durations in systems.items()}
        del found["equal shares"]
        draw_example(recipe, *matchings[common[0]], found, rate, arguments.example)


def true_jobs(recipe: Recipe, truth: str, place: str, splits: list[str]):
    """Utterances with their true times."""
    from dataclasses import replace

    from tts.align.corpus import Choice, choose_aligner, jobs_of
    from tts.align.intervals import Interval

    if truth != "exact":
        jobs = jobs_of(recipe, choose_aligner(recipe, truth, place))
        return [job for split in splits for job in jobs[split]]
    folder = Path(place) if place else recipe.corpus_dir / "truth"
    jobs = jobs_of(recipe, Choice("mas"))
    found = []
    for job in (job for split in splits for job in jobs[split]):
        path = folder / f"{job.id}.json"
        if not path.is_file():
            raise InputError(f"{path} does not exist: --truth exact is for toy corpora")
        phones = json.loads(path.read_text(encoding="utf-8"))["phones"]
        found.append(replace(job, times=tuple(Interval(*phone) for phone in phones)))
    return found


def show(errors: dict[str, list]) -> None:
    """A row of the table for each aligner."""
    import numpy as np

    from tts.align.boundaries import score_boundaries

    print(HEADER)
    print("|---" * HEADER.count(" |") + "|")
    for name, parts in errors.items():
        score = score_boundaries(np.concatenate(parts))
        shares = " | ".join(f"{100 * share:.1f} %" for share in score.within)
        times = " | ".join(f"{1000 * t:.1f}" for t in (score.mean, score.median, score.bias))
        print(f"| {name} | {len(parts)} | {score.count} | {times} | {shares} |")


def draw_shares(errors: dict[str, list], path: Path) -> None:
    """Cumulated shares of boundaries by their error."""
    import numpy as np

    axes, save = canvas(6, 3.4, path)
    for name, parts in errors.items():
        size = 1000 * np.sort(np.abs(np.concatenate(parts)))
        axes.plot(size, 100 * np.arange(1, len(size) + 1) / len(size), label=name)
    axes.set(xlim=(0, 100), ylim=(0, 100), xlabel="boundary error, ms", ylabel="boundaries, %")
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right")
    save()


def draw_example(recipe: Recipe, job, matching, found: dict, rate: float, path: Path) -> None:
    """The mel of one utterance with true boundaries and those of every aligner."""
    import numpy as np

    from tts.align.corpus import recordings

    (mel,) = [item.mel() for item in recordings(recipe) if item.id == job.id]
    axes, save = canvas(10, 3.6, path)
    axes.imshow(np.asarray(mel, np.float32).T, origin="lower", aspect="auto", cmap="gray_r",
                extent=(0, len(mel) / rate, 0, 1))  # fmt: skip
    rows = {"truth": [time for time, _, _ in matching.edges]}
    for name, durations in found.items():
        ends = np.cumsum(durations)
        pairs = [(ends[a] if a >= 0 else None, ends[b] - durations[b] if b >= 0 else None)
                 for _, a, b in matching.edges]  # fmt: skip
        rows[name] = [np.mean([x for x in pair if x is not None]) / rate for pair in pairs]
    for row, (name, times) in enumerate(rows.items()):
        axes.vlines(times, 1.05 + 0.25 * row, 1.25 + 0.25 * row, colors=f"C{row}")
        axes.text(-0.01, 1.15 + 0.25 * row, name, ha="right", va="center", fontsize=8,
                  transform=axes.get_yaxis_transform())  # fmt: skip
    axes.vlines(rows["truth"], 0, 1, colors="C0", linewidth=0.4)
    axes.set(xlim=(0, min(SHOWN, len(mel) / rate)), ylim=(0, 1.05 + 0.25 * len(rows)), yticks=[])
    axes.set(xlabel=f"seconds of {job.id}")
    save()


def canvas(width: float, height: float, path: Path):
    """Axes of a new picture, and what writes it."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(width, height), layout="constrained")

    def save() -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=90)
        print(path)

    return axes, save


if __name__ == "__main__":
    run_script(main)
