"""Models of the front end that a recipe learns from its own corpus: pieces, prosody marks."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from tts.data.corpus import Recipe
from tts.data.manifests import count_listed
from tts.data.split import split_ranges
from tts.files import read_jsonl
from tts.text.frontend import FrontEndConfig, build_frontend

FEWEST_LABELLED = 1000  # below this many labelled sentences rules are better than a model


def needs_labels(config: FrontEndConfig, train: bool) -> bool:
    """Whether stage 2 reads the corpus's texts and labels."""
    return config.unit == "bpe" or (train and config.prosody)


def with_models(recipe: Recipe, config: FrontEndConfig, train: bool) -> FrontEndConfig:
    """`config` with the models that it asks for, learned from the training set's labels.

    train: False leaves rules in the place of models that are not strictly needed.
    """
    if config.unit == "bpe":
        from tts.text.bpe import pack_bpe, train_bpe

        model = train_bpe(texts_of(recipe), config.vocab_size)
        config = dataclasses.replace(config, bpe_model=pack_bpe(model))
    if config.prosody and train:
        config = dataclasses.replace(config, prosody_model=_prosody_model(recipe, config))
    return config


def texts_of(recipe: Recipe) -> list[str]:
    """The normalised texts of the corpus, else its texts as written, in order."""
    return [item["custom"].get("normalized_text", item["text"]) for item in _supervisions(recipe)]


def _prosody_model(recipe: Recipe, config: FrontEndConfig) -> str:
    """What predicts #1 to #4; empty where there are too few labelled sentences to learn from."""
    from tts.text.boundary_model import train
    from tts.text.prosody import labelled_sentences

    training = split_ranges(count_listed(recipe), recipe.config.split)["train"]
    labelled = [
        item
        for item in _supervisions(recipe)
        if item["custom"]["position"] in training and item["custom"].get("prosody_marks")
    ]
    if len(labelled) < FEWEST_LABELLED:
        print(
            f"{len(labelled)} sentences with prosody marks, fewer than {FEWEST_LABELLED}: rules "
            "predict the marks of other texts"
        )
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


def _supervisions(recipe: Recipe) -> Iterator[dict[str, Any]]:
    return read_jsonl(recipe.manifest("supervisions.jsonl.gz"))
