"""Build acoustic models by name. A new model is one file and one line here."""

from __future__ import annotations

import importlib
from typing import Any

from tts.errors import InputError, nearest
from tts.models.facts import Facts

MODELS = {
    "fastspeech2": "tts.models.fastspeech2:FastSpeech2",
    "matcha": "tts.models.matcha:Matcha",
    "matcha_student": "tts.models.matcha_student:MatchaStudent",
    "tacotron2": "tts.models.tacotron2:Tacotron2",
}


def model_class(name: str) -> type:
    """Return the class registered under `name`. Raises: InputError for an unknown name."""
    if name not in MODELS:
        raise InputError(f"no acoustic model is called {name!r}{nearest(name, MODELS)}")
    module, attribute = MODELS[name].split(":")
    return getattr(importlib.import_module(module), attribute)


def build_model(name: str, config: Any, facts: Facts) -> Any:
    """Build the model `name`, a key of MODELS, from an instance of `model_class(name).Config`."""
    return model_class(name)(config, facts)


def inputs_of(name: str, config: Any) -> tuple[str, ...]:
    """Return what batches of the model `name` hold besides tokens and mel, before it is built.

    That is the class's `inputs`, or `inputs_of(config)` where they depend on the configuration.
    """
    chosen = model_class(name)
    return chosen.inputs_of(config) if hasattr(chosen, "inputs_of") else chosen.inputs


def compile_model(model: Any, backend: str = "inductor") -> None:
    """Compile a model in place (torch.compile); names and weights stay as they are.

    A model with a method `compile_parts(backend)` says what of it is compiled. Without one all
    of it is, lengths as symbols; what torch cannot compile runs as it is.
    """
    parts = getattr(model, "compile_parts", None)
    if parts is not None:
        parts(backend)
    else:
        model.compile(dynamic=True, backend=backend)
