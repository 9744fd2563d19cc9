"""Pronunciations written into a text."""

import pytest

from tts.text.inline_pronunciations import Part, split_pronunciations


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
        ("好＜hao3＞，重庆＜chong2　qing4＞", {"好": "hao3", "重庆": "chong2　qing4"}),
        ("女<nü3>绿<lu:4>", {"女": "nü3", "绿": "lu:4"}),
        ("2 <b> x < y > z, <abc>, x<>, x<ü>, x<Y>, x<5 and y>3, if a<b and c>d, <a1> b<c2>", {}),
        ("重<chong>庆, 大<5>小, 长<zhang3 x>", {}),
    ],
)
def test_words_with_their_brackets(text, said):
    assert {
        part.text: part.said for part in split_pronunciations(text) if part.said is not None
    } == said


def test_the_whole_text_is_covered_in_order():
    text = "<b><a>Then长<zhang3>大 read<R EH1 D>, x<> <<<y<Z>>"
    rebuilt = ""
    for part in split_pronunciations(text):
        assert part.position == len(rebuilt)
        rebuilt += part.text + (f"<{part.said}>" if part.said is not None else "")
    assert rebuilt == text
    assert split_pronunciations("") == []


def test_what_is_no_pronunciation_is_a_problem_that_shows_a_valid_one():
    (part,) = split_pronunciations("read<R EH D>")
    problem = part.problem()
    assert problem.position == 0 and problem.text == "read<R EH D>"
    assert "stress digit" in problem.reason and "tencha<T EH1 N CH AH0>" in problem.reason
    (part,) = split_pronunciations("重<chong2 qing4>")
    assert "1 characters but 2 syllables" in part.problem().reason
    assert "重庆<chong2 qing4>" in part.problem().reason
    assert Part("x", 0, "EH1 K S").problem() is None
    assert Part("长", 0, "Zhang3").phones == ("zhang3",)
    assert Part("read", 0, "r eh1 d").phones == ("R", "EH1", "D")


def test_u_with_dots_and_full_width_are_understood():
    assert [part.phones for part in split_pronunciations("女<nü3>绿<lu:4>女<NU\u03083>")] == [
        *(("nv3",), ("lv4",), ("nv3",)),
    ]
    (part,) = split_pronunciations("read＜Ｒ　ＥＨ１　Ｄ＞")
    assert part.phones == ("R", "EH1", "D") and part.problem() is None


@pytest.mark.parametrize(
    ("text", "kept", "shown"),
    [
        ("I read <R EH1 D> it", "I read  it", "read<R EH1 D>"),
        ("Dr.<D AA1 K> Who", "Dr. Who", "read<R EH1 D>"),
        ("长 <zhang3>大", "长 大", "长<zhang3>"),
        ("“长”<zhang3>", "“长”", "长<zhang3>"),
    ],
)
def test_a_pronunciation_after_no_word_is_left_out_and_reported(text, kept, shown):
    parts = split_pronunciations(text)
    assert "".join(part.text for part in parts) == kept
    (problem,) = [part.problem() for part in parts if part.problem()]
    assert text[problem.position :].startswith(problem.text) and problem.text[0] == "<"
    assert "stands right after no word" in problem.reason and shown in problem.reason


def test_separators_are_explained():
    (part,) = split_pronunciations("银行<yin2hang2>")[1:]
    assert "spaces between its syllables: yin2 hang2" in part.problem().reason
    (part,) = split_pronunciations("read<R-EH1-D>")
    assert "no phone" in part.problem().reason


def test_markup_is_left_out_and_reported():
    text = "<b>B</b>old<br/><speak>Hi</speak> <p class='x'>you</p>, a<b and c>d"
    parts = split_pronunciations(text)
    assert "".join(part.text for part in parts) == "Bold  Hi   you , a<b and c>d"
    problems = [part.problem() for part in parts if part.problem()]
    tags = ["<b>", "</b>", "<br/>", "<speak>", "</speak>", "<p class='x'>", "</p>"]
    assert [problem.text for problem in problems] == tags
    assert all("markup" in problem.reason for problem in problems)
    assert [part.text for part in split_pronunciations("a<b> c")] == ["a<b> c"]
