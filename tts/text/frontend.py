"""Build the front end that a configuration describes."""

from __future__ import annotations

from tts.errors import InputError
from tts.text.spoken import (
    AlignmentError,
    FrontEnd,
    FrontEndConfig,
    Problem,
    Spoken,
    Word,
)

__all__ = [
    "AlignmentError", "FrontEnd", "FrontEndConfig", "Problem", "Spoken", "Word",
    "build_frontend", "check_config", "metadata_flags",
]  # fmt: skip


_KINDS = {
    ("en-us", "lexicon"): (("phone", "bpe"), ("blank",)),
    ("en-us", "espeak"): (("phone",), ("runtime", "reference")),
    ("zh", "pinyin"): (("syllable", "initial_final", "bpe"), ("blank",)),
    ("zh_en", "pinyin"): (("syllable", "initial_final"), ("blank",)),
}


def check_config(config: FrontEndConfig) -> None:
    """Raise InputError unless language, front end, unit and framing go together."""
    known = "; ".join(
        f"{language}: {frontend} with unit {' or '.join(units)}, framing {' or '.join(framings)}"
        for (language, frontend), (units, framings) in _KINDS.items()
    )
    kind = (config.language, config.frontend)
    if kind not in _KINDS:
        raise InputError(f"no front end {config.frontend!r} for {config.language!r} ({known})")
    units, framings = _KINDS[kind]
    if config.unit not in units or config.framing not in framings:
        raise InputError(
            f"front end {config.frontend} of {config.language} knows no unit {config.unit!r} "
            f"with framing {config.framing!r} ({known})"
        )
    pinyin = config.language != "en-us" and config.unit != "bpe"
    for flag, asked in (
        ("--prosody 1", config.prosody),
        ("--erhua fused", config.erhua != "split"),
    ):
        if asked and not pinyin:
            raise InputError(
                f"{flag} is for Mandarin with unit syllable or initial_final, not for "
                f"{config.language} with unit {config.unit}: leave {flag} out or choose such a unit"
            )
    if config.unit == "bpe" and not config.bpe_model:
        raise InputError(
            "unit bpe needs a trained sentencepiece model in the configuration; "
            "run prepare with --unit bpe --vocab-size N, which trains one"
        )


def build_frontend(config: FrontEndConfig) -> FrontEnd:
    """The front end that `config` describes. Raises: InputError where its parts do not match."""
    check_config(config)
    if config.frontend == "pinyin":
        from tts.text.mandarin.frontend import MandarinFrontEnd

        return MandarinFrontEnd(config)
    if config.frontend == "espeak":
        from tts.text.english.espeak import EspeakFrontEnd

        return EspeakFrontEnd(config)
    from tts.text.english.frontend import LexiconFrontEnd

    return LexiconFrontEnd(config)


def metadata_flags(config: FrontEndConfig) -> dict[str, str]:
    """The ONNX metadata from which sherpa-onnx chooses its own front end (strings)."""
    english = config.language == "en-us"
    # zh_en is Chinese, too: English words come from the lexicon there. The runtimes' own mixed
    # kind (voice "zh en-us") would want espeak.
    return {
        "language": "English" if english else "Chinese",
        "voice": "en-us" if english else "zh",
        # 2.x reads English through a lexicon file only where this says 1, too.
        "has_espeak": "1" if english else "0",
        "jieba": "0" if english else "1",
        "use_eos_bos": "0" if config.framing == "blank" else "1",
        "pad_id": str(build_frontend(config).token_table().pad_id),
    }
