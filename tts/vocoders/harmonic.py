"""Give a Vocos its phases: pulses at the pitch that the mel shows, and noise.

A Vocos has to invent phases, which it learns late and only from discriminators. Here they come from
a source signal: pulses at the predicted F0, as in neural source-filter models (Wang et al. 2019,
arXiv 1904.12088), and noise. The network filters the spectra of both: it begins with the envelope
that the mel has, and learns what is missing.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tts.autocast import no_autocast
from tts.config import option
from tts.errors import InputError
from tts.features.mel import mel_filterbank
from tts.mel import MelConfig
from tts.vocoders.pitch import PitchConfig, PitchPredictor, track_pitch
from tts.vocoders.spectra import ConvolutionSTFT, InverseSTFT, centred_window, margins
from tts.vocoders.vocos import MAX_MAGNITUDE, Backbone, Vocos, VocosConfig

NOISE_FRAMES = 512  # after which the noise begins anew, 3 s
# Log of the mean magnitude, over window and noise, of a unit of power: the envelope's scale.
_UNIT = 0.5 * math.log(math.pi / 4)


@dataclass(frozen=True)
class HarmonicConfig(VocosConfig):
    """Set the sizes: those of a Vocos, and of the predictor of pitch.

    split: spectra a mel frame, of so many times shorter windows: a filter that changes within a
    window smears what it filters.
    """

    split: int = option(2, "spectra a mel frame, each of a window so many times shorter")
    pitch: PitchConfig = dataclasses.field(default_factory=PitchConfig)


class HarmonicHead(nn.Module):
    """Map hidden frames to gains of pulses and noise and a turn of the pulses' phases."""

    def __init__(self, channels: int, split: int, frames: MelConfig):
        super().__init__()
        self.split = split
        self.out = nn.Linear(channels, split * 3 * (frames.n_fft // 2 + 1))
        self.istft = InverseSTFT(frames)
        nn.init.trunc_normal_(self.out.weight, std=0.02)
        nn.init.zeros_(self.out.bias)

    def forward(self, hidden_BTD: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Turn (B, T, D) into three numbers for each bin of the shorter frames, (B, K, split T)."""
        numbers = self.out(hidden_BTD).float()
        shape = numbers.shape[0], -1, numbers.shape[2] // self.split
        pulse, noise, turn = numbers.reshape(shape).transpose(1, 2).chunk(3, dim=1)
        return pulse, noise, turn


class Harmonic(Vocos):
    """Turn a natural-log mel into samples: pulses and noise, filtered frame by frame.

    4,188,102 parameters by default (80 mel bins, n_fft 1024). The noise is the same in each call,
    so that the same mel has the same samples. K bins are those of the shorter frames.

    Attributes: mel, the features it accepts; frames, those of the spectra; context, the frames on
    each side of a frame on which its samples depend besides its `marks`.
    """

    Config = HarmonicConfig

    def __init__(self, config: HarmonicConfig, mel: MelConfig):
        nn.Module.__init__(self)
        if mel.sample_rate / config.pitch.f0_min > mel.n_fft / 2:
            raise InputError(
                f"harmonic: n_fft {mel.n_fft} holds less than two periods of f0_min "
                f"{config.pitch.f0_min} Hz at {mel.sample_rate} Hz: raise f0_min"
            )
        if config.pitch.f0_max > mel.sample_rate / 4:
            raise InputError(f"harmonic: f0_max {config.pitch.f0_max} Hz is too high for {mel}")
        if any(size % (2 * config.split) for size in (mel.n_fft, mel.win_length, mel.hop_length)):
            raise InputError(f"harmonic: split {config.split} does not divide the frames of {mel}")
        self.config, self.mel = config, mel
        n_fft, win, hop = (s // config.split for s in (mel.n_fft, mel.win_length, mel.hop_length))
        frames = dataclasses.replace(mel, n_fft=n_fft, win_length=win, hop_length=hop)
        self.frames = frames
        self.backbone = Backbone(config, mel.n_mels)
        self.head = HarmonicHead(config.channels, config.split, frames)
        self.pitch = PitchPredictor(mel.n_mels, config.pitch)
        self.stft = ConvolutionSTFT(frames)
        self.noise_level = math.sqrt(float(centred_window(frames).square().sum()))
        self.register_buffer("noise_2KP", self._noise(), persistent=False)
        spread_KF, offset_F = envelope_of(mel, frames)
        offset_F = offset_F + _UNIT + 0.5 * centred_window(mel).square().sum().log()
        self.register_buffer("spread_KF", spread_KF, persistent=False)
        self.register_buffer("offset_F", offset_F, persistent=False)

    def _noise(self) -> Tensor:
        """Return the spectrum of repeated white noise, real above imaginary parts (2 K, P)."""
        hop = self.frames.hop_length
        white = np.random.RandomState(0).standard_normal(NOISE_FRAMES * hop).astype(np.float32)
        round_S = torch.from_numpy(np.concatenate([white, white[: self.frames.n_fft - hop]]))
        return self.stft(round_S[None])[0]

    @property
    def context(self) -> int:
        """Count the frames a side: what networks see, interpolation, and what overlaps, twice."""
        reach = (1 + self.config.num_layers) * (self.config.kernel_size // 2)
        overlap = 4 * math.ceil(max(margins(self.frames)) / self.mel.hop_length)
        return max(reach, self.pitch.context) + 1 + overlap

    def forward(self, mel_BTF: Tensor, marks_BT2: Tensor | None = None) -> Tensor:
        """Turn natural-log mel (B, T, n_mels) into samples (B, T * hop_length), not clipped.

        marks_BT2: of the frames, see `marks`, where the mel is a part of a longer one.
        """
        return self._samples(self._calm(*self._filtered(mel_BTF, self.pitch(mel_BTF), marks_BT2)))

    def marks(self, mel_BTF: Tensor) -> Tensor:
        """Return what a frame's samples owe to all before it, float64 (B, T, 2): the turns of the
        pulses at its first sample, and its place.

        Speech in chunks has the marks of its frames beside the mel.
        """
        return self._marks(self._f0_of_samples(self.pitch(mel_BTF)))

    def spectrum(self, mel_BTF: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return magnitude, cosine, sine (B, n_fft // 2 + 1, T), as sherpa-onnx takes them."""
        spectrum_B2KT = self._calm(*self._filtered(mel_BTF, self.pitch(mel_BTF), None))
        magnitude = (power_of(spectrum_B2KT) + 1e-12).sqrt()
        real, imag = spectrum_B2KT.chunk(2, dim=1)
        return magnitude, real / magnitude, imag / magnitude

    def teach(self, mel_BTF: Tensor, samples_BS: Tensor) -> tuple[list[Tensor], dict[str, Tensor]]:
        """Speak under the recording's own pitch, or the predicted one where there is none; return
        samples, as they are filtered and as they are heard, and the loss of the predictor.

        Distances of both count: to the calmed form noise costs nothing and would take the place of
        pulses; the filtered form alone makes pulses too loud, for those of overlapping frames
        cancel each other in part. samples_BS: the recording with the margins of its frames.
        """
        with torch.no_grad():
            found_BT, voiced_BT = track_pitch(samples_BS, self.mel, self.config.pitch)
            f0_BT = torch.where(voiced_BT, found_BT, self.pitch(mel_BTF))
        marks_BT2 = self._marks(self._f0_of_samples(f0_BT))
        first_B11 = torch.randint(NOISE_FRAMES, (len(mel_BTF), 1, 1), device=mel_BTF.device)
        marks_BT2 = torch.cat([marks_BT2[..., :1], marks_BT2[..., 1:] + first_B11], dim=2)
        mixed, power = self._filtered(mel_BTF, f0_BT, marks_BT2)
        made = [self._samples(mixed), self._samples(self._calm(mixed, power))]
        return made, {"pitch_loss": self.pitch.loss(mel_BTF, found_BT, voiced_BT)}

    def _samples(self, spectrum_B2KT: Tensor) -> Tensor:
        return self.head.istft(torch.complex(*spectrum_B2KT.chunk(2, dim=1)))

    def _filtered(
        self, mel_BTF: Tensor, f0_BT: Tensor, marks_BT2: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """Filter pulses and noise: real above imaginary parts (B, 2 K, split T), mean power.

        Every frame has pulses, as loud as the network makes them.
        """
        f0_BTS = self._f0_of_samples(f0_BT)
        marks_BT2 = self._marks(f0_BTS) if marks_BT2 is None else marks_BT2
        pulse, noise, turn = self.head(self.backbone(mel_BTF.transpose(1, 2)))
        split, limit = self.config.split, math.log(MAX_MAGNITUDE)
        with no_autocast(mel_BTF.device.type):
            level_BKT = self.spread_KF @ (mel_BTF.float() - self.offset_F).transpose(1, 2)
        level_BKT = F.interpolate(level_BKT, scale_factor=split, mode="linear")
        pulse = (level_BKT + pulse).clamp(max=limit).exp()
        noise = (level_BKT + noise).clamp(max=limit).exp()
        pulses_BS = F.pad(self.source(f0_BTS, marks_BT2), margins(self.frames))
        real, imag = self.stft(pulses_BS).chunk(2, dim=1)
        cosine, sine = turn.cos() * pulse, turn.sin() * pulse
        turned = torch.cat([real * cosine - imag * sine, real * sine + imag * cosine], dim=1)
        parts = torch.arange(split, device=mel_BTF.device)
        place_BT = (marks_BT2[..., 1:].to(torch.int64) * split + parts).flatten(1)
        noise_B2KT = self.noise_2KP.t()[place_BT % NOISE_FRAMES].transpose(1, 2)
        mixed = turned + noise_B2KT * torch.cat([noise, noise], dim=1)
        return mixed, power_of(turned) + (self.noise_level * noise).square()

    def _calm(self, spectrum_B2KT: Tensor, power_BKT: Tensor) -> Tensor:
        """Give a spectrum (B, 2 K, T) the magnitudes that are meant, squared in power_BKT, and
        phases that belong together.

        The magnitudes of noise are random, and filtered frames that overlap contradict each other:
        both are heard as roughness. One iteration of Griffin and Lim 1984: the phases are those of
        the signal that the spectrum becomes.
        """
        again_B2KT = self.stft(self.stft.inverse(spectrum_B2KT))
        factor_BKT = (power_BKT / (power_of(again_B2KT) + 1e-4 * power_BKT + 1e-12)).sqrt()
        return again_B2KT * torch.cat([factor_BKT, factor_BKT], dim=1)

    def _f0_of_samples(self, f0_BT: Tensor) -> Tensor:
        """Interpolate F0 to the samples of each frame: (B, T, hop_length)."""
        hop = self.mel.hop_length
        return F.interpolate(f0_BT[:, None], scale_factor=hop, mode="linear")[:, 0].unflatten(
            1, (-1, hop)
        )

    def _marks(self, f0_BTS: Tensor) -> Tensor:
        advance_BT = (f0_BTS.double() / self.mel.sample_rate).sum(2)
        turns_BT = advance_BT.cumsum(1) - advance_BT
        place_BT = torch.ones_like(turns_BT).cumsum(1) - 1
        return torch.stack([turns_BT - turns_BT.floor(), place_BT], dim=2)

    def source(self, f0_BTS: Tensor, marks_BT2: Tensor) -> Tensor:
        """Return pulses of equal power at F0 (B, T * hop_length): cosines below half the rate."""
        rate = self.mel.sample_rate
        turns_BTS = marks_BT2[..., :1] + (f0_BTS.double() / rate).cumsum(2)
        turns_BS = (turns_BTS - (turns_BTS + 0.5).floor()).flatten(1)  # -0.5 to 0.5
        f0_BS = f0_BTS.flatten(1)
        count_BS = (0.49 * rate / f0_BS).floor()
        half_BS = (math.pi * turns_BS.float()).sin()
        middle_BS = half_BS.abs() < 1e-4
        divisor_BS = torch.where(middle_BS, torch.ones_like(half_BS), 2 * half_BS)
        highest_BS = (count_BS.double() + 0.5) * turns_BS
        highest_BS = (highest_BS - (highest_BS + 0.5).floor()).float()
        ratio_BS = (2 * math.pi * highest_BS).sin() / divisor_BS
        cosines_BS = torch.where(middle_BS, count_BS + 0.5, ratio_BS) - 0.5
        return 2 * (f0_BS / rate).sqrt() * cosines_BS


def power_of(spectrum_B2KT: Tensor) -> Tensor:
    """Return the squared magnitudes (B, K, T) of real above imaginary parts."""
    real, imag = spectrum_B2KT.chunk(2, dim=1)
    return real.square() + imag.square()


def envelope_of(mel: MelConfig, frames: MelConfig) -> tuple[Tensor, Tensor]:
    """Return how a log mel becomes log magnitudes of the bins of `frames`: interpolation (K, F),
    offset (F,).
    """
    filters_FK = mel_filterbank(mel).astype(np.float64)
    area_F = filters_FK.sum(1)
    bins_K = np.arange(filters_FK.shape[1])
    centre_F = (filters_FK * bins_K).sum(1) / area_F
    wanted_K = np.arange(frames.n_fft // 2 + 1) * (mel.n_fft / frames.n_fft)
    columns = [np.interp(wanted_K, centre_F, unit) for unit in np.eye(len(area_F))]
    spread_KF = torch.tensor(np.stack(columns, axis=1), dtype=torch.float32)
    return spread_KF, torch.tensor(np.log(area_F), dtype=torch.float32)
