"""Export a trained voice as ONNX files, and as a package for sherpa-onnx.

A model with ODE steps gets a file for each number of steps; a model with scales of pitch and energy
one more, with these as inputs.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given, to_dict
from tts.data.corpus import Recipe, RecipeOptions, sources
from tts.errors import run_script
from tts.export.voice import (
    ExportOptions,
    check_tables,
    export_voice,
    package_voice,
    parse_steps,
    write_base,
)


def main() -> None:
    parser = Parser(description=__doc__)
    parser.add_argument("--model", default="matcha", help="acoustic model (default: matcha)")
    add_flags(parser, RecipeOptions)
    add_flags(parser, ExportOptions)
    arguments = parser.parse_args()
    options = ExportOptions(**flags_given(arguments, ExportOptions))
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))
    exp_dir = Path(options.exp_dir or recipe.exp_dir(arguments.model))
    folder = Path(options.output_dir or exp_dir)
    steps = parse_steps(options.steps)

    from tts.models import model_class
    from tts.voice import find_checkpoint, find_source, load_voice

    names = model_class(arguments.model).graph_files(steps)
    if options.with_int8:
        names += [f"{Path(name).stem}.int8.onnx" for name in names]

    epoch = options.epoch or None
    source, which = find_source(exp_dir, epoch, options.checkpoint)
    checkpoint = source if source.is_file() else find_checkpoint(source, epoch)

    def export() -> None:
        voice = load_voice(source, epoch, which, options.avg, options.tokens, recipe.frontend())
        voice = voice.with_attention_window(options.attention_window)
        print(f"exporting {voice.source}")
        check_tables(voice, options.tokens, options.cmvn)
        models = []
        for path, parity, packaged in export_voice(voice, folder, steps, options.with_int8):
            print(f"{path}: {parity}")
            if packaged:
                models.append(path)
        if options.base:
            write_base(voice, options.base)
            print(f"{options.base}: weights for --init-from")
        if options.package:
            for path in package_voice(voice, models, options, recipe.texts()):
                print(path)

    texts = recipe.manifest("supervisions.jsonl.gz")
    given = [Path(p) for p in (options.vocoder, *options.rule_fsts.split(",")) if p]
    # With another program the files would be others, too.
    code = sources("export/*.py", "models/*.py", "vocoders/*.py")
    code += sources("text/**/*.py", "text/**/*.txt", "text/**/*.xz")
    recipe.stage(
        f"export-{arguments.model}",
        export,
        inputs=[checkpoint, *code, *given, *([texts] if texts.is_file() else [])],
        options=to_dict(options),
        outputs=[folder / name for name in names]
        + [Path(path) for path in (options.package, options.base) if path],
    )


if __name__ == "__main__":
    run_script(main)
