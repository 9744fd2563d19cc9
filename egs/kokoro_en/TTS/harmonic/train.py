#!/usr/bin/env python3
"""Train a harmonic vocoder on this recipe's data; options: --help."""

import runpy
import sys
from pathlib import Path

sys.argv[1:1] = ["--corpus", "kokoro_en", "--model", "harmonic"]
root = Path(__file__).resolve().parents[4]
runpy.run_path(str(root / "local" / "train_vocoder.py"), run_name="__main__")
