"""Compare voices, or wavs of any origin, with recordings or by texts: numbers, sounds, one page."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given
from tts.data.corpus import Recipe, RecipeOptions
from tts.errors import InputError, run_script
from tts.evaluate.options import EvaluateOptions
from tts.features.pitch import PitchConfig


def get_parser() -> argparse.ArgumentParser:
    parser = Parser(description=__doc__)
    add_flags(parser, RecipeOptions)
    parser.add_argument(
        "--systems",
        nargs="+",
        default=[],
        metavar="NAME=PATH",
        help="several to compare: experiment folders, checkpoints, packages, folders of <id>.wav",
    )
    add_flags(parser, EvaluateOptions)
    add_flags(parser, PitchConfig)
    return parser


def main() -> None:
    arguments = get_parser().parse_args()
    options = EvaluateOptions(**flags_given(arguments, EvaluateOptions))
    given = flags_given(arguments, RecipeOptions)
    if options.recordings and (others := given.keys() - {"corpus"}):
        flags = ", ".join(f"--{name.replace('_', '-')}" for name in sorted(others))
        raise InputError(f"--recordings stands for a folder of its own: leave out {flags}")
    # The scripts of egs/ always give --corpus; a wrong one is an error all the same.
    alone = options.recordings or (options.texts and arguments.systems)
    recipe = Recipe.open(RecipeOptions(**given)) if given or not alone else None
    recipe = None if options.recordings else recipe

    from tts.evaluate.run import prepare
    from tts.evaluate.systems import parse_systems

    pitch = PitchConfig(**flags_given(arguments, PitchConfig))
    evaluation = prepare(options, recipe, parse_systems(arguments.systems), pitch)
    names = ", ".join(system.name for system in evaluation.systems)
    print(f"evaluating {names} on {evaluation.facts['utterances']} utterances", flush=True)
    table = evaluation.run(
        lambda row: print(f"  {row.id} {row.system}: {row.seconds:.2f} s", flush=True)
    )
    print(table)
    folder = evaluation.folder
    print(f"page: {folder / 'report.html'}; numbers: results.md, results.tsv, results.json there")


if __name__ == "__main__":
    run_script(main)
