"""Describe what a model exports: its graphs, their inputs and outputs, what they must equal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from tts.models.lengths import whole_frames

# The runtime passes these by position; it takes the first output as the mel.
INPUTS = ("x", "x_length", "noise_scale", "length_scale")
OUTPUTS = ("mel", "durations")
# Speeds at which some sizes are checked, the rest at 1. They have few bits, so that sums of
# durations are exact: else the last bit of a sum may give a frame to the neighbouring token.
SPEEDS = {3: 1.25, 17: 0.875, 65: 1.125, 150: 1.5}


@dataclass(frozen=True)
class ExportGraph:
    """Say what one exported file computes, and how it is checked.

    Attributes:
      file: the name of the file.
      build: makes the module: one of torch.jit.script keeps its loops and branches, any other is
        traced. Inputs and outputs are tensors, by position.
      inputs, outputs: their names. An output "durations" counts the frames of an output "mel" that
        each token has.
      dynamic: for each input or output the axes that may change, with their names.
      examples: inputs of a size (tokens, frames, steps ...) by a seed; without noise, since the
        graph is compared with `reference` for them.
      reference: PyTorch's outputs for the same inputs.
      facts: metadata of this file alone, such as the number of steps.
      int8: whether products are written in 8 bit; keep: beginnings of the names of buffers of the
        module that stay float32.
      packaged: whether sherpa-onnx speaks with the file.
    """

    file: str
    build: Callable[[], nn.Module]
    inputs: Sequence[str]
    outputs: Sequence[str]
    dynamic: Mapping[str, Mapping[int, str]]
    examples: Callable[[int, int], Sequence[Tensor]]
    reference: Callable[..., Tensor | Sequence[Tensor]]
    facts: Mapping[str, str] = field(default_factory=dict)
    int8: bool = False
    keep: Sequence[str] = ()
    packaged: bool = True


class Utterance(nn.Module):
    """Speak with the runtime's inputs and outputs, by a model's `synthesise`.

    controls: further scales of the model that are inputs, such as pitch_scale.
    """

    def __init__(self, model: nn.Module, controls: Sequence[str] = (), **options: int):
        super().__init__()
        self.model, self.controls, self.options = model, tuple(controls), options

    def forward(
        self, x: Tensor, x_length: Tensor, noise_scale: Tensor, length_scale: Tensor, *more: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Turn ids (N, L), their counts (N,), two scales (1,), and those of `controls`, (1,) or for
        each id (L,), into log mel (N, n_mels, T) and frames of each id, int64 (N, L).
        """
        controls = dict(zip(self.controls, more, strict=True))
        spoken = self.model.synthesise(
            x, x_length, noise_scale, length_scale, **self.options, **controls
        )
        durations_NL = whole_frames(spoken["durations_BL"], x_length, spoken["mel_lens"])
        return spoken["mel_BTF"].transpose(1, 2), durations_NL


def utterances(vocab_size: int, num_controls: int = 0) -> Callable[[int, int], list[Tensor]]:
    """Make examples of one utterance for the runtime's inputs: repeatable random ids.

    Every other id is low, as blanks are; each control is a factor for each id.
    """

    def example(size: int, seed: int) -> list[Tensor]:
        random = torch.Generator().manual_seed(1000 * seed + size)
        ids_NL = torch.randint(0, vocab_size, (1, size), generator=random)
        ids_NL[:, ::2] %= 2
        speed = torch.tensor([SPEEDS.get(size, 1.0)])
        controls = [0.8 + 0.45 * torch.rand(size, generator=random) for _ in range(num_controls)]
        return [ids_NL, torch.tensor([size]), torch.tensor([0.0]), speed, *controls]

    return example
