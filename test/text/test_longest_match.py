"""The runtime's longest match."""

from tts.text.longest_match import match


def test_longest_from_the_left():
    assert match("abcab", {"ab", "abc", "ca"}) == ["abc", "ab"]
    assert match("xyz", set()) == ["x", "y", "z"]
    assert match("", {"a"}) == []
