"""Models of the front end that a recipe learns from its corpus: pieces, readings, prosody."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from tts.data.corpus import Recipe
from tts.data.manifests import count_listed
from tts.data.split import split_ranges
from tts.files import read_jsonl
from tts.text.frontend import build_frontend
from tts.text.spoken import AlignmentError, FrontEndConfig

if TYPE_CHECKING:
    from tts.text.mandarin.reading_model import Labelled

FEWEST_LABELLED = 1000  # below this many labelled sentences rules are better than a model


def needs_labels(config: FrontEndConfig, train: bool) -> bool:
    """Whether stage 2 reads the corpus's texts and labels."""
    return config.unit == "bpe" or (train and (config.prosody or _reads_labels(config)))


def _reads_labels(config: FrontEndConfig) -> bool:
    """Whether the front end can learn readings from labelled pinyin."""
    return config.frontend == "pinyin" and config.unit != "bpe" and config.pinyin == "labelled"


def with_models(recipe: Recipe, config: FrontEndConfig, train: bool) -> FrontEndConfig:
    """`config` with the models that it asks for, learned from the training set's labels.

    train: False leaves rules in the place of models that are not strictly needed.
    """
    if config.unit == "bpe":
        from tts.text.bpe import pack_bpe, train_bpe

        model = train_bpe(texts_of(recipe), config.vocab_size)
        config = dataclasses.replace(config, bpe_model=pack_bpe(model))
    if train and _reads_labels(config):
        config = dataclasses.replace(config, reading_model=_reading_model(recipe))
    if config.prosody and train:
        config = dataclasses.replace(config, prosody_model=_prosody_model(recipe, config))
    return config


def texts_of(recipe: Recipe) -> list[str]:
    """The normalised texts of the corpus, else its texts as written, in order."""
    return [item["custom"].get("normalized_text", item["text"]) for item in _supervisions(recipe)]


def _reading_model(recipe: Recipe) -> str:
    """How the corpus's speaker reads; empty where there are too few labelled sentences."""
    from tts.text.mandarin.lattice import Lattice
    from tts.text.mandarin.reading_model import learn, pack, tonal_share

    labelled = [item for item in _split(recipe, "train") if item["custom"].get("pinyin")]
    if _too_few(labelled, "labelled pinyin", "readings"):
        return ""
    print(f"learning readings from {len(labelled)} sentences", flush=True)
    learned = learn(_labelled_runs(labelled))
    unseen = _labelled_runs(_split(recipe, "valid"))
    rules, model = (tonal_share(lattice, unseen) for lattice in (Lattice(), learned))
    print(f"syllables of the validation set as labelled: {rules:.1%} by rules, {model:.1%} learned")
    return pack(learned)


def _labelled_runs(items: Iterable[dict[str, Any]]) -> list[Labelled]:
    """Runs of Hanzi with their labelled syllables."""
    from tts.text.mandarin.reading_model import labelled_runs

    frontend: Any = build_frontend(FrontEndConfig("zh", "pinyin", "syllable"))
    sentences = []
    for item in items:
        custom = item["custom"]
        with contextlib.suppress(AlignmentError):  # stage 4 names such sentences
            labels = list(custom.get("pinyin") or ())
            spoken = frontend.from_labels(item["text"], custom.get("prosody"), labels)
            sentences.append(spoken.words)
    return labelled_runs(sentences)


def _prosody_model(recipe: Recipe, config: FrontEndConfig) -> str:
    """What predicts #1 to #4; empty where there are too few labelled sentences to learn from."""
    from tts.text.mandarin.boundary_model import train
    from tts.text.mandarin.prosody import labelled_sentences

    labelled = [item for item in _split(recipe, "train") if item["custom"].get("prosody_marks")]
    if _too_few(labelled, "prosody marks", "the marks of other texts"):
        return ""
    plain = build_frontend(dataclasses.replace(config, prosody=False))
    sentences = [
        sentence
        for item in labelled
        for sentence in labelled_sentences(
            plain(item["text"]).words, item["custom"]["prosody_marks"]
        )
    ]
    print(f"learning to predict prosody marks from {len(labelled)} sentences", flush=True)
    return train(sentences)


def _split(recipe: Recipe, name: str) -> list[dict[str, Any]]:
    """The supervisions of a split: what is tested later is not learned from."""
    positions = split_ranges(count_listed(recipe), recipe.config.split)[name]
    return [item for item in _supervisions(recipe) if item["custom"]["position"] in positions]


def _too_few(labelled: list[dict[str, Any]], what: str, predicted: str) -> bool:
    """Whether there is too little to learn from; says so."""
    if len(labelled) >= FEWEST_LABELLED:
        return False
    print(
        f"{len(labelled)} sentences with {what}, fewer than {FEWEST_LABELLED}: "
        f"rules predict {predicted}"
    )
    return True


def _supervisions(recipe: Recipe) -> Iterator[dict[str, Any]]:
    return read_jsonl(recipe.manifest("supervisions.jsonl.gz"))
