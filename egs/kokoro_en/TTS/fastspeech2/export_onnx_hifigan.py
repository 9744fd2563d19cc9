#!/usr/bin/env python3
"""Export the vocoder as ONNX; options: --help."""

import runpy
import sys
from pathlib import Path

sys.argv[1:1] = ["--corpus", "kokoro_en"]
root = Path(__file__).resolve().parents[4]
runpy.run_path(str(root / "local" / "export_vocoder.py"), run_name="__main__")
