"""Predict what listeners would say with DistillMOS; the network comes with its package."""

from __future__ import annotations

import io
import sys
import types
from contextlib import redirect_stdout
from importlib.util import find_spec
from unittest.mock import patch

import numpy as np

from tts.errors import InputError
from tts.evaluate.utterance import SystemUtterance
from tts.features.resample import resample

SAMPLE_RATE = 16000


class DistillMos:
    """Hold the network; calling it gives the opinion of samples (S,), 1 to 5.

    Raises: InputError when the package is not installed.
    """

    def __init__(self) -> None:
        # It imports torchaudio, whose wheels link CUDA, and takes nothing from it.
        absent = "torchaudio" not in sys.modules and find_spec("torchaudio") is None
        stub = {"torchaudio": types.ModuleType("torchaudio")} if absent else {}
        try:
            with patch.dict(sys.modules, stub), redirect_stdout(io.StringIO()):
                from distillmos import ConvTransformerSQAModel

                self._network = ConvTransformerSQAModel().eval()
        except ModuleNotFoundError as error:
            raise InputError(
                f"--distillmos needs the package {error.name}: run tools/setup.sh --judge"
            ) from None

    def __call__(self, samples_S: np.ndarray, sample_rate: int) -> float:
        import torch

        signal = torch.from_numpy(resample(samples_S, sample_rate, SAMPLE_RATE)).float()
        with torch.inference_mode():
            return float(self._network(signal[None]))


def distill_opinion(utterance: SystemUtterance) -> float | None:
    """Predict the opinion of listeners, 1 to 5 (Stahl and Gamper 2025, DistillMOS; 16 kHz)."""
    judge = utterance.judges.distillmos
    return judge(utterance.samples_S, utterance.mel.sample_rate) if judge else None
