"""Predict what listeners would say with DNSMOS P.835; the model file is the user's."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from tts.errors import InputError
from tts.evaluate.utterance import SystemUtterance
from tts.features.resample import resample

# As the published scores are made (Reddy, Gopal, Cutler 2022; microsoft/DNS-Challenge): windows
# of 9.01 s at 16 kHz, a second apart.
SAMPLE_RATE = 16000
WINDOW_SECONDS = 9.01
WINDOW = int(WINDOW_SECONDS * SAMPLE_RATE)
# From the network's output to opinions of 1 to 5: second, first and zeroth power.
OPINIONS = {
    "sig": (-0.08397278, 1.22083953, 0.0052439),
    "bak": (-0.13166888, 1.60915514, -0.39604546),
    "ovr": (-0.06766283, 1.11546468, 0.04602535),
}


def windows(samples_S: np.ndarray) -> np.ndarray:
    """Cut the windows (N, WINDOW) of a signal at 16 kHz; a shorter one is doubled until it is long
    enough.
    """
    while len(samples_S) < WINDOW:
        samples_S = np.concatenate([samples_S, samples_S])
    count = int(math.floor(len(samples_S) / SAMPLE_RATE) - WINDOW_SECONDS) + 1
    # The published tool ends window i at int((i + 9.01) * 16000), which rounding makes a sample
    # short for some i, and leaves such a window out. Done alike, so that the scores are equal.
    starts = [
        i * SAMPLE_RATE
        for i in range(max(1, count))
        if int((i + WINDOW_SECONDS) * SAMPLE_RATE) - i * SAMPLE_RATE >= WINDOW
    ]
    return np.stack([samples_S[start : start + WINDOW] for start in starts])


class Judge:
    """Hold the network of a model file; calling it gives the opinions of one signal.

    Raises: InputError when the file does not exist or is no such network.
    """

    def __init__(self, path: Path | str):
        import onnxruntime

        if not Path(path).is_file():
            raise InputError(
                f"--dnsmos {path} does not exist; sig_bak_ovr.onnx of DNSMOS P.835 stands in "
                "microsoft/DNS-Challenge (CC BY 4.0) and is not fetched by itself"
            )
        options = onnxruntime.SessionOptions()
        # Threads that wait for each other would take the cores from whoever else needs them.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        try:
            self.session: Any = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's errors share no class of their own
            raise InputError(f"--dnsmos {path}: {error}") from None
        shapes = [
            put.shape[1:] for put in (*self.session.get_inputs(), *self.session.get_outputs())
        ]
        if shapes != [[WINDOW], [len(OPINIONS)]]:
            raise InputError(
                f"--dnsmos {path} is not sig_bak_ovr.onnx: axes after the first are {shapes} "
                f"instead of [[{WINDOW}], [{len(OPINIONS)}]]"
            )

    def __call__(self, samples_S: np.ndarray, sample_rate: int) -> dict[str, float]:
        """Return opinions of the speech (sig), of the background (bak) and overall (ovr), 1 to 5,
        mean over the windows.
        """
        signal = resample(samples_S, sample_rate, SAMPLE_RATE)
        name = self.session.get_inputs()[0].name
        # One window at a time: 70 MB of activations each.
        raw = [self.session.run(None, {name: window[None]})[0][0] for window in windows(signal)]
        return {
            kind: float(np.polyval(OPINIONS[kind], values).mean())
            for kind, values in zip(OPINIONS, np.array(raw, dtype=np.float64).T, strict=True)
        }


def speech_opinion(utterance: SystemUtterance) -> float | None:
    """Predict the opinion of the speech alone, 1 to 5, that DNSMOS P.835 expects of listeners
    (Reddy, Gopal and Cutler 2022; 16 kHz). Made for noise suppression: a help beside listening, no
    more.
    """
    return utterance.opinion.get("sig")


def background_opinion(utterance: SystemUtterance) -> float | None:
    """Predict DNSMOS P.835's opinion of the background, 1 to 5: high where no noise is heard."""
    return utterance.opinion.get("bak")


def overall_opinion(utterance: SystemUtterance) -> float | None:
    """Predict DNSMOS P.835's opinion of speech and background together, 1 to 5."""
    return utterance.opinion.get("ovr")
