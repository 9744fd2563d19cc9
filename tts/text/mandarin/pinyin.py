"""Turn pinyin into tokens: the reference's table, one of initials and finals, corpus labels."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from tts.text.tokens import PAD, TokenTable

# The 412 syllables of Mandarin that the published voices know, in the order of their table.
SYLLABLES = """
a ai an ang ao ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu ca cai can
cang cao ce cen ceng cha chai chan chang chao che chen cheng chi chong chou chu chua chuai
chuan chuang chui chun chuo ci cong cou cu cuan cui cun cuo da dai dan dang dao de dei den
deng di dia dian diao die ding diu dong dou du duan dui dun duo e ei en eng er fa fan fang
fei fen feng fiao fo fou fu ga gai gan gang gao ge gei gen geng gong gou gu gua guai guan
guang gui gun guo ha hai han hang hao he hei hen heng hm hong hou hu hua huai huan huang hui
hun huo ji jia jian jiang jiao jie jin jing jiong jiu ju juan jue jun ka kai kan kang kao ke
ken keng kong kou ku kua kuai kuan kuang kui kun kuo la lai lan lang lao le lei leng li lia
lian liang liao lie lin ling liu lo long lou lu luan lun luo lv lve m ma mai man mang mao me
mei men meng mi mian miao mie min ming miu mo mou mu n na nai nan nang nao ne nei nen neng ni
nian niang niao nie nin ning niu nong nou nu nuan nun nuo nv nve o ou pa pai pan pang pao pei
pen peng pi pian piao pie pin ping po pou pu qi qia qian qiang qiao qie qin qing qiong qiu qu
quan que qun ran rang rao re ren reng ri rong rou ru rua ruan rui run ruo sa sai san sang sao
se sen seng sha shai shan shang shao she shen sheng shi shou shu shua shuai shuan shuang shui
shun shuo si song sou su suan sui sun suo ta tai tan tang tao te teng ti tian tiao tie ting
tong tou tu tuan tui tun tuo wa wai wan wang wei wen weng wo wu xi xia xian xiang xiao xie
xin xing xiong xiu xu xuan xue xun ya yan yang yao ye yi yin ying yo yong you yu yuan yue yun
za zai zan zang zao ze zei zen zeng zha zhai zhan zhang zhao zhe zhen zheng zhi zhong zhou
zhu zhua zhuai zhuan zhuang zhui zhun zhuo zi zong zou zu zuan zui zun zuo
""".split()  # noqa: SIM905

PUNCTUATION = (",", ".", "!", "?")

# Syllables of labels and dictionaries that the table lacks -> the nearest that it has.
REPLACED = {"shei": "shui", "zhei": "zhe", "tei": "tui", "ng": "en", "ê": "ei"}

INITIALS = (
    *("zh", "ch", "sh"),
    *("b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "r", "z", "c", "s"),
    *("y", "w"),
)


@lru_cache(maxsize=1)
def known_syllables() -> frozenset[str]:
    """Return the syllables of the table, without tones."""
    return frozenset(SYLLABLES)


@lru_cache(maxsize=2)
def pinyin_table(unit: str) -> TokenTable:
    """Return the token table of `unit`: "syllable" (the reference's 2069) or "initial_final"."""
    if unit == "syllable":
        tones = ("", "1", "2", "3", "4")
        tokens = [s + tone for s in SYLLABLES for tone in tones]
        return TokenTable.of([" ", PAD, ",", ".", "!", "?", ":", '"', "'", *tokens])
    finals = sorted({initial_final(syllable)[1] for syllable in SYLLABLES})
    toned = [final + tone for final in finals for tone in "12345"]
    return TokenTable.of([PAD, *PUNCTUATION, *sorted(INITIALS), *toned])


def split_tone(item: str) -> tuple[str, str]:
    """Return a syllable and its tone digit; 5 where none is written."""
    return (item[:-1], item[-1]) if item[-1:].isdigit() else (item, "5")


def table_syllable(item: str) -> str | None:
    """Write `item` (pinyin, with tone digit or not) as the table does; None if it cannot."""
    base, tone = split_tone(item)
    base = REPLACED.get(base, base)
    if base not in known_syllables() or tone not in "12345":
        return None
    return base if tone == "5" else base + tone


def split_labels(labels: Iterable[str]) -> list[str]:
    """Split labelled pinyin, every fused erhua as two items: huir4 -> hui4 er.

    The syllable er itself (er2, er3, er4) is no erhua.
    """
    items: list[str] = []
    for label in labels:
        base, tone = split_tone(label)
        if base.endswith("r") and base != "er":
            items += [base[:-1] + tone, "er5"]
        else:
            items.append(label)
    return items


def initial_final(base: str) -> tuple[str, str]:
    """Return initial ("" if there is none) and final of a syllable without tone.

    Finals that pinyin spells alike and that sound different are told apart: i after z, c, s
    is ii, after zh, ch, sh, r iii; u after j, q, x, y is v.
    """
    initial = next((i for i in INITIALS if base.startswith(i) and base != i), "")
    final = base[len(initial) :]
    if initial in ("j", "q", "x", "y") and final.startswith("u"):
        final = "v" + final[1:]
    if final == "i":
        final = {"z": "ii", "c": "ii", "s": "ii"}.get(initial, final)
        final = {"zh": "iii", "ch": "iii", "sh": "iii", "r": "iii"}.get(initial, final)
    return initial, final


def syllable_tokens(syllable: str, unit: str) -> tuple[str, ...]:
    """Return the tokens of a syllable of the table (neutral tone without digit)."""
    if unit == "syllable":
        return (syllable,)
    base, tone = split_tone(syllable)
    initial, final = initial_final(base)
    return (initial, final + tone) if initial else (final + tone,)
