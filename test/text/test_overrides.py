"""Pronunciations written into a text."""

import pytest

from tts.text.overrides import Part, split


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("长<zhang3>大了", {"长": "zhang3"}),
        ("我去重庆<chong2 qing4>。", {"重庆": "chong2 qing4"}),
        ("花儿<huar1>开", {"花儿": "huar1"}),
        ("I read<R EH1 D> it.", {"read": "R EH1 D"}),
        ("a naïve<N AA0 IY1 V> don't<D OW1 N T>", {"naïve": "N AA0 IY1 V", "don't": "D OW1 N T"}),
        ("'read<R EH1 D>' twenty-one<W AH1 N>", {"read": "R EH1 D", "twenty-one": "W AH1 N"}),
        ("用iPhone<AY1 F OW2 N>打", {"iPhone": "AY1 F OW2 N"}),
        ("2 <b> x < y > z, <abc>, 你 <ni3>, x<>, 好＜hao3＞, x<ü>", {}),
    ],
)
def test_words_with_their_brackets(text, said):
    assert {part.text: part.said for part in split(text) if part.said is not None} == said


def test_the_whole_text_is_covered_in_order():
    text = "<a>Then长<zhang3>大 read<R EH1 D>, x<> <<<y<Z>>"
    rebuilt = ""
    for part in split(text):
        assert part.position == len(rebuilt)
        rebuilt += part.text + (f"<{part.said}>" if part.said is not None else "")
    assert rebuilt == text
    assert split("") == []


def test_what_is_no_pronunciation_is_a_problem_that_shows_a_valid_one():
    (part,) = split("read<R EH D>")
    problem = part.problem()
    assert problem.position == 0 and problem.text == "read<R EH D>"
    assert "stress digit" in problem.reason and "tencha<T EH1 N CH AH0>" in problem.reason
    (part,) = split("重<chong2 qing4>")
    assert "1 characters but 2 syllables" in part.problem().reason
    assert "重庆<chong2 qing4>" in part.problem().reason
    assert Part("x", 0, "EH1 K S").problem() is None
    assert Part("长", 0, "Zhang3").phones == ("zhang3",)
    assert Part("read", 0, "r eh1 d").phones == ("R", "EH1", "D")
