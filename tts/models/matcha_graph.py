"""Run Matcha-TTS on one utterance as rows: what its exported graphs compute.

The mel has as many frames as the durations say. The U-Net's padding to a multiple of 4 falls away:
without it each convolution sees zeros beyond the end, as behind a mask.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tts.models.flow_decoder import ResnetBlock, TransformerBlock, VelocityNetwork
from tts.models.rows import Attention, Dense, Doubling, Norm, convolution, predictor
from tts.models.text_encoder import TextEncoder, rotary_angle

TRACED_ROWS = 8


class EncoderRows(nn.Module):
    """Encode ids (L,) to the prior mean (L, F) and log durations (L,), as TextEncoder does."""

    def __init__(self, encoder: TextEncoder, int8: bool):
        super().__init__()
        prenet, stack, channels = encoder.prenet, encoder.encoder, encoder.config.channels
        self.register_buffer("embedding", encoder.emb.weight.detach() * math.sqrt(channels))
        self.prenet = nn.Sequential()
        for conv, norm in zip(prenet.conv_layers, prenet.norm_layers, strict=True):
            self.prenet.extend([convolution(conv, int8), Norm(norm), nn.ReLU()])
        self.prenet.append(Dense.of(prenet.proj))
        self.attentions = nn.ModuleList(
            Attention([layer.conv_q, layer.conv_k, layer.conv_v], layer.conv_o, layer.num_heads)
            for layer in stack.attn_layers
        )
        self.feed_forwards = nn.ModuleList(
            nn.Sequential(
                convolution(layer.conv_1, int8), nn.ReLU(), convolution(layer.conv_2, int8)
            )
            for layer in stack.ffn_layers
        )
        self.norms_1 = nn.ModuleList(map(Norm, stack.norm_layers_1))
        self.norms_2 = nn.ModuleList(map(Norm, stack.norm_layers_2))
        self.rotary = channels // encoder.config.num_heads // 2
        self.project_mu = Dense.of(encoder.proj_m)
        self.durations = predictor(encoder.proj_w, int8)

    def forward(self, tokens_L: Tensor) -> tuple[Tensor, Tensor]:
        x_LD = F.embedding(tokens_L, self.embedding)
        x_LD = x_LD + self.prenet(x_LD)
        position_L = torch.ones_like(tokens_L, dtype=torch.float32).cumsum(0) - 1
        angle_LD = rotary_angle(position_L, self.rotary)
        turning = angle_LD.cos(), angle_LD.sin()
        layers = zip(self.attentions, self.norms_1, self.feed_forwards, self.norms_2, strict=True)
        for attention, norm_1, feed_forward, norm_2 in layers:
            x_LD = norm_1(x_LD + attention(x_LD, turning))
            x_LD = norm_2(x_LD + feed_forward(x_LD))
        return self.project_mu(x_LD), self.durations(x_LD)[:, 0]


class NormMish(nn.Module):
    """Normalise groups of channels over all rows, then Mish.

    With w = (1 + e^x)^2, x tanh(log(1 + e^x)) is x - 2 x / (w + 1), which is x where w overflows.
    """

    def __init__(self, norm: nn.GroupNorm):
        super().__init__()
        self.groups, self.eps = norm.num_groups, norm.eps
        self.register_buffer("weight", norm.weight.detach().reshape(self.groups, -1).clone())
        self.register_buffer("bias", norm.bias.detach().clone())

    def forward(self, x_TD: Tensor) -> Tensor:
        mean_G1 = self._mean(x_TD)
        variance_G1 = self._mean(x_TD * x_TD) - mean_G1 * mean_G1
        scale_GD = self.weight / (variance_G1.clamp(min=0.0) + self.eps).sqrt()
        offset_D = self.bias - (mean_G1 * scale_GD).flatten()
        x_TD = x_TD * scale_GD.flatten() + offset_D
        root = x_TD.exp() + 1
        return x_TD - 2 * x_TD / (root * root + 1)

    def _mean(self, x_TD: Tensor) -> Tensor:
        return x_TD.mean(0).reshape(self.groups, -1).mean(1, keepdim=True)


class ResnetRows(nn.Module):
    """Run a ResnetBlock, the time's part given as a row."""

    def __init__(self, block: ResnetBlock, int8: bool):
        super().__init__()
        (conv_1, norm_1), (conv_2, norm_2) = block.block1.block, block.block2.block
        self.block_1 = nn.Sequential(convolution(conv_1, int8), NormMish(norm_1))
        self.block_2 = nn.Sequential(convolution(conv_2, int8), NormMish(norm_2))
        self.residual = Dense.of(block.res_conv)

    def forward(self, x_TD: Tensor, time_D: Tensor) -> Tensor:
        return self.block_2(self.block_1(x_TD) + time_D) + self.residual(x_TD)


class TransformerRows(nn.Module):
    """Run a TransformerBlock.

    SnakeBeta's sin^2(x) / b is (1 - cos(2 x)) / (2 b), of which the constant part goes into the
    bias of the layer behind.
    """

    def __init__(self, block: TransformerBlock):
        super().__init__()
        attention, (snake, _, out) = block.attn1, block.ff.net
        qkv = [attention.to_q, attention.to_k, attention.to_v]
        self.attention = Attention(qkv, attention.to_out[0], attention.num_heads)
        self.norm_1, self.norm_2 = Norm(block.norm1), Norm(block.norm3)
        self.widen, self.narrow = Dense.of(snake.proj), Dense.of(out)
        self.register_buffer("frequency", 2 * snake.alpha.detach().exp())
        self.register_buffer("height", 0.5 / (snake.beta.detach().exp() + 1e-9))
        self.narrow.bias += self.height @ self.narrow.weight

    def forward(self, x_TD: Tensor) -> Tensor:
        x_TD = x_TD + self.attention(self.norm_1(x_TD))
        hidden = self.widen(self.norm_2(x_TD))
        return x_TD + self.narrow(hidden - (hidden * self.frequency).cos() * self.height)


class VelocityRows(nn.Module):
    """Give the velocity (T, F) at a step, from x_t and mu (T, F), as VelocityNetwork does.

    Attributes: time_N (S, D), a buffer for each ResnetBlock: what it adds at each step.
    """

    def __init__(self, network: VelocityNetwork, num_steps: int, int8: bool):
        super().__init__()
        stages = [*network.down_blocks, *network.mid_blocks, *network.up_blocks]
        self.resnets = nn.ModuleList(ResnetRows(stage[0], int8) for stage in stages)
        self.transformers = nn.ModuleList(
            nn.Sequential(*map(TransformerRows, stage[1])) for stage in stages
        )
        self.downs = nn.ModuleList(resample(stage[2], int8) for stage in network.down_blocks)
        self.ups = nn.ModuleList(resample(stage[2], int8) for stage in network.up_blocks)
        conv, norm = network.final_block.block
        self.final = nn.Sequential(
            convolution(conv, int8), NormMish(norm), Dense.of(network.final_proj)
        )
        with torch.no_grad():
            time_SD = network.time_mlp(torch.arange(num_steps) / num_steps)
            times = [stage[0].mlp(time_SD) for stage in stages]
        # Stages may differ in width, so each has its own.
        for number, time in enumerate(times):
            self.register_buffer(f"time_{number}", time)

    def forward(self, x_TF: Tensor, mu_TF: Tensor, step: Tensor) -> Tensor:
        times = [getattr(self, f"time_{number}")[step] for number in range(len(self.resnets))]
        blocks = zip(self.resnets, self.transformers, times, strict=True)

        def stage(x_TD: Tensor) -> Tensor:
            resnet, transformer, time_D = next(blocks)
            return transformer(resnet(x_TD, time_D))

        x_TD, skips = torch.cat([x_TF, mu_TF], dim=1), []
        for down in self.downs:
            x_TD = stage(x_TD)
            skips.append(x_TD)
            x_TD = down(x_TD)
        for _ in range(len(self.resnets) - 2 * len(self.downs)):
            x_TD = stage(x_TD)
        for up in self.ups:
            skip_TD = skips.pop()
            x_TD = up(stage(torch.cat([x_TD[: skip_TD.shape[0]], skip_TD], dim=1)))
        return self.final(x_TD[: mu_TF.shape[0]])


def resample(layer: nn.Module, int8: bool) -> nn.Module:
    """Return the form for rows of what stands between two levels."""
    conv = getattr(layer, "conv", layer)
    return Doubling(conv) if isinstance(conv, nn.ConvTranspose1d) else convolution(conv, int8)


class MatchaGraph(nn.Module):
    """Speak one utterance, with the runtime's inputs and outputs.

    Encoder and velocity network are traced, what stands between them is scripted, so that the
    steps stay a loop and share their weights: `torch.jit.script` of this is what is exported.

    KEEP: the small matrices that make mels, which stay float32 in 8 bit. That took the mean
    difference of the toy corpus's English voice from 0.018 to 0.013 nats.
    """

    KEEP = ("encoder.project_mu", "velocity.final.2")

    def __init__(self, model: nn.Module, num_steps: int, int8: bool):
        super().__init__()
        encoder = EncoderRows(model.encoder, int8).eval()
        velocity = VelocityRows(model.decoder.estimator, num_steps, int8).eval()
        ids_L = torch.zeros(TRACED_ROWS, dtype=torch.int64)
        mu_TF, _ = encoder(ids_L)
        self.encoder = torch.jit.trace(encoder, ids_L, check_trace=False)
        given = mu_TF, mu_TF, torch.tensor(0)
        self.velocity = torch.jit.trace(velocity, given, check_trace=False)
        # As a tensor, or the loop would be unrolled.
        self.register_buffer("num_steps", torch.tensor(num_steps))
        self.register_buffer("mel_mean", model.mel_mean)
        self.register_buffer("mel_std", model.mel_std)

    def forward(
        self, x: Tensor, x_length: Tensor, noise_scale: Tensor, length_scale: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Turn ids (1, L), their count and two scales into log mel (1, F, T) and frames (1, L)."""
        mu_LF, logw_L = self.encoder(x[0, : x_length[0]])
        frames_L = torch.ceil(torch.exp(logw_L)) * length_scale
        num_frames = frames_L.sum().floor().to(torch.int64).clamp(min=1)
        ends_L = torch.minimum(frames_L.cumsum(0).ceil().to(torch.int64), num_frames)
        inner_L = ends_L[:-1]
        durations_L = torch.cat([inner_L, num_frames[None]]) - F.pad(inner_L, (1, 0))
        # The token of a frame: how many tokens end before it.
        marks_T = torch.zeros(num_frames + 1, dtype=torch.int64)
        index_T = marks_T.scatter_add(0, inner_L, torch.ones_like(inner_L)).cumsum(0)[:-1]
        mu_TF = mu_LF[index_T]
        x_TF = torch.randn_like(mu_TF) * noise_scale
        for step in range(int(self.num_steps)):
            x_TF = x_TF + self.velocity(x_TF, mu_TF, torch.tensor(step)) / self.num_steps
        mel_TF = x_TF * self.mel_std + self.mel_mean
        unused = x.shape[1] - durations_L.shape[0]
        return mel_TF.t()[None], F.pad(durations_L, (0, unused))[None]
