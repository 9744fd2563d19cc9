"""Compute samples with an exported vocoder, mel (N, n_mels, T) in, audio (N, samples) out."""

from __future__ import annotations

from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from tts.errors import InputError
from tts.mel import MelConfig
from tts.vocoders.outputs import samples_of_outputs

_FRAMES = 8  # of the run that shows the hop


class OnnxVocoder:
    """Turn mel into samples with ONNX Runtime, on the CPU.

    mel: what it is to take; the file says only part of it.

    Raises: InputError for a file that is no vocoder, takes another mel, or gives neither samples
    nor the spectrum of a Vocos.
    """

    def __init__(self, path: Path | str, mel: MelConfig):
        self.mel, self.session = mel, check_onnx_mel(path, mel)
        stated = self.session.get_modelmeta().custom_metadata_map
        self._facts = {**{name: str(value) for name, value in asdict(mel).items()}, **stated}
        outputs = [tensor.name for tensor in self.session.get_outputs()]
        if len(outputs) not in (1, 3):
            raise InputError(
                f"{path} gives {', '.join(outputs)}; a vocoder gives samples (model_type hifigan) "
                "or magnitude, cosine and sine (model_type vocos)"
            )

    def to(self, _device: str) -> OnnxVocoder:
        """Return itself: it computes on the CPU whatever the device of the model."""
        return self

    def __call__(self, mel_BTF: Tensor) -> Tensor:
        """Turn natural-log mel (B, T, n_mels) into samples (B, T * hop_length)."""
        (name,) = [tensor.name for tensor in self.session.get_inputs()]
        mel_NFT = mel_BTF.detach().float().cpu().transpose(1, 2).contiguous().numpy()
        outputs = self.session.run(None, {name: mel_NFT})
        return torch.from_numpy(samples_of_outputs(outputs, self._facts))


def check_onnx_mel(path: Path | str, mel: MelConfig) -> Any:
    """Check that an ONNX vocoder takes `mel`, by its metadata, its shapes and a short run.

    sample_rate must be there; of the rest what is there counts, since not every exporter writes
    all of it. The run shows the hop of a graph that gives samples.

    Returns: a session of the file.
    Raises: InputError for no ONNX file, and with both values of all that differ.
    """
    import onnxruntime

    if not Path(path).is_file():
        raise InputError(f"the vocoder {path} does not exist")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime's classes are not public
        raise InputError(f"{path} cannot be run by ONNX Runtime: {error}") from None
    stated = dict(session.get_modelmeta().custom_metadata_map)
    if "sample_rate" not in stated:
        raise InputError(f"{path} is no vocoder for sherpa-onnx: its metadata lack sample_rate")
    shape = session.get_inputs()[0].shape
    if len(shape) == 3 and isinstance(shape[1], int):
        stated["n_mels"] = str(shape[1])
    # A Vocos may make spectra of other frames than the mel's.
    stated |= {
        name.removeprefix("mel_"): value for name, value in stated.items() if name[:4] == "mel_"
    }
    different = [
        f"{name}: vocoder {stated[name]}, model {getattr(mel, name)}"
        for name in (field.name for field in fields(mel))
        if name in stated and not _is(stated[name], getattr(mel, name))
    ]
    if different:
        raise InputError(
            f"the vocoder {path} takes another mel than the model makes ({'; '.join(different)}); "
            "give a vocoder trained on the model's mel, or none to use Griffin-Lim"
        )
    _check_output(path, session, mel)
    return session


def _check_output(path: Path | str, session: Any, mel: MelConfig) -> None:
    """Check that a few frames give `hop_length` samples each, or spectra of `n_fft`."""
    try:
        given = {session.get_inputs()[0].name: np.zeros((1, mel.n_mels, _FRAMES), np.float32)}
        first, *others = session.run(None, given)
    except Exception as error:  # as above
        raise InputError(f"{path} cannot be run on a mel (1, {mel.n_mels}, T): {error}") from None
    stated = session.get_modelmeta().custom_metadata_map
    if others and "mel_n_fft" in stated:
        hop = int(stated["hop_length"])
        found, wanted, what = first.shape[2] * hop / _FRAMES, mel.hop_length, "samples"
    elif others:
        found, wanted, what = first.shape[1], mel.n_fft // 2 + 1, "bins"
    else:
        found, wanted, what = first.size / _FRAMES, mel.hop_length, "samples"
    if found != wanted:
        raise InputError(
            f"the vocoder {path} gives {found:g} {what} a frame, the model's mel needs {wanted} "
            f"(hop_length {mel.hop_length}, n_fft {mel.n_fft}); give a vocoder trained on the "
            "model's mel, or none to use Griffin-Lim"
        )


def _is(text: str, number: float) -> bool:
    """Tell whether a metadata string says `number`."""
    try:
        return float(text) == number
    except ValueError:
        return False
