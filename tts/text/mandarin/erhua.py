"""Write erhua, the suffix 儿, as a syllable of its own or fused into the one before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from tts.text.mandarin.pinyin import (
    initial_final,
    split_labels,
    split_tone,
    syllable_tokens,
    table_syllable,
)

# Syllables that end a word with the suffix in the spoken Mandarin of Beijing: 花儿 huar, 会儿
# huir, 事儿 shir. Each may have any tone, since sandhi and weak stress change tones. All others
# keep 儿 as a syllable of its own; so does e, whose fused form would be the syllable er.
SYLLABLES = """
ao ba bai ban bang bao bei ben beng bian bie bin bing bo bu cai cao ceng cha chai chan chao che
chi chong chu chuan chuang chui ci cong cu cui cuo dai dan dang dao deng di dian diao die ding
dong dou du duan dui dun duo fa fan fen feng fu gai gan gang gao ge gen geng gong gou gu gua
guai guan gui gun guo hai han hao he hei hou hu hua huan huang hui huo ji jia jian jiang jiao
jie jin jing jiu juan jue jun kan kao ke keng kong kou ku kuai kuan kuang kun lan lao le lei li
lia lian liang lin ling liu long lou lu lun luo lv ma mai man mang mao mei men meng mi mian
miao min ming mo na nao nian niang niao niu pa pai pan pang pao pen peng pi pian piao pin ping
po pu qi qian qiang qiao qin qing qiu qu quan qun ren rou ruo sai san sang sao sha shai shan
shao she shen sheng shi shou shu shua shuang shui shuo si suan sui sun suo ta tan tang tao te
tian tiao tie ting tong tou tu tuan tui tuo wa wan wei wen wo wu xi xia xian xiang xiao xie xin
xing xiong xiu xuan xue ya yan yang yao ye yi yin ying you yu yuan yue yun za zai zao zha zhai
zhan zhao zhe zhen zheng zhi zhong zhou zhu zhua zhuan zhuang zhui zhun zhuo zi zui zuo
""".split()  # noqa: SIM905

# Characters that take the suffix in everyday speech (most stand in the word list of the
# Putonghua proficiency test). After any other 儿 is a child, a name, or a word of its own.
_SUFFIXED = frozenset(
    "下丑丝个串丸主乐乖书事云井些亮人今仨们件价份伙会伞伴位侄信俩偏偷兔兜冻准几凳刀刃刷刺前剪"
    "劲勺包匣半单印卷叉双口叶号同名后味命响哥哨哪唱嗓嗝嘴回团围图圆圈土地坎坑块坛坡坨垂堆塔墙"
    "声壳壶夜天头夹套好妞姐姨娃娘婶子孔字孩官宝对小尖尺尾屁层屋崽工巧差巾布帖帘带席帮帽干庄底"
    "座弓弦弯彩影心快悄情意慢戏戳扇手扣把拐招捆排摆摊撇数旗早明星春昨晃晚景曲月末本朵杆杠条杯"
    "板果枝枣架柜柱树样核根格桃框桌桥桶梁梦棍棒楼橛檐欢款歌步段毛毯气水汁汉汤沙沟沫油沿法泡泪"
    "洞活海清渣溜滚漂火灯灰炉点烟熊燕爪爷片牌牙牛特狗猪猫猴玩珠班球瓜瓶甜画疤病白皮盂盅盆盒盖"
    "盘盹真眼着砖碗碟碴礼神票种秧稳穗空窍窖窗窝站竿笼筐筒签管箱篮米类粉粒粥糖线绢绳缘缝缸罐罩"
    "群肉肚股背胖脐脑脚脸腔腕腮腰腿膜舌船节芯花芽苗范茬茶草药菜营葱虫虾蛇街衣衫袄袋袖袜裙褂角"
    "词话调谎谜谱豆趟足跟路车转轮轴轻辈边这远道那酒酱醋里针钉钩钱铃铲铺锅镜门间闷阄阴阵院零面"
    "靴鞋音顶领颗食饱饼馅馆香马驴高鬼鱼鸡鸣鸭黄黑鼓鼻齿"
)

# Words in which 儿 is a child and a syllable of its own, not the suffix of erhua.
_CHILD = frozenset(
    """
    女儿 婴儿 幼儿 少儿 孤儿 胎儿 健儿 男儿 宠儿 产儿 混血儿 弃儿 低能儿 痴儿 犬儿 患儿 托儿 育儿
    小儿 生儿 妻儿 早产儿 新生儿 畸形儿 弄潮儿 娇儿 歌儿 麟儿 吾儿 儿儿
    """.split()  # noqa: SIM905
)
_CHILDREN = ("女孩", "男孩", "小孩")

SUFFIX = "儿"
NO_SUFFIX_BEFORE = ("子", "童", "女", "科", "媳", "孙", "歌")  # 儿子, 儿童: a child
ALONE = "er"  # the suffix as a syllable of its own, in the neutral tone


@lru_cache(maxsize=1)
def _bases() -> frozenset[str]:
    return frozenset(SYLLABLES)


def fused_syllable(syllable: str) -> str | None:
    """Say `syllable` with the suffix, hui4 as huir4; None where the list has no such form."""
    base = split_tone(syllable)[0]
    return base + "r" + syllable[len(base) :] if base in _bases() else None


def takes_suffix(character: str) -> bool:
    """Return whether words ending in `character` are said with the suffix 儿 in everyday speech."""
    return character in _SUFFIXED


def is_suffix(hanzi: str, index: int) -> bool:
    """Return whether the 儿 at `index` is the suffix of the character before it."""
    before, after = hanzi[max(0, index - 2) : index], hanzi[index + 1 : index + 2]
    if not before or after in NO_SUFFIX_BEFORE or not takes_suffix(before[-1]):
        return False
    if before in _CHILDREN:
        return True
    return not any(before[-length:] + SUFFIX in _CHILD for length in (1, 2))


def is_fused(syllable: str) -> bool:
    """Tell whether `syllable` holds the suffix, or is empty: fused into the one before."""
    base = split_tone(syllable)[0]
    return not syllable or (base.endswith("r") and base != ALONE)


def read_labels(labels: Iterable[str], fused: bool) -> list[str]:
    """Read labelled pinyin, one item a character: huir4 as hui4 er5 or, fused, huir4 and "".

    The syllable er itself (er2, er3, er4, er5) is no erhua.
    """
    items: list[str] = []
    for label in labels:
        parts = split_labels([label])
        together = fused_syllable(table_syllable(parts[0]) or "") if len(parts) > 1 else None
        items += [together, ""] if fused and together else parts
    return items


def fuse(text: str, syllables: Sequence[str]) -> list[str]:
    """Return syllables of `text`, one a character; those with a suffix fused, the suffix empty."""
    fused = list(syllables)
    if len(text) != len(fused):
        return fused
    for index in range(1, len(fused)):
        if text[index] == SUFFIX and fused[index] == ALONE and fused[index - 1]:
            together = fused_syllable(fused[index - 1])
            if together:
                fused[index - 1 : index + 1] = [together, ""]
    return fused


def reach_back(words: Iterable[tuple[str, list[str]]]) -> list[tuple[str, list[str]]]:
    """Move a suffix at the beginning of a word into the word before; yield words and syllables."""
    result: list[tuple[str, list[str]]] = []
    for word, syllables in words:
        if (
            result
            and word[0] == SUFFIX
            and syllables[:1] == [ALONE]
            and result[-1][1]
            and fused_syllable(result[-1][1][-1])
        ):
            before, said = result[-1]
            result[-1] = (before + SUFFIX, [*said, ALONE])
            word, syllables = word[1:], syllables[1:]
        if word:
            result.append((word, syllables))
    return result


@lru_cache(maxsize=2)
def fused_tokens(unit: str) -> tuple[str, ...]:
    """Return what a token table holds for fused syllables; `unit` as in pinyin_table."""
    if unit == "syllable":
        return tuple(s + "r" + tone for s in SYLLABLES for tone in ("", "1", "2", "3", "4"))
    finals = sorted({_coloured(initial_final(syllable)[1]) for syllable in SYLLABLES})
    return tuple(final + tone for final in finals for tone in "12345")


@lru_cache(maxsize=8192)
def tokens_of(syllable: str, unit: str) -> tuple[str, ...]:
    """Return a syllable's tokens, fused or not: huir4, or h and uir4; none of the empty one."""
    if not syllable:
        return ()
    if unit == "syllable" or not is_fused(syllable):
        return syllable_tokens(syllable, unit)
    base, tone = split_tone(syllable)
    initial, final = initial_final(base[:-1])
    return (initial, _coloured(final) + tone) if initial else (_coloured(final) + tone,)


def _coloured(final: str) -> str:
    """Return a final with r; that of ge is eer, since er is the final of the syllable er."""
    return "eer" if final == "e" else final + "r"
