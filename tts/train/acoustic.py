"""Training of acoustic models: prepared data and a configuration become a trained model."""

from __future__ import annotations

import contextlib
import logging
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from tts.batch import Batch
from tts.config import from_dict, to_dict
from tts.models import build_model, compile_model, inputs_of, model_class
from tts.train.acoustic_checkpoint import check_acoustic, load_initial
from tts.train.config import TrainConfig
from tts.train.device import describe, machine_facts
from tts.train.launch import Job
from tts.train.loaders import make_loaders, make_plan, read_batches
from tts.train.loop import Trainer
from tts.train.loss_csv import Totals
from tts.train.loss_sums import LossSums
from tts.train.max_duration import resolve_max_duration
from tts.train.memory import measure, naming_batch
from tts.train.monitor import Monitor
from tts.train.named_losses import NamedLosses
from tts.train.pictures import draw_utterance
from tts.train.preflight import check_speakers, check_vocoder
from tts.train.prepared import Prepared, data_facts, read_prepared
from tts.train.preview import preview
from tts.train.random_state import fixed_noise
from tts.train.run import run_task
from tts.train.task import Place, Task
from tts.train.updater import Updater, average_statistics, exchanging


def train(
    model_name: str, options: dict[str, Any], corpus: dict[str, Any], prefix: str
) -> Trainer | None:
    """Train a model on prepared data, in this process or in --world-size ones.

    Args:
      model_name: a key of tts.models.MODELS.
      options: nested plain values with the tables 'model' and 'train'.
      corpus: facts of the corpus for the checkpoint (name, licence ...).
      prefix: the corpus's name in file names, <prefix>_cuts_train.jsonl.gz.

    Returns and raises: see tts.train.run.run_task.
    """
    config = from_dict(TrainConfig, options.get("train", {}), "train")
    model_config = from_dict(model_class(model_name).Config, options.get("model", {}), "model")
    arguments = {"model_name": model_name, "options": options, "corpus": corpus, "prefix": prefix}

    def build(place: Place) -> AcousticTask:
        inputs = inputs_of(model_name, model_config)
        data = read_prepared(place.config, prefix, inputs)
        check_speakers(model_name, inputs, data.facts.speakers)
        return AcousticTask(place, model_name, model_config, data, corpus)

    return run_task(config, build, Job("tts.train.acoustic:train", arguments))


class AcousticTask(Task):
    """Train one acoustic model on utterances.

    Attributes: model; data, see Prepared; loaders, 'train' and 'valid', after `open_data`;
    updater, which changes the model.
    """

    def __init__(
        self,
        place: Place,
        name: str,
        model_config: Any,
        data: Prepared,
        corpus: dict[str, Any],
    ):
        config: TrainConfig = place.config
        self.name, self.data, self.tokens = name, data, data.table.text()
        self.device, self.world, self.timer = place.device, place.world, place.timer
        mel = data.mel
        self._vocoder = check_vocoder(config.vocoder, mel, place.device)
        self.model = _build_model(place, name, model_config, data)
        self._initial = config.init_from if place.resumed is None else ""
        if self._initial:
            load_initial(self.model, self._initial, self.tokens)
        self.config, self._found = resolve_max_duration(
            config, place, self.model, data.examples, mel
        )
        self.facts = {
            "model": {"name": name, **to_dict(model_config)},
            "mel": to_dict(mel),
            "frontend": to_dict(data.frontend),
            "corpus": corpus,
            "machine": machine_facts(place.device),
            "data": data_facts(data.splits["train"]),
        }
        self.items = [example.id for example in data.examples]
        self._losses = NamedLosses(self.model, self.config)
        self._losses.done_steps = place.done_steps
        self._wrapped: nn.Module = self._losses
        if self.world.size > 1 and not self.config.dry_run:
            self._wrapped = exchanging(self._losses)
        self._sums = LossSums(self.world, self.device)
        self.updater = Updater(self.model, self.config, self.device)

    @property
    def losses(self) -> Sequence[str]:
        return self._sums.names

    @property
    def phase(self) -> int:  # type: ignore[override]
        """Return how many losses count no more: the total falls with each."""
        return self._losses.num_ended

    @property
    def lagged(self) -> bool:
        return self.updater.lagged

    def open_data(self) -> None:
        self.plan, self.loaders = make_loaders(
            self.config,
            self.data.splits,
            self.data.table,
            self.data.mel,
            self.device,
            self.world.rank,
            self.world.size,
        )

    def batches(self) -> Iterator[Batch]:
        self.model.train()
        return read_batches(self.loaders["train"])

    def step(
        self, batches: Iterator[Batch], seeds: Sequence[int], count: int, rate: float
    ) -> Tensor:
        self.updater.begin(rate)
        batch = None
        for number, seed in enumerate(seeds, 1):
            batch = next(batches)
            self.timer.mark("data")
            torch.manual_seed(seed)
            self._add_gradients(batch, count, last=number == len(seeds))
        if not seeds:
            self.updater.backward(self._wrapped(None)["tot_loss"])
        sums = self._sums.take()
        average_statistics(self.model, self.world, had_batch=bool(seeds))
        self.timer.mark("rest")
        with naming_batch(batch, self.device, self.config):  # the first step makes Adam's moments
            made = self.updater.update(sums[-1])
        self._losses.done_steps += 1
        self.timer.mark("optimiser")
        return torch.cat([sums, made])

    def _add_gradients(self, batch: Batch, count: int, last: bool) -> None:
        """Add a batch's gradients; processes exchange them with their last batch of the step."""
        keep = not last and self.world.size > 1
        sending = self._wrapped.no_sync() if keep else contextlib.nullcontext()
        with naming_batch(batch, self.device, self.config), sending:
            losses = self._wrapped(batch.to(self.device))
            self.timer.mark("forward")
            total = losses["tot_loss"]
            # DDP divides the sum by the number of processes.
            scaled = total / count if self.world.size == 1 else total * (self.world.size / count)
            self.updater.backward(scaled)
            self.timer.mark("backward")
        self._sums.add(losses, len(batch.ids))

    @torch.no_grad()
    def validate(self, monitor: Monitor, epoch: int, step: int) -> float:
        """Return the validation loss by which checkpoints are judged; log all, with pictures.

        The weights judged are the averaged ones where they are kept, being what voices are made
        of; the raw ones are logged too. The noise is the same every time.
        """
        self.model.eval()
        raw = judged = self._valid_losses(monitor)
        monitor.log.info(f"Epoch {epoch}, validation: loss[{raw}]")
        monitor.scalars("train/valid_", raw.means(), step)
        with contextlib.ExitStack() as stack:
            if self.updater.average is not None:
                stack.enter_context(self.updater.average.in_place_of(self.model))
                judged = self._valid_losses(monitor)
                monitor.log.info(f"averaged weights, validation: loss[{judged}]")
                monitor.scalars("train/valid_average_", judged.means(), step)
            if monitor.writer is not None:
                with fixed_noise(self.config.seed, self.device):
                    one = next(iter(self.loaders["valid"])).first().to(self.device)
                    draw_utterance(monitor, self.model, one, self._vocoder, step)
        self.model.train()
        return self._losses.selection_loss(judged.means())

    def _valid_losses(self, monitor: Monitor) -> Totals:
        totals = Totals()
        with fixed_noise(self.config.seed, self.device):
            for batch in self.loaders["valid"]:
                with naming_batch(batch, self.device, self.config):
                    losses = self._losses(batch.to(self.device))
                values = {name: float(value) for name, value in losses.items()}
                if not math.isfinite(values["tot_loss"]):
                    monitor.log.warning(
                        f"validation: losses {values}; utterances: {', '.join(batch.ids)}"
                    )
                totals.add(values, len(batch.ids))
        return totals

    def num_bytes(self) -> tuple[int, int]:
        return self.updater.num_bytes()

    def weights(self) -> dict[str, Any]:
        return {**self.updater.weights(), "tokens": self.tokens}

    def state(self) -> dict[str, Any]:
        return self.updater.state()

    def restore(self, content: dict[str, Any]) -> None:
        self.updater.restore(content)
        self._losses.done_steps = content["step"]

    def frames(self, group: Sequence[int]) -> int:
        return sum(self.plan.num_frames[i] for i in group)

    def check_resumed(self, path: Path, content: dict[str, Any]) -> list[str]:
        return check_acoustic(path, content, self.run_config, self.tokens)

    def describe(self, log: logging.Logger) -> None:
        log.info(
            f"{self.name}: {sum(p.numel() for p in self.model.parameters()):,} parameters, "
            f"{self.world.size} x {describe(self.device)}, {self.config.resolved_precision}"
        )
        log.info(
            f"{len(self.items)} utterances to train on in {len(self.plan.batches(1))} batches an "
            f"epoch ({100 * self.plan.padding_share(1):.1f} % padding), "
            f"{len(self.data.splits['valid'].examples)} to validate on"
        )
        for note in self.data.notes:
            log.warning(note)
        if self._found:
            log.info(self._found)
        if self._initial:
            log.info(f"initial weights, mel mean and mel deviation from {self._initial}")

    def preview(self) -> str:
        mel, examples = self.data.mel, self.data.examples
        memory = measure(self.model, self.config, examples, mel.n_mels, self.device)
        plan = make_plan(self.config, self.data.splits["train"], mel)
        text = preview(self.run_config, self.config, plan, examples, memory, self.device)
        return "\n".join([text, *self.data.notes])


def _build_model(place: Place, name: str, model_config: Any, data: Prepared) -> Any:
    """Build the model with its initial weights, on the device, compiled where asked for."""
    torch.manual_seed(place.config.seed)
    model = build_model(name, model_config, data.facts).to(place.device)
    if place.config.compile:
        compile_model(model)
    return model
