"""Hold what the prepared data say about a model, apart from its architecture's options."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Facts:
    """Hold what every model is built from besides its configuration: `Model(config, facts)`.

    A model takes what it needs; a new fact is a new field with a default. Weights that are
    loaded later bring the statistics with them, so that voices state only sizes.

    Attributes:
      vocab_size: number of embeddings, highest token id + 1.
      n_mels: bins of the mel that the model makes. frame_seconds: time between its frames.
      mel_mean, mel_std: scalar statistics of the training set's log mel.
      pad_id: id of the blank, which pads token ids and stands between tokens.
      speakers: names in the training set.
      contour_statistics: data/pitch/stats.json, of the training set's pitch and energy; empty
        for models without these inputs.
    """

    vocab_size: int
    n_mels: int = 80
    mel_mean: float = 0.0
    mel_std: float = 1.0
    pad_id: int = 0
    frame_seconds: float = 0.01161  # tts.features.cwt.FRAME_SECONDS, which torch comes with
    speakers: tuple[str, ...] = ()
    contour_statistics: Mapping[str, float] = dataclasses.field(default_factory=dict)
