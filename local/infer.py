"""Speak with a trained model: a sentence, a file of sentences, or the test set."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser, add_flags, flags_given
from tts.data.corpus import Recipe, RecipeOptions
from tts.errors import InputError, run_script
from tts.voice import SpeakingOptions


def get_parser() -> argparse.ArgumentParser:
    parser = Parser(description=__doc__)
    add_flags(parser, RecipeOptions)
    parser.add_argument("--model", default="matcha", help="acoustic model (default: matcha)")
    parser.add_argument("--exp-dir", help="experiment folder (default: the recipe's)")
    parser.add_argument("--epoch", type=int, help="use epoch-N.pt (default: best-valid-loss.pt)")
    parser.add_argument(
        "--checkpoint", default="ema", help="ema (default), raw, or the name of a checkpoint file"
    )
    parser.add_argument(
        "--avg", "--average", dest="average", type=int, default=1, help="average this many epochs"
    )
    parser.add_argument("--vocoder", type=Path, help="HiFi-GAN or .onnx (default: Griffin-Lim)")
    parser.add_argument("--tokens", type=Path, help="tokens.txt, for checkpoints without one")
    parser.add_argument("--cmvn", type=Path, help="accepted; the checkpoint holds these numbers")
    parser.add_argument("--user-lexicon", type=Path, help="lines `word pronunciation` to add")
    parser.add_argument(
        "--attention-window", type=int, default=-1, help="tokens ahead that may be read; 0: all"
    )
    parser.add_argument("--input-text", help="the sentence to speak")
    parser.add_argument(
        "--output-wav", type=Path, default=Path("generated.wav"), help=".wav, .flac, .ogg or .mp3"
    )
    parser.add_argument("--input-file", type=Path, help="speak each line: 'id|text' or 'text'")
    parser.add_argument("--test-set", action="store_true", help="speak the test set")
    parser.add_argument("--output-dir", type=Path, help="folder for several wavs")
    add_flags(parser, SpeakingOptions)
    for name, flag in (("num_steps", "--steps"), ("noise_scale", "--temperature")):
        kind = type(getattr(SpeakingOptions, name))
        shown = f"same as --{name.replace('_', '-')}"
        parser.add_argument(flag, dest=name, type=kind, default=argparse.SUPPRESS, help=shown)
    parser.add_argument(
        "--times", action="store_true", help="also write <wav>.tsv: start end token"
    )
    parser.add_argument("--device", default="cpu", help="cpu (default) or cuda")
    return parser


def main() -> int:
    arguments = get_parser().parse_args()
    wanted = [arguments.input_text is not None, arguments.input_file, arguments.test_set]
    if sum(map(bool, wanted)) != 1:
        raise InputError("give one of --input-text, --input-file and --test-set")
    recipe = Recipe.open(RecipeOptions(**flags_given(arguments, RecipeOptions)))
    options = SpeakingOptions(**flags_given(arguments, SpeakingOptions))
    alone = arguments.input_text is not None

    from tts.infer.control import write_times
    from tts.infer.pytorch import TorchVoice
    from tts.infer.speak import Request, read_texts, speak
    from tts.infer.speech import check_audio_path, write_audio
    from tts.vocoders import load_vocoder
    from tts.voice import find_source, load_voice

    if alone:
        check_audio_path(arguments.output_wav)
    exp_dir = Path(arguments.exp_dir or recipe.exp_dir(arguments.model))
    source, which = find_source(exp_dir, arguments.epoch, arguments.checkpoint)
    voice = load_voice(
        source, arguments.epoch, which, arguments.average, arguments.tokens, recipe.frontend()
    ).with_user_lexicon(arguments.user_lexicon)
    voice = voice.with_attention_window(arguments.attention_window)
    backend = TorchVoice(voice, load_vocoder(arguments.vocoder, voice.mel), arguments.device)
    if arguments.test_set:
        cuts = recipe.cuts("test")
        requests = [Request(cut["id"], tokens=cut["custom"]["tokens"]) for cut in cuts]
    elif arguments.input_file:
        requests = read_texts(arguments.input_file)
    else:
        requests = [Request("text", arguments.input_text)]
    folder = arguments.output_dir or exp_dir / "wavs"
    print(f"speaking with {voice.source}")
    refused: list[InputError] = []
    for speech in speak(backend, requests, options, None if alone else refused.append):
        path = arguments.output_wav if alone else folder / f"{speech.id}.wav"
        write_audio(path, speech.samples, speech.sample_rate)
        if arguments.times:
            write_times(path.with_suffix(".tsv"), speech.times)
        print(speech.report(path))
    for error in refused:
        print(f"error: {error}", file=sys.stderr)
    return 1 if refused else 0


if __name__ == "__main__":
    run_script(main)
