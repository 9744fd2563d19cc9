"""Export a trained voice as ONNX for sherpa-onnx, one file for each number of ODE steps."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import add_flags, flags_given
from tts.data.corpus import Recipe, RecipeOptions
from tts.errors import run_script
from tts.export.voice import (
    ExportOptions,
    check_tables,
    export_voice,
    package_voice,
    parse_steps,
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="matcha", help="acoustic model (default: matcha)")
    add_flags(parser, RecipeOptions)
    add_flags(parser, ExportOptions)
    arguments = parser.parse_args()
    options = ExportOptions(**flags_given(arguments, ExportOptions))
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))
    exp_dir = Path(options.exp_dir or recipe.exp_dir(arguments.model))
    steps = parse_steps(options.steps)

    from tts.infer.voice import load_voice

    if options.checkpoint in ("ema", "raw"):
        voice = load_voice(exp_dir, options.epoch or None, options.checkpoint, options.avg)
    else:
        voice = load_voice(options.checkpoint)
    print(f"exporting {voice.source}")
    check_tables(voice, options.tokens, options.cmvn)
    models = []
    for path, parity in export_voice(voice, options.output_dir or exp_dir, steps, options.int8):
        print(f"{path}: {parity}")
        if not path.name.endswith(".int8.onnx"):
            models.append(path)
    if options.package:
        for path in package_voice(voice, models, options, recipe.texts()):
            print(path)


if __name__ == "__main__":
    run_script(main)
