"""Tell full stops that end a sentence from those of abbreviations."""

from __future__ import annotations

import re

from tts.text.english.dotted import DOTTED, STARTERS, stopped
from tts.text.english.normalize import ABBREVIATIONS, TITLES
from tts.text.english.places import SHORT_STATES
from tts.text.english.rules import ZONE
from tts.text.english.rules_flyers import CAPITAL_THING

# Before a word in small letters these go on; before a capital they end a sentence.
_EITHER = "|".join([*DOTTED, *SHORT_STATES, *stopped()["."], *stopped()[".,"], *stopped()[""]])
_BEFORE_NUMBER = re.compile(
    rf"(?<![A-Za-z])(?:{'|'.join([*stopped()['. 9'], *stopped()['. B'], *stopped()[' 9']])})$",
    re.IGNORECASE,
)
_BEFORE_NAME = re.compile(rf"(?<![A-Za-z])(?:{'|'.join(stopped()['. X'])})$", re.IGNORECASE)
# A full stop after these goes on, unless a capital follows those of the second pattern.
_LASTING = re.compile(
    rf"(?<![A-Za-z])(?:(?:{'|'.join([*ABBREVIATIONS, *TITLES])}|{_EITHER}|no|fig|vol|pp?|ext|ch|"
    r"sec|[a-z]|(?:[a-z]\.){1,8}[a-z])|"
    r"(?:mar|jun|jul|sep|mon|tues?|wed|thu|fri|sat))$",
    re.IGNORECASE,
)
_ENDING = re.compile(
    rf"(?<![A-Za-z])(?:etc|inc|ltd|jr|sr|co|corp|esq|ave|blvd|[ap]\.m|{_EITHER})$",
    re.IGNORECASE,
)


def ends_sentence(before: str, following: str) -> bool:
    """Return whether a full stop ends a sentence, by the text before it and what follows."""
    if re.match(r"#?\d", following) and _BEFORE_NUMBER.search(before):
        return False
    if re.match(f"(?!{STARTERS})[A-Z][a-z]", following) and _BEFORE_NAME.search(before):
        return False
    if re.search(r"\d ?(?:ft|yd)$", before) and re.match(CAPITAL_THING, following):
        return False
    if not _LASTING.search(before):
        return True
    if before[-2:].lower() == ".m" and re.match(ZONE, following):
        return False
    return not following or (bool(_ENDING.search(before)) and following[0].isupper())
