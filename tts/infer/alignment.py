"""Align recordings with a trained voice: how long each token of a recording lasts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import torch

from tts.align.durations import Aligned, Recording
from tts.align.mas import maximum_path
from tts.batch import Batch
from tts.errors import InputError
from tts.mel import MelConfig
from tts.text.tokens import TokenTable
from tts.voice import Voice

SEARCHES = ("mas", "k2", "attention")


def check_fits(voice: Voice, table: TokenTable, framing: str, mel: MelConfig) -> None:
    """Raise InputError where a voice's tokens or mel are not those of the prepared data."""
    own = voice.frontend_config
    if voice.table != table or own.framing != framing:
        raise InputError(
            f"{voice.source} was trained with other tokens than those of the prepared data "
            f"({own.frontend}, unit {own.unit}, framing {own.framing}): prepare with its front "
            "end, or train a voice on these data and name it with --exp-dir"
        )
    if voice.mel != mel:
        raise InputError(f"{voice.source} knows the mel {voice.mel}; the data have {mel}")


def align_recordings(
    voice: Voice,
    recordings: Iterable[Recording],
    device: str = "cpu",
    search: str = "mas",
    max_frames: int = 8000,
) -> Iterator[Aligned]:
    """Yield durations by monotonic alignment search on the voice's own scores, in order.

    Args:
      voice: one whose model can align: Matcha-TTS by its likelihoods, Tacotron 2 by its attention.
      device: cpu or cuda.
      search: 'mas', or 'k2', which finds the same path where it is installed; of attention
        'attention'.
      max_frames: mel frames of a batch, padding included; on a GPU more is faster.
    Raises: InputError for a model that cannot align; mel that the voice was not made for.
    """
    if not hasattr(voice.model, "align"):
        raise InputError(
            f"{voice.source} is {voice.model_name}, which cannot align: take a voice of matcha"
        )
    if hasattr(voice.model, "attention") != (search == "attention"):
        wanted = "tacotron2" if search == "attention" else "matcha"
        raise InputError(
            f"{voice.source} is {voice.model_name}, --aligner {search} takes a voice of {wanted}"
        )
    model = voice.on(device)
    for batch in _batches(voice, recordings, max_frames):
        ready = [item for item in batch if isinstance(item, _Ready)]
        rows = iter(_durations(model, voice, ready, device, search) if ready else ())
        for item in batch:
            yield item if isinstance(item, Aligned) else Aligned(item.id, tuple(next(rows)))


@dataclass(frozen=True)
class _Ready:
    id: str
    ids: list[int]
    mel: np.ndarray


def _batches(
    voice: Voice, recordings: Iterable[Recording], max_frames: int
) -> Iterator[list[_Ready | Aligned]]:
    """Yield batches whose padded mel is within `max_frames`, with what cannot be aligned."""
    batch: list[_Ready | Aligned] = []
    longest = count = 0
    for recording in recordings:
        fault = _fault(voice, recording)
        if fault:
            batch.append(Aligned(recording.id, faults=(fault,)))
            continue
        longest = max(longest, recording.num_frames)
        if count and longest * (count + 1) > max_frames:
            yield batch
            batch, count, longest = [], 0, recording.num_frames
        batch.append(_Ready(recording.id, voice.encode(recording.tokens), _mel(voice, recording)))
        count += 1
    if batch:
        yield batch


def _fault(voice: Voice, recording: Recording) -> tuple[str, str] | None:
    """Say why a recording cannot be aligned."""
    unknown = voice.table.unknown(recording.tokens)
    if unknown:
        return "unknown-phone", f"the voice has no token {' '.join(unknown)}"
    framed = len(voice.encode(recording.tokens))
    if recording.num_frames < framed:
        return "too-short", f"{recording.num_frames} frames for {framed} tokens with blanks"
    return None


def _mel(voice: Voice, recording: Recording) -> np.ndarray:
    mel = recording.mel()
    if mel.ndim != 2 or mel.shape[1] != voice.mel.n_mels:
        raise InputError(
            f"{recording.id}: a mel of shape {mel.shape}, but {voice.source} was trained with "
            f"{voice.mel.n_mels} bins"
        )
    return mel


@torch.inference_mode()
def _durations(
    model, voice: Voice, ready: list[_Ready], device: str, search: str
) -> list[list[int]]:
    token_lens = [len(item.ids) for item in ready]
    mel_lens = [len(item.mel) for item in ready]
    tokens = torch.full((len(ready), max(token_lens)), voice.table.pad_id)
    mel = torch.zeros((len(ready), max(mel_lens), voice.mel.n_mels))
    for row, item in enumerate(ready):
        tokens[row, : token_lens[row]] = torch.tensor(item.ids)
        mel[row, : mel_lens[row]] = torch.from_numpy(np.asarray(item.mel, dtype=np.float32))
    batch = Batch(
        ids=[item.id for item in ready],
        tokens_BL=tokens,
        tokens_lens=torch.tensor(token_lens),
        mel_BTF=mel,
        mel_lens=torch.tensor(mel_lens),
    ).to(device)
    durations_BL = model.align(batch, _search(search)).cpu()
    return [durations_BL[row, :count].tolist() for row, count in enumerate(token_lens)]


def _search(name: str) -> Callable:
    if name == "k2":
        from tts.align.k2_search import durations_by_k2

        return durations_by_k2
    if name not in SEARCHES:
        raise InputError(f"no search {name!r} (known: {', '.join(SEARCHES)})")
    return maximum_path
