"""Train a student of one or two flow steps: write pairs of noise and its teacher's result, train.

The recordings' durations must be there; the teacher itself finds them:
./prepare.sh --stage align --stop-stage align --aligner mas --exp-dir TEACHER
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given, merge, parse_overrides, to_dict
from tts.data.corpus import Recipe, RecipeOptions
from tts.errors import run_script
from tts.train.config import TrainConfig
from tts.voice import SpeakingOptions, Voice, find_checkpoint, find_source, load_voice


def main() -> int:
    parser = Parser(description=__doc__.partition("\n")[0])
    parser.add_argument("--teacher", required=True, help="folder or checkpoint of a matcha voice")
    parser.add_argument("--steps", type=int, default=1, choices=(1, 2), help="flow steps (1)")
    parser.add_argument("--teacher-steps", type=int, default=10, help="of its flow (10)")
    parser.add_argument("--temperature", type=float, default=SpeakingOptions.noise_scale)
    parser.add_argument(
        "--preset", default="", help="sizes of conf/matcha-PRESET.toml; empty: the teacher's"
    )
    parser.add_argument("--set", nargs="+", default=[], metavar="NAME=VALUE", help="train.NAME=...")
    add_flags(parser, RecipeOptions)
    add_flags(parser, TrainConfig)
    arguments = parser.parse_args()
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))
    source, _ = find_source(Path(arguments.teacher), None, "ema")
    checkpoint = source if source.is_file() else find_checkpoint(source, None)
    voice = load_voice(checkpoint)
    own = merge(parse_overrides(arguments.set), {"train": flags_given(arguments, TrainConfig)})
    how = SpeakingOptions(num_steps=arguments.teacher_steps, noise_scale=arguments.temperature)

    from tts.train.acoustic import train
    from tts.train.device import device_named
    from tts.train.signals import Stopped
    from tts.train.students import STUDENT, student_options

    options = student_options(recipe, voice, checkpoint, arguments.steps, arguments.preset, own)
    device = device_named(options["train"].get("device", "auto"))
    _write_pairs(recipe, voice, checkpoint, arguments.steps, how, device)
    try:
        train(STUDENT, options, recipe.facts(), recipe.config.name)
    except Stopped as stopped:
        print(stopped)
        return stopped.status
    return 0


def _write_pairs(
    recipe: Recipe,
    voice: Voice,
    checkpoint: Path,
    steps: int,
    options: SpeakingOptions,
    device: str,
) -> None:
    """Write data/pairs/ unless it is up to date."""
    from tts.infer.alignment import check_fits
    from tts.infer.teaching import check_teacher, trace_flow
    from tts.train.loaders import utterance_batches
    from tts.train.prepared import read_recipe
    from tts.train.stored_targets import joined_files, pairs_path, write_pairs

    table, frontend, mel = read_recipe(recipe.data)
    check_teacher(voice, steps, options)
    check_fits(voice, table, frontend.framing, mel)
    splits, name, needed = ("train", "valid"), recipe.config.name, ("durations",)
    cuts = {split: recipe.fbank(f"cuts_{split}.jsonl.gz") for split in splits}
    files = {split: pairs_path(recipe.data, name, split, steps) for split in splits}
    durations = [joined_files(needed, recipe.data, name, split)[0] for split in splits]
    facts = {"teacher": str(checkpoint), "steps": steps, **to_dict(options)}

    def work() -> None:
        print(f"pairs of {voice.source}")
        for split, path in cuts.items():
            batches = utterance_batches(path, recipe.work, table, frontend.framing, needed)
            states = trace_flow(voice, batches, steps, options, device)
            print(write_pairs(files[split], states, checkpoint, facts))

    recipe.stage(
        f"pairs-{steps}",
        work,
        inputs=[checkpoint, *cuts.values(), *durations, recipe.data / "mel.toml"],
        options=facts,
        outputs=list(files.values()),
    )


if __name__ == "__main__":
    run_script(main)
