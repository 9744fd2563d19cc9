"""Mandarin readings: pypinyin's phrases by longest match, tone sandhi, erhua."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from tts.text.characters import is_hanzi
from tts.text.erhua import NO_SUFFIX_BEFORE, takes_suffix
from tts.text.matching import LONGEST, Run, joined, match
from tts.text.pinyin import split_tone, table_syllable

# Third tones of daily speech, and how many of the most frequent in phrases: of all these the
# lexicon holds the pairs.
_SPOKEN = "我你也很有把给请想点好早晚里姐几两怎老小买走写打等口水火马米可以起使本手首只此每所满"
_PAIRED = 200

# Characters said alone, where the dictionary's first reading is not the usual one.
_ALONE = {"为": "wei2", "个": "ge", "得": "de", "哦": "o", "儿": "er2"}

# Words in which 儿 is a child and a syllable of its own, not the suffix of erhua.
_CHILD = frozenset(
    str.split(
        "女儿 婴儿 幼儿 少儿 孤儿 胎儿 健儿 男儿 宠儿 孩儿 产儿 混血儿 弃儿 低能儿 痴儿 犬儿 "
        "患儿 托儿 育儿 小儿 生儿 妻儿 早产儿 新生儿 畸形儿 弄潮儿 娇儿 歌儿 麟儿 吾儿 儿儿"
    )
)

# Words in daily use whose second syllable is neutral or whose reading the dictionary lacks.
_DAILY = """
爸爸 ba4 ba|妈妈 ma1 ma|爷爷 ye2 ye|奶奶 nai3 nai|姐姐 jie3 jie|妹妹 mei4 mei|哥哥 ge1 ge
弟弟 di4 di|叔叔 shu1 shu|伯伯 bo2 bo|舅舅 jiu4 jiu|姑姑 gu1 gu|姥姥 lao3 lao|婆婆 po2 po
公公 gong1 gong|太太 tai4 tai|宝宝 bao3 bao|娃娃 wa2 wa|星星 xing1 xing|嫂嫂 sao3 sao
爹爹 die1 die|婶婶 shen3 shen|猩猩 xing1 xing|丈夫 zhang4 fu|父亲 fu4 qin|姑娘 gu1 niang
先生 xian1 sheng|朋友 peng2 you|师傅 shi1 fu|大夫 dai4 fu|衣服 yi1 fu|关系 guan1 xi
部分 bu4 fen|休息 xiu1 xi|消息 xiao1 xi|事情 shi4 qing|眼睛 yan3 jing|耳朵 er3 duo
嘴巴 zui3 ba|喇叭 la3 ba|葫芦 hu2 lu|葡萄 pu2 tao|馄饨 hun2 tun|泥鳅 ni2 qiu
扫帚 sao4 zhou|喉咙 hou2 long|明白 ming2 bai|厉害 li4 hai|看看 kan4 kan|玩玩 wan2 wan
试试 shi4 shi|谢谢 xie4 xie|名字 ming2 zi|漂亮 piao4 liang|舒服 shu1 fu|麻烦 ma2 fan
便宜 pian2 yi|照片 zhao4 pian4|一月 yi1 yue4|一个 yi2 ge|两个 liang3 ge|几个 ji3 ge
三个 san1 ge|四个 si4 ge
"""

# Before these 为 is a preposition (for, because of); elsewhere it is mostly a verb.
_FOR = frozenset("了何什此谁你我他她它您咱人国民")

# After these 一 counts or orders, and keeps its own tone; so it does before them.
_ORDER_BEFORE = frozenset("第十初周零〇一二三四五六七八九百千万亿年")
_ORDER_AFTER = frozenset("零〇一二三四五六七八九月号日")


@lru_cache(maxsize=1)
def characters() -> dict[str, str]:
    """Every character's most usual reading, as the token table writes it."""
    from pypinyin.constants import PINYIN_DICT

    readings = {}
    for code, listed in PINYIN_DICT.items():
        character = chr(code)
        if is_hanzi(character):
            syllable = _table_reading(listed.split(",")[0])
            if syllable:
                readings[character] = syllable
    readings.update(_ALONE)
    return readings


@lru_cache(maxsize=1)
def phrases() -> dict[str, tuple[str, ...]]:
    """Phrases of two to ten characters with their readings, sandhi applied inside them."""
    from pypinyin.constants import PHRASES_DICT

    found = {}
    for phrase, listed in PHRASES_DICT.items():
        syllables = [_table_reading(readings[0]) for readings in listed]
        if (
            2 <= len(phrase) <= LONGEST
            and len(syllables) == len(phrase)
            and all(syllables)
            and all(map(is_hanzi, phrase))
        ):
            found[phrase] = tuple(_inside(phrase, [s for s in syllables if s]))
    return {**found, **_daily()}


@lru_cache(maxsize=1)
def _daily() -> dict[str, tuple[str, ...]]:
    entries = (entry.split() for entry in _DAILY.replace("\n", "|").strip("|").split("|"))
    return {phrase: tuple(syllables) for phrase, *syllables in entries}


@lru_cache(maxsize=4096)
def _table_reading(marked: str) -> str | None:
    from pypinyin.contrib.tone_convert import to_tone3

    return table_syllable(to_tone3(marked).replace("ü", "v"))


def read(hanzi: str) -> list[tuple[str, list[str]]]:
    """The words of a run of Hanzi with their syllables; a character without reading has none.

    Sandhi inside phrases comes from the dictionary; across them: 一 and 不 by what follows, and
    a third tone before a third tone where one of the two words is a single character, since
    such words lean on their neighbours.
    """
    words = match(hanzi, phrases())
    flat: list[str | None] = []
    for word in words:
        following = hanzi[len(flat) + 1 : len(flat) + 2]
        if word == "为" and following and following in _FOR:
            flat.append("wei4")
        else:
            flat += phrases().get(word) or [characters().get(character) for character in word]
    for index in range(len(hanzi)):
        flat[index] = _in_context(hanzi, flat, index)
    end = len(flat)
    for word, following in zip(words[-2::-1], words[:0:-1], strict=True):
        end -= len(following)
        if 1 in (len(word), len(following)):
            flat[end - 1] = _before(flat[end - 1], flat[end])
    result = []
    start = 0
    for word in words:
        result.append((word, [s for s in flat[start : start + len(word)] if s]))
        start += len(word)
    return result


def _before(syllable: str | None, following: str | None) -> str | None:
    """`syllable` with a third tone raised before another third tone."""
    if syllable and following and syllable[-1] == following[-1] == "3":
        return syllable[:-1] + "2"
    return syllable


def _inside(phrase: str, syllables: list[str]) -> list[str]:
    for index in range(len(syllables) - 1):
        raised = _before(syllables[index], syllables[index + 1])
        syllables[index] = raised or syllables[index]
    for index in range(len(phrase)):
        syllables[index] = _in_context(phrase, syllables, index) or syllables[index]
    return syllables


def _in_context(hanzi: str, syllables: list[str | None] | list[str], index: int) -> str | None:
    """The reading of 一, 不 and 儿 by what stands around them; any other as it is."""
    character, syllable = hanzi[index], syllables[index]
    following = syllables[index + 1] if index + 1 < len(syllables) else None
    if character == "儿" and syllable == "er2":
        return "er" if is_erhua(hanzi, index) else syllable
    if character not in "一不" or syllable not in ("yi1", "bu4") or not following:
        return syllable
    return _yi_bu(
        character,
        split_tone(following)[1],
        hanzi[index - 1 : index],
        hanzi[index + 1],
    )


def _yi_bu(character: str, tone: str, before: str, after: str) -> str:
    """一 and 不 before a syllable of `tone`."""
    if character == "不":
        return "bu2" if tone == "4" else "bu4"
    if (before and before in _ORDER_BEFORE) or after in _ORDER_AFTER:
        return "yi1"
    if tone == "4" or after == "个":
        return "yi2"
    return "yi4" if tone in "123" else "yi1"


def is_erhua(hanzi: str, index: int) -> bool:
    """Whether the 儿 at `index` is the suffix of the syllable before it."""
    if index == 0 or hanzi[index + 1 : index + 2] in NO_SUFFIX_BEFORE:
        return False
    if not takes_suffix(hanzi[index - 1]):
        return False
    start = index + 1
    if hanzi[max(0, index - 2) : index] in ("女孩", "男孩", "小孩"):
        return True
    return not any(hanzi[max(0, start - length) : start] in _CHILD for length in (2, 3))


def lexicon(runs: Sequence[Run] = ()) -> dict[str, tuple[str, ...]]:
    """Entries with which the runtime's longest match gives these readings.

    runs: Hanzi of which more shall come out right, with their syllables. Sandhi across words
    depends on neighbours, which a lexicon knows only as longer words: for all texts there are
    pairs with 一, 不, 为 and of frequent third tones, for `runs` what they need beside these.
    """
    single = characters()
    entries = {
        character: (syllable,)
        for character, syllable in single.items()
        if "\u4e00" <= character <= "\u9fff" or character == "〇"
    }
    # Alone in the runtime's cut 儿 mostly belongs to the syllable before it; where it is a
    # child a longer word holds it.
    entries["儿"] = ("er",)
    entries.update(phrases())
    for pair, syllables in _pairs(single):
        entries.setdefault(pair, syllables)
    known = [run for run in runs if all(map(entries.__contains__, run[0]))]
    return {**entries, **joined(known, entries)}


def _pairs(single: dict[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A character and a word after it that changes how the character is said."""
    for following in sorted(_FOR):
        yield "为" + following, ("wei4", single[following])
    for character, syllable in single.items():
        if not _is_common(character):
            continue
        tone = split_tone(syllable)[1]
        for first, alone in (("一", "yi1"), ("不", "bu4")):
            reading = _yi_bu(first, tone, "", character)
            if reading != alone:
                yield first + character, (reading, syllable)
    counts = Counter(character for phrase in phrases() for character in phrase)
    frequent = [c for c, _ in counts.most_common() if single.get(c, "")[-1:] == "3"]
    third = dict.fromkeys([*_SPOKEN, *frequent[:_PAIRED]])
    # A pair must not cut 姐姐 and its like in two.
    words = {
        word: said
        for word, said in _daily().items()
        if said[0][-1] == "3" and said != tuple(single[c] for c in word)
    }
    words |= {c: (single[c],) for c in third if all(c != word[0] for word in words)}
    for first, second in itertools.product(third, words):
        yield first + second, (single[first][:-1] + "2", *words[second])


def _is_common(character: str) -> bool:
    """Whether the basic character set of simplified Chinese (6,763 characters) has it."""
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
