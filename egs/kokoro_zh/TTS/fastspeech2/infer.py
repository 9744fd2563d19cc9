#!/usr/bin/env python3
"""Speak with a trained FastSpeech 2; options: --help."""

import runpy
import sys
from pathlib import Path

sys.argv[1:1] = ["--corpus", "kokoro_zh", "--model", "fastspeech2"]
root = Path(__file__).resolve().parents[4]
runpy.run_path(str(root / "local" / "infer.py"), run_name="__main__")
