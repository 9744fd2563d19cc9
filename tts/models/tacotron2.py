"""Define Tacotron 2 (Shen et al. 2018, arXiv 1712.05884) as NVIDIA published it, made to attend by
durations that are known.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tts.align.mas import Search, expand_index, maximum_path
from tts.batch import Batch
from tts.errors import InputError
from tts.models.attention_decoder import (
    FRAMES_A_TOKEN,
    AttentionDecoder,
    AttentionDecoderConfig,
    window,
)
from tts.models.facts import Facts
from tts.models.graphs import INPUTS, OUTPUTS, ExportGraph, Utterance, utterances
from tts.models.lengths import TokenSelection, length_mask, select_tokens
from tts.models.recurrent import SharedLinear
from tts.models.tacotron2_graph import Tacotron2Graph
from tts.models.tacotron2_layers import (
    Encoder,
    PostNet,
    Tacotron2EncoderConfig,
    Tacotron2PostNetConfig,
)

# One frame in hundreds is the last; the published loss gives it the weight of any other.
END_WEIGHT = 20.0


@dataclass(frozen=True)
class Tacotron2Config:
    """Hold the published sizes; `conf/tacotron2-small.toml` holds others.

    alignment: what teaches attention: "stored", the durations of stage `align`; "guided", that
    attention moves evenly (Tachibana et al. 2018), by `guided_width`, a share of the utterance;
    "none", nothing besides the mel.
    attention_window: at synthesis, tokens ahead of the one read furthest that may be read; 0: all.
    gate_threshold: probability of the end from which speech stops.
    blanks: "strip" leaves out the blanks between tokens, whose frames go to the token before;
    "drop" those at both ends too; "keep" reads them as tokens.
    """

    encoder: Tacotron2EncoderConfig = dataclasses.field(default_factory=Tacotron2EncoderConfig)
    decoder: AttentionDecoderConfig = dataclasses.field(default_factory=AttentionDecoderConfig)
    postnet: Tacotron2PostNetConfig = dataclasses.field(default_factory=Tacotron2PostNetConfig)
    alignment: Literal["stored", "guided", "none"] = "stored"
    guided_width: float = 0.3
    attention_window: int = 0
    gate_threshold: float = 0.5
    blanks: Literal["strip", "drop", "keep"] = "strip"

    def __post_init__(self) -> None:
        if not 0 < self.gate_threshold < 1:
            raise InputError(f"gate_threshold = {self.gate_threshold}: must be between 0 and 1")
        if self.guided_width <= 0:
            raise InputError(f"guided_width = {self.guided_width}: must be greater than 0")
        if self.attention_window < 0:
            raise InputError(f"attention_window = {self.attention_window}: must be 0 or more")


class Tacotron2(nn.Module):
    """Turn text into mel frame by frame, with attention, until a gate says that speech ends.

    28.2 million parameters with 157 tokens and 80 mel bins.

    Attributes:
      mel_mean, mel_std: scalar buffers, the training set's log-mel statistics; inside, the
        mel is normalised by them.
      blank: buffer, the id of the token between tokens.
    """

    Config = Tacotron2Config
    changeable = ("alignment", "guided_width", "attention_window", "gate_threshold")
    predicted: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()

    def __init__(self, config: Tacotron2Config, facts: Facts):
        super().__init__()
        self.config = config
        self.inputs = self.inputs_of(config)
        self.register_buffer("mel_mean", torch.tensor(float(facts.mel_mean)))
        self.register_buffer("mel_std", torch.tensor(float(facts.mel_std)))
        self.register_buffer("blank", torch.tensor(facts.pad_id))
        channels = config.encoder.channels
        self.embedding = nn.Embedding(facts.vocab_size, channels)
        self.encoder = Encoder(config.encoder)
        self.decoder = AttentionDecoder(channels, facts.n_mels, config.decoder)
        self.postnet = PostNet(facts.n_mels, config.postnet)

    @staticmethod
    def inputs_of(config: Tacotron2Config) -> tuple[str, ...]:
        """Return the `inputs` of a model with this configuration."""
        return ("durations",) if config.alignment == "stored" else ()

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        """Return the losses of a batch, so that DDP's forward sees them: see `losses`."""
        return self.losses(batch)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Compute the named losses; the total is their sum. Outside training nothing is random.

        mel_loss, postnet_loss: squared error of the normalised mel before and behind the post-net,
        per frame and bin; gate_loss: cross-entropy of the end, which is the last frame and counts
        END_WEIGHT times; attention_loss: see `_attention_costs`.
        """
        tokens_BP, lens, selection = self._select(batch.tokens_BL, batch.tokens_lens, exact=False)
        target_BTF, mask_B1T = self._target(batch)
        mask_BT1, mask_BT = mask_B1T.transpose(1, 2), mask_B1T[:, 0]
        memory_BPD, mask_B1P = self._encode(tokens_BP, lens)
        told = self.config.alignment == "stored"
        mel_BTF, gate_BT, weights_BTP = self.decoder.teach(memory_BPD, mask_B1P, target_BTF, told)
        corrected_BTF = self.postnet(mel_BTF, mask_B1T)
        frames = mask_B1T.sum()

        def error(found_BTF: Tensor) -> Tensor:
            squares = ((found_BTF.float() - target_BTF) * mask_BT1).square().sum()
            return squares / (frames * target_BTF.shape[2])

        last_BT = F.one_hot(batch.mel_lens - 1, mask_BT.shape[1]).float()
        ends = F.binary_cross_entropy_with_logits(
            gate_BT.float(), last_BT, reduction="none", pos_weight=gate_BT.new_tensor(END_WEIGHT)
        )
        losses = {
            "mel_loss": error(mel_BTF),
            "postnet_loss": error(corrected_BTF),
            "gate_loss": (ends * mask_BT).sum() / frames,
        }
        if self.config.alignment != "none":
            costs_BT = self._attention_costs(batch, weights_BTP, lens, selection)
            losses["attention_loss"] = (costs_BT * mask_BT).sum() / frames
        return losses

    def _attention_costs(
        self, batch: Batch, weights_BTP: Tensor, lens: Tensor, selection: TokenSelection | None
    ) -> Tensor:
        """Return what each frame's attention costs (B, T).

        stored: minus the logarithm of the weight of the token spoken and its two neighbours;
        guided: the weight far from the diagonal.
        """
        place_P = torch.arange(weights_BTP.shape[2], device=weights_BTP.device)
        if self.config.alignment == "guided":
            frame_T = torch.arange(weights_BTP.shape[1], device=weights_BTP.device)
            read_BT1 = (frame_T / batch.mel_lens[:, None])[:, :, None]
            away_BTP = place_P / lens[:, None, None] - read_BT1
            far_BTP = 1 - torch.exp(-away_BTP.square() / (2 * self.config.guided_width**2))
            return (weights_BTP * far_BTP).sum(2)
        if batch.durations_BL is None:
            raise ValueError(f"the batch lacks what the model takes: {self.inputs}")
        durations_BP = batch.durations_BL
        if selection is not None:
            durations_BP = selection.take_durations(durations_BP)
        spoken_BT = expand_index(durations_BP, weights_BTP.shape[1])
        near_BTP = (place_P - spoken_BT[:, :, None]).abs() <= 1
        return -torch.log((weights_BTP * near_BTP).sum(2) + 1e-6)

    def compile_parts(self, backend: str = "inductor") -> None:
        """Compile the convolutions in place; a loop over frames would be written out."""
        self.encoder.convolutions.compile(dynamic=True, backend=backend)
        self.postnet.convolutions.compile(dynamic=True, backend=backend)

    @torch.no_grad()
    def attention(self, batch: Batch) -> tuple[Tensor, TokenSelection | None]:
        """Attend with the recording's own frames: (B, T, P), and which tokens are read."""
        tokens_BP, lens, selection = self._select(batch.tokens_BL, batch.tokens_lens, exact=True)
        target_BTF, _ = self._target(batch)
        return self.decoder.teach(*self._encode(tokens_BP, lens), target_BTF)[2], selection

    @torch.no_grad()
    def align(self, batch: Batch, search: Search = maximum_path) -> Tensor:
        """Find durations (B, L), int64 frames: the best monotonic path through the attention.

        search: as `maximum_path`, which finds the best path through the scores.
        """
        weights_BTP, selection = self.attention(batch)
        lens = batch.tokens_lens if selection is None else selection.lens
        scores_BPT = torch.log(weights_BTP + 1e-6).transpose(1, 2).contiguous()
        durations_BP = search(scores_BPT, lens, batch.mel_lens)
        return durations_BP if selection is None else selection.put_back(durations_BP)

    def synthesise(
        self,
        tokens_BL: Tensor,
        tokens_lens: Tensor,
        noise_scale: Tensor | float = 0.667,
        length_scale: Tensor | float = 1.0,
        num_steps: int = 1,
        max_frames: int | None = None,
        generator: torch.Generator | None = None,
    ) -> dict[str, Tensor]:
        """Speak: tokens to mel, until the gate opens or FRAMES_A_TOKEN are reached.

        Args:
          tokens_BL: int64 ids with blanks and framing; tokens_lens: int64 (B,).
          noise_scale: above 0, the prenet loses values as in training; 0 gives one answer.
          length_scale: above 1 is slower: the mel is stretched, each token by its own factor where
            it is a tensor that broadcasts to (B, L).
          num_steps: of no effect, there being no steps.
          max_frames: cut what is longer.
          generator: of the prenet's dropout; None: torch's own.

        Returns: mel_BTF, natural-log mel, de-normalised, zero on padding; mel_lens, int64
        (B,); durations_BL, int64 frames in which each token is read most; attention_BTP, weights of
        the tokens read before the mel is stretched, zero on padding; frames_read, int64 (B,), of
        which; stopped_B, whether the gate opened.
        """
        del num_steps
        tokens_BP, lens, selection = self._select(tokens_BL, tokens_lens, exact=True)
        memory_BPD, mask_B1P = self._encode(tokens_BP, lens)
        limit_B = lens * FRAMES_A_TOKEN
        if max_frames is not None:
            limit_B = limit_B.clamp(max=max_frames)
        mel_BTF, weights_BTP, frames_B, stopped_B = self._decode(
            memory_BPD, mask_B1P, limit_B, noise_scale, generator
        )
        mel_BTF = self.postnet(mel_BTF, length_mask(frames_B, mel_BTF.shape[1]))
        scale_BL = torch.ones_like(tokens_BL, dtype=torch.float32) * length_scale
        scale_BP = scale_BL if selection is None else selection.take(scale_BL)
        read_BT = weights_BTP.argmax(2)
        mel_BTF, index_BT, mel_lens = stretched(mel_BTF, scale_BP.gather(1, read_BT), frames_B)
        mask_BT1 = length_mask(mel_lens, mel_BTF.shape[1]).transpose(1, 2)
        durations_BP = torch.zeros_like(tokens_BP).scatter_add(
            1, read_BT.gather(1, index_BT), mask_BT1[:, :, 0].to(tokens_BP.dtype)
        )
        return {
            "mel_BTF": (mel_BTF * self.mel_std + self.mel_mean) * mask_BT1,
            "mel_lens": mel_lens,
            "durations_BL": durations_BP if selection is None else selection.put_back(durations_BP),
            "attention_BTP": weights_BTP,
            "frames_read": frames_B,
            "stopped_B": stopped_B,
        }

    def _decode(
        self,
        memory_BPD: Tensor,
        mask_B1P: Tensor,
        limit_B: Tensor,
        noise_scale: Tensor | float,
        generator: torch.Generator | None,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Make frames until every row has ended: the mel before the post-net (B, T, F), weights
        (B, T, P), frames (B,), whether the gate opened (B,).
        """
        decoder, config = self.decoder, self.config
        probability, size = config.decoder.prenet_dropout, config.decoder.prenet_channels
        attention = decoder.attention_layer
        keys_BPA = attention.memory_layer(memory_BPD)
        locate = SharedLinear(attention.location_matrix())
        padding_BP = outside_BP = mask_B1P[:, 0] == 0
        state = decoder.begin(memory_BPD)
        rows = len(memory_BPD)
        frame_BF = memory_BPD.new_zeros(rows, decoder.n_mels)
        place_B = torch.zeros(rows, dtype=torch.int64, device=memory_BPD.device)
        frames_B, stopped_B = torch.zeros_like(place_B), torch.zeros_like(place_B, dtype=torch.bool)
        going_B = torch.ones_like(stopped_B)
        threshold = torch.logit(torch.tensor(config.gate_threshold))
        ones_2BH, kept = memory_BPD.new_ones(2, rows, size), []
        random = bool(torch.as_tensor(noise_scale) > 0) and probability > 0
        while bool(going_B.any()):
            keep_2BH = ones_2BH
            if random:
                drawn = torch.empty_like(ones_2BH).uniform_(generator=generator)
                keep_2BH = (drawn >= probability) / (1 - probability)
            frame_BF, gate_B, after = decoder.step(
                frame_BF, keep_2BH, state, memory_BPD, keys_BPA, outside_BP, locate
            )
            state = after.kept(going_B, state)
            weights_BP = state.weights_B2P[:, 0]
            if config.attention_window:
                outside_BP, place_B = window(weights_BP, place_B, config.attention_window)
                outside_BP = outside_BP | padding_BP
            kept.append((frame_BF * going_B[:, None], weights_BP * going_B[:, None]))
            frames_B = frames_B + going_B
            stopped_B = stopped_B | (going_B & (gate_B > threshold))
            going_B = going_B & ~stopped_B & (frames_B < limit_B)
        mel, weights = (torch.stack(part, 1) for part in zip(*kept, strict=True))
        return mel, weights, frames_B, stopped_B

    def resynthesise(
        self,
        batch: Batch,
        noise_scale: float = 0.667,
        num_steps: int = 1,
        generator: torch.Generator | None = None,
    ) -> Tensor:
        """Make the mel of recorded utterances, each frame from the recording's frame before it.

        noise_scale, num_steps, generator: of no effect.
        Returns: log mel like mel_BTF.
        """
        del noise_scale, num_steps, generator
        tokens_BP, lens, _ = self._select(batch.tokens_BL, batch.tokens_lens, exact=True)
        target_BTF, mask_B1T = self._target(batch)
        mask_BT1 = mask_B1T.transpose(1, 2)
        mel_BTF, _, _ = self.decoder.teach(*self._encode(tokens_BP, lens), target_BTF)
        return (self.postnet(mel_BTF, mask_B1T) * self.mel_std + self.mel_mean) * mask_BT1

    @staticmethod
    def graph_files(steps: Sequence[int]) -> list[str]:
        """Name the files of `export_graphs` that sherpa-onnx reads."""
        return ["model.onnx"]

    def export_graphs(self, steps: Sequence[int], int8: bool = False) -> list[ExportGraph]:
        """List the graph to export: one utterance, the frames made in a loop."""
        return [
            ExportGraph(
                file="model.onnx",
                build=lambda: torch.jit.script(Tacotron2Graph(self, int8)),
                inputs=INPUTS,
                outputs=OUTPUTS,
                dynamic={"x": {1: "L"}, "mel": {2: "T"}, "durations": {1: "L"}},
                examples=utterances(self.embedding.num_embeddings),
                reference=Utterance(self),
                int8=int8,
                keep=Tacotron2Graph.KEEP,
            )
        ]

    def _select(
        self, tokens_BL: Tensor, tokens_lens: Tensor, exact: bool
    ) -> tuple[Tensor, Tensor, TokenSelection | None]:
        return select_tokens(tokens_BL, tokens_lens, self.blank, self.config.blanks, exact)

    def _target(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return the normalised mel (B, T, F), zero on padding, and its mask (B, 1, T)."""
        mask_B1T = length_mask(batch.mel_lens, batch.mel_BTF.shape[1])
        mel_BTF = (batch.mel_BTF - self.mel_mean) / self.mel_std
        return mel_BTF * mask_B1T.transpose(1, 2), mask_B1T

    def _encode(self, tokens_BP: Tensor, lens: Tensor) -> tuple[Tensor, Tensor]:
        """Return the memory (B, P, D), zero on padding, and the mask of its tokens (B, 1, P)."""
        mask_B1P = length_mask(lens, tokens_BP.shape[1])
        embedded_BDP = self.embedding(tokens_BP).transpose(1, 2) * mask_B1P
        return self.encoder(embedded_BDP, lens), mask_B1P


def stretched(mel_BTF: Tensor, scale_BT: Tensor, frames_B: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Give each frame so many times its length, by interpolation between frames.

    Returns: mel (B, S, F), beyond a row's end anything; the frame that each is nearest to (B, S);
    frames now (B,), at least one.
    """
    mask_BT = length_mask(frames_B, mel_BTF.shape[1])[:, 0]
    ends_BT = (scale_BT * mask_BT).cumsum(1)
    lens_B = ends_BT[:, -1].floor().to(torch.int64).clamp(min=1)
    centre_S = torch.arange(lens_B.max(), device=mel_BTF.device) + 0.5
    last_B1 = frames_B[:, None] - 1
    index_BS = (ends_BT[:, None] <= centre_S[None, :, None]).sum(2).minimum(last_B1)
    own_BS, end_BS = scale_BT.gather(1, index_BS), ends_BT.gather(1, index_BS)
    # 0 at a frame's centre, from -0.5 at its beginning to 0.5 at its end.
    off_BS = 0.5 - (end_BS - centre_S) / own_BS
    other_BS = (index_BS + off_BS.sign().to(torch.int64)).clamp(min=0).minimum(last_B1)
    share_BS1 = off_BS.abs()[:, :, None].clamp(max=0.5)

    def frames(index_BS: Tensor) -> Tensor:
        return torch.gather(mel_BTF, 1, index_BS[:, :, None].expand(-1, -1, mel_BTF.shape[2]))

    return frames(index_BS) * (1 - share_BS1) + frames(other_BS) * share_BS1, index_BS, lens_B
