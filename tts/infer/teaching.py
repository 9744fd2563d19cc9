"""Follow a trained voice's flow on recordings, for a student to be trained on."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

import numpy as np
import torch

from tts.batch import Batch
from tts.errors import InputError
from tts.voice import SpeakingOptions, Voice


def check_teacher(voice: Voice, states: int, options: SpeakingOptions) -> None:
    """Raise InputError where a voice has no flow, or one that cannot be cut into `states` parts."""
    if not hasattr(voice.model, "trace") or hasattr(voice.model.config, "steps"):
        raise InputError(
            f"{voice.source} is {voice.model_name}: a teacher is a voice of matcha, no student"
        )
    if options.num_steps % states:
        raise InputError(
            f"{options.num_steps} steps of the teacher cannot be cut into {states} parts: give "
            f"--teacher-steps a multiple of {states}"
        )


@torch.inference_mode()
def trace_flow(
    voice: Voice,
    batches: Iterable[Batch],
    states: int,
    options: SpeakingOptions,
    device: str = "cpu",
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield id and flow states, float16 (T, (states + 1) * F), of each utterance of `batches`.

    Noise depends on options.seed and the utterance's id alone.

    Args: batches, of one utterance each, with durations where these are stored.
    """
    model = voice.on(device)
    for batch in batches:
        (name,) = batch.ids
        seed = zlib.crc32(f"{options.seed} {name}".encode())
        generator = torch.Generator(device).manual_seed(seed)
        path_BTC = model.trace(
            batch.to(device), states, options.num_steps, options.noise_scale, generator
        )
        yield name, path_BTC[0].cpu().numpy()
