#!/usr/bin/env python3
"""Compare a trained FastSpeech 2 with recordings; options: --help."""

import runpy
import sys
from pathlib import Path

sys.argv[1:1] = ["--corpus", "kokoro_zh", "--model", "fastspeech2"]
root = Path(__file__).resolve().parents[4]
runpy.run_path(str(root / "local" / "evaluate.py"), run_name="__main__")
