"""Make the mels of recordings with a trained voice, under the recordings' own durations."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

import numpy as np
import torch

from tts.batch import Batch
from tts.voice import SpeakingOptions, Voice


@torch.inference_mode()
def resynthesise(
    voice: Voice, batches: Iterable[Batch], options: SpeakingOptions, device: str = "cpu"
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield id and log mel (T, F), float32, of each utterance of `batches`.

    Every mel has the frames of its recording, so that a vocoder can be trained on pairs of it
    and the recording's samples. Noise depends on options.seed and the utterance's id alone.

    Args: batches, of one utterance each, with what the voice's model takes.
    """
    model = voice.on(device)
    for batch in batches:
        (name,) = batch.ids
        seed = zlib.crc32(f"{options.seed} {name}".encode())
        generator = torch.Generator(device).manual_seed(seed)
        mel_BTF = model.resynthesise(
            batch.to(device), options.noise_scale, options.num_steps, generator
        )
        yield name, mel_BTF[0].float().cpu().numpy()
