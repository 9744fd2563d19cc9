"""Train vocoders: on distances, then against discriminators; or by their likelihood."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from tts.batch import SegmentBatch
from tts.config import from_dict, to_dict
from tts.errors import InputError
from tts.mel import MelConfig
from tts.train.device import machine_facts
from tts.train.launch import Job
from tts.train.loop import Trainer
from tts.train.loss_sums import LossSums
from tts.train.monitor import Monitor
from tts.train.precision import autocast
from tts.train.run import run_task
from tts.train.segments import SegmentData, open_segments
from tts.train.task import Place, Task
from tts.train.updater import Updater, exchange_gradients
from tts.train.vocoder_config import VocoderTrainConfig
from tts.train.vocoder_losses import Heard, VocoderLosses
from tts.train.vocoder_validation import HELD_OUT, HeldOut
from tts.vocoders.checkpoints import Initial, load_initial
from tts.vocoders.discriminators import DiscriminatorConfig, Discriminators
from tts.vocoders.losses import SIZES
from tts.vocoders.registry import build_vocoder, vocoder_class
from tts.vocoders.spectra import LogMel, margins

# What --discriminators light changes in the table [discriminator]: what a CPU can train against.
SIZES_OF_JUDGES: dict[str, dict[str, Any]] = {
    "full": {},
    "light": {
        "divisor": 4, "resolution_channels": 16, "num_scales": 0, "resolutions": (2048, 1024, 512)
    },
    "small": {"divisor": 8, "resolution_channels": 8, "num_scales": 0, "resolutions": (1024,)},
}  # fmt: skip


def train_vocoder(
    name: str, options: dict[str, Any], corpus: dict[str, Any], prefix: str
) -> Trainer | None:
    """Train a vocoder on the recordings of stage pack-audio.

    Args:
      name: a key of tts.vocoders.registry.VOCODERS.
      options: nested plain values with the tables 'model', 'discriminator' and 'train'.
      corpus: facts of the corpus for the checkpoint. prefix: its name in file names.

    Returns and raises: see tts.train.run.run_task.
    """
    config = from_dict(VocoderTrainConfig, options.get("train", {}), "train")
    model_config = from_dict(vocoder_class(name).Config, options.get("model", {}), "model")
    judges = discriminators_of(config, options.get("discriminator", {}))
    if judges is not None and hasattr(vocoder_class(name), "losses"):
        raise InputError(f"{name} is trained by its likelihood: it needs --discriminators none")
    arguments = {"name": name, "options": options, "corpus": corpus, "prefix": prefix}

    def build(place: Place) -> VocoderTask:
        data = open_segments(place.config, prefix, place.world)
        return VocoderTask(place, name, model_config, judges, data, corpus)

    return run_task(config, build, Job("tts.train.adversarial:train_vocoder", arguments))


class Segment(NamedTuple):
    """Hold one batch of a step: recorded and made samples (B, S), and how many there are.

    A vocoder with losses of its own makes nothing of the mel (B, T, F) while it trains. One that is
    taught has `further` losses, and may make several forms of a batch: distances compare all,
    discriminators hear the last.
    """

    real_BS: Tensor
    made: Sequence[Tensor]
    count: int
    mel_BTF: Tensor
    further: dict[str, Tensor]


class VocoderTask(Task):
    """Train one vocoder and, beside it, the discriminators that judge it.

    Attributes: model, the vocoder; discriminators, None where none are trained; data.
    """

    FIXED = {"model": (), "mel": (), "discriminator": ()}

    def __init__(
        self,
        place: Place,
        name: str,
        model_config: Any,
        judges: DiscriminatorConfig | None,
        data: SegmentData,
        corpus: dict[str, Any],
    ):
        self.name, self.config, self.data = name, place.config, data
        _check_length(self.config.segment_frames, data.mel, judges)
        self.device, self.world, self.timer = place.device, place.world, place.timer
        self.model = build_vocoder(name, model_config, data.mel)
        self._by_likelihood = hasattr(self.model, "losses")
        self.discriminators = Discriminators(judges) if judges is not None else None
        initial = Initial([])
        if place.resumed is None and self.config.init_from:
            parts = self.model, self.discriminators
            initial = load_initial(*parts, self.config.init_from, data.mel)
        self._notes = [*data.notes, *initial.notes]
        self.facts = {
            "model": {"name": name, **to_dict(model_config)},
            "mel": to_dict(data.mel),
            "discriminator": to_dict(judges) if judges is not None else {},
            "corpus": corpus,
            "machine": machine_facts(place.device),
            "data": data.facts,
        }
        self.items, self.plan = data.ids, data.plan
        self._log_mel = LogMel(data.mel).to(self.device)
        self._losses = VocoderLosses(self.config, data.mel).to(self.device)
        self._sums = LossSums(self.world, self.device)
        self._done_steps = place.done_steps
        self._prepare_networks()
        if initial.optimizers is not None:
            both = self.updater, self.judge_updater
            for updater, state in zip(both, initial.optimizers, strict=True):
                updater.restore_moments(state)

    def _prepare_networks(self) -> None:
        """Move both networks to the device, with equal weights in all processes."""
        for network in (self.model, self.discriminators):
            if network is not None:
                network.to(self.device)
                if not self.config.dry_run:
                    self.world.equalise(network)
        arguments = self.config, self.device
        self.updater = Updater(self.model, *arguments)
        self.judge_updater: Updater | None = None
        if self.discriminators is not None:
            self.judge_updater = Updater(self.discriminators, *arguments, average=False)

    @property
    def losses(self) -> Sequence[str]:
        return self._sums.names

    @property
    def phase(self) -> int:
        """Return 1 once the discriminators count in full: the mel distance rises with them."""
        config = self.config
        begun = self._done_steps >= config.reconstruction_steps + config.discriminator_warmup
        return int(begun and self.judge_updater is not None)

    @property
    def lagged(self) -> bool:
        return self.updater.lagged

    def open_data(self) -> None:
        self._held_out = HeldOut(self.data, self.config.valid_utterances, self.device)

    def batches(self) -> Iterator[SegmentBatch]:
        self.model.train()
        return iter(self.data.loader)

    def frames(self, group: Sequence[int]) -> int:
        return len(group) * self.config.segment_frames

    def step(
        self, batches: Iterator[SegmentBatch], seeds: Sequence[int], count: int, rate: float
    ) -> Tensor:
        judged_steps = self._done_steps - self.config.reconstruction_steps
        against = self.judge_updater is not None and judged_steps >= 0
        segments = [self._made(next(batches), seed) for seed in seeds]
        self.timer.mark("forward")
        heard: list[Heard] = []
        taught = torch.ones((), dtype=torch.float64, device=self.device)
        strength = 1.0
        if against:
            strength = min(1.0, (judged_steps + 1) / max(1, self.config.discriminator_warmup))
            heard, taught = self._teach_discriminators(segments, count, rate * strength)
        self.updater.begin(rate)
        for index, segment in enumerate(segments):
            self._add_gradients(segment, heard[index] if against else None, count, strength)
        exchange_gradients(self.model, self.world)
        self.timer.mark("backward")
        sums = self._sums.take()
        norm_and_made = self.updater.update(sums[-1])
        norm_and_made[1] *= taught
        self._done_steps += 1
        self.timer.mark("optimiser")
        return torch.cat([sums, norm_and_made])

    def _made(self, batch: SegmentBatch, seed: int) -> Segment:
        """Speak a batch's mels: the recordings' own, or those that an acoustic model made."""
        self.timer.mark("data")
        torch.manual_seed(seed)
        batch = batch.to(self.device)
        left, right = margins(self.data.mel)
        mel_BTF = self._log_mel.of_context(batch.samples_BS)
        if batch.mel_BTF is not None:
            mel_BTF = torch.where(batch.predicted_B[:, None, None], batch.mel_BTF, mel_BTF)
        real_BS = batch.samples_BS[:, left : batch.samples_BS.shape[1] - right]
        if self._by_likelihood:
            return Segment(real_BS, (), len(batch.ids), mel_BTF, {})
        further: dict[str, Tensor] = {}
        with autocast(self.device, self.config.resolved_precision):
            if hasattr(self.model, "teach"):
                made, further = self.model.teach(mel_BTF, batch.samples_BS)
            else:
                made = [self.model(mel_BTF)]
        made = [samples_BS.float() for samples_BS in made]
        return Segment(real_BS, made, len(batch.ids), mel_BTF, further)

    def _teach_discriminators(
        self, segments: Sequence[Segment], count: int, rate: float
    ) -> tuple[list[Heard], Tensor]:
        """Make a step of the discriminators.

        Returns: of each batch what they say of its recordings, and their loss; 1 where the step
        was made, else 0.
        """
        assert self.judge_updater is not None and self.discriminators is not None
        config = self.config
        own_rate = config.discriminator_lr / config.lr if config.discriminator_lr else 1.0
        self.discriminators.requires_grad_(True)
        self.judge_updater.begin(rate * own_rate)
        heard, total = [], torch.zeros((), device=self.device)
        for segment in segments:
            with autocast(self.device, config.resolved_precision):
                real = self.discriminators(segment.real_BS)
                made = self.discriminators(segment.made[-1].detach())
            result = self._losses.of_discriminators(real, made)
            self.judge_updater.backward(result.loss / count)
            heard.append(result)
            total = total + result.loss.detach()
        exchange_gradients(self.discriminators, self.world)
        _, taught = self.judge_updater.update(self.world.sum_(total))
        self.discriminators.requires_grad_(False)
        return heard, taught

    def _add_gradients(
        self, segment: Segment, heard: Heard | None, count: int, strength: float
    ) -> None:
        """Add the vocoder's gradients of one batch."""
        if not segment.made:
            with autocast(self.device, self.config.resolved_precision):
                losses = self.model.losses(segment.mel_BTF, segment.real_BS)
            self.updater.backward(losses["tot_loss"] / count)
            self._sums.add(losses, segment.count)
            return
        judged = None
        if heard is not None and self.discriminators is not None:
            with autocast(self.device, self.config.resolved_precision):
                judged = self.discriminators(segment.made[-1])
        losses = self._losses(segment.made, segment.real_BS, judged, heard, strength)
        if segment.further:
            total = losses.pop("tot_loss") + sum(segment.further.values())
            losses |= {**segment.further, "tot_loss": total}
        self.updater.backward(losses["tot_loss"] / count)
        self._sums.add(losses, segment.count)

    @torch.no_grad()
    def validate(self, monitor: Monitor, epoch: int, step: int) -> float:
        """Return the held-out log-mel distance of the averaged weights; log it, with pictures."""
        self.model.eval()
        average = self.updater.average
        with average.in_place_of(self.model) if average is not None else torch.no_grad():
            distances = self._held_out.distances(self.model)
            if monitor.writer is not None:
                self._held_out.draw(monitor, self.model, step)
        said = ", ".join(f"{HELD_OUT[name]} {value:.4f}" for name, value in distances.items())
        monitor.log.info(f"Epoch {epoch}, step {step}, held out: {said}")
        monitor.scalars("valid/", distances, step)
        self.model.train()
        return distances["mel_l1"]

    def num_bytes(self) -> tuple[int, int]:
        complete, weights = self.updater.num_bytes()
        if self.judge_updater is not None:
            complete += self.judge_updater.num_bytes()[0]
        return complete, weights

    def weights(self) -> dict[str, Any]:
        return self.updater.weights()

    def state(self) -> dict[str, Any]:
        state = self.updater.state()
        if self.judge_updater is not None:
            judge = self.judge_updater
            state["discriminators"] = judge.weights()["model"]
            state["discriminator_updater"] = judge.state()
        return state

    def restore(self, content: dict[str, Any]) -> None:
        self.updater.restore(content)
        self._done_steps = content["step"]
        if self.judge_updater is not None:
            weights = {"model": content["discriminators"]}
            self.judge_updater.restore({**content["discriminator_updater"], **weights})

    def describe(self, log: logging.Logger) -> None:
        count = sum(p.numel() for p in self.model.parameters())
        judges = self.discriminators
        against = sum(p.numel() for p in judges.parameters()) if judges is not None else 0
        log.info(
            f"{self.name}: {count:,} parameters, against {against:,} of discriminators; "
            f"{len(self.items)} recordings, {self.plan.num_batches} batches an epoch"
        )
        for note in self._notes:
            log.info(note)


def discriminators_of(
    config: VocoderTrainConfig, table: Mapping[str, Any]
) -> DiscriminatorConfig | None:
    """Return the discriminators that --discriminators and [discriminator] ask for; None for none.

    A key of the table stands over the size that is asked for.
    """
    if config.discriminators == "none":
        return None
    size = SIZES_OF_JUDGES[config.discriminators]
    return from_dict(DiscriminatorConfig, {**size, **table}, "discriminator")


def _check_length(frames: int, mel: MelConfig, judges: DiscriminatorConfig | None) -> None:
    """Raise InputError for segments shorter than the spectra that they are judged by."""
    least = max(*SIZES, *(judges.resolutions if judges is not None else ())) // 2
    if frames * mel.hop_length <= least:
        raise InputError(
            f"--segment-frames {frames} are {frames * mel.hop_length} samples, the spectra of the "
            f"losses need more than {least}: at least {least // mel.hop_length + 1} frames"
        )
