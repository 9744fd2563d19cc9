"""Define the language table: one row a language, with all that other code must know of it.

Classes and functions stand here as "module:name" and are imported where they are first used, so
that the table costs nothing and comes before everything that it names. docs/add_language.md says
how to add a row.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tts.errors import InputError, nearest


@dataclass(frozen=True)
class FrontEndKind:
    """Hold what a front end of a language takes, and how sherpa-onnx is given its sentences.

    Attributes:
      builder: its class, as "module:name".
      units, framings: those that it knows, the usual one first.
      options: fields of FrontEndConfig that it takes beyond those of all (not with unit bpe).
      learning: a module with needs_corpus and learn, which make a configuration complete from a
        corpus (see tts.text.mandarin.learning); empty: there is nothing to learn.
      older: what 1.13.x is given: codes (tts.text.codes), the normalised text, or nothing, since
        only 2.x speaks it.
      lexicon: whether a package has a lexicon.txt; else the runtime's own espeak speaks.
      longest_match: whether the runtime cuts a text by longest match instead of at spaces.
    """

    builder: str
    units: tuple[str, ...]
    framings: tuple[str, ...] = ("blank",)
    options: tuple[str, ...] = ()
    learning: str = ""
    older: Literal["codes", "text", ""] = "codes"
    lexicon: bool = True
    longest_match: bool = False


@dataclass(frozen=True)
class Language:
    """Hold what others need to know of one language.

    Attributes:
      name: for people. tag: BCP 47, for HTML ("und": unknown).
      front_ends: by the name that FrontEndConfig.frontend has, the usual one first.
      metadata: of exported models; from it sherpa-onnx chooses a front end of its own.
      max_chars: of what is spoken in one go, about 20 s of speech.
      full_stops: function (text before, text after) -> whether a full stop ends a sentence;
        empty: every one does.
      alphabet: function of a configuration -> tts.text.alphabet.PhoneAlphabet, by which times of
        an aligner's phones are given to tokens; empty: there is none.
      scripts: of the words that a user lexicon may hold, hanzi or latin (any other letters), each
        with its tts.text.notation.Notation; none: it takes no pronunciations.
      lexicon_line: an example of such a line. sample: a sentence for READMEs; empty: made of the
        voice's symbols.
      marks: function of a text with prosody marks -> tts.text.spoken.Marked; empty: it has none.
      recogniser: the language's code in a speech recogniser; empty: there is none.
      recogniser_prompt: a text of its kind, before what is heard.
      scoring: function of a text -> its units by kind, in which a recogniser's errors are counted.
    """

    name: str
    tag: str
    front_ends: Mapping[str, FrontEndKind]
    metadata: Mapping[str, str]
    max_chars: int
    full_stops: str = ""
    alphabet: str = ""
    scripts: Mapping[str, str] = field(default_factory=dict)
    lexicon_line: str = ""
    sample: str = ""
    marks: str = ""
    recogniser: str = ""
    recogniser_prompt: str = ""
    scoring: str = ""


_ENGLISH = "tts.text.english"
_MANDARIN = "tts.text.mandarin"
_PHONES = "tts.text.phones"
_ARPABET = f"{_ENGLISH}.notation:ARPABET"
_PINYIN = f"{_MANDARIN}.notation:PINYIN"
# So that a recogniser writes simplified Hanzi: "The following are sentences of Mandarin."
_SIMPLIFIED = "以下是普通话的句子。"
_MARKS = f"{_MANDARIN}.prosody:read_marks"
_FULL_STOPS = f"{_ENGLISH}.full_stops:ends_sentence"
# 2.x reads English through a lexicon file only where has_espeak says 1, too.
_AS_ENGLISH = {"language": "English", "voice": "en-us", "has_espeak": "1", "jieba": "0"}
# From a lexicon file both runtimes read a whole text, whatever its language, where it is Chinese.
# The runtimes' own mixed kind (voice "zh en-us") would want espeak.
_AS_CHINESE = {"language": "Chinese", "voice": "zh", "has_espeak": "0", "jieba": "1"}


def _pinyin(*units: str) -> FrontEndKind:
    """Return the Mandarin front end with these units."""
    return FrontEndKind(
        f"{_MANDARIN}.frontend:MandarinFrontEnd",
        units,
        options=("prosody", "erhua"),
        learning=f"{_MANDARIN}.learning",
        longest_match=True,
    )


LANGUAGES: dict[str, Language] = {
    "en-us": Language(
        "English",
        "en-us",
        {
            "lexicon": FrontEndKind(
                f"{_ENGLISH}.frontend:LexiconFrontEnd", ("phone", "bpe", "characters"), older=""
            ),
            "espeak": FrontEndKind(
                f"{_ENGLISH}.espeak:EspeakFrontEnd",
                ("phone",),
                ("runtime", "reference"),
                older="text",
                lexicon=False,
            ),
        },
        _AS_ENGLISH,
        max_chars=300,
        full_stops=_FULL_STOPS,
        alphabet=f"{_ENGLISH}.alphabet:alphabet",
        scripts={"latin": _ARPABET},
        lexicon_line="tencha T EH1 N CH AH0",
        sample="The voice speaks for itself.",
        recogniser="en",
        scoring=f"{_ENGLISH}.scoring:units",
    ),
    "zh": Language(
        "Mandarin",
        "zh",
        {"pinyin": _pinyin("syllable", "initial_final", "bpe")},
        _AS_CHINESE,
        max_chars=100,
        full_stops=_FULL_STOPS,
        alphabet=f"{_MANDARIN}.alphabet:alphabet",
        scripts={"hanzi": _PINYIN},
        lexicon_line="重庆 chong2 qing4",
        marks=_MARKS,
        sample="今天天气很好，我们出去走走吧。",
        recogniser="zh",
        recogniser_prompt=_SIMPLIFIED,
        scoring=f"{_MANDARIN}.scoring:units",
    ),
    "zh_en": Language(
        "Mandarin with English words",
        "zh",
        {"pinyin": _pinyin("syllable", "initial_final")},
        _AS_CHINESE,
        max_chars=100,
        full_stops=_FULL_STOPS,
        scripts={"hanzi": _PINYIN, "latin": _ARPABET},
        lexicon_line="重庆 chong2 qing4",
        marks=_MARKS,
        sample="今天天气很好，我们用 Python 写代码吧。",
        recogniser="zh",
        recogniser_prompt=_SIMPLIFIED,
        scoring=f"{_MANDARIN}.scoring:units",
    ),
    "phones": Language(
        "phones",
        "und",
        {
            "phones": FrontEndKind(
                f"{_PHONES}.frontend:PhoneFrontEnd",
                ("phone",),
                options=("symbols",),
                learning=f"{_PHONES}.learning",
            )
        },
        _AS_CHINESE,
        max_chars=800,  # about 250 phones of two letters, and the spaces between them
        alphabet=f"{_PHONES}.alphabet:alphabet",
    ),
}

# For the configuration's types.
NAMES = tuple(LANGUAGES)
KINDS = [kind for language in LANGUAGES.values() for kind in language.front_ends.values()]
FRONT_ENDS = tuple(dict.fromkeys(n for row in LANGUAGES.values() for n in row.front_ends))
UNITS = tuple(dict.fromkeys(unit for kind in KINDS for unit in kind.units))
FRAMINGS = tuple(dict.fromkeys(framing for kind in KINDS for framing in kind.framings))


def language_of(name: str) -> Language:
    """Return a row of the table. Raises: InputError that names the languages there are."""
    if name not in LANGUAGES:
        raise InputError(f"language {name!r} is unknown{nearest(name, LANGUAGES)}")
    return LANGUAGES[name]


def kind_of(language: str, frontend: str) -> FrontEndKind:
    """Return a front end of a language. Raises: InputError that names the ones there are."""
    front_ends = language_of(language).front_ends
    if frontend not in front_ends:
        known = "; ".join(f"{name}: {' or '.join(r.front_ends)}" for name, r in LANGUAGES.items())
        raise InputError(f"no front end {frontend!r} for {language!r} ({known})")
    return front_ends[frontend]


def load(name: str) -> Any:
    """Import what "module:name" names."""
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(module), attribute)
