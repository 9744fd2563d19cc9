"""Hold one utterance as one system says it, and compare two of them."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from tts.errors import InputError
from tts.evaluate.cepstrum import DECIBELS, cepstral_distance, mel_cepstrum
from tts.evaluate.edits import Edit, align
from tts.evaluate.judges import Judges
from tts.evaluate.warping import dtw
from tts.features.energy import energy
from tts.features.mel import log_mel
from tts.features.pitch import PitchConfig, find_f0
from tts.mel import MelConfig, num_frames

# Utterances of the same times may differ by a rounded frame at each end.
MOST_FRAMES_APART = 2
Pairing = Literal["dtw", "frames"]


@dataclass(frozen=True)
class SystemUtterance:
    """Hold one utterance as one system says it; frames are those of `mel`.

    Attributes:
      samples_S: float32 in [-1, 1] at mel.sample_rate.
      mel: the definition of the frames that everything is measured on.
      model_mel_TF: the natural-log mel as the model made it, before a vocoder, where known.
      durations_L: frames of each framed token, where known.
      word_spans: when each word is heard, seconds from and to, where known.
      rtf: time spent on speaking over length of the speech, where known.
      text: what should have been said, where it is known.
      judges: what hears the samples. pitch: how F0 is found.

    Raises: InputError when there is not one frame of sound.
    """

    samples_S: np.ndarray
    mel: MelConfig
    model_mel_TF: np.ndarray | None = None
    durations_L: np.ndarray | None = None
    word_spans: Sequence[tuple[float, float]] = ()
    rtf: float | None = None
    text: str = ""
    judges: Judges = Judges()
    pitch: PitchConfig = PitchConfig()

    def __post_init__(self) -> None:
        if num_frames(len(self.samples_S), self.mel) == 0:
            raise InputError(f"{len(self.samples_S)} samples are too few to be measured")

    @property
    def seconds(self) -> float:
        """Return the length of the sound."""
        return len(self.samples_S) / self.mel.sample_rate

    @functools.cached_property
    def mel_TF(self) -> np.ndarray:
        """Compute the natural-log mel of the samples."""
        return log_mel(self.samples_S, self.mel)

    @functools.cached_property
    def f0_T(self) -> np.ndarray:
        """Find F0 of each frame in Hz, 0 where unvoiced."""
        return find_f0(self.samples_S, self.mel.sample_rate, self.mel.hop_length, self.pitch)

    @functools.cached_property
    def energy_T(self) -> np.ndarray:
        """Compute the L2 norm of the magnitude spectrum of each frame."""
        return energy(self.samples_S, self.mel)

    @functools.cached_property
    def opinion(self) -> dict[str, float]:
        """Return what DNSMOS says, empty without it."""
        judge = self.judges.dnsmos
        return judge(self.samples_S, self.mel.sample_rate) if judge else {}

    @functools.cached_property
    def heard_text(self) -> str | None:
        """Return what the recogniser heard; None without one or without a text to compare with."""
        hear = self.judges.recogniser
        return hear(self.samples_S, self.mel.sample_rate) if hear and self.text else None

    @functools.cached_property
    def edits(self) -> dict[str, list[Edit]]:
        """Align what was heard with the text in each kind of unit, empty without a recogniser."""
        if self.heard_text is None or self.judges.units is None:
            return {}
        said, heard = self.judges.units(self.text), self.judges.units(self.heard_text)
        return {kind: align(said[kind], heard[kind]) for kind in said}


@dataclass(frozen=True)
class Comparison:
    """Compare an utterance as spoken and as recorded.

    Attributes:
      recorded_durations_L: frames of each framed token in the recording, where an aligner found
        them; blanks_L: which of these tokens are blanks.
      pairing: frames belong together along the warping path of least cepstral distance (dtw),
        or one by one (frames), for speech made with the recording's own times.

    Raises: InputError when the mels or the numbers of tokens differ, or with pairing "frames"
    the lengths.
    """

    spoken: SystemUtterance
    recorded: SystemUtterance
    recorded_durations_L: np.ndarray | None = None
    blanks_L: np.ndarray | None = None
    pairing: Pairing = "dtw"

    def __post_init__(self) -> None:
        if self.spoken.mel != self.recorded.mel:
            raise InputError(
                f"utterances of different mels cannot be compared:\n  {self.spoken.mel}\n"
                f"  {self.recorded.mel}"
            )
        if self.has_durations:
            spoken, recorded = len(self.spoken.durations_L), len(self.recorded_durations_L)
            if spoken != recorded:
                raise InputError(f"durations of {spoken} and {recorded} tokens cannot be compared")

    @property
    def has_durations(self) -> bool:
        """Say whether the durations of both are known."""
        return self.spoken.durations_L is not None and self.recorded_durations_L is not None

    @property
    def frame_ms(self) -> float:
        """Return the milliseconds from frame to frame."""
        return 1000 * self.spoken.mel.hop_length / self.spoken.mel.sample_rate

    @functools.cached_property
    def heard(self) -> Pairs:
        """Pair the frames of both waveforms."""
        return self._pairs(self.spoken.mel_TF)

    @functools.cached_property
    def modelled(self) -> Pairs | None:
        """Pair the frames of the model's own mel and the recording's, where it is known."""
        mel_TF = self.spoken.model_mel_TF
        return None if mel_TF is None else self._pairs(mel_TF)

    def _pairs(self, mel_TF: np.ndarray) -> Pairs:
        return pair_frames(mel_TF, self.recorded.mel_TF, self.pairing)


@dataclass(frozen=True)
class Pairs:
    """Hold frames that belong together: P rows of `spoken_P` and `recorded_P`, and the cepstral
    distance of each pair in dB.
    """

    spoken_P: np.ndarray
    recorded_P: np.ndarray
    distance_P: np.ndarray


def pair_frames(mel_TF: np.ndarray, recorded_UF: np.ndarray, pairing: Pairing = "dtw") -> Pairs:
    """Pair the frames of two natural-log mels; see Comparison.

    Raises: InputError when one is empty, the numbers of bins differ, or the lengths do with
    pairing "frames".
    """
    spoken, recorded = mel_TF.shape, recorded_UF.shape
    if spoken[1:] != recorded[1:] or 0 in spoken + recorded:
        raise InputError(f"mels of shapes {spoken} and {recorded} cannot be compared")
    cepstrum_TC, recorded_UC = mel_cepstrum(mel_TF), mel_cepstrum(recorded_UF)
    if pairing == "frames":
        if abs(len(mel_TF) - len(recorded_UF)) > MOST_FRAMES_APART:
            raise InputError(
                f"{len(mel_TF)} and {len(recorded_UF)} frames cannot be paired one by one: take "
                "--pairing dtw, or speech made with the recording's durations"
            )
        row_P = column_P = np.arange(min(len(mel_TF), len(recorded_UF)))
    else:
        row_P, column_P = dtw(cepstral_distance(cepstrum_TC, recorded_UC)).T
    squares_P = ((cepstrum_TC[row_P] - recorded_UC[column_P]) ** 2).sum(1)
    return Pairs(row_P, column_P, DECIBELS * np.sqrt(squares_P))
