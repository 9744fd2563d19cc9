"""What people see of a run: console, log file, TensorBoard, pictures."""

from __future__ import annotations

import contextlib
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from tts.batch import Batch


class Monitor:
    """Writes lines, a progress bar where there is a terminal, and TensorBoard scalars."""

    def __init__(self, exp_dir: Path, tensorboard: bool, done_steps: int = 0, main: bool = True):
        """`done_steps` are those of the checkpoint that the run continues from: TensorBoard
        drops what an earlier run wrote of later ones. A process that is not `main` is silent.
        """
        self.writer, self.main = None, main
        self.log = logging.getLogger("tts.train")
        self.log.setLevel(logging.INFO)
        self.log.propagate = False
        for handler in list(self.log.handlers):
            self.log.removeHandler(handler)
            handler.close()
        if not main:
            self.log.addHandler(logging.NullHandler())
            return
        (exp_dir / "log").mkdir(parents=True, exist_ok=True)
        stamp = time.strftime("%Y-%m-%d-%H-%M-%S")
        form = logging.Formatter("%(asctime)s %(levelname)s %(message)s")
        for handler in (
            logging.FileHandler(exp_dir / "log" / f"log-train-{stamp}", encoding="utf-8"),
            logging.StreamHandler(sys.stdout),
        ):
            handler.setFormatter(form)
            self.log.addHandler(handler)
        if tensorboard:
            from torch.utils.tensorboard import SummaryWriter

            first = done_steps + 1 if done_steps else 0
            self.writer = SummaryWriter(str(exp_dir / "tensorboard"), purge_step=first)

    def bar(self, total: int, done: int, epoch: int) -> contextlib.AbstractContextManager[Any]:
        """A progress bar with `update(batches)`; it shows on a terminal alone."""
        if not self.main or not sys.stderr.isatty():
            return contextlib.nullcontext(_NoBar())
        from tqdm import tqdm

        return tqdm(desc=f"epoch {epoch}", total=total, initial=done, leave=False, unit="b")

    def scalars(self, prefix: str, values: dict[str, float], step: int) -> None:
        """Write `prefix + name` for each value."""
        if self.writer is not None:
            for name, value in values.items():
                self.writer.add_scalar(prefix + name, value, step)

    def picture(self, name: str, figure: Any, step: int) -> None:
        """Write a matplotlib figure and close it."""
        if self.writer is not None:
            self.writer.add_figure(name, figure, step)

    def audio(self, name: str, samples: np.ndarray, sample_rate: int, step: int) -> None:
        """Write samples in [-1, 1]."""
        if self.writer is not None:
            self.writer.add_audio(name, samples[None], step, sample_rate=sample_rate)

    def close(self) -> None:
        """Flush everything to disk."""
        if self.writer is not None:
            self.writer.close()
        for handler in self.log.handlers:
            handler.flush()


class _NoBar:
    def update(self, _batches: int) -> None:
        """Nothing to show it on."""


# An untrained model may predict hours of speech: drawn up to this many times the recording.
MOST_FRAMES_DRAWN = 4


def draw_utterance(
    monitor: Monitor,
    model: Any,
    one: Batch,
    vocode: Callable[[torch.Tensor], torch.Tensor] | None,
    sample_rate: int,
    step: int,
) -> None:
    """Write pictures (and with `vocode` sound) of what `model` makes of one utterance."""
    most = MOST_FRAMES_DRAWN * one.num_frames
    spoken = model.synthesise(one.tokens_BL, one.tokens_lens, max_frames=most)
    spoken = spoken["mel_BTF"].float().cpu()
    recorded = one.mel_BTF[0].cpu().numpy()
    mels = {f"recording {one.ids[0]}": recorded, "predicted": spoken[0].numpy()}
    monitor.picture("valid/mel", mel_figure(mels), step)
    if hasattr(model, "align"):
        durations = model.align(one)[0].cpu().numpy()
        monitor.picture("valid/alignment", alignment_figure(durations), step)
    if vocode is not None:
        samples = vocode(spoken)[0].clamp(-1, 1).numpy()
        monitor.audio("valid/speech", samples, sample_rate, step)


def mel_figure(mels: dict[str, np.ndarray], boundaries: np.ndarray | None = None) -> Any:
    """A matplotlib figure of titled mels (T, F), with token boundaries in frames."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 2.4 * len(mels)), layout="constrained")
    for row, (title, mel_TF) in enumerate(mels.items(), 1):
        axes = figure.add_subplot(len(mels), 1, row)
        axes.imshow(mel_TF.T, origin="lower", aspect="auto", interpolation="nearest")
        axes.set_title(f"{title}: {len(mel_TF)} frames", fontsize=9)
        axes.set_ylabel("mel bin")
        if boundaries is not None and row == 1:
            axes.vlines(boundaries - 0.5, 0, mel_TF.shape[1] / 8, colors="white", linewidth=0.6)
    return figure


def alignment_figure(durations: np.ndarray) -> Any:
    """A matplotlib figure of the path: frames across, tokens up."""
    from matplotlib.figure import Figure

    durations = np.round(durations).astype(int)
    token_of_frame = np.repeat(np.arange(len(durations)), durations)
    path = np.zeros((len(durations), len(token_of_frame)))
    path[token_of_frame, np.arange(len(token_of_frame))] = 1
    figure = Figure(figsize=(10, 4), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(path, origin="lower", aspect="auto", interpolation="nearest")
    axes.set_xlabel("frame")
    axes.set_ylabel("token")
    return figure
