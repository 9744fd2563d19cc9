"""Train the letter-to-sound model of English from the pronouncing dictionary, and measure it.

    python3 tools/train_letters.py

writes tts/text/english/letters.xz, byte for byte the same on every run with one version of
Python and numpy. 2,000 words of the dictionary, chosen by their hash, are never trained on; the
figures are those of the written model on them.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.config import Parser
from tts.errors import run_script


def main() -> None:
    parser = Parser(description=__doc__)
    parser.add_argument("--output", type=Path, help="default: the model that the front end reads")
    arguments = parser.parse_args()

    from letter_model.training import held_out, train_model

    from tts.evaluate.pronunciation import phone_errors
    from tts.files import atomic_path
    from tts.text.english.dictionary import published
    from tts.text.english.letters import MODEL, LetterModel

    entries = published()
    start = time.perf_counter()
    packed = train_model(entries)
    output = arguments.output or MODEL
    with atomic_path(output) as path:
        path.write_bytes(packed)
    print(f"{output}: {len(packed)} bytes, trained in {time.perf_counter() - start:.0f} s")
    model = LetterModel(packed)
    words = held_out(entries)
    start = time.perf_counter()
    said = [model.phones(word) for word in words]
    milliseconds = 1000 * (time.perf_counter() - start) / len(words)
    errors = phone_errors(said, [[entries[word].split()] for word in words])
    print(f"{len(words)} held-out words: {errors}, {milliseconds:.2f} ms a word")


if __name__ == "__main__":
    run_script(main)
