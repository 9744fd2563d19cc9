"""Measure a vocoder in training on held-out recordings; draw pictures, write sound."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from tts.data.segments import samples_of
from tts.train.monitor import Monitor
from tts.train.pictures import mel_figure
from tts.train.segments import SegmentData
from tts.vocoders import seeded
from tts.vocoders.losses import SpectralDistance
from tts.vocoders.spectra import LogMel, margins

# What is measured, with its name in the log.
HELD_OUT = {"mel_l1": "log-mel L1", "stft": "STFT", "nll": "negative log-likelihood"}
SEED = 0  # of the noise of a vocoder that takes any: a measurement draws nothing from the training


class HeldOut:
    """Measure a vocoder on the validation recordings, whole, one by one."""

    def __init__(self, data: SegmentData, limit: int, device: torch.device):
        """Args: limit, how many recordings count; 0: all."""
        self.data, self.device = data, device
        self.count = min(len(data.valid), limit or len(data.valid))
        self._log_mel = LogMel(data.mel).to(device)
        self._stft = SpectralDistance().to(device)

    def distances(self, model: Any) -> dict[str, float]:
        """Return log-mel L1 in nats, over all bins of all frames, and the mean STFT distance.

        A vocoder with a likelihood also has its mean negative logarithm, per sample.
        """
        total, values, stft, nll = 0.0, 0, 0.0, 0.0
        for mel_BTF, real_BS in self._recordings():
            made_BS = seeded(model, mel_BTF, SEED).float()
            found_BTF = self._log_mel(made_BS)
            total += float((found_BTF - mel_BTF).abs().sum())
            values += mel_BTF.numel()
            stft += float(self._stft(made_BS, real_BS))
            if hasattr(model, "losses"):
                nll += float(model.losses(mel_BTF, real_BS)["tot_loss"])
        found = {"mel_l1": total / values, "stft": stft / self.count}
        return {**found, "nll": nll / self.count} if hasattr(model, "losses") else found

    def draw(self, monitor: Monitor, model: Any, step: int) -> None:
        """Write the first recording's mels and sounds to TensorBoard."""
        mel_BTF, real_BS = next(self._recordings())
        made_BS = seeded(model, mel_BTF, SEED).float().clamp(-1, 1)
        rate, name = self.data.mel.sample_rate, self.data.valid.ids[0]
        mels = {f"recording {name}": mel_BTF, "vocoder": self._log_mel(made_BS)}
        figure = mel_figure({title: mel[0].cpu().numpy() for title, mel in mels.items()})
        monitor.picture("valid/mel", figure, step)
        monitor.audio("valid/speech", made_BS[0].cpu().numpy(), rate, step)
        monitor.audio("valid/recording", real_BS[0].cpu().numpy(), rate, step)

    def _recordings(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Log mel (1, T, F) and samples (1, T * hop_length) of each recording."""
        left, right = margins(self.data.mel)
        for index in range(self.count):
            stored = np.array(samples_of(self.data.valid[index][:, 0]))
            padded_BS = torch.from_numpy(stored)[None].to(self.device)
            yield self._log_mel.of_context(padded_BS), padded_BS[:, left : len(stored) - right]
