"""The runtime's longest match."""

from tts.text.longest_match import longest_match


def test_longest_from_the_left():
    assert longest_match("abcab", {"ab", "abc", "ca"}) == ["abc", "ab"]
    assert longest_match("xyz", set()) == ["x", "y", "z"]
    assert longest_match("", {"a"}) == []
