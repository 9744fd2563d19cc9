"""Define what to evaluate and how, as the command line gives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tts.config import option
from tts.errors import InputError, nearest
from tts.text.languages import LANGUAGES


@dataclass(frozen=True)
class EvaluateOptions:
    """Hold the flags of local/evaluate.py beside those of the recipe and the systems."""

    model: str = option("matcha", "acoustic model, where no --systems are given")
    exp_dir: str = option("", "its experiment folder; empty: the recipe's")
    epoch: int | None = option(None, "use epoch-N.pt; without it best-valid-loss.pt")
    checkpoint: str = option("ema", "ema, raw, or the name of a checkpoint file")
    recordings: str = option("", "folder of wavs to compare with, instead of a recipe's split")
    texts: str = option("", "file of texts, `id|text` or a text a line, instead of recordings")
    language: str = option("", "of the texts, for --recogniser; empty: the recipe's")
    split: Literal["train", "valid", "test"] = option("valid", "train, valid or test")
    num_utterances: int = option(5, "the first N, 0: all")
    show: int = option(10, "how many of them the page shows and plays")
    vocoder: str = option("", "HiFi-GAN weights; empty: Griffin-Lim")
    vocoded: bool = option(True, "0: without the recording's mel through the same vocoder")
    dnsmos: str = option("", "DNSMOS P.835's sig_bak_ovr.onnx; empty: without it")
    distillmos: bool = option(False, "1: also the opinion that DistillMOS predicts")
    recogniser: str = option(
        "", "count errors of what it hears: base, tiny.en, or the folder of a model; empty: none"
    )
    runtime: Literal["onnx", "sherpa"] = option("onnx", "what speaks packages")
    pairing: Literal["dtw", "frames"] = option("dtw", "dtw, or frames: speech of the same times")
    resample: bool = option(False, "1: accept wavs of another sample rate")
    steps: int = option(3, "flow steps")
    temperature: float = option(0.667, "of the noise that the flow starts from")
    seed: int = option(42, "of the noise")
    device: str = option("cpu", "cpu or cuda")
    output_dir: str = option("", "empty: evaluation/ in --exp-dir, or in the working folder")

    def __post_init__(self) -> None:
        if self.language and self.language not in LANGUAGES:
            near = nearest(self.language, LANGUAGES)
            raise InputError(f"--language {self.language} is no row of the language table{near}")
        if self.texts and self.recordings:
            raise InputError("--texts and --recordings exclude each other")
        for name in ("num_utterances", "show"):
            if getattr(self, name) < 0:
                flag = f"--{name.replace('_', '-')} {getattr(self, name)}"
                raise InputError(f"{flag}: must be 0 or more")
