"""Say English words inside Mandarin, in symbols of their own in a Mandarin table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import product

from tts.text.english.arpabet import PUNCTUATION, lexicon_table, to_ipa
from tts.text.english.frontend import LexiconFrontEnd
from tts.text.spoken import FrontEndConfig, Word
from tts.text.tokens import TokenTable

# Stands after every English word, since the runtimes differ in what they make of spaces.
WORD_END = "|"
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def symbol_of(symbol: str) -> str:
    """Return an IPA symbol of the English front end as the combined table writes it.

    A Mandarin table has syllables and initials such as a, n and sh: ASCII letters of English
    take the slash of phonetic writing (/a); other symbols of IPA stay as they are.
    """
    return "/" + symbol if symbol.isascii() and symbol.isalpha() else symbol


def combined_table(mandarin: TokenTable) -> TokenTable:
    """Return Mandarin table under its own ids, then the English symbols; punctuation is Mandarin's.

    The space has no token there: 2.x would send it wherever a text has one.
    """
    symbols = {symbol: number for symbol, number in mandarin.symbols.items() if symbol != " "}
    english = [symbol_of(s) for s in lexicon_table().symbols if s.isalpha()]
    first = mandarin.num_embeddings
    added = {symbol: first + index for index, symbol in enumerate([WORD_END, *english])}
    return TokenTable({**symbols, **added})


# Keys as keyboards have them -> their names; most of them only where nothing stands beside.
_KEYS = {
    **{"ctrl": "control", "cmd": "command", "esc": "escape", "del": "delete", "ins": "insert"},
    **{"pgup": "page up", "pgdn": "page down", "prtsc": "print screen", "bksp": "backspace"},
    **{"opt": "option", "caps": "caps lock"},
}
_KEY = re.compile(
    rf"(?:(?<![A-Za-z'])(?:ctrl|cmd)(?![A-Za-z'])|^(?:{'|'.join(_KEYS)})$)", re.IGNORECASE
)
# Beside Hanzi it is what a concert is: Live现场; with a subject English words say what it is.
_LIVE = re.compile(
    r"^[Ll]ive$|^LIVE$|(?<=[A-Za-z'] )L(?:ive|IVE)$|\bLive(?= (?:House|Photos?|Band)$)"
)

_AND = re.compile("(?<![A-Za-z'])([A-Z]{1,2})'n'(?=[A-Z](?![A-Za-z']))")


class EnglishWords:
    """Say runs of Latin letters through the English front end, in symbols of the table."""

    def __init__(self, config: FrontEndConfig) -> None:
        self._front = LexiconFrontEnd(
            FrontEndConfig(config.language, "lexicon", user_lexicon=config.user_lexicon)
        )

    def normalize(self, letters: str) -> str:
        """Return words of `letters` as both runtimes find them in the lexicon: in lower case."""
        letters = _names(letters)
        return "a" if letters in ("a", "A") else self._front.normalize(letters).lower()

    def say(self, letters: str) -> Iterator[Word]:
        """Yield the words of `letters` (a-z, ' and spaces), WORD_END after each."""
        if letters in ("a", "A"):
            # Alone it is the letter and not the article: A座, 维生素A.
            yield Word("a", _marked(self._front("ay").tokens), "spelled")
            return
        for word in self._front(_names(letters)).words:
            if word.source not in ("space", "punctuation"):
                yield Word(word.text.lower(), _marked(word.tokens), word.source)

    def say_phones(self, word: str, phones: Iterable[str]) -> Word:
        """Return a word as its ARPAbet phones say it."""
        return Word(word.lower(), _marked(to_ipa(phones)), "override")

    def lexicon(self, runs: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
        """Yield the words of the dictionary, initialisms, and other words of Latin `runs`.

        What the front end cuts into several words, such as initialisms, is one entry: the
        runtimes look a whole run of letters up.
        """
        names = {letter: [t for w in self.say(letter) for t in w.tokens] for letter in LETTERS}
        yield "a", names["a"]
        known = {"a"}
        for word, symbols in self._front.lexicon():
            if word not in known:
                known.add(word)
                yield word, list(_marked(symbols))
        for word in initialisms():
            if word not in known:
                known.add(word)
                yield word, [token for letter in word for token in names[letter]]
        for word in sorted({word for run in runs for word in run.split()}):
            tokens = [token for said in self.say(word) for token in said.tokens]
            if tokens and word.lower() not in known:
                known.add(word.lower())
                yield word.lower(), tokens


def initialisms() -> Iterator[str]:
    """Yield all runs of two and three letters: the runtimes skip what a lexicon lacks."""
    for length in (2, 3):
        yield from map("".join, product(LETTERS, repeat=length))


def _names(letters: str) -> str:
    """Write keys, Live and R'n' as English says them."""
    letters = _KEY.sub(lambda key: _KEYS[key[0].lower()], _AND.sub(_and, letters))
    return _LIVE.sub("live<L AY1 V>", letters)


def _and(match: re.Match[str]) -> str:
    """Say R'n' as R and; A before it is the letter."""
    return " ".join(match[1].replace("A", "ay")).replace("a y", "ay") + " and "


def _marked(symbols: Iterable[str]) -> tuple[str, ...]:
    """Return English symbols as tokens of the combined table, with the end of the word."""
    said = tuple(symbol_of(s) for s in symbols if s not in (" ", *PUNCTUATION))
    return (*said, WORD_END) if said else ()
