"""Learn what a front end needs from its corpus: pieces, symbols, readings, prosody."""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Iterator
from typing import Any

from tts.data.corpus import Recipe
from tts.data.manifests import count_listed
from tts.data.split import split_ranges
from tts.files import read_jsonl
from tts.text.spoken import FrontEndConfig


def needs_labels(config: FrontEndConfig, train: bool) -> bool:
    """Return whether stage 2 reads the corpus's texts and labels."""
    learning = config.kind.learning
    learns = learning and importlib.import_module(learning).needs_corpus(config, train)
    return config.unit == "bpe" or bool(learns)


def with_models(recipe: Recipe, config: FrontEndConfig, train: bool) -> FrontEndConfig:
    """Return `config` with the models that it asks for, learned from the corpus.

    train: False leaves rules in the place of models that are not strictly needed.
    """
    if config.unit == "bpe":
        from tts.text.bpe import pack_bpe, train_bpe

        model = train_bpe(texts_of(recipe), config.vocab_size)
        config = dataclasses.replace(config, bpe_model=pack_bpe(model))
    if not needs_labels(config, train) or not config.kind.learning:
        return config
    learning = importlib.import_module(config.kind.learning)
    return learning.learn(config, train, lambda name: _split(recipe, name))


def texts_of(recipe: Recipe) -> list[str]:
    """Return the normalised texts of the corpus, else its texts as written, in order."""
    return [item["custom"].get("normalized_text", item["text"]) for item in _supervisions(recipe)]


def _split(recipe: Recipe, name: str) -> list[dict[str, Any]]:
    """Return the supervisions of a split, or of all: what is tested later is not learned from.

    But for an utterance that stands in for a set of which all is rejected (tts/data/split.py):
    that is known only after this stage, and it counts as training here.
    """
    items = list(_supervisions(recipe))
    if not name:
        return items
    positions = split_ranges(count_listed(recipe), recipe.config.split)[name]
    return [item for item in items if item["custom"]["position"] in positions]


def _supervisions(recipe: Recipe) -> Iterator[dict[str, Any]]:
    return read_jsonl(recipe.manifest("supervisions.jsonl.gz"))
