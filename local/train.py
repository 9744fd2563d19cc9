"""Train an acoustic model on prepared data."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given, merge, parse_bool, parse_overrides, read_toml
from tts.data.corpus import Recipe, RecipeOptions
from tts.errors import InputError, run_script
from tts.models import model_class
from tts.train.config import TrainConfig


def main() -> int:
    parser = Parser(description=__doc__)
    parser.add_argument("--model", default="matcha", help="acoustic model (default: matcha)")
    parser.add_argument(
        "--preset", default="", help="<model>-PRESET.toml of conf/ over <model>.toml"
    )
    parser.add_argument("--config", metavar="TOML", help="differences after the recipe's conf/, "
                        "or the config.toml of another run")  # fmt: skip
    parser.add_argument(
        "--set", nargs="+", default=[], metavar="NAME=VALUE", help="such as model.encoder.dropout=0"
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
    add_flags(parser, TrainConfig)
    arguments = parser.parse_args()
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))
    model_class(arguments.model)  # says which models there are, before their files are missed
    folders = {"exp_dir": recipe.exp_dir(arguments.model), "manifest_dir": recipe.data / "fbank"}
    options = {"train": {name: str(folder) for name, folder in folders.items()}}
    options = merge(options, recipe.model_options(arguments.model, arguments.preset))
    if arguments.config:
        options = merge(options, tables_of(read_toml(arguments.config), arguments.model))
    options = merge(options, parse_overrides(arguments.set))
    options = merge(options, {"train": flags_given(arguments, TrainConfig)})
    unknown = options.keys() - {"model", "train"}
    if unknown:
        raise InputError(f"unknown table {', '.join(sorted(unknown))}: use [model] and [train]")

    from tts.train.acoustic import train
    from tts.train.rerun import continue_or_set_aside
    from tts.train.signals import Stopped
    from tts.train.stored_targets import files_of_model

    if arguments.once and not options["train"].get("dry_run"):
        inputs = [recipe.fbank(f"cuts_{split}.jsonl.gz") for split in ("train", "valid")]
        inputs += [recipe.data / name for name in ("tokens.txt", "mel.toml", "fbank/cmvn.json")]
        of_model = arguments.model, options.get("model", {})
        inputs += files_of_model(*of_model, recipe.data, recipe.config.name)
        options["train"]["start_epoch"] = continue_or_set_aside(arguments.model, options, inputs)
    try:
        train(arguments.model, options, recipe.facts(), recipe.config.name)
    except Stopped as stopped:
        print(stopped)
        return stopped.status
    return 0


def tables_of(given: dict, model: str) -> dict:
    """Return a TOML file's tables; of a config.toml that a run wrote those with options, without
    the places and the beginning of that run.
    """
    if "corpus" not in given:
        return given
    name = given.get("model", {}).pop("name", model)
    if name != model:
        raise InputError(f"--config is of a run of {name}: give --model {name}")
    places = {"exp_dir", "manifest_dir", "start_epoch", "init_from"}
    train = {key: value for key, value in given.get("train", {}).items() if key not in places}
    return {"model": given.get("model", {}), "train": train}


if __name__ == "__main__":
    run_script(main)
