"""Run an evaluation, from options to files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tts.config import to_dict
from tts.data.corpus import Recipe
from tts.errors import InputError
from tts.evaluate.metrics import Row
from tts.evaluate.options import EvaluateOptions
from tts.evaluate.samples import Sample, read_samples, samples_of_folder
from tts.evaluate.systems import RECORDING, VOCODED, Recording, System, Vocoded, open_system
from tts.features.contours import read_mel_config
from tts.features.pitch import PitchConfig
from tts.mel import MelConfig
from tts.text.languages import language_of


@dataclass(frozen=True)
class Evaluation:
    """Hold what is about to be measured.

    Attributes: samples, and systems, the recording first; facts, in words; folder, where
    everything is written; language, of the texts; pitch, how F0 is found.
    """

    options: EvaluateOptions
    samples: list[Sample]
    systems: list[System]
    facts: dict[str, str]
    folder: Path
    language: str
    pitch: PitchConfig

    def run(self, heard: Callable[[Row], None]) -> str:
        """Measure, call `heard` with each row, write all files; return the table of systems.

        Raises: InputError as `evaluate` does.
        """
        from tts.evaluate.dnsmos import Judge
        from tts.evaluate.page import utterance, write_page
        from tts.evaluate.report import evaluate, write_report

        rows, sections = [], []

        def show(sample: Sample, said: dict[str, Any]) -> None:
            if len(sections) < self.options.show:
                sections.append(utterance(sample, said, self.language))

        judge = Judge(self.options.dnsmos) if self.options.dnsmos else None
        for row in evaluate(
            self.samples,
            self.systems,
            self.folder,
            pairing=self.options.pairing,
            judge=judge,
            pitch=self.pitch,
            show=show,
        ):
            heard(row)
            rows.append(row)
        table = write_report(self.folder, self.facts, rows)
        write_page(self.folder / "report.html", self.facts, rows, sections)
        return table


def prepare(
    options: EvaluateOptions, recipe: Recipe | None, wanted: Mapping[str, Path], pitch: PitchConfig
) -> Evaluation:
    """Load what `options` name.

    Args:
      recipe: where samples come from; None with options.recordings.
      wanted: folders of sounds, experiment folders or checkpoints by name; empty: the one voice
        of options.model and options.exp_dir, with options.recordings none.
      pitch: how F0 is found.

    Raises: InputError when something is missing.
    """
    from tts.vocoders import load_vocoder
    from tts.voice import SpeakingOptions, find_source

    which, folder = options.checkpoint, Path("evaluation")
    if recipe is None:
        mel, language = MelConfig(), "und"
        samples = samples_of_folder(Path(options.recordings), options.num_utterances)
        if not wanted and not options.vocoded:
            raise InputError("nothing to compare: give --systems NAME=FOLDER ...")
    else:
        mel, language = read_mel_config(recipe), language_of(recipe.config.language).tag
        cuts = recipe.cuts(options.split)
        samples = read_samples(cuts, recipe.work, options.split, options.num_utterances)
        folder = recipe.work / folder
        if not wanted:
            exp_dir = Path(options.exp_dir or recipe.exp_dir(options.model))
            source, which = find_source(exp_dir, options.epoch, which)
            wanted, folder = {options.model: source}, exp_dir / "evaluation"
    vocoder = load_vocoder(options.vocoder or None, mel)
    how = SpeakingOptions(options.steps, options.temperature, seed=options.seed)
    speaking = {"epoch": options.epoch, "which": which, "device": options.device}
    systems: list[System] = [Recording(RECORDING, "the recordings", mel)]
    for name, path in wanted.items():
        found = open_system(name, path, mel, vocoder, how, any_rate=options.resample, **speaking)
        systems.append(found)
    if options.vocoded:
        systems.append(Vocoded(VOCODED, "the recordings' mel through the vocoder", mel, vocoder))
    return Evaluation(
        options,
        samples,
        systems,
        facts_of(options, recipe, samples, systems, pitch),
        Path(options.output_dir or folder),
        language,
        pitch,
    )


def licensed(facts: Mapping[str, str]) -> str:
    """Name a corpus and its licence; the page carries its recordings."""
    terms = [facts[name] for name in ("dataset_license", "dataset_comment") if facts[name]]
    return f"{facts['dataset']} ({'; '.join(terms)})" if terms else facts["dataset"]


def facts_of(
    options: EvaluateOptions,
    recipe: Recipe | None,
    samples: Sequence[Sample],
    systems: Sequence[System],
    pitch: PitchConfig,
) -> dict[str, str]:
    """Return what is measured and how, for the head of the report."""
    mel = systems[0].mel
    facts = {
        **{system.name: system.source for system in systems[1:]},
        "corpus": licensed(recipe.facts()) if recipe else options.recordings,
        "utterances": f"{len(samples)}" + (f" of {options.split}" if recipe else ""),
        "vocoder": options.vocoder or "Griffin-Lim",
        "manner": f"{options.steps} steps, temperature {options.temperature}, seed {options.seed}",
        "F0": ", ".join(
            f"{name.removeprefix('f0_')} {value}" for name, value in to_dict(pitch).items()
        ),
        "frames": f"{mel.hop_length} samples of {mel.sample_rate} Hz, paired by {options.pairing}",
    }
    return {**facts, **({"DNSMOS": options.dnsmos} if options.dnsmos else {})}
