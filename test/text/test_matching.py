"""The runtime's longest match and the entries that mend it."""

from tts.text.matching import joined, match

SINGLE = {c: (c.upper(),) for c in "abcde"}


def test_longest_from_the_left():
    assert match("abcab", {"ab", "abc", "ca"}) == ["abc", "ab"]
    assert match("xyz", set()) == ["x", "y", "z"]
    assert match("", {"a"}) == []


def test_neighbours_are_joined_where_the_context_counts():
    runs = [("abc", ["A2", "B", "C"]), ("ca", ["C", "A"])]
    assert joined(runs, SINGLE) == {"ab": ("A2", "B")}


def test_the_last_word_joins_what_stands_before_it():
    assert joined([("abc", ["A", "B", "C2"])], SINGLE) == {"bc": ("B", "C2")}


def test_entry_that_spoils_more_than_it_mends_is_left_out():
    entries = {**SINGLE, "bc": ("B1", "C1")}
    runs = [("abd", ["A2", "B", "D"]), *[("abc", ["A", "B1", "C1"])] * 3]
    added = joined(runs, entries)
    assert "ab" not in added
    assert match("abc", {**entries, **added}) == ["a", "bc"]
