"""Make the training mels with a trained voice, for its vocoder to be trained on (stage 17)."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given, to_dict
from tts.data.corpus import Recipe, RecipeOptions
from tts.errors import run_script
from tts.voice import SpeakingOptions, find_checkpoint, find_source, load_voice


def main() -> None:
    parser = Parser(description=__doc__)
    parser.add_argument("--model", default="matcha", help="acoustic model (default: matcha)")
    parser.add_argument("--exp-dir", help="folder of the voice (default: the recipe's)")
    parser.add_argument("--epoch", type=int, help="use epoch-N.pt")
    parser.add_argument("--checkpoint", default="ema", help="ema, raw or a file's name")
    parser.add_argument("--device", default="cpu", help="cpu (default) or cuda")
    parser.add_argument("--num-steps", type=int, default=10, help="flow steps (default: 10)")
    parser.add_argument("--temperature", type=float, default=SpeakingOptions.noise_scale)
    parser.add_argument("--seed", type=int, default=SpeakingOptions.seed)
    add_flags(parser, RecipeOptions)
    arguments = parser.parse_args()
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))
    options = SpeakingOptions(
        num_steps=arguments.num_steps, noise_scale=arguments.temperature, seed=arguments.seed
    )
    exp_dir = Path(arguments.exp_dir or recipe.exp_dir(arguments.model))
    source, which = find_source(exp_dir, arguments.epoch, arguments.checkpoint)
    checkpoint = source if source.is_file() else find_checkpoint(source, arguments.epoch)

    from tts.features.packed_audio import predicted_path

    splits, name = ("train", "valid"), recipe.config.name
    cuts = {split: recipe.fbank(f"cuts_{split}.jsonl.gz") for split in splits}

    def work() -> None:
        from tts.features.packed_audio import pack_predicted
        from tts.infer.alignment import check_fits
        from tts.infer.resynthesis import resynthesise
        from tts.train.loaders import utterance_batches
        from tts.train.prepared import read_recipe

        voice = load_voice(checkpoint, which=which)
        table, frontend, mel = read_recipe(recipe.data)
        check_fits(voice, table, frontend.framing, mel)
        print(f"mels of {voice.source}")
        for split, path in cuts.items():
            items = path, recipe.work, table, frontend.framing, voice.model.inputs
            mels = resynthesise(voice, utterance_batches(*items), options, arguments.device)
            packed = pack_predicted(recipe, split, mels, checkpoint)
            print(f"{len(packed)} mels, {packed.path.stat().st_size / 1e6:,.1f} MB: {packed.path}")

    recipe.stage(
        "predicted-mels",
        work,
        inputs=[checkpoint, *cuts.values(), recipe.data / "mel.toml"],
        options={"which": which, **to_dict(options)},
        outputs=[predicted_path(recipe.data, name, split) for split in splits],
    )


if __name__ == "__main__":
    run_script(main)
