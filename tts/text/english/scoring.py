"""Write English texts as recognisers' errors are counted on them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from tts.errors import InputError


@lru_cache(maxsize=1)
def _normaliser() -> Any:
    try:
        from whisper_normalizer.english import EnglishTextNormalizer
    except ModuleNotFoundError as error:
        raise InputError(
            f"counting words needs the package {error.name}: run tools/setup.sh --judge"
        ) from None
    return EnglishTextNormalizer()


def units(text: str) -> dict[str, list[str]]:
    """Return words and letters of a text as Whisper's normaliser writes it: without "um" and "hmm",
    but with what stands in brackets, which it would take away.

    Raises: InputError when the package whisper-normalizer is missing.
    """
    words = _normaliser()(re.sub(r"[()\[\]<>]", " ", text)).split()
    return {"word": words, "character": list("".join(words))}
