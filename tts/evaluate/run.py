"""Run an evaluation, from options to files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tts.config import to_dict
from tts.data.corpus import Recipe
from tts.errors import InputError
from tts.evaluate.judges import Judges
from tts.evaluate.metrics import Row
from tts.evaluate.options import EvaluateOptions
from tts.evaluate.recogniser import Listener
from tts.evaluate.recognisers import open_recogniser
from tts.evaluate.samples import (
    Sample,
    read_samples,
    samples_of_folder,
    samples_of_texts,
)
from tts.evaluate.systems import (
    RECORDING,
    VOCODED,
    Packaged,
    Recording,
    Spoken,
    System,
    Vocoded,
    open_system,
)
from tts.features.contours import read_mel_config
from tts.features.pitch import PitchConfig
from tts.mel import MelConfig
from tts.text.languages import LANGUAGES, language_of, load


@dataclass(frozen=True)
class Evaluation:
    """Hold what is about to be measured.

    Attributes: samples, and systems, the recording first where there is one; facts, in words;
    folder, where everything is written; language, a row of the language table or ""; judges; pitch,
    how F0 is found.
    """

    options: EvaluateOptions
    samples: list[Sample]
    systems: list[System]
    facts: dict[str, str]
    folder: Path
    language: str
    judges: Judges
    pitch: PitchConfig

    def run(self, heard: Callable[[Row], None]) -> str:
        """Measure, call `heard` with each row, write all files; return the table of systems.

        Raises: InputError as `evaluate` does.
        """
        from tts.evaluate.page import utterance, write_page
        from tts.evaluate.report import evaluate, write_report

        rows, sections = [], []
        tag = language_of(self.language).tag if self.language else "und"

        def show(sample: Sample, said: dict[str, Any]) -> None:
            if len(sections) < self.options.show:
                sections.append(utterance(sample, said, tag))

        for row in evaluate(
            self.samples,
            self.systems,
            self.folder,
            pairing=self.options.pairing,
            judges=self.judges,
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
      recipe: where samples come from; None with options.recordings, and None or not (for its voice)
        with options.texts.
      wanted: folders of sounds, packages, experiment folders or checkpoints by name; empty: the one
        voice of options.model and options.exp_dir, with options.recordings none.
      pitch: how F0 is found.

    Raises: InputError when something is missing.
    """
    from tts.vocoders import load_vocoder
    from tts.voice import SpeakingOptions, find_source

    which, folder = options.checkpoint, Path("evaluation")
    mel = read_mel_config(recipe) if recipe else MelConfig()
    language = options.language or (recipe.config.language if recipe else "")
    if options.texts:
        samples = samples_of_texts(Path(options.texts), options.num_utterances)
    elif recipe:
        cuts = recipe.cuts(options.split)
        samples = read_samples(cuts, recipe.work, options.split, options.num_utterances)
    else:
        samples = samples_of_folder(Path(options.recordings), options.num_utterances)
    if options.recogniser and not any(sample.text for sample in samples):
        raise InputError(
            f"--recogniser {options.recogniser}: none of the {len(samples)} utterances has a text: "
            "put <id>.txt beside the recordings, or give --texts"
        )
    if options.texts:
        folder = Path("evaluation-texts")
    if recipe and not wanted:
        exp_dir = Path(options.exp_dir or recipe.exp_dir(options.model))
        source, which = find_source(exp_dir, options.epoch, which)
        wanted, folder = {options.model: source}, exp_dir / folder
    elif recipe:
        folder = recipe.work / folder
    if not wanted and (options.texts or not options.vocoded):
        raise InputError("nothing to compare: give --systems NAME=FOLDER ...")
    judges = _open_judges(options, language)
    vocoder = load_vocoder(options.vocoder or None, mel)
    how = SpeakingOptions(options.steps, options.temperature, seed=options.seed)
    speaking = {"epoch": options.epoch, "which": which, "device": options.device}
    speaking |= {"any_rate": options.resample, "runtime": options.runtime}
    systems = [open_system(name, wanted[name], mel, vocoder, how, **speaking) for name in wanted]
    if not options.texts:
        systems.insert(0, Recording(RECORDING, "the recordings", mel))
        if options.vocoded:
            source = "the recordings' mel through the vocoder"
            systems.append(Vocoded(VOCODED, source, mel, vocoder))
    return Evaluation(
        options,
        samples,
        systems,
        facts_of(options, recipe, samples, systems, pitch, judges),
        Path(options.output_dir or folder),
        language,
        judges,
        pitch,
    )


def _open_judges(options: EvaluateOptions, language: str) -> Judges:
    """Open DNSMOS, DistillMOS and a recogniser of `language`, a row of the language table.

    Raises: InputError when a file or package is missing, or the language has no recogniser.
    """
    from tts.evaluate.distillmos import DistillMos
    from tts.evaluate.dnsmos import Judge

    recogniser = units = None
    if options.recogniser:
        row = language_of(language) if language else None
        if row is None or not row.recogniser:
            hearing = ", ".join(name for name, row in LANGUAGES.items() if row.recogniser)
            given = f"{language} has none" if language else "which language?"
            raise InputError(f"--recogniser {options.recogniser}: {given}; --language {hearing}")
        chosen = open_recogniser(options.recogniser, row.recogniser, row.recogniser_prompt)
        recogniser = Listener(chosen)
        units = load(row.scoring)
        units("")  # a missing package is told before the first utterance
    return Judges(
        Judge(options.dnsmos) if options.dnsmos else None,
        DistillMos() if options.distillmos else None,
        recogniser,
        units,
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
    judges: Judges,
) -> dict[str, str]:
    """Return what is measured and how, for the head of the report."""
    mel = systems[0].mel
    facts = {
        **{system.name: system.source for system in systems if system.name != RECORDING},
        "corpus": options.texts or (licensed(recipe.facts()) if recipe else options.recordings),
        "utterances": f"{len(samples)}"
        + (f" of {options.split}" if recipe and not options.texts else ""),
        "vocoder": options.vocoder or "Griffin-Lim",
        "speaking": f"{options.steps} steps, temperature {options.temperature}, "
        f"seed {options.seed}",
        "F0": ", ".join(
            f"{name.removeprefix('f0_')} {value}" for name, value in to_dict(pitch).items()
        ),
        "frames": f"{mel.hop_length} samples of {mel.sample_rate} Hz, paired by {options.pairing}",
    }
    if not any(isinstance(system, (Spoken, Vocoded)) for system in systems):
        del facts["vocoder"]
    if not any(isinstance(system, (Spoken, Packaged)) for system in systems):
        del facts["speaking"]
    heard = judges.recogniser.name if judges.recogniser else ""
    judged = {"DNSMOS": options.dnsmos, "recogniser": heard}
    return {**facts, **{name: what for name, what in judged.items() if what}}
