"""Learn from a corpus's labels how its speaker reads and where they group words, in stage 2."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from tts.text.mandarin.boundary_model import train as train_boundaries
from tts.text.mandarin.frontend import MandarinFrontEnd
from tts.text.mandarin.lattice import Lattice
from tts.text.mandarin.prosody import labelled_sentences
from tts.text.mandarin.reading_model import (
    Labelled,
    labelled_runs,
    pack,
    tonal_share,
)
from tts.text.mandarin.reading_model import learn as learn_readings
from tts.text.spoken import AlignmentError, FrontEndConfig

FEWEST_LABELLED = 1000  # below this many labelled sentences rules are better than a model
Split = Callable[[str], list[dict[str, Any]]]


def needs_corpus(config: FrontEndConfig, train: bool) -> bool:
    """Return whether texts and labels of the corpus are read."""
    return train and (config.prosody or _reads_labels(config))


def learn(config: FrontEndConfig, train: bool, split: Split) -> FrontEndConfig:
    """Return `config` with the models that it asks for, learned from the training set's labels.

    train: False leaves rules in their place.
    split: the supervisions of a split by its name, as plain values; "" for all.
    """
    if train and _reads_labels(config):
        config = replace(config, reading_model=_reading_model(split))
    if train and config.prosody:
        config = replace(config, prosody_model=_prosody_model(split, config))
    return config


def _reads_labels(config: FrontEndConfig) -> bool:
    """Return whether readings can be learned from labelled pinyin."""
    return config.unit != "bpe" and config.pinyin == "labelled"


def _reading_model(split: Split) -> str:
    """Learn how the corpus's speaker reads; empty where there are too few labelled sentences."""
    labelled = [item for item in split("train") if item["custom"].get("pinyin")]
    if _too_few(labelled, "labelled pinyin", "readings"):
        return ""
    print(f"learning readings from {len(labelled)} sentences", flush=True)
    learned = learn_readings(_labelled_runs(labelled))
    unseen = _labelled_runs(split("valid"))
    rules, model = (tonal_share(lattice, unseen) for lattice in (Lattice(), learned))
    print(f"syllables of the validation set as labelled: {rules:.1%} by rules, {model:.1%} learned")
    return pack(learned)


def _labelled_runs(items: Iterable[dict[str, Any]]) -> list[Labelled]:
    """Collect runs of Hanzi with their labelled syllables."""
    frontend = MandarinFrontEnd(FrontEndConfig("zh", "pinyin", "syllable"))
    sentences = []
    for item in items:
        custom = item["custom"]
        with contextlib.suppress(AlignmentError):  # stage 4 names such sentences
            labels = list(custom.get("pinyin") or ())
            text = custom.get("normalized_text", item["text"])
            spoken = frontend.from_labels(text, custom.get("prosody"), labels)
            sentences.append(spoken.words)
    return labelled_runs(sentences)


def _prosody_model(split: Split, config: FrontEndConfig) -> str:
    """Learn to predict #1 to #4; empty where there are too few labelled sentences."""
    labelled = [item for item in split("train") if item["custom"].get("prosody_marks")]
    if _too_few(labelled, "prosody marks", "the marks of other texts"):
        return ""
    plain = MandarinFrontEnd(replace(config, prosody=False))
    sentences = [
        sentence
        for item in labelled
        for sentence in labelled_sentences(
            plain(item["text"]).words, item["custom"]["prosody_marks"]
        )
    ]
    print(f"learning to predict prosody marks from {len(labelled)} sentences", flush=True)
    return train_boundaries(sentences)


def _too_few(labelled: list[dict[str, Any]], what: str, predicted: str) -> bool:
    """Return whether there is too little to learn from, and say so."""
    if len(labelled) >= FEWEST_LABELLED:
        return False
    print(
        f"{len(labelled)} sentences with {what}, fewer than {FEWEST_LABELLED}: "
        f"rules predict {predicted}"
    )
    return True
