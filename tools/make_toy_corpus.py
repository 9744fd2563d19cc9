#!/usr/bin/env python3
"""Make a small corpus of synthetic speech in the official layout of LJSpeech or Baker.

The speech comes from a formant synthesiser, so the exact times of all phones and the exact F0
are known; they stand in the corpus's folder truth/. The same options give the same bytes.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tts.errors import InputError, run_script


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--corpus-layout", choices=("ljspeech", "baker"), default="ljspeech")
    parser.add_argument(
        "--output", type=Path, required=True, help="LJSpeech-1.1/ or BZNSYP/ is made in here"
    )
    parser.add_argument("--num-utterances", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--num-jobs", type=int, default=min(os.cpu_count() or 1, 8))
    arguments = parser.parse_args()
    if not 1 <= arguments.num_utterances <= 10000:
        raise InputError(f"--num-utterances {arguments.num_utterances}: must be 1 to 10000")

    from toy_corpus.layouts import Options, write_corpus

    options = Options(arguments.corpus_layout, arguments.num_utterances, arguments.seed)
    start = time.monotonic()
    folder, audio = write_corpus(arguments.output, options, arguments.num_jobs)
    if not audio:
        print(f"{folder}: up to date")
        return
    seconds = time.monotonic() - start
    print(
        f"{folder}: {options.num_utterances} clips, {audio / 60:.1f} min of audio in "
        f"{seconds:.1f} s ({audio / seconds:.0f} times real time)"
    )


if __name__ == "__main__":
    run_script(main)
