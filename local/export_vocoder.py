"""Export a vocoder, or Griffin-Lim without one, as ONNX; a HiFi-GAN also as g_* of jik876."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given, parse_bool
from tts.data.corpus import Recipe, RecipeOptions
from tts.errors import run_script
from tts.export.voice import export_vocoder


def main() -> None:
    parser = Parser(description=__doc__)
    add_flags(parser, RecipeOptions)
    parser.add_argument(
        "--vocoder", help="checkpoint or folder of a run (default: the recipe's own, fetched)"
    )
    parser.add_argument("--griffin-lim", action="store_true", help="no weights: Griffin-Lim")
    parser.add_argument(
        "--samples",
        type=parse_bool,
        default=False,
        metavar="BOOL",
        help="Vocos: the graph gives samples, for ONNX Runtime, in the place of a spectrum",
    )
    parser.add_argument(
        "--int8", type=parse_bool, default=False, metavar="BOOL", help="Vocos: weights in 8 bit"
    )
    parser.add_argument(
        "--output",
        help="default: <name of the checkpoint>.onnx in the work folder; a name g_... writes a "
        "HiFi-GAN of ours in the published format, with its configuration beside it",
    )
    arguments = parser.parse_args()
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))
    mel = recipe.prepared_mel()
    vocoder, licence = arguments.vocoder or "", ""
    if not vocoder and not arguments.griffin_lim and recipe.config.vocoder:
        vocoder = str(recipe.dl_dir / recipe.config.vocoder.filename)
        licence = recipe.config.vocoder.licence
    name = Path(vocoder).name.removesuffix(".pt") if vocoder else "griffin_lim"
    output = Path(arguments.output) if arguments.output else recipe.work / f"{name}.onnx"
    if output.name.startswith("g_") and output.suffix != ".onnx":
        from tts.vocoders.checkpoints import write_hifigan

        write_hifigan(output, vocoder)
        print(f"{output}: HiFi-GAN's published format, with {output.name}.json")
        return
    difference = export_vocoder(vocoder, mel, output, licence, arguments.samples, arguments.int8)
    print(f"{output}: largest difference from PyTorch {difference:.2g}")


if __name__ == "__main__":
    run_script(main)
