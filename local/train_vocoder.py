"""Train a vocoder on the recordings of prepared data (stage 18)."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given, merge, parse_bool, parse_overrides
from tts.data.corpus import Recipe, RecipeOptions
from tts.errors import InputError, run_script
from tts.train.vocoder_config import VocoderTrainConfig
from tts.vocoders.registry import vocoder_class

TABLES = {"model", "discriminator", "train"}


def main() -> int:
    parser = Parser(description=__doc__)
    parser.add_argument(
        "--model", default="vocos", help="vocos (default), harmonic, hifigan, waveglow"
    )
    parser.add_argument(
        "--preset", default="", help="<model>-PRESET.toml of conf/ over <model>.toml"
    )
    parser.add_argument(
        "--set", nargs="+", default=[], metavar="NAME=VALUE", help="such as model.channels=512"
    )
    parser.add_argument(
        "--once",
        type=parse_bool,
        default=False,
        metavar="BOOL",
        help="continue or skip what is done; when data or options changed since, set the old "
        "experiment folder aside and start anew (default: 0)",
    )
    add_flags(parser, RecipeOptions)
    add_flags(parser, VocoderTrainConfig)
    arguments = parser.parse_args()
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))
    vocoder_class(arguments.model)
    folders = {"exp_dir": recipe.exp_dir(arguments.model), "data_dir": recipe.data}
    options = {"train": {name: str(folder) for name, folder in folders.items()}}
    options = merge(options, recipe.model_options(arguments.model, arguments.preset))
    options = merge(options, parse_overrides(arguments.set))
    options = merge(options, {"train": flags_given(arguments, VocoderTrainConfig)})
    if unknown := options.keys() - TABLES:
        raise InputError(f"unknown table {', '.join(sorted(unknown))}: use {', '.join(TABLES)}")

    from tts.features.packed_audio import audio_path, predicted_path
    from tts.train.adversarial import train_vocoder
    from tts.train.rerun import continue_or_set_aside
    from tts.train.signals import Stopped

    name = recipe.config.name
    if arguments.once and not options["train"].get("dry_run"):
        inputs = [audio_path(recipe.data, name, split) for split in ("train", "valid")]
        inputs.append(recipe.data / "mel.toml")
        if options["train"].get("predicted_share"):
            inputs.append(predicted_path(recipe.data, name, "train"))
        options["train"]["start_epoch"] = continue_or_set_aside(arguments.model, options, inputs)
    try:
        train_vocoder(arguments.model, options, recipe.facts(), name)
    except Stopped as stopped:
        print(stopped)
        return stopped.status
    return 0


if __name__ == "__main__":
    run_script(main)
