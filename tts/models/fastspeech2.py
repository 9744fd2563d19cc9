"""Define FastSpeech 2 (Ren et al. 2021, arXiv 2006.04558): durations, pitch and energy made
explicit.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from tts.batch import Batch
from tts.models.facts import Facts
from tts.models.feed_forward_transformer import FeedForwardConfig, FeedForwardTransformer
from tts.models.fused import Linear, dropout
from tts.models.graphs import INPUTS, OUTPUTS, ExportGraph, Utterance, utterances
from tts.models.lengths import TokenSelection, length_mask, select_tokens
from tts.models.predictor import ChannelNorm
from tts.models.rows import convolving_rows
from tts.models.variance_adaptor import Scales, Truth, VarianceAdaptor, VarianceConfig


@dataclass(frozen=True)
class PostNetConfig:
    """Hold the sizes of Tacotron 2's post-net (Shen et al. 2018), which the paper does without:
    num_layers 0.

    Normalised over channels in the place of batches, so that padding and neighbours in a batch
    change nothing.
    """

    num_layers: int = 0
    channels: int = 512
    kernel_size: int = 5
    dropout: float = 0.5


@dataclass(frozen=True)
class FastSpeech2Config:
    """Hold the paper's FastSpeech 2; `conf/fastspeech2.toml` holds only differences.

    blanks: "strip" leaves out the blanks between tokens, "keep" reads them as tokens.
    """

    encoder: FeedForwardConfig = dataclasses.field(default_factory=FeedForwardConfig)
    variance: VarianceConfig = dataclasses.field(default_factory=VarianceConfig)
    decoder: FeedForwardConfig = dataclasses.field(default_factory=FeedForwardConfig)
    postnet: PostNetConfig = dataclasses.field(default_factory=PostNetConfig)
    blanks: Literal["strip", "keep"] = "strip"


class FastSpeech2(nn.Module):
    """Turn text into mel in one pass, with durations, pitch and energy that can be told.

    24.5 million parameters with 157 tokens and 80 mel bins, of which each of the eight blocks has
    2.89 and each predictor 0.40 million.

    Attributes:
      mel_mean, mel_std: scalar buffers, the training set's log-mel statistics; inside, the
        mel is normalised by them.
      blank: buffer, the id of the token between tokens.
    """

    Config = FastSpeech2Config
    inputs = ("durations", "pitch")
    changeable = ()
    predicted = ("dur_loss", "pitch_loss", "pitch_moments_loss", "energy_loss")
    controls = ("pitch_scale", "energy_scale")

    def __init__(self, config: FastSpeech2Config, facts: Facts):
        super().__init__()
        self.config = config
        self.register_buffer("mel_mean", torch.tensor(float(facts.mel_mean)))
        self.register_buffer("mel_std", torch.tensor(float(facts.mel_std)))
        self.register_buffer("blank", torch.tensor(facts.pad_id))
        channels, wide = config.encoder.channels, config.decoder.channels
        self.embedding = nn.Embedding(facts.vocab_size, channels)
        self.encoder = FeedForwardTransformer(config.encoder)
        self.adaptor = VarianceAdaptor(channels, config.variance)
        self.widen = Linear(channels, wide) if wide != channels else nn.Identity()
        self.decoder = FeedForwardTransformer(config.decoder)
        self.adaptor.pitch.predictor.frame_seconds = facts.frame_seconds
        n_mels = facts.n_mels
        self.project_mel = Linear(wide, n_mels)
        self.postnet = PostNet(config.postnet, n_mels) if config.postnet.num_layers else None
        if facts.contour_statistics:
            self._set_statistics(facts.contour_statistics)

    def _set_statistics(self, of: Mapping[str, float]) -> None:
        low, high = math.log(of["f0_min"]), math.log(of["f0_max"])
        self.adaptor.pitch.set_statistics(of["log_f0_mean"], of["log_f0_std"], low, high)
        names = ("energy_mean", "energy_std", "energy_min", "energy_max")
        self.adaptor.energy.set_statistics(*(of[name] for name in names))

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        """Return the losses of a batch, so that DDP's forward sees them: see `losses`."""
        return self.losses(batch)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Compute the named losses (section 2.2); the total is their sum.

        mel_loss: mean absolute error of the normalised mel, per frame and bin (postnet_loss the
        same behind the post-net); the others are mean squared errors. dur_loss: of
        log(1 + frames) per token; pitch_loss: of the wavelet coefficients, or of the values
        themselves; pitch_moments_loss: of mean and deviation of each utterance's log F0;
        energy_loss.

        Raises: ValueError for a batch without durations, pitch or energy.
        """
        hidden_BDT, mask_B1T, losses = self._with_truth(batch)
        target_BTF = (batch.mel_BTF - self.mel_mean) / self.mel_std
        mel_BTF = self._decode(hidden_BDT, mask_B1T)
        mask_BT1 = mask_B1T.transpose(1, 2)
        size = mask_BT1.sum() * mel_BTF.shape[2]
        error = ((mel_BTF.float() - target_BTF) * mask_BT1).abs().sum() / size
        losses = {"mel_loss": error, **losses}
        if self.postnet is not None:
            mel_BTF = self.postnet(mel_BTF, mask_B1T)
            error = ((mel_BTF.float() - target_BTF) * mask_BT1).abs().sum() / size
            losses["postnet_loss"] = error
        return losses

    def _with_truth(self, batch: Batch) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
        """Hidden frames (B, D, T) with the recordings' values, their mask, predictors' losses."""
        if batch.durations_BL is None or batch.log_f0_BT is None or batch.energy_BT is None:
            raise ValueError(
                f"the batch lacks what the model declares as its inputs: {self.inputs}"
            )
        mask_B1T = length_mask(batch.mel_lens, batch.mel_BTF.shape[1])
        tokens_BP, lens, selection = self._select(batch.tokens_BL, batch.tokens_lens, exact=False)
        durations_BP = (
            batch.durations_BL
            if selection is None
            else selection.take_durations(batch.durations_BL)
        )
        hidden_BDP, mask_B1P = self._encode(tokens_BP, lens)
        truth = Truth(durations_BP, batch.log_f0_BT, batch.energy_BT)
        hidden_BDT, losses = self.adaptor.losses(hidden_BDP, mask_B1P, mask_B1T, truth)
        return hidden_BDT, mask_B1T, losses

    def compile_parts(self, backend: str = "inductor") -> None:
        """Compile encoder and decoder in place; names and weights stay as they are."""
        self.encoder.compile(dynamic=True, backend=backend)
        self.decoder.compile(dynamic=True, backend=backend)

    def synthesise(
        self,
        tokens_BL: Tensor,
        tokens_lens: Tensor,
        noise_scale: Tensor | float = 0.667,
        length_scale: Tensor | float = 1.0,
        num_steps: int = 1,
        max_frames: int | None = None,
        pitch_scale: Tensor | float = 1.0,
        energy_scale: Tensor | float = 1.0,
        generator: torch.Generator | None = None,
    ) -> dict[str, Tensor]:
        """Speak: tokens to mel.

        Args:
          tokens_BL: int64 ids with blanks and framing; tokens_lens: int64 (B,).
          noise_scale, num_steps, generator: of no effect, there being no noise and no steps.
          length_scale: above 1 is slower. pitch_scale: factor of F0. energy_scale: factor of
            energy. Each a number, or a tensor that broadcasts to (B, L): a factor for each
            token, of which those of blanks are not looked at where blanks are left out.
          max_frames: cut what is longer.

        Returns: mel_BTF, natural-log mel, de-normalised, zero on padding; mel_lens, int64
        (B,); durations_BL, int64 frames of the tokens given.
        """
        del num_steps, generator
        tokens_BP, lens, selection = self._select(tokens_BL, tokens_lens, exact=True)
        ones_BL = torch.ones_like(tokens_BL, dtype=torch.float32)
        each = [ones_BL * scale for scale in (length_scale, pitch_scale, energy_scale)]
        scales = Scales(*(each if selection is None else map(selection.take, each)))
        hidden_BDP, mask_B1P = self._encode(tokens_BP, lens)
        adapted = self.adaptor.predict(hidden_BDP, mask_B1P, scales, max_frames)
        mask_B1T = length_mask(adapted.mel_lens, adapted.hidden_BDT.shape[2])
        mel_BTF = self._decode(adapted.hidden_BDT, mask_B1T)
        if self.postnet is not None:
            mel_BTF = self.postnet(mel_BTF, mask_B1T)
        # An input that a runtime passes must have a use in the exported graph.
        mean = self.mel_mean + 0.0 * noise_scale
        durations_BP = adapted.durations_BP
        return {
            "mel_BTF": (mel_BTF * self.mel_std + mean) * mask_B1T.transpose(1, 2),
            "mel_lens": adapted.mel_lens,
            "durations_BL": durations_BP if selection is None else selection.put_back(durations_BP),
        }

    def resynthesise(
        self,
        batch: Batch,
        noise_scale: float = 0.667,
        num_steps: int = 1,
        generator: torch.Generator | None = None,
    ) -> Tensor:
        """Make the mel of recorded utterances under their own durations, pitch and energy.

        noise_scale, num_steps, generator: of no effect.
        Returns: log mel like mel_BTF. Raises: ValueError for a batch without these inputs.
        """
        del noise_scale, num_steps, generator
        hidden_BDT, mask_B1T, _ = self._with_truth(batch)
        mel_BTF = self._decode(hidden_BDT, mask_B1T)
        if self.postnet is not None:
            mel_BTF = self.postnet(mel_BTF, mask_B1T)
        return (mel_BTF * self.mel_std + self.mel_mean) * mask_B1T.transpose(1, 2)

    @staticmethod
    def graph_files(steps: Sequence[int]) -> list[str]:
        """Name the files of `export_graphs` that sherpa-onnx reads."""
        return ["model.onnx"]

    def export_graphs(self, steps: Sequence[int], int8: bool = False) -> list[ExportGraph]:
        """List the graphs to export: speech, and speech with `controls` as further inputs.

        int8: the first in 8 bit in the place of both in float32.
        """
        graphs = [self._graph("model.onnx", (), int8)]
        return graphs if int8 else [*graphs, self._graph("model-scales.onnx", self.controls, False)]

    def _graph(self, file: str, controls: Sequence[str], int8: bool) -> ExportGraph:
        dynamic = {"x": {1: "L"}, "mel": {2: "T"}, "durations": {1: "L"}}
        if not int8:  # any number of utterances
            dynamic["x_length"] = {0: "N"}
            dynamic = {name: {0: "N", **axes} for name, axes in dynamic.items()}
        if controls:
            dynamic |= {name: {0: f"one_or_L_{name}"} for name in ("length_scale", *controls)}
        return ExportGraph(
            file=file,
            build=lambda: Utterance(convolving_rows(self) if int8 else self, controls),
            inputs=(*INPUTS, *controls),
            outputs=OUTPUTS,
            dynamic=dynamic,
            examples=utterances(self.embedding.num_embeddings, len(controls)),
            reference=Utterance(self, controls),
            int8=int8,
            packaged=not controls,
        )

    @torch.no_grad()
    def contours(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Predict log F0 and energy, raw, (B, T), under the batch's durations.

        Raises: ValueError for a batch without durations.
        """
        if batch.durations_BL is None:
            raise ValueError("contours are predicted under durations, which the batch lacks")
        tokens_BP, lens, selection = self._select(batch.tokens_BL, batch.tokens_lens, exact=True)
        durations_BP = (
            batch.durations_BL
            if selection is None
            else selection.take_durations(batch.durations_BL)
        )
        hidden_BDP, mask_B1P = self._encode(tokens_BP, lens)
        mask_B1T = length_mask(batch.mel_lens, batch.mel_BTF.shape[1])
        ones = Scales(*[torch.ones_like(tokens_BP, dtype=torch.float32)] * 3)
        _, found = self.adaptor.put_in(hidden_BDP, mask_B1P, mask_B1T, durations_BP, ones)
        return found["pitch"], found["energy"]

    def _select(
        self, tokens_BL: Tensor, tokens_lens: Tensor, exact: bool
    ) -> tuple[Tensor, Tensor, TokenSelection | None]:
        return select_tokens(tokens_BL, tokens_lens, self.blank, self.config.blanks, exact)

    def _encode(self, tokens_BP: Tensor, lens: Tensor) -> tuple[Tensor, Tensor]:
        """Return hidden tokens (B, D, P), zero on padding, and their mask (B, 1, P)."""
        mask_B1P = length_mask(lens, tokens_BP.shape[1])
        return self.encoder(self.embedding(tokens_BP), mask_B1P).transpose(1, 2), mask_B1P

    def _decode(self, hidden_BDT: Tensor, mask_B1T: Tensor) -> Tensor:
        """Return the normalised mel (B, T, F); anything on padding."""
        hidden_BTD = self.widen(hidden_BDT.transpose(1, 2))
        return self.project_mel(self.decoder(hidden_BTD, mask_B1T))


class PostNet(nn.Module):
    """Correct the mel by convolutions, tanh between them."""

    def __init__(self, config: PostNetConfig, n_mels: int):
        super().__init__()
        sizes = [n_mels, *[config.channels] * (config.num_layers - 1), n_mels]
        self.convs = nn.ModuleList(
            nn.Conv1d(before, after, config.kernel_size, padding=config.kernel_size // 2)
            for before, after in itertools.pairwise(sizes)
        )
        self.norms = nn.ModuleList(ChannelNorm(size) for size in sizes[1:])
        self.dropout = config.dropout

    def forward(self, mel_BTF: Tensor, mask_B1T: Tensor) -> Tensor:
        """Return the normalised mel (B, T, F), corrected."""
        x_BDT = mel_BTF.transpose(1, 2)
        for number, (conv, norm) in enumerate(zip(self.convs, self.norms, strict=True), 1):
            x_BDT = norm(conv(x_BDT * mask_B1T))
            x_BDT = torch.tanh(x_BDT) if number < len(self.convs) else x_BDT
            x_BDT = dropout(x_BDT, self.dropout, self.training)
        return mel_BTF + x_BDT.transpose(1, 2)
