"""Distil a Matcha-TTS into one or two flow steps: the student learns where its teacher ends.

A flow that was trained at random times needs several steps, since its velocity at time 0 points to
the mean of all that could follow. The student learns from pairs of a noise and what the teacher's
many steps make of it, at its own step positions alone (docs/students.md).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from tts.batch import Batch
from tts.errors import InputError
from tts.models.facts import Facts
from tts.models.flow_decoder import FlowDecoderConfig
from tts.models.graphs import ExportGraph
from tts.models.matcha import FlowDecoder, Matcha
from tts.models.text_encoder import TextEncoderConfig


@dataclass(frozen=True)
class MatchaStudentConfig:
    """Hold the sizes, which may be others than the teacher's, and the flow steps taken: 1 or 2."""

    encoder: TextEncoderConfig = dataclasses.field(default_factory=TextEncoderConfig)
    decoder: FlowDecoderConfig = dataclasses.field(default_factory=FlowDecoderConfig)
    steps: int = 1

    def __post_init__(self) -> None:
        if self.steps not in (1, 2):
            raise InputError(f"steps = {self.steps} of a student: 1 or 2 are possible")


class FixedFlowDecoder(FlowDecoder):
    """Take `steps` steps, whatever number is asked for."""

    steps = 1

    def path(self, x_0: Tensor, mu: Tensor, mask_B1T: Tensor, num_steps: int) -> Iterator[Tensor]:
        return super().path(x_0, mu, mask_B1T, self.steps)


class MatchaStudent(Matcha):
    """Speak as Matcha does, with a fixed number of flow steps; the weights have the same names."""

    Config = MatchaStudentConfig
    changeable: tuple[str, ...] = ()

    def __init__(self, config: MatchaStudentConfig, facts: Facts):
        super().__init__(config, facts)  # type: ignore[arg-type]
        self.decoder = FixedFlowDecoder(config.decoder, facts.n_mels)
        self.decoder.steps = config.steps

    @staticmethod
    def inputs_of(config: MatchaStudentConfig) -> tuple[str, ...]:  # type: ignore[override]
        return ("durations", f"pairs-{config.steps}")

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Compute the named losses; the total is their sum.

        dur_loss, prior_loss: as Matcha's. diff_loss: mean absolute difference of the velocity at
        the student's own step positions and the one that leads to the teacher's next state.
        """
        if batch.path_BTC is None:
            raise ValueError(f"the batch lacks what the model takes: {self.inputs}")
        losses, mel_BFT, mu_BFT, mask_B1T = self._encoder_losses(batch)
        steps = self.config.steps
        path_BCT = batch.path_BTC.transpose(1, 2)
        missing = mel_BFT.shape[2] - path_BCT.shape[2]
        states = torch.nn.functional.pad(path_BCT, (0, missing)).chunk(steps + 1, dim=1)
        step_B = torch.randint(steps, (len(mel_BFT),), device=mel_BFT.device)
        rows = torch.arange(len(mel_BFT), device=mel_BFT.device)
        states_SBFT = torch.stack(states)
        x_BFT, next_BFT = states_SBFT[step_B, rows], states_SBFT[step_B + 1, rows]
        velocity = self.decoder.estimator(x_BFT, mu_BFT, mask_B1T, step_B / steps)
        error = (velocity.float() - (next_BFT - x_BFT) * steps).abs() * mask_B1T
        diff_loss = error.sum() / (mask_B1T.sum() * mel_BFT.shape[1])
        return {**losses, "diff_loss": diff_loss}

    def export_graphs(self, steps: Sequence[int], int8: bool = False) -> list[ExportGraph]:
        """List the graph of the student's own steps. Raises: InputError for other numbers."""
        own = self.config.steps
        if list(steps) != [own]:
            asked = ",".join(map(str, steps))
            raise InputError(
                f"--steps {asked}: this voice is a student of {own}; give --steps {own}"
            )
        return super().export_graphs(steps, int8)
