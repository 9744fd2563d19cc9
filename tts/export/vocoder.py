"""Export ONNX vocoders as the runtime wants them: mel (N, n_mels, T) in, audio (N, samples) out."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from tts.errors import InputError
from tts.export.graph import open_session, outputs_of, read_metadata, write_graph
from tts.export.quantise import quantise
from tts.mel import MelConfig
from tts.vocoders.griffin_lim import GriffinLim
from tts.vocoders.hifigan import Hifigan
from tts.vocoders.outputs import samples_of_outputs
from tts.vocoders.spectra import ConvolutionSTFT, margins
from tts.vocoders.vocos import Vocos

if TYPE_CHECKING:
    import onnx

TRACED_FRAMES = 37
CHECKED_FRAMES = (1, 2, 50, 123)
HIFIGAN_TOLERANCE = 1e-4
VOCOS_TOLERANCE = 1e-3  # of the loudest test mel, whose samples are far beyond 1
# How sherpa-onnx turns the spectrum into samples.
VOCOS_METADATA = {
    "model_type": "vocos",
    "center": "1",
    "normalized": "0",
    "window_type": "hann",
    "pad_mode": "reflect",
}
# Griffin-Lim's phases at bins of almost no energy are at the mercy of rounding.
GRIFFIN_LIM_TOLERANCE = 1e-2


class FramesLast(nn.Module):
    """Give a vocoder its mel (B, T, n_mels) where the runtime gives (N, n_mels, T)."""

    def __init__(self, vocoder: nn.Module):
        super().__init__()
        self.vocoder = vocoder

    def forward(self, mel_BFT: Tensor) -> Tensor:
        return self.vocoder(mel_BFT.transpose(1, 2))


class VocosSpectrum(nn.Module):
    """Give sherpa-onnx what it takes of a Vocos: magnitude, cosine and sine (N, K, T)."""

    def __init__(self, model: Vocos):
        super().__init__()
        self.model = model

    def forward(self, mel_BFT: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return self.model.spectrum(mel_BFT.transpose(1, 2))


class VocosSamples(nn.Module):
    """Give samples (N, T * hop_length): a Vocos and its inverse STFT, which ONNX does not have."""

    def __init__(self, model: Vocos):
        super().__init__()
        self.model, self.frames = model, model.head.istft.mel
        self.stft = ConvolutionSTFT(self.frames)

    def forward(self, mel_BFT: Tensor) -> Tensor:
        magnitude, cosine, sine = self.model.spectrum(mel_BFT.transpose(1, 2))
        samples_BS = self.stft.inverse(torch.cat([magnitude * cosine, magnitude * sine], dim=1))
        left, right = margins(self.frames)
        return samples_BS[:, left:-right]


class ConvolutionGriffinLim(GriffinLim):
    """Compute Griffin-Lim without FFT operators: few ONNX runtimes have an inverse FFT."""

    def __init__(self, mel: MelConfig, num_iterations: int):
        super().__init__(mel, num_iterations)
        self.stft = ConvolutionSTFT(mel)

    def analysis(self, signal_BS: Tensor) -> tuple[Tensor, Tensor]:
        real_BKT, imag_BKT = self.stft(signal_BS).chunk(2, dim=1)
        return real_BKT.transpose(1, 2), imag_BKT.transpose(1, 2)

    def synthesis(self, real_BTK: Tensor, imag_BTK: Tensor) -> Tensor:
        return self.stft.inverse(torch.cat([real_BTK, imag_BTK], dim=2).transpose(1, 2))


def export_hifigan(
    model: Hifigan, path: Path | str, facts: Mapping[str, str] | None = None
) -> float:
    """Write a HiFi-GAN generator as ONNX; return the largest difference from PyTorch.

    `facts` are further metadata (where the weights come from, their licence).
    Raises: InputError when the graph and PyTorch differ by more than HIFIGAN_TOLERANCE.
    """
    return export_samples(model, model, path, HIFIGAN_TOLERANCE, facts)


def export_vocos(
    model: Vocos,
    path: Path | str,
    facts: Mapping[str, str] | None = None,
    samples: bool = False,
    int8: bool = False,
) -> float:
    """Write a Vocos as ONNX; return the largest difference of its samples from PyTorch.

    Args: samples, whether the graph gives samples, with the inverse STFT inside, or the spectrum
    that sherpa-onnx turns into samples itself; int8, whether weights are in 8 bit.
    Raises: InputError when a float32 graph and PyTorch differ by more than VOCOS_TOLERANCE.
    """
    facts = facts or {}
    tolerance = math.inf if int8 else VOCOS_TOLERANCE
    change = quantise if int8 else None
    if samples:
        return export_samples(VocosSamples(model), model, path, tolerance, facts, True, change)
    names = ("mag", "x", "y")
    mel, frames = model.mel, model.head.istft.mel
    write_graph(
        VocosSpectrum(model),
        [_test_mel(mel, TRACED_FRAMES).transpose(1, 2)],
        path,
        inputs=["mel"],
        outputs=names,
        dynamic={"mel": {0: "N", 2: "T"}, **{name: {0: "N", 2: "T"} for name in names}},
        metadata={**vocoder_metadata(mel), **_frames_of(mel, frames), **VOCOS_METADATA, **facts},
        change=change,
    )
    return check_parity(path, model, tolerance)


def _frames_of(mel: MelConfig, frames: MelConfig) -> dict[str, str]:
    """Return the sizes of the spectra that a runtime turns into samples, and apart from them those
    of the mel, where the two differ.
    """
    if frames == mel:
        return {}
    sizes = ("n_fft", "win_length", "hop_length")
    made = {name: str(getattr(frames, name)) for name in sizes}
    return made | {f"mel_{name}": str(getattr(mel, name)) for name in sizes}


def export_griffin_lim(mel: MelConfig, path: Path | str, num_iterations: int = 32) -> float:
    """Write the weight-free vocoder as ONNX; return the largest difference from PyTorch.

    Raises: InputError when the graph and PyTorch differ by more than GRIFFIN_LIM_TOLERANCE.
    """
    facts = {"comment": f"Griffin-Lim, {num_iterations} iterations, no trained weights"}
    graph = ConvolutionGriffinLim(mel, num_iterations)
    return export_samples(
        graph, GriffinLim(mel, num_iterations), path, GRIFFIN_LIM_TOLERANCE, facts
    )


def vocoder_metadata(mel: MelConfig) -> dict[str, str]:
    """Return what the runtime reads (model_type, sample_rate), and the mel for our own checks."""
    return {
        "model_type": "hifigan",
        "sample_rate": str(mel.sample_rate),
        "version": "1",
        "n_fft": str(mel.n_fft),
        "win_length": str(mel.win_length),
        "hop_length": str(mel.hop_length),
        "n_mels": str(mel.n_mels),
        "f_min": str(mel.f_min),
        "f_max": str(mel.f_max),
    }


def export_samples(
    graph: nn.Module,
    reference: nn.Module,
    path: Path | str,
    tolerance: float,
    facts: Mapping[str, str] | None,
    frames_last: bool = False,
    change: Callable[[onnx.ModelProto], None] | None = None,
) -> float:
    """Write a graph that gives samples; `frames_last` says that it takes (N, n_mels, T) itself."""
    mel = reference.mel
    write_graph(
        graph if frames_last else FramesLast(graph),
        [_test_mel(mel, TRACED_FRAMES).transpose(1, 2)],
        path,
        inputs=["mel"],
        outputs=["audio"],
        dynamic={"mel": {0: "N", 2: "T"}, "audio": {0: "N", 1: "S"}},
        metadata={**vocoder_metadata(mel), **(facts or {})},
        change=change,
    )
    return check_parity(path, reference, tolerance)


def check_parity(path: Path | str, reference: nn.Module, tolerance: float) -> float:
    """Return the largest difference between an ONNX vocoder and PyTorch at lengths never traced.

    Raises: InputError above `tolerance`, naming the length.
    """
    session = open_session(path)
    worst = 0.0
    for frames in CHECKED_FRAMES:
        mel_BTF = _test_mel(reference.mel, frames)
        with torch.no_grad():
            expected = reference(mel_BTF)
        outputs = outputs_of(session, mel_BTF.transpose(1, 2).numpy())
        audio = torch.from_numpy(samples_of_outputs(outputs, read_metadata(path)))
        if audio.shape != expected.shape:
            raise InputError(
                f"{path}: {frames} frames give shape {tuple(audio.shape)}, "
                f"PyTorch {tuple(expected.shape)}"
            )
        difference = float((audio - expected).abs().max())
        if not difference <= tolerance:
            raise InputError(
                f"{path} differs from PyTorch by {difference:.2g} at {frames} frames "
                f"(allowed: {tolerance:g})"
            )
        worst = max(worst, difference)
    return worst


def _test_mel(mel: MelConfig, frames: int) -> Tensor:
    """Make a repeatable mel (1, T, n_mels) with the range of speech: moving ridges over a floor."""
    t = torch.arange(frames)[:, None]
    f = torch.linspace(0, 1, mel.n_mels)[None]
    ridges = torch.cos(2 * math.pi * (6 * f + t / 40)) + torch.sin(t / 9) - 2 * f
    return (2 * ridges - 5).clamp(min=math.log(mel.floor))[None]
