"""Speak with exported ONNX files through ONNX Runtime: the check of the deployed path."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given
from tts.data.corpus import Recipe, RecipeOptions
from tts.errors import InputError, run_script
from tts.export.parts import default_model, vocoder_of
from tts.voice import SpeakingOptions


def main() -> None:
    parser = Parser(description=__doc__)
    add_flags(parser, RecipeOptions)
    parser.add_argument("--package", type=Path, help="folder with all the files below")
    parser.add_argument("--acoustic-model", type=Path, help="model-steps-N.onnx")
    parser.add_argument("--vocoder", type=Path, help="vocoder as ONNX")
    parser.add_argument("--tokens", type=Path, help="tokens.txt of the voice")
    parser.add_argument("--lexicon", type=Path, help="lexicon.txt; checked against the tokens")
    parser.add_argument("--user-lexicon", type=Path, help="lines `word pronunciation` to add")
    parser.add_argument("--input-text", help="what to say (default: the corpus's sentence)")
    parser.add_argument("--output-wav", type=Path, required=True, help=".wav, .flac, .ogg or .mp3")
    parser.add_argument("--times", type=Path, help="file to write lines `start end token` to")
    parser.add_argument("--num-threads", type=int, default=1, help="(default: 1)")
    add_flags(parser, SpeakingOptions)
    arguments = parser.parse_args()

    text = arguments.input_text
    if text is None:
        chosen = RecipeOptions(**flags_given(arguments, RecipeOptions))
        if not chosen.corpus and not chosen.recipe:
            raise InputError("give --input-text, or with --corpus NAME the corpus's own sentence")
        recipe = Recipe.open(chosen)
        text = recipe.config.sample_text or next(recipe.texts(), "")
    given = flags_given(arguments, SpeakingOptions)
    options = SpeakingOptions(**given)
    acoustic_model, files = named_files(arguments, given.get("num_steps"))

    from tts.infer.control import write_times
    from tts.infer.onnx import OnnxVoice
    from tts.infer.speak import speak_text
    from tts.infer.speech import check_audio_path, write_audio

    check_audio_path(arguments.output_wav)
    voice = OnnxVoice(acoustic_model, *files, arguments.num_threads, arguments.user_lexicon)
    speech = speak_text(voice, text, options)
    write_audio(arguments.output_wav, speech.samples, speech.sample_rate)
    if arguments.times:
        write_times(arguments.times, speech.times)
    print(f"{acoustic_model} says: {text}")
    print(speech.report(arguments.output_wav))
    for problem in voice.missing(speech.spoken):
        print(f"  at {problem.position}: {problem.text!r}: {problem.reason}")


def named_files(
    arguments: argparse.Namespace, num_steps: int | None
) -> tuple[Path, list[Path | None]]:
    """Find the acoustic model, and vocoder, tokens and lexicon, named one by one or by --package.

    num_steps: chooses among the models of a package.
    """
    if num_steps and arguments.acoustic_model:
        raise InputError("--num-steps chooses among a package's models: leave --acoustic-model out")
    if not arguments.package:
        for name in ("acoustic_model", "vocoder", "tokens"):
            if not getattr(arguments, name):
                raise InputError(f"give --{name.replace('_', '-')}, or --package")
        return arguments.acoustic_model, [arguments.vocoder, arguments.tokens, arguments.lexicon]
    chosen = arguments.acoustic_model or default_model(arguments.package, num_steps)
    lexicon = arguments.package / "lexicon.txt"
    parts = [vocoder_of(arguments.package, chosen), arguments.package / "tokens.txt"]
    return chosen, [*parts, lexicon if lexicon.is_file() else None]


if __name__ == "__main__":
    run_script(main)
