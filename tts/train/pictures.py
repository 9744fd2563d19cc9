"""Draw one utterance of the validation set for TensorBoard; write its sound."""

from __future__ import annotations

from typing import Any

import numpy as np

from tts.batch import Batch
from tts.train.device import any_kernels
from tts.train.monitor import Monitor
from tts.vocoders import Vocoder

# An untrained model may predict hours of speech: drawn up to this many times the recording.
MOST_FRAMES_DRAWN = 4


def draw_utterance(
    monitor: Monitor, model: Any, one: Batch, vocoder: Vocoder | None, step: int
) -> None:
    """Write the mel that `model` makes of one utterance to TensorBoard.

    Besides, its alignment and attention to the recording where the model has them, and with
    `vocoder`, which is on the model's device, its sound.

    No number of the run depends on it, so that kernels need not be deterministic.
    """
    most = MOST_FRAMES_DRAWN * one.num_frames
    with any_kernels():
        spoken = model.synthesise(one.tokens_BL, one.tokens_lens, max_frames=most)
        mel_BTF = spoken["mel_BTF"].float()
        samples_BS = vocoder(mel_BTF) if vocoder is not None else None
        durations_BL = model.align(one) if hasattr(model, "align") else None
        weights_BTP = model.attention(one)[0] if hasattr(model, "attention") else None
    recorded = one.mel_BTF[0].cpu().numpy()
    mels = {f"recording {one.ids[0]}": recorded, "predicted": mel_BTF[0].cpu().numpy()}
    monitor.picture("valid/mel", mel_figure(mels), step)
    if durations_BL is not None:
        monitor.picture("valid/alignment", alignment_figure(durations_BL[0].cpu().numpy()), step)
    if weights_BTP is not None:
        attention_PT = weights_BTP[0].float().cpu().numpy().T
        monitor.scalars("valid/", {"attention_focus": float(attention_PT.max(0).mean())}, step)
        monitor.picture("valid/attention", attention_figure(attention_PT), step)
    if samples_BS is not None:
        samples = samples_BS[0].float().clamp(-1, 1).cpu().numpy()
        monitor.audio("valid/speech", samples, vocoder.mel.sample_rate, step)


def mel_figure(mels: dict[str, np.ndarray]) -> Any:
    """Return a matplotlib figure of titled mels (T, F)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 2.4 * len(mels)), layout="constrained")
    for row, (title, mel_TF) in enumerate(mels.items(), 1):
        axes = figure.add_subplot(len(mels), 1, row)
        axes.imshow(mel_TF.T, origin="lower", aspect="auto", interpolation="nearest")
        axes.set_title(f"{title}: {len(mel_TF)} frames", fontsize=9)
        axes.set_ylabel("mel bin")
    return figure


def alignment_figure(durations: np.ndarray) -> Any:
    """Return a matplotlib figure of the alignment path: frames across, tokens up."""
    durations = np.round(durations).astype(int)
    token_of_frame = np.repeat(np.arange(len(durations)), durations)
    path = np.zeros((len(durations), len(token_of_frame)))
    path[token_of_frame, np.arange(len(token_of_frame))] = 1
    return attention_figure(path)


def attention_figure(weights_PT: np.ndarray) -> Any:
    """Return a matplotlib figure of weights of tokens: frames across, tokens up."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(weights_PT, origin="lower", aspect="auto", interpolation="nearest")
    axes.set_xlabel("frame")
    axes.set_ylabel("token")
    return figure
