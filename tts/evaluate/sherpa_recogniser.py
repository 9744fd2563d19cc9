"""Hear speech with a model of sherpa-onnx."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tts.errors import InputError
from tts.evaluate.recogniser import SAMPLE_RATE
from tts.export.graph import read_metadata
from tts.infer.sherpa import runtime

# model_type of a file's metadata -> function of OfflineRecognizer, and its argument for the file.
_SINGLE = {
    "paraformer": ("from_paraformer", "paraformer"),
    "sense_voice_ctc": ("from_sense_voice", "model"),
    "zipformer2_ctc": ("from_zipformer_ctc", "model"),
    "wenet_ctc": ("from_wenet_ctc", "model"),
    "EncDecCTCModelBPE": ("from_nemo_ctc", "model"),
    "EncDecCTCModel": ("from_nemo_ctc", "model"),
    "EncDecHybridRNNTCTCBPEModel": ("from_nemo_ctc", "model"),
}


class SherpaRecogniser:
    """Hold an OfflineRecognizer; calling it gives the text of samples (S,) at SAMPLE_RATE.

    The kind of model is told from the files of the folder: encoder, decoder and joiner are a
    transducer, encoder and decoder a Whisper, a single file says it in its metadata. Where there is
    an int8 file beside another, the other is taken.

    Raises: InputError for a folder of another kind, or without sherpa-onnx.
    """

    def __init__(self, folder: Path, language: str, num_threads: int = 1, name: str = ""):
        self.name = f"sherpa-onnx {name or folder}"
        recognizer = runtime().OfflineRecognizer
        tokens = self._one(folder, "*tokens.txt")
        shared = {"tokens": str(tokens), "num_threads": num_threads}
        parts = {
            part: str(path)
            for part in ("encoder", "decoder", "joiner")
            if (path := self._one(folder, f"*{part}*.onnx", needed=False))
        }
        try:
            if set(parts) == {"encoder", "decoder", "joiner"}:
                self._model: Any = recognizer.from_transducer(**parts, **shared)
            elif set(parts) == {"encoder", "decoder"}:
                self._model = recognizer.from_whisper(**parts, **shared, language=language)
            else:
                model = self._one(folder, "*.onnx")
                kind = read_metadata(model).get("model_type", "")
                if kind not in _SINGLE:
                    known = ", ".join(_SINGLE)
                    raise InputError(f"{model} says model_type {kind!r}; known are {known}")
                function, argument = _SINGLE[kind]
                if function == "from_sense_voice":
                    shared["language"] = language
                self._model = getattr(recognizer, function)(**{argument: str(model)}, **shared)
        except (RuntimeError, ValueError) as error:
            raise InputError(f"{folder} holds no model that sherpa-onnx loads: {error}") from None

    @staticmethod
    def _one(folder: Path, pattern: str, needed: bool = True) -> Path | None:
        found = sorted(folder.glob(pattern), key=lambda path: ("int8" in path.name, path.name))
        if needed and not found:
            raise InputError(f"{folder} holds no {pattern}")
        return found[0] if found else None

    def __call__(self, samples_S: np.ndarray) -> str:
        stream = self._model.create_stream()
        stream.accept_waveform(SAMPLE_RATE, samples_S)
        self._model.decode_stream(stream)
        return stream.result.text.strip()
