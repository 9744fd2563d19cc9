"""Speak with exported ONNX files through ONNX Runtime: the check of the deployed path."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.errors import run_script


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--acoustic-model", required=True, help="model-steps-N.onnx")
    parser.add_argument("--vocoder", required=True, help="vocoder as ONNX")
    parser.add_argument("--tokens", required=True, help="tokens.txt of the voice")
    parser.add_argument("--lexicon", help="lexicon.txt; checked against the tokens")
    parser.add_argument("--input-text", required=True, help="what to say")
    parser.add_argument("--output-wav", required=True, help="where to write it")
    parser.add_argument("--noise-scale", type=float, default=0.667, help="(default: 0.667)")
    parser.add_argument("--length-scale", type=float, default=1.0, help="above 1 is slower")
    parser.add_argument("--num-threads", type=int, default=1, help="(default: 1)")
    arguments = parser.parse_args()

    from tts.infer.onnx import OnnxVoice
    from tts.infer.speak import write_wav

    voice = OnnxVoice(
        arguments.acoustic_model,
        arguments.vocoder,
        arguments.tokens,
        arguments.lexicon,
        arguments.num_threads,
    )
    start = time.perf_counter()
    speech = voice.speak(arguments.input_text, arguments.noise_scale, arguments.length_scale)
    seconds = time.perf_counter() - start
    write_wav(arguments.output_wav, speech.samples, speech.sample_rate)
    for problem in speech.spoken.problems:
        print(f"at {problem.position}: {problem.text!r} {problem.reason}")
    length = len(speech.samples) / speech.sample_rate
    print(f"{arguments.output_wav}: {length:.2f} s, RTF {seconds / length:.3f}")


if __name__ == "__main__":
    run_script(main)
