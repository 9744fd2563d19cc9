"""Name the vocoders. A new one is one file and one line here."""

from __future__ import annotations

import importlib
from typing import Any

from tts.errors import InputError, nearest
from tts.mel import MelConfig

VOCODERS = {
    "harmonic": "tts.vocoders.harmonic:Harmonic",
    "hifigan": "tts.vocoders.hifigan:Hifigan",
    "vocos": "tts.vocoders.vocos:Vocos",
    "waveglow": "tts.vocoders.waveglow:Waveglow",
}


def vocoder_class(name: str) -> type:
    """Return the class registered under `name`. Raises: InputError for an unknown name."""
    if name not in VOCODERS:
        raise InputError(f"no vocoder is called {name!r}{nearest(name, VOCODERS)}")
    module, attribute = VOCODERS[name].split(":")
    return getattr(importlib.import_module(module), attribute)


def build_vocoder(name: str, config: Any, mel: MelConfig) -> Any:
    """Build a vocoder to be trained, with its published initial weights.

    Args: name, a key of VOCODERS; config, an instance of its `Config`; mel, what it takes.
    """
    model = vocoder_class(name)(config, mel)
    return model.trainable() if hasattr(model, "trainable") else model
