#!/usr/bin/env python3
"""Speak with exported ONNX files; options: --help."""

import runpy
from pathlib import Path

root = Path(__file__).resolve().parents[4]
runpy.run_path(str(root / "local" / "speak_onnx.py"), run_name="__main__")
