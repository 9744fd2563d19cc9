"""Read marks of HTML and Markdown, and look-alike apostrophes, as what they stand for.

What comes back has the length of what was given, so that positions in it are positions in the
input: a mark that says less is filled up with word joiners, which nobody says.
"""

from __future__ import annotations

import html
import re

from tts.text.numerals import roman

_FILL = "\u2060"
_ENTITY = re.compile(r"&(?:#\d{1,6}|#[xX][0-9A-Fa-f]{1,5}|[A-Za-z]{2,8}\d{0,2});")
# A grave or acute accent inside of a word: It´s.
_APOSTROPHE = re.compile(r"(?<=[A-Za-z])[`´′＇](?=[A-Za-z])|(?<=[A-Za-z]in)´(?![A-Za-z])")
_LINE_START = re.compile(
    r"^[ \t]*(?:#{1,6}(?= +(?:[A-Z]|\d+\.))|>{1,3}(?= )|[-*+•](?= )(?! ?\d)|[-*+] \[[ xX]\](?= ))",
    re.MULTILINE,
)
_LINK = re.compile(r"!?\[([^\[\]\n]{1,200})\]\((?:https?://|/|#|mailto:)[^()\s]{0,300}\)")
_STRIKE = re.compile(r"~~(?=\S)([^~\n]{1,200})~~")
_FENCE = re.compile(
    r"^[ \t]*(?:-{3,80}|\*{3,80}|_{3,80})[ \t]*$|^```[a-z]{0,12}[ \t]*$", re.MULTILINE
)
# Between two words a bullet parts them as a comma does.
_BULLET = re.compile(r"(?<=\w) [•·]+ (?=\w)")
# A number in brackets after a number or month: +1.2 (5%), 7-6 (4); no telephone number.
_BRACKET = re.compile(
    r"(?:(?<=[\d%KMB])|(?<=May|une|uly|ary|rch|ril|ust)|(?<=ember|tober))"
    r" \((?=[+-]?[$£€~]?\d)(?!\d{1,4}\)[ -]?\d)"
)
# Minutes of a match behind a name: Lee (12', 45+2').
_MINUTES = re.compile(r"\b([A-Z][a-z]{1,15}) \((?=\d{1,3}(?:\+\d{1,2})?'[,;) ])")
# Several words in brackets inside a sentence stand between pauses: tea (hot or cold) is free.
_ASIDE = re.compile(
    r"(?<=[\w%\"']) \((?!of |R-|D-|I-)(?=[^()\n]{0,99}[A-Za-z]{2})([A-Za-z$£€\d][^()\n]{0,150}"
    r" [^()\n]{0,150}[^()\n\s,;])\)(?=( \w)|)"
)
# The hidden digits of a card: **** 4821.
_HIDDEN = re.compile(r"(?:[*•]{4}[ -]?){1,4}(?=\d{4}(?![\d*]))")
_SPAN = re.compile(r"\(([a-z]|[ivx]{2,4})\)( ?[-–—] ?)\(([a-z]|[ivx]{2,4})\)")
_TIE_BREAK = re.compile(r"(?<=\d-\d)\((\d{1,2})\)")


def plain_marks(text: str) -> str:
    """Return `text` without marks of HTML and Markdown, in the same length."""
    if "&" in text:
        text = _ENTITY.sub(_entity, text)
    if "(" in text:
        text = _SPAN.sub(_span, text)
        text = _TIE_BREAK.sub(r", \1", _BRACKET.sub(", ", text))
        text = _MINUTES.sub(r"\1, ", text)
        text = _ASIDE.sub(lambda match: f", {match[1]}" + (",)"[not match[2]]), text)
    if "**" in text or "••" in text:
        text = _HIDDEN.sub(lambda match: re.sub("[*•]", "x", match[0]), text)
    text = _APOSTROPHE.sub("'", text)
    if not _MAY_MARK.search(text):
        return text
    text = _FENCE.sub(lambda match: " " * len(match[0]), text)
    text = _LINE_START.sub(lambda match: " " * len(match[0]), text)
    text = _LINK.sub(lambda match: match[1].ljust(len(match[0])), text)
    text = _STRIKE.sub(lambda match: f"  {match[1]}  ", text)
    return _BULLET.sub(lambda match: ",".ljust(len(match[0])), text)


_MAY_MARK = re.compile(r"^[ \t]*[#>*+•`-]|\]\(|~~|[•·]", re.MULTILINE)


def _span(match: re.Match[str]) -> str:
    """Return (b)-(f) as B to F, (ii)-(iv) as 2 to 4, in the same length."""
    ends = (match[1], match[3])
    numerals = len(ends[0] + ends[1]) > 2
    first, last = (str(roman(e.upper())) if numerals else e.upper() for e in ends)
    return f" {first} to {last}".ljust(len(match[0]))


def _filled(said: str, written: str) -> str:
    """Return `said` with silent characters behind it, as long as `written`."""
    return said + _FILL * (len(written) - len(said))


def _entity(match: re.Match[str]) -> str:
    """Return the character that &amp; or &#39; stands for."""
    said = html.unescape(match[0])
    if said == match[0] or len(said) > 1 or not said.isprintable():
        return " " * len(match[0]) if said.isspace() else match[0]
    return _filled(said, match[0])
