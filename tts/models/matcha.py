"""Define Matcha-TTS (Mehta et al. 2024, arXiv 2309.03199): flow matching on the mel."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tts.align.mas import Search, maximum_path
from tts.autocast import no_autocast
from tts.batch import Batch
from tts.models.facts import Facts
from tts.models.flow_decoder import FlowDecoderConfig, VelocityNetwork, length_multiple
from tts.models.graphs import INPUTS, OUTPUTS, ExportGraph, Utterance, utterances
from tts.models.lengths import expand, length_mask
from tts.models.matcha_graph import MatchaGraph
from tts.models.text_encoder import TextEncoder, TextEncoderConfig

SIGMA_MIN = 1e-4


@dataclass(frozen=True)
class MatchaConfig:
    """Hold the published Matcha-TTS; `conf/matcha.toml` holds only differences.

    durations: "search" finds them in every step, "stored" takes those of stage `align`.
    """

    encoder: TextEncoderConfig = dataclasses.field(default_factory=TextEncoderConfig)
    decoder: FlowDecoderConfig = dataclasses.field(default_factory=FlowDecoderConfig)
    durations: Literal["search", "stored"] = "search"


class FlowDecoder(nn.Module):
    """Hold the velocity network, its training target and its ODE solver."""

    def __init__(self, config: FlowDecoderConfig, n_mels: int):
        super().__init__()
        self.estimator = VelocityNetwork(config, n_mels)

    def loss(self, x_1: Tensor, mu: Tensor, mask_B1T: Tensor) -> Tensor:
        """Compute the mean squared error of the velocity at a random time (equations 4 and 5).

        Args:
          x_1: normalised mel (B, F, T); mu: prior mean (B, F, T); mask_B1T: real frames.

        Returns: scalar, mean over real frames and bins.
        """
        t = torch.rand(x_1.shape[0], 1, 1, device=x_1.device, dtype=x_1.dtype)
        x_0 = torch.randn_like(x_1)
        x_t = (1 - (1 - SIGMA_MIN) * t) * x_0 + t * x_1
        target = x_1 - (1 - SIGMA_MIN) * x_0
        velocity = self.estimator(x_t, mu, mask_B1T, t[:, 0, 0])
        error = (velocity.float() - target).square() * mask_B1T
        return error.sum() / (mask_B1T.sum() * x_1.shape[1])

    def integrate(self, x_0: Tensor, mu: Tensor, mask_B1T: Tensor, num_steps: int) -> Tensor:
        """Follow the velocity from t = 0 to 1 by Euler steps of equal size."""
        x_t = x_0
        for x_t in self.path(x_0, mu, mask_B1T, num_steps):
            pass
        return x_t

    def path(self, x_0: Tensor, mu: Tensor, mask_B1T: Tensor, num_steps: int) -> Iterator[Tensor]:
        """Yield where each of the Euler steps of `integrate` ends."""
        x_t = x_0
        for step in range(num_steps):
            t = torch.full((x_0.shape[0],), step / num_steps, device=x_0.device)
            x_t = x_t + self.estimator(x_t, mu, mask_B1T, t) / num_steps
            yield x_t


class Matcha(nn.Module):
    """Turn text into mel by conditional flow matching, with durations from alignment search.

    Attributes:
      mel_mean, mel_std: scalar buffers, the training set's log-mel statistics; inside, the
        mel is normalised by them.
      inputs: what a batch must hold besides tokens and mel.
      changeable: options that a resumed run may change.
      predicted: losses that do not select the best checkpoint: of what is predicted beside the mel.
    """

    Config = MatchaConfig
    changeable = ("durations",)
    predicted: tuple[str, ...] = ("dur_loss",)
    controls: tuple[str, ...] = ()

    def __init__(self, config: MatchaConfig, facts: Facts):
        super().__init__()
        self.config = config
        self.inputs = self.inputs_of(config)
        self.register_buffer("mel_mean", torch.tensor(float(facts.mel_mean)))
        self.register_buffer("mel_std", torch.tensor(float(facts.mel_std)))
        self.encoder = TextEncoder(config.encoder, facts.vocab_size, facts.n_mels)
        self.decoder = FlowDecoder(config.decoder, facts.n_mels)

    @staticmethod
    def inputs_of(config: MatchaConfig) -> tuple[str, ...]:
        """Return the `inputs` of a model with this configuration."""
        return ("durations",) if config.durations == "stored" else ()

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        """Return the losses of a batch, so that DDP's forward sees them: see `losses`."""
        return self.losses(batch)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Compute the named losses (section 3.1); the total is their sum.

        dur_loss: squared error of log durations per token; prior_loss: negative
        log-likelihood of the mel under a unit Gaussian at mu, per frame and bin; diff_loss:
        flow matching. Durations are the batch's own, else found by alignment search. A token
        that has no frames is learned as one of one frame, the shortest that can be spoken.
        """
        losses, mel_BFT, mu_BFT, mask_B1T = self._encoder_losses(batch)
        return {**losses, "diff_loss": self.decoder.loss(mel_BFT, mu_BFT, mask_B1T)}

    def _encoder_losses(self, batch: Batch) -> tuple[dict[str, Tensor], Tensor, Tensor, Tensor]:
        """Compute dur_loss and prior_loss; return them with normalised mel, mu and mask."""
        mel_BFT, mask_B1T = self._normalised(batch.mel_BTF, batch.mel_lens)
        mask_B1L = length_mask(batch.tokens_lens, batch.tokens_BL.shape[1])
        mu_x, logw = self.encoder(batch.tokens_BL, mask_B1L)
        mu_x, logw = mu_x.float(), logw.float()
        durations_BL = batch.durations_BL
        if durations_BL is None:
            if self.inputs:
                raise ValueError(f"the batch lacks what the model takes: {self.inputs}")
            durations_BL = self._find_durations(mu_x, mel_BFT, batch)
        log_durations = torch.log(durations_BL.clamp(min=1).float()) * mask_B1L[:, 0]
        dur_loss = (logw[:, 0] - log_durations).square().sum() / mask_B1L.sum()
        mu_BFT = expand(mu_x, durations_BL, mel_BFT.shape[2]) * mask_B1T
        nats = 0.5 * ((mel_BFT - mu_BFT).square() + math.log(2 * math.pi)) * mask_B1T
        prior_loss = nats.sum() / (mask_B1T.sum() * mel_BFT.shape[1])
        return {"dur_loss": dur_loss, "prior_loss": prior_loss}, mel_BFT, mu_BFT, mask_B1T

    def compile_parts(self, backend: str = "inductor") -> None:
        """Compile encoder and velocity network in place; names and weights stay as they are.

        Lengths are symbols in what is compiled, so one graph serves all batches. Alignment
        search and the gathering by durations are left as they are.
        """
        self.encoder.compile(dynamic=True, backend=backend)
        self.decoder.estimator.compile(dynamic=True, backend=backend)

    @torch.no_grad()
    def align(self, batch: Batch, search: Search = maximum_path) -> Tensor:
        """Find the durations (B, L), int64 frames, of the batch's tokens by alignment search.

        search: as `maximum_path`, which finds the best path through the scores.
        """
        mel_BFT, _ = self._normalised(batch.mel_BTF, batch.mel_lens)
        mask_B1L = length_mask(batch.tokens_lens, batch.tokens_BL.shape[1])
        mu_x, _ = self.encoder(batch.tokens_BL, mask_B1L)
        return self._find_durations(mu_x.float(), mel_BFT, batch, search)

    def synthesise(
        self,
        tokens_BL: Tensor,
        tokens_lens: Tensor,
        noise_scale: Tensor | float = 0.667,
        length_scale: Tensor | float = 1.0,
        num_steps: int = 3,
        max_frames: int | None = None,
        generator: torch.Generator | None = None,
    ) -> dict[str, Tensor]:
        """Speak: tokens to mel.

        Args:
          tokens_BL: int64 ids with blanks and framing; tokens_lens: int64 (B,).
          noise_scale: standard deviation of x_0 (the temperature); 0 gives one answer.
          length_scale: above 1 is slower.
          num_steps: Euler steps.
          max_frames: cut what is longer.
          generator: of the noise; None: torch's own.

        Returns: mel_BTF, natural-log mel, de-normalised, zero on padding; mel_lens, int64
        (B,); durations_BL, frames (fractional under a length scale).
        """
        mask_B1L = length_mask(tokens_lens, tokens_BL.shape[1])
        mu_x, logw = self.encoder(tokens_BL, mask_B1L)
        durations_BL = (torch.ceil(torch.exp(logw)) * mask_B1L)[:, 0] * length_scale
        mel_lens = torch.clamp(durations_BL.sum(1).floor().to(torch.int64), min=1)
        if max_frames is not None:
            mel_lens = mel_lens.clamp(max=max_frames)
        multiple = length_multiple(self.config.decoder)
        num_frames = mel_lens.max()
        padded = torch.div(num_frames + multiple - 1, multiple, rounding_mode="floor") * multiple
        mask_B1T = length_mask(mel_lens, padded)
        mu_BFT = expand(mu_x, durations_BL, padded) * mask_B1T
        # The same numbers as randn_like, which takes no generator in older torch.
        noise_BFT = (
            torch.randn_like(mu_BFT)
            if generator is None
            else torch.empty_like(mu_BFT).normal_(generator=generator)
        )
        x_0 = noise_BFT * noise_scale
        mel_BFT = self.decoder.integrate(x_0, mu_BFT, mask_B1T, num_steps)
        mel_BFT = (mel_BFT * self.mel_std + self.mel_mean) * mask_B1T
        return {
            "mel_BTF": mel_BFT[:, :, :num_frames].transpose(1, 2),
            "mel_lens": mel_lens,
            "durations_BL": durations_BL,
        }

    def resynthesise(
        self,
        batch: Batch,
        noise_scale: float = 0.667,
        num_steps: int = 3,
        generator: torch.Generator | None = None,
    ) -> Tensor:
        """Make the mel of recorded utterances under their own durations: log mel like mel_BTF.

        Durations are the batch's own, else found by alignment search; the rest as `synthesise`.
        """
        mu_BFT, mask_B1T = self._aligned(batch)
        x_0 = torch.empty_like(mu_BFT).normal_(generator=generator) * noise_scale
        made_BFT = self.decoder.integrate(x_0, mu_BFT, mask_B1T, num_steps)
        made_BFT = (made_BFT * self.mel_std + self.mel_mean) * mask_B1T
        return made_BFT[:, :, : batch.mel_BTF.shape[1]].transpose(1, 2)

    def trace(
        self,
        batch: Batch,
        states: int,
        num_steps: int,
        noise_scale: float = 0.667,
        generator: torch.Generator | None = None,
    ) -> Tensor:
        """Follow the flow of recorded utterances under their own durations, for a student.

        Args: states, in how many parts of equal time it is cut; num_steps, a multiple of it.
        Returns: float16 (B, T, (states + 1) * F), normalised: the noise that it begins with, then
        the end of each part.
        """
        mu_BFT, mask_B1T = self._aligned(batch)
        noise_BFT = torch.empty_like(mu_BFT).normal_(generator=generator) * noise_scale * mask_B1T
        kept = [noise_BFT.half()]
        path = self.decoder.path(kept[0].float(), mu_BFT, mask_B1T, num_steps)
        for step, x_t in enumerate(path, 1):
            if step % (num_steps // states) == 0:
                kept.append((x_t * mask_B1T).half())
        return torch.cat(kept, 1)[:, :, : batch.mel_BTF.shape[1]].transpose(1, 2)

    def _aligned(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return mu (B, F, T) under the batch's durations, else those found, and the mask."""
        mel_BFT, mask_B1T = self._normalised(batch.mel_BTF, batch.mel_lens)
        mask_B1L = length_mask(batch.tokens_lens, batch.tokens_BL.shape[1])
        mu_x, _ = self.encoder(batch.tokens_BL, mask_B1L)
        durations_BL = batch.durations_BL
        if durations_BL is None:
            durations_BL = self._find_durations(mu_x.float(), mel_BFT, batch)
        return expand(mu_x.float(), durations_BL, mel_BFT.shape[2]) * mask_B1T, mask_B1T

    @staticmethod
    def graph_files(steps: Sequence[int]) -> list[str]:
        """Name the files of `export_graphs` that sherpa-onnx reads."""
        return [f"model-steps-{count}.onnx" for count in steps]

    def export_graphs(self, steps: Sequence[int], int8: bool = False) -> list[ExportGraph]:
        """List the graphs to export: one utterance, for each number of Euler steps.

        int8: those in 8 bit in the place of those in float32.
        """
        return [
            ExportGraph(
                file=file,
                build=lambda count=count: torch.jit.script(MatchaGraph(self, count, int8)),
                inputs=INPUTS,
                outputs=OUTPUTS,
                dynamic={"x": {1: "L"}, "mel": {2: "T"}, "durations": {1: "L"}},
                examples=utterances(self.encoder.emb.num_embeddings),
                reference=Utterance(self, num_steps=count),
                facts={"num_ode_steps": str(count)},
                int8=int8,
                keep=MatchaGraph.KEEP,
            )
            for count, file in zip(steps, self.graph_files(steps), strict=True)
        ]

    def _normalised(self, mel_BTF: Tensor, mel_lens: Tensor) -> tuple[Tensor, Tensor]:
        """Return the normalised mel (B, F, T), T padded for the U-Net, and its mask (B, 1, T)."""
        mel_BFT = mel_BTF.transpose(1, 2)
        mel_BFT = F.pad(mel_BFT, (0, -mel_BFT.shape[2] % length_multiple(self.config.decoder)))
        mask_B1T = length_mask(mel_lens, mel_BFT.shape[2])
        return (mel_BFT - self.mel_mean) / self.mel_std * mask_B1T, mask_B1T

    @torch.no_grad()
    def _find_durations(
        self, mu_x: Tensor, mel_BFT: Tensor, batch: Batch, search: Search = maximum_path
    ) -> Tensor:
        """Search the alignment on log N(mel; mu_x, 1), constant terms left out."""
        with no_autocast(mu_x.device.type):
            cross = torch.bmm(mu_x.transpose(1, 2), mel_BFT)
            log_p_BLT = (
                cross
                - 0.5 * mu_x.square().sum(1)[:, :, None]
                - 0.5 * mel_BFT.square().sum(1)[:, None]
            )
        return search(log_p_BLT, batch.tokens_lens, batch.mel_lens)
