"""Speak with exported ONNX files through ONNX Runtime: the check of the deployed path."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given
from tts.data.corpus import Recipe, RecipeOptions
from tts.errors import InputError, run_script
from tts.export.package import default_model


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
    parser.add_argument("--output-wav", type=Path, required=True, help="where to write it")
    parser.add_argument("--noise-scale", type=float, default=0.667, help="(default: 0.667)")
    parser.add_argument("--length-scale", type=float, default=1.0, help="above 1 is slower")
    parser.add_argument("--pitch-scale", type=float, help="factor of F0, with model-scales.onnx")
    parser.add_argument("--energy-scale", type=float, help="factor of energy, with the same")
    parser.add_argument("--times", type=Path, help="file to write lines `start end token` to")
    parser.add_argument(
        "--max-chars", type=int, help="longer texts are spoken sentence by sentence"
    )
    parser.add_argument("--num-threads", type=int, default=1, help="(default: 1)")
    arguments = parser.parse_args()

    text = arguments.input_text
    if text is None:
        recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))
        text = recipe.config.sample_text or next(recipe.texts(), "")
    acoustic_model, files = named_files(arguments)

    from tts.infer.control import write_times
    from tts.infer.onnx import OnnxVoice
    from tts.infer.speak import write_wav

    voice = OnnxVoice(acoustic_model, *files, arguments.num_threads, arguments.user_lexicon)
    start = time.perf_counter()
    manner = arguments.noise_scale, arguments.length_scale, arguments.max_chars
    names = ("pitch_scale", "energy_scale")
    scales = {name: getattr(arguments, name) for name in names if getattr(arguments, name)}
    speech = voice.speak(text, *manner, **scales)
    seconds = time.perf_counter() - start
    write_wav(arguments.output_wav, speech.samples, speech.sample_rate)
    if arguments.times:
        write_times(arguments.times, speech.times)
    for problem in (*speech.spoken.problems, *speech.missing):
        print(f"at {problem.position}: {problem.text!r} {problem.reason}")
    length = len(speech.samples) / speech.sample_rate
    print(f"{acoustic_model} says: {text}")
    sentences = f" in {speech.num_sentences} sentences" * (speech.num_sentences > 1)
    print(f"{arguments.output_wav}: {length:.2f} s{sentences}, RTF {seconds / length:.3f}")


def named_files(arguments: argparse.Namespace) -> tuple[Path, list[Path | None]]:
    """The acoustic model, and vocoder, tokens and lexicon, named one by one or by --package."""
    if not arguments.package:
        for name in ("acoustic_model", "vocoder", "tokens"):
            if not getattr(arguments, name):
                raise InputError(f"give --{name.replace('_', '-')}, or --package")
        return arguments.acoustic_model, [arguments.vocoder, arguments.tokens, arguments.lexicon]
    chosen = arguments.acoustic_model or default_model(arguments.package)
    lexicon = arguments.package / "lexicon.txt"
    parts = [arguments.package / "vocoder.onnx", arguments.package / "tokens.txt"]
    return chosen, [*parts, lexicon if lexicon.is_file() else None]


if __name__ == "__main__":
    run_script(main)
