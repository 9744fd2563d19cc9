"""Read words whose pronunciation their surroundings give: surnames, 还 at an end, 一日三次.

A row is a pattern over normalised text, whose group is the word, and its syllables. A syllable for
each character; what is found stands over the lattice. readings.fst lacks these rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tts.text.mandarin import vocabulary
from tts.text.mandarin.surnames import surnames

_NAMED = (
    "(?:(?:姓名|名字|联系人|收[件货]人|[寄发]件人|申请人|负责人|经办人|主持人|当事人|被保险人|投保人|持卡人|"
    "乘客|旅客|患者|买家|卖家|业主|户主|考生|主讲|主编|编剧|导演|主演|作者|法人|代表人|代表|[老教]师|医生)(?:是|为)?，?)"
)
_TITLE = "(?:先生|女士|小姐|太太)"
_WORK = "(?:老师|医生|大夫|教授|律师|经理|主任|师傅|同学|阿姨|叔叔|总监|院长|教练|警官|护士)"
# What may stand before a surname with a title: where it is no end of another word.
_BEFORE = "(?:^|(?<=[，。！？的给找和与跟及由对向叫是问为访]))"
_MANY = "[一二三四五六七八九十百千万两余多几]{1,9}"
_NUMBER = "[零一二三四五六七八九十百千两几]"
_H = "[\u3400-\u9fff]"


def _surnames() -> Iterator[tuple[str, str]]:
    """Yield rows of surnames before given names; with titles they are words of the lattice."""
    for name, said in surnames().items():
        yield (
            rf"{_NAMED}({name})(?={_H}{{1,3}}(?:$|[，。！？]))|"
            rf"{_BEFORE}({name})(?!为)(?={_H}{{1,2}}{_TITLE})",
            " ".join(said),
        )


_ROWS = [
    *_surnames(),
    # An office is held as well: 他任主任
    (rf"{_BEFORE}(任)(?={_WORK})", "ren2"),
    # A quantity: on one day so many times
    (
        rf"(?<![零一二三四五六七八九十月])(一日)(?={_NUMBER}{{1,3}}[次餐回片粒颗包支袋勺顿丸滴遍剂])",
        "yi2 ri4",
    ),
    # Lanes in addresses, after numbers that are no word; readings.fst has the others
    (r"[零一二三四五六七八九十百千]{2,9}(弄)(?![得成错好])", "long4"),
    # Each one counts: pay one, stay three
    (
        r"(?<=[押付买送赠借还做上休隔拍满抽罚])(一)(?=[押付送赠还休退返赔免减罚得发][一二两三四五六七八九十半])",
        "yi1",
    ),
    # Pay back: after a time or an amount, where nothing follows
    (
        r"[年月天期日次周性]后?(?:内|前|起|底)?(还)(?=$|[，。！？完吧呢吗]|本金|利息|本息|的(?:话|$|[，。]))",
        "huan2",
    ),
    (r"(还)(?=[你您我他她](?:们|家)?(?:$|[，。！？]|[钱了吧]))", "huan2"),
    # Turns, hits
    (r"(?<=[零一二三四五六七八九十百千万])(转)(?=$|[，。！？的每左以])", "zhuan4"),
    (rf"投{_NUMBER}{{1,4}}(中)(?=$|[，。！？的])", "zhong4"),
    # Keys of music; set to a value
    (r"(?<=个)(调)(?=$|[，。！？的了])", "diao4"),
    (rf"(调)(?=到{_NUMBER}{{1,9}}(?:[度档格点倍赫瓦毫帧秒A-Za-z]|分[钟之]))", "tiao2"),
    # Lead
    (rf"(率)(?={_MANY}(?:大军|雄兵|精兵|兵|人马|将士|铁骑|骑兵|军|名|余人|人|骑|之众))", "shuai4"),
    (
        r"(?<![概几比效利税频速功汇胜命准])(率)(?=[队团军部众]|[^，。！？]{1,4}(?:队|团)出[征访战])",
        "shuai4",
    ),
    # Generals
    (
        r"(?<=百零八)(将)(?=$|[，。！？的中里之])|(?<=单八)(将)|(?<=五虎)(将)|(?<=[零一二三四五六七八九十]员[大猛虎老])(将)",
        "jiang4",
    ),
    # Marked, with the particle
    (r"(?<=[上下里面中后前])(标的)(?=[是都那价日时])", "biao1 de"),
]
_COMPILED = [(re.compile(pattern), tuple(said.split())) for pattern, said in _ROWS]


def contextual(written: str) -> dict[int, tuple[str, ...]]:
    """Return where in normalised text words stand that a row reads -> their syllables."""
    found: dict[int, tuple[str, ...]] = {}
    for row, (pattern, said) in enumerate(_COMPILED):
        for match in pattern.finditer(written):
            place = match.start(match.lastindex)
            if not (row < len(surnames()) and _is_word(written[place : place + 2])):
                found.setdefault(place, said)
    return found


def _is_word(pair: str) -> bool:
    """Tell whether a surname and what follows are a word that is no name: 华为, 任何."""
    return pair not in surnames() and vocabulary.frequencies().get(pair, (0, ""))[1] not in (
        "",
        vocabulary.NAME,
    )
