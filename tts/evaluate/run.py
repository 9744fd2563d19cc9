"""The whole of an evaluation, from options to files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tts.data.corpus import Recipe
from tts.errors import InputError
from tts.evaluate.metrics import Row
from tts.evaluate.options import EvaluateOptions
from tts.evaluate.samples import Sample, read_mel_config, read_samples, samples_of_folder
from tts.evaluate.systems import RECORDING, VOCODED, Recording, System, Vocoded, open_system
from tts.features.mel import MelConfig


@dataclass(frozen=True)
class Evaluation:
    """What is about to be measured.

    Attributes: samples, and systems, the recording first; facts, in words; folder, where
    everything is written; language, of the texts.
    """

    options: EvaluateOptions
    samples: list[Sample]
    systems: list[System]
    facts: dict[str, str]
    folder: Path
    language: str

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
            show=show,
        ):
            heard(row)
            rows.append(row)
        table = write_report(self.folder, self.facts, rows)
        write_page(self.folder / "report.html", self.facts, rows, sections)
        return table


def prepare(
    options: EvaluateOptions, recipe: Recipe | None, wanted: Mapping[str, Path]
) -> Evaluation:
    """Load what `options` name.

    Args:
      recipe: where samples come from; None with options.recordings.
      wanted: folders of sounds, experiment folders or checkpoints by name; empty: the one voice
        of options.model and options.exp_dir.

    Raises: InputError when something is missing.
    """
    from tts.infer.speak import Manner
    from tts.infer.voice import find_source
    from tts.vocoders import load_vocoder

    which = options.checkpoint
    folder = Path(options.output_dir or "evaluation")
    if recipe is not None:
        mel = read_mel_config(recipe.work)
        if not wanted:
            exp_dir = Path(options.exp_dir or recipe.exp_dir(options.model))
            source, which = find_source(exp_dir, options.epoch, which)
            wanted = {options.model: source}
            folder = Path(options.output_dir or exp_dir / "evaluation")
        elif not options.output_dir:
            folder = recipe.work / "evaluation"
        cuts = recipe.cuts(options.split)
        samples = read_samples(cuts, recipe.work, options.split, options.num_utterances)
    else:
        if not wanted:
            raise InputError("--recordings: say what to compare, --systems NAME=FOLDER ...")
        mel = MelConfig()
        samples = samples_of_folder(Path(options.recordings), options.num_utterances)
    vocoder = load_vocoder(options.vocoder or None, mel)
    manner = Manner(options.steps, options.temperature, seed=options.seed)
    systems: list[System] = [Recording(RECORDING, "the recordings", mel)]
    for name, path in wanted.items():
        systems.append(
            open_system(
                name,
                path,
                mel,
                vocoder,
                manner,
                epoch=options.epoch,
                which=which,
                device=options.device,
                any_rate=options.resample,
            )
        )
    through = options.vocoder or "Griffin-Lim"
    if options.vocoded:
        systems.append(Vocoded(VOCODED, "the recordings' mel through the vocoder", mel, vocoder))
    facts = {
        **{system.name: system.source for system in systems[1:]},
        "corpus": recipe.facts()["dataset"] if recipe else options.recordings,
        "utterances": f"{len(samples)}" + (f" of {options.split}" if recipe else ""),
        "vocoder": through,
        "manner": f"{manner.num_steps} steps, temperature {manner.noise_scale}, seed {manner.seed}",
        "frames": f"{mel.hop_length} of {mel.sample_rate} Hz, paired by {options.pairing}",
    }
    if options.dnsmos:
        facts["DNSMOS"] = options.dnsmos
    language = recipe.config.language.replace("_", "-") if recipe else "und"
    return Evaluation(options, samples, systems, facts, folder, language)
