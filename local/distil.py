"""Train a student of one or two flow steps: write pairs of noise and its teacher's result, train.

The recordings' durations must be there; the teacher itself finds them:
./prepare.sh --stage align --stop-stage align --aligner mas --exp-dir TEACHER
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given, merge, to_dict
from tts.data.corpus import Recipe, RecipeOptions
from tts.errors import run_script
from tts.train.config import TrainConfig
from tts.voice import SpeakingOptions, find_checkpoint, find_source, load_voice

STUDENT = "matcha_student"


def main() -> int:
    parser = Parser(description=__doc__.partition("\n")[0])
    parser.add_argument("--teacher", required=True, help="folder or checkpoint of a matcha voice")
    parser.add_argument("--steps", type=int, default=1, help="flow steps: 1 (default) or 2")
    parser.add_argument("--teacher-steps", type=int, default=10, help="of its flow (default: 10)")
    parser.add_argument("--temperature", type=float, default=SpeakingOptions.noise_scale)
    parser.add_argument(
        "--preset", default="", help="sizes of conf/matcha-PRESET.toml; empty: the teacher's"
    )
    add_flags(parser, RecipeOptions)
    add_flags(parser, TrainConfig)
    arguments = parser.parse_args()
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))
    source, which = find_source(Path(arguments.teacher), None, "ema")
    checkpoint = source if source.is_file() else find_checkpoint(source, None)
    voice = load_voice(checkpoint, which=which)
    asked = {"num_steps": arguments.teacher_steps, "noise_scale": arguments.temperature}
    _write_pairs(recipe, voice, checkpoint, arguments.steps, SpeakingOptions(**asked))

    from tts.train.acoustic import train
    from tts.train.signals import Stopped

    options = {"train": {"exp_dir": str(recipe.exp_dir(STUDENT))}}
    options["train"]["manifest_dir"] = str(recipe.data / "fbank")
    options = merge(options, recipe.model_options(STUDENT))
    if arguments.preset:
        sizes = recipe.model_options(voice.model_name, arguments.preset)["model"]
    else:
        sizes = to_dict(voice.model.config)
        options["train"]["init_from"] = str(checkpoint)
    own = {name: sizes[name] for name in ("encoder", "decoder") if name in sizes}
    options = merge(options, {"model": {**own, "steps": arguments.steps}})
    options = merge(options, {"train": flags_given(arguments, TrainConfig)})
    try:
        train(STUDENT, options, recipe.facts(), recipe.config.name)
    except Stopped as stopped:
        print(stopped)
        return stopped.status
    return 0


def _write_pairs(
    recipe: Recipe, voice, checkpoint: Path, steps: int, options: SpeakingOptions
) -> None:
    """Write data/pairs/ unless it is up to date."""
    from tts.infer.alignment import check_fits
    from tts.infer.teaching import check_teacher, trace_flow
    from tts.train.loaders import utterance_batches
    from tts.train.prepared import read_recipe
    from tts.train.stored_targets import joined_files, pairs_path, write_pairs

    check_teacher(voice, steps, options)
    table, frontend, mel = read_recipe(recipe.data)
    check_fits(voice, table, frontend.framing, mel)
    splits, name = ("train", "valid"), recipe.config.name
    cuts = {split: recipe.fbank(f"cuts_{split}.jsonl.gz") for split in splits}
    needed = ("durations",)
    files = {split: pairs_path(recipe.data, name, split, steps) for split in splits}
    durations = [joined_files(needed, recipe.data, name, split)[0] for split in splits]

    def work() -> None:
        print(f"pairs of {voice.source}")
        for split, path in cuts.items():
            batches = utterance_batches(path, recipe.work, table, frontend.framing, needed)
            states = trace_flow(voice, batches, steps, options)
            print(write_pairs(files[split], states, checkpoint))

    recipe.stage(
        "pairs",
        work,
        inputs=[checkpoint, *cuts.values(), *durations, recipe.data / "mel.toml"],
        options={"steps": steps, **to_dict(options)},
        outputs=list(files.values()),
    )


if __name__ == "__main__":
    run_script(main)
