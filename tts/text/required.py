"""Tell from a regular expression which characters a text must have, or else it cannot match."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

try:  # the parser of `re`, which has no public name
    from re import _constants as constants
    from re import _parser as parser
except ImportError:  # Python 3.10
    import sre_constants as constants
    import sre_parse as parser

_MOST = 40  # larger classes say too little
_REPEATS = {constants.MAX_REPEAT, constants.MIN_REPEAT}
_REPEATS |= {getattr(constants, "POSSESSIVE_REPEAT", constants.MAX_REPEAT)}


def required_characters(pattern: str) -> list[frozenset[str]]:
    """Return sets of characters, of each of which a text has one wherever `pattern` matches.

    pattern: compiled with re.ASCII. What is not understood asks for nothing.
    """
    tree = parser.parse(pattern, re.ASCII)
    return _of_sequence(tree, bool(tree.state.flags & re.IGNORECASE))


def _of_sequence(items: Iterable[tuple[Any, Any]], either_case: bool) -> list[frozenset[str]]:
    """Return what all items of a sequence ask for."""
    found: list[frozenset[str]] = []
    for kind, value in items:
        if kind is constants.LITERAL:
            found.append(_cased({chr(value)}, either_case))
        elif kind is constants.IN:
            members = _members(value)
            found += [_cased(members, either_case)] if members else []
        elif kind is constants.SUBPATTERN:
            _, on, off, inner = value
            found += _of_sequence(inner, bool(on & re.I) or (either_case and not off & re.I))
        elif kind in _REPEATS and value[0] > 0:
            found += _of_sequence(value[2], either_case)
        elif kind is constants.ASSERT:
            found += _of_sequence(value[1], either_case)
        elif kind is constants.BRANCH:
            # One set for all: of each alternative the smallest.
            sets = [_of_sequence(inner, either_case) for inner in value[1]]
            if all(sets):
                found.append(frozenset().union(*(min(several, key=len) for several in sets)))
    return found


def _members(items: Iterable[tuple[Any, Any]]) -> set[str]:
    """Return the characters of a class; nothing where they are too many or not listed."""
    members: set[str] = set()
    for kind, value in items:
        if kind is constants.LITERAL:
            members.add(chr(value))
        elif kind is constants.RANGE and value[1] - value[0] < _MOST:
            members |= set(map(chr, range(value[0], value[1] + 1)))
        elif (kind, value) == (constants.CATEGORY, constants.CATEGORY_DIGIT):
            members |= set("0123456789")
        else:
            return set()
    return members if len(members) <= _MOST else set()


def _cased(members: set[str], either_case: bool) -> frozenset[str]:
    if not either_case:
        return frozenset(members)
    return frozenset(form for one in members for form in (one, one.lower(), one.upper()))
