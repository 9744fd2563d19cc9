"""Matcha-TTS for one utterance as rows: what its exported graphs compute."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tts.models.flow_decoder import ResnetBlock, TransformerBlock, VelocityNetwork
from tts.models.rows import Attention, Convolution, Dense, Doubling, Norm, convolution
from tts.models.text_encoder import TextEncoder, rotate


def layer_norm(norm: nn.Module) -> Norm:
    return Norm(norm.weight, norm.bias, norm.eps)


def channel_norm(norm: nn.Module) -> Norm:
    return Norm(norm.gamma, norm.beta, 1e-4)


class EncoderRows(nn.Module):
    """TextEncoder: ids (L,) to the prior mean (L, F) and log durations (L,)."""

    def __init__(self, encoder: TextEncoder, int8: bool):
        super().__init__()
        self.register_buffer("embedding", encoder.emb.weight.detach() * math.sqrt(encoder.config.channels))
        prenet = encoder.prenet
        self.prenet = nn.ModuleList(convolution(conv, int8) for conv in prenet.conv_layers)
        self.prenet_norms = nn.ModuleList(map(channel_norm, prenet.norm_layers))
        self.prenet_out = Dense.of(prenet.proj)
        stack = encoder.encoder
        self.attentions = nn.ModuleList(
            Attention([layer.conv_q, layer.conv_k, layer.conv_v], layer.conv_o, layer.num_heads, rotate)
            for layer in stack.attn_layers
        )
        self.norms_1 = nn.ModuleList(map(channel_norm, stack.norm_layers_1))
        self.norms_2 = nn.ModuleList(map(channel_norm, stack.norm_layers_2))
        self.convs_1 = nn.ModuleList(convolution(layer.conv_1, int8) for layer in stack.ffn_layers)
        self.convs_2 = nn.ModuleList(convolution(layer.conv_2, int8) for layer in stack.ffn_layers)
        self.project_mu = Dense.of(encoder.proj_m)
        predictor = encoder.proj_w
        self.durations = nn.Sequential(
            convolution(predictor.conv_1, int8), nn.ReLU(), channel_norm(predictor.norm_1),
            convolution(predictor.conv_2, int8), nn.ReLU(), channel_norm(predictor.norm_2),
            Dense.of(predictor.proj),
        )

    def forward(self, tokens_L: Tensor) -> tuple[Tensor, Tensor]:
        x_LD = F.embedding(tokens_L, self.embedding)
        hidden_LD = x_LD
        for conv, norm in zip(self.prenet, self.prenet_norms):
            hidden_LD = norm(conv(hidden_LD)).relu()
        x_LD = x_LD + self.prenet_out(hidden_LD)
        layers = zip(self.attentions, self.norms_1, self.convs_1, self.convs_2, self.norms_2)
        for attention, norm_1, conv_1, conv_2, norm_2 in layers:
            x_LD = norm_1(x_LD + attention(x_LD))
            x_LD = norm_2(x_LD + conv_2(conv_1(x_LD).relu()))
        return self.project_mu(x_LD), self.durations(x_LD)[:, 0]


def mish(x: Tensor) -> Tensor:
    """x tanh(log(1 + e^x)) as x - 2 x / ((1 + e^x)^2 + 1), which overflows to x, as it should."""
    power = x.exp() + 1
    return x - 2 * x / (power * power + 1)


class NormMish(nn.Module):
    """Group normalisation over all frames, then Mish."""

    def __init__(self, norm: nn.GroupNorm):
        super().__init__()
        self.groups, self.eps = norm.num_groups, norm.eps
        self.register_buffer("weight", norm.weight.detach().reshape(norm.num_groups, -1).clone())
        self.register_buffer("bias", norm.bias.detach().clone())

    def forward(self, x_TD: Tensor) -> Tensor:
        mean_G1 = x_TD.mean(0).reshape(self.groups, -1).mean(1, keepdim=True)
        square_G1 = (x_TD * x_TD).mean(0).reshape(self.groups, -1).mean(1, keepdim=True)
        scale_GD = self.weight / (square_G1 - mean_G1 * mean_G1 + self.eps).sqrt()
        offset_D = self.bias - (mean_G1 * scale_GD).flatten()
        return mish(x_TD * scale_GD.flatten() + offset_D)


class ResnetRows(nn.Module):
    """ResnetBlock with the time's part given as a row."""

    def __init__(self, block: ResnetBlock, int8: bool):
        super().__init__()
        (conv_1, norm_1), (conv_2, norm_2) = block.block1.block, block.block2.block
        self.conv_1, self.norm_1 = convolution(conv_1, int8), NormMish(norm_1)
        self.conv_2, self.norm_2 = convolution(conv_2, int8), NormMish(norm_2)
        self.residual = Dense.of(block.res_conv)

    def forward(self, x_TD: Tensor, time_D: Tensor) -> Tensor:
        hidden_TD = self.norm_1(self.conv_1(x_TD)) + time_D
        return self.norm_2(self.conv_2(hidden_TD)) + self.residual(x_TD)


class TransformerRows(nn.Module):
    """TransformerBlock, SnakeBeta's constant part moved into the bias behind it."""

    def __init__(self, block: TransformerBlock):
        super().__init__()
        attention, (snake, _, out) = block.attn1, block.ff.net
        qkv = [attention.to_q, attention.to_k, attention.to_v]
        self.attention = Attention(qkv, attention.to_out[0], attention.num_heads)
        self.norm_1, self.norm_2 = layer_norm(block.norm1), layer_norm(block.norm3)
        self.widen, self.narrow = Dense.of(snake.proj), Dense.of(out)
        self.register_buffer("frequency", 2 * snake.alpha.detach().exp())
        self.register_buffer("height", 0.5 / (snake.beta.detach().exp() + 1e-9))
        self.narrow.bias += self.height @ self.narrow.weight

    def forward(self, x_TD: Tensor) -> Tensor:
        x_TD = x_TD + self.attention(self.norm_1(x_TD))
        hidden = self.widen(self.norm_2(x_TD))
        # a + height (1 - cos(frequency a)), of which height stands in narrow's bias
        return x_TD + self.narrow(hidden - self.height * (self.frequency * hidden).cos())


class VelocityRows(nn.Module):
    """VelocityNetwork at fixed times: x_t and mu (T, F) to the velocity (T, F)."""

    def __init__(self, network: VelocityNetwork, num_steps: int, int8: bool):
        super().__init__()
        stages = [*network.down_blocks, *network.mid_blocks, *network.up_blocks]
        self.resnets = nn.ModuleList(ResnetRows(stage[0], int8) for stage in stages)
        self.transformers = nn.ModuleList(
            nn.Sequential(*map(TransformerRows, stage[1])) for stage in stages
        )
        self.downs = nn.ModuleList(self._resample(stage[2], int8) for stage in network.down_blocks)
        self.ups = nn.ModuleList(self._resample(stage[2], int8) for stage in network.up_blocks)
        conv, norm = network.final_block.block
        self.final, self.final_norm = convolution(conv, int8), NormMish(norm)
        self.project = Dense.of(network.final_proj)
        with torch.no_grad():
            time_SD = network.time_mlp(torch.arange(num_steps) / num_steps)
            times = [stage[0].mlp(time_SD) for stage in stages]
        self.register_buffer("times_RSD", torch.stack(times))

    @staticmethod
    def _resample(layer: nn.Module, int8: bool) -> nn.Module:
        conv = getattr(layer, "conv", layer)
        return Doubling(conv) if isinstance(conv, nn.ConvTranspose1d) else convolution(conv, int8)

    def forward(self, x_TF: Tensor, mu_TF: Tensor, step: Tensor) -> Tensor:
        blocks = iter(zip(self.resnets, self.transformers, self.times_RSD[:, step]))

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
        return self.project(self.final_norm(self.final(x_TD[: mu_TF.shape[0]])))


class MatchaRows(nn.Module):
    """Matcha as a runtime calls it: ids of one utterance to its mel and frames."""

    def __init__(self, model: nn.Module, num_steps: int, int8: bool = False):
        super().__init__()
        n_mels = model.encoder.proj_m.weight.shape[0]
        row = torch.zeros(8, n_mels)
        velocity = VelocityRows(model.decoder.estimator, num_steps, int8).eval()
        self.velocity = torch.jit.trace(velocity, (row, row, torch.tensor(0)), check_trace=False)
        encoder = EncoderRows(model.encoder, int8).eval()
        self.encoder = torch.jit.trace(encoder, torch.zeros(8, dtype=torch.int64), check_trace=False)
        self.num_steps = num_steps
        self.register_buffer("trips", torch.tensor(num_steps))
        self.register_buffer("mel_mean", model.mel_mean)
        self.register_buffer("mel_std", model.mel_std)

    def forward(self, x, x_length, noise_scale, length_scale):
        mu_LF, logw_L = self.encoder(x[0, : x_length[0]])
        frames_L = logw_L.exp().ceil() * length_scale
        num_frames = frames_L.sum().floor().to(torch.int64).clamp(min=1)
        ends_L = torch.minimum(frames_L.cumsum(0).ceil().to(torch.int64), num_frames)
        starts_L = F.pad(ends_L[:-1], (1, 0))
        durations_L = torch.cat([ends_L[:-1], num_frames[None]]) - starts_L
        marks = torch.zeros_like(ends_L[:1]).expand(num_frames + 1)
        index_T = marks.scatter_add(0, ends_L[:-1], torch.ones_like(ends_L[:-1])).cumsum(0)[:-1]
        mu_TF = mu_LF[index_T]
        x_TF = torch.randn_like(mu_TF) * noise_scale
        for step in range(int(self.trips)):
            x_TF = x_TF + self.velocity(x_TF, mu_TF, torch.tensor(step)) / self.num_steps
        mel_TF = x_TF * self.mel_std + self.mel_mean
        return mel_TF.t()[None], F.pad(durations_L, (0, x.shape[1] - durations_L.shape[0]))[None]
