"""Build the front end that a configuration describes; check and complete configurations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tts.config import from_dict
from tts.errors import InputError
from tts.text.languages import LANGUAGES, language_of, load
from tts.text.spoken import (
    AlignmentError,
    FrontEnd,
    FrontEndConfig,
    Problem,
    Spoken,
    Word,
)
from tts.text.tokens import BOS, EOS

__all__ = [
    "AlignmentError", "FrontEnd", "FrontEndConfig", "Problem", "Spoken", "Word",
    "build_frontend", "check_config", "foreign_frontend", "frontend_of", "metadata_flags",
    "sample_text", "with_defaults",
]  # fmt: skip


def check_config(config: FrontEndConfig) -> None:
    """Raise InputError unless language, front end, unit and framing go together."""
    kind = config.kind
    if config.unit not in kind.units or config.framing not in kind.framings:
        raise InputError(
            f"front end {config.frontend} of {config.language} knows no unit {config.unit!r} "
            f"with framing {config.framing!r}, but unit {' or '.join(kind.units)} with framing "
            f"{' or '.join(kind.framings)}"
        )
    _check_options(config, () if config.unit == "bpe" else kind.options)
    if config.unit == "bpe" and not config.bpe_model:
        raise InputError(
            "unit bpe needs a trained sentencepiece model in the configuration; "
            "run prepare with --unit bpe --vocab-size N, which trains one"
        )


def _check_options(config: FrontEndConfig, taken: tuple[str, ...]) -> None:
    """Raise InputError for an option that only other front ends take."""
    given = {
        "prosody": ("--prosody 1", config.prosody),
        "erhua": ("--erhua fused", config.erhua != "split"),
        "symbols": ("--symbols", config.symbols),
    }
    for option, (flag, asked) in given.items():
        if not asked or option in taken:
            continue
        takers = {
            language: kind
            for language, row in LANGUAGES.items()
            for kind in row.front_ends.values()
            if option in kind.options
        }
        units = dict.fromkeys(u for kind in takers.values() for u in kind.units if u != "bpe")
        raise InputError(
            f"{flag} is for {', '.join(takers)} with unit {' or '.join(units)}, not for "
            f"{config.language} with unit {config.unit}: leave {flag} out or choose such a unit"
        )


def build_frontend(config: FrontEndConfig) -> FrontEnd:
    """Build the front end that `config` describes; InputError where its parts do not match."""
    check_config(config)
    return load(config.kind.builder)(config)


def with_defaults(facts: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Merge a recipe's facts with a user's choices; what neither states takes its usual value.

    Front end, unit and framing of the recipe count where the chosen language and front end know
    them: with another one the usual ones come in their place.
    """
    chosen = {**facts, **given}
    front_ends = language_of(chosen["language"]).front_ends
    own_language = chosen["language"] == facts["language"]
    if "frontend" not in given and not (own_language and "frontend" in facts):
        stated = facts.get("frontend")
        chosen["frontend"] = stated if stated in front_ends else next(iter(front_ends))
    kind = front_ends.get(chosen["frontend"])
    own = own_language and chosen["frontend"] == facts.get("frontend")
    for field, known in (("unit", kind.units), ("framing", kind.framings)) if kind else ():
        if field not in given and not (own and field in facts):
            chosen[field] = facts[field] if facts.get(field) in known else known[0]
    return chosen


def with_symbols(config: FrontEndConfig, path: Path | str | None) -> FrontEndConfig:
    """Return `config` with the symbols in a file; without a path `config` itself."""
    if not path:
        return config
    from tts.text.phones.symbols import read_symbols

    return read_symbols(config, Path(path))


def metadata_flags(config: FrontEndConfig) -> dict[str, str]:
    """Return the ONNX metadata from which sherpa-onnx chooses its own front end (strings)."""
    return {
        **language_of(config.language).metadata,
        "use_eos_bos": "0" if config.framing == "blank" else "1",
        "pad_id": str(build_frontend(config).token_table().pad_id),
    }


def frontend_of(metadata: Mapping[str, Any], where: Path | str) -> FrontEndConfig:
    """Return the front end named in a graph's metadata; of an icefall export the one implied."""
    if "frontend" in metadata:
        return from_dict(FrontEndConfig, json.loads(metadata["frontend"]), f"{where}: frontend")
    if metadata.get("has_espeak") == "1":
        return FrontEndConfig("en-us", "espeak", framing="reference")
    if metadata.get("jieba") == "1" or metadata.get("language") == "Chinese":
        return FrontEndConfig("zh", "pinyin", unit="syllable")
    raise InputError(f"{where} does not say which front end its tokens come from")


def foreign_frontend(symbols: Mapping[str, int], usual: Mapping[str, Any]) -> dict[str, Any]:
    """Return the front end of a checkpoint of icefall that has these symbols.

    A table with sentence marks is its English one: espeak, framing `^ _ ... _ $`; of any other
    the recipe's, `usual`, counts.
    """
    if {BOS, EOS} <= symbols.keys():
        return {"language": "en-us", "frontend": "espeak", "framing": "reference"}
    return dict(usual)


def sample_text(config: FrontEndConfig) -> str:
    """Return a sentence that a voice of this front end can say, for READMEs."""
    sample = language_of(config.language).sample
    return sample or " ".join([s for s in config.symbols.split() if s[:1].isalpha()][:8])
