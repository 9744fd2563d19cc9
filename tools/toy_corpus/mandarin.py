"""Mandarin sentences of our own making, with prosody marks and pinyin as spoken."""

from __future__ import annotations

import re
from random import Random

from toy_corpus.phones import mandarin_phone, split_pinyin
from toy_corpus.sentence import Language, Sentence, Unit

# Word and citation pinyin. Third-tone sandhi is applied when a sentence is made; the tones of
# 一 and 不 are written here as spoken.
_SLOTS = {
    "谁": """我 wo3|你 ni3|他 ta1|她 ta1|我们 wo3 men5|他们 ta1 men5|老师 lao3 shi1|妈妈 ma1 ma5
        爸爸 ba4 ba5|弟弟 di4 di5|朋友 peng2 you5|医生 yi1 sheng1|爷爷 ye2 ye5|奶奶 nai3 nai5
        姐姐 jie3 jie5|孩子 hai2 zi5|学生 xue2 sheng5|小明 xiao3 ming2|同学 tong2 xue2
        司机 si1 ji1|邻居 lin2 ju1|叔叔 shu1 shu5|哥哥 ge1 ge5|女儿 nv3 er2""",
    "何时": """今天 jin1 tian1|明天 ming2 tian1|昨天 zuo2 tian1|早上 zao3 shang5|晚上 wan3 shang5
        春天 chun1 tian1|夏天 xia4 tian1|周末 zhou1 mo4|中午 zhong1 wu3|后天 hou4 tian1
        去年 qu4 nian2|下午 xia4 wu3|星期六 xing1 qi1 liu4|秋天 qiu1 tian1|半夜 ban4 ye4""",
    "哪里": """公园 gong1 yuan2|学校 xue2 xiao4|家里 jia1 li5|北京 bei3 jing1|上海 shang4 hai3
        图书馆 tu2 shu1 guan3|河边 he2 bian1|山上 shan1 shang5|商店 shang1 dian4|车站 che1 zhan4
        院子里 yuan4 zi5 li5|这儿 zher4|那儿 nar4|门口儿 men2 kour3|广场 guang3 chang3
        医院 yi1 yuan4|树林 shu4 lin2|村子里 cun1 zi5 li5|厨房 chu2 fang2""",
    "做": """看书 kan4 shu1|喝茶 he1 cha2|唱歌 chang4 ge1|跑步 pao3 bu4|吃饭 chi1 fan4
        买菜 mai3 cai4|画画儿 hua4 huar4|玩儿 wanr2|聊天儿 liao2 tianr1|跳舞 tiao4 wu3|写字 xie3 zi4
        听音乐 ting1 yin1 yue4|学中文 xue2 zhong1 wen2|骑车 qi2 che1|睡觉 shui4 jiao4
        散步 san4 bu4|游泳 you2 yong3|下棋 xia4 qi2|照相 zhao4 xiang4|做饭 zuo4 fan4
        打球 da3 qiu2|种花儿 zhong4 huar1|洗衣服 xi3 yi1 fu5|放风筝 fang4 feng1 zheng5""",
    "物": """苹果 ping2 guo3|书 shu1|花儿 huar1|茶 cha2|小鸟儿 xiao3 niaor3|米饭 mi3 fan4|狗 gou3
        猫 mao1|鱼 yu2|自行车 zi4 xing2 che1|房子 fang2 zi5|衣服 yi1 fu5|桌子 zhuo1 zi5
        雨伞 yu3 san3|手表 shou3 biao3|月亮 yue4 liang5|包子 bao1 zi5|鸡蛋 ji1 dan4
        葡萄 pu2 tao5|地图 di4 tu2|电脑 dian4 nao3|裙子 qun2 zi5|熊猫 xiong2 mao1|报纸 bao4 zhi3""",
    "样": """好 hao3|大 da4|小 xiao3|红 hong2|新 xin1|旧 jiu4|漂亮 piao4 liang5|干净 gan1 jing4
        便宜 pian2 yi5|贵 gui4|有趣 you3 qu4|长 chang2|短 duan3|轻 qing1|重 zhong4
        安静 an1 jing4|可爱 ke3 ai4|热闹 re4 nao5|舒服 shu1 fu5|圆 yuan2|甜 tian2""",
    "气": """冷 leng3|热 re4|很好 hen3 hao3|不好 bu4 hao3|暖和 nuan3 huo5|凉快 liang2 kuai5
        真好 zhen1 hao3|很冷 hen3 leng3|不热 bu2 re4|变了 bian4 le5|晴了 qing2 le5""",
    "数": """一个 yi2 ge4|两个 liang3 ge4|三个 san1 ge4|四个 si4 ge4|五个 wu3 ge4|六个 liu4 ge4
        七个 qi1 ge4|八个 ba1 ge4|九个 jiu3 ge4|十个 shi2 ge4|一百个 yi4 bai3 ge4
        几个 ji3 ge4|这个 zhe4 ge4|那个 na4 ge4""",
    "要": """想 xiang3|要 yao4|会 hui4|不想 bu4 xiang3|不要 bu2 yao4|喜欢 xi3 huan5|可以 ke2 yi3
        准备 zhun3 bei4|应该 ying1 gai1|正在 zheng4 zai4|常常 chang2 chang2|不能 bu4 neng2""",
    "买": """买了 mai3 le5|看见了 kan4 jian4 le5|找到了 zhao3 dao4 le5|拿走了 na2 zou3 le5
        送给我 song4 gei3 wo3|卖了 mai4 le5|丢了 diu1 le5|带来了 dai4 lai2 le5|画了 hua4 le5""",
    "久": """一会儿 yi2 huir4|一天 yi4 tian1|半天 ban4 tian1|两年 liang3 nian2
        十分钟 shi2 fen1 zhong1|三个月 san1 ge4 yue4|一点儿 yi4 dianr3|很久 hen3 jiu3""",
}
_SLOTS = {name: re.split(r"\s*[|\n]\s*", text.strip()) for name, text in _SLOTS.items()}

# {slot}, or word(pinyin); #1-#4 are the corpus's prosody marks.
_TEMPLATES = (
    "{何时}#1{谁}#2在(zai4){哪里}#1{做}#4。",
    "{谁}#1{要}去(qu4)#1{哪里}#2{做}#4。",
    "{何时}#1天气(tian1 qi4)#1{气}#3，{谁}#1{要}#1{做}#4。",
    "{谁}#1{要}#1{做}吗(ma5)#4？",
    "{数}#1{物}#2真(zhen1){样}啊(a5)#4！",
    "{谁}#2有(you3)#1{数}#1{样}的(de5)#1{物}#4。",
    "{哪里}的(de5)#1{物}#2又(you4){样}#1又(you4){样}#4。",
    "{谁}#1等(deng3)了(le5)#1{久}#3，才(cai2){做}#4。",
    "{谁}和(he2)#1{谁}#2一起(yi4 qi3)#1{做}#4。",
    "{何时}#1{谁}#2{买}#1{数}#1{物}#4。",
    "{谁}#1为什么(wei4 shen2 me5)#1{买}#2{数}{物}呢(ne5)#4？",
    "快(kuai4)来(lai2)看(kan4)#3，{哪里}#1有(you3)#1{数}{物}#4！",
    "{物}#2比(bi3)#1{物}#1更(geng4){样}吗(ma5)#4？",
    "{谁}#1{何时}#2{要}#1{做}#3，不要(bu2 yao4)#1{做}#4。",
)
_PUNCTUATION = {"，": ",", "。": ".", "？": "?", "！": "!"}


def generate(random: Random) -> Sentence:
    """One sentence drawn from the templates."""
    text, units, used = "", [], set()
    pattern = r"\{(\w+)\}|([^#{}()，。？！]+)\(([^)]+)\)|#([1-4])([，。？！]?)"
    for slot, word, pinyin, level, mark in re.findall(pattern, random.choice(_TEMPLATES)):
        if level:
            text += f"#{level}{mark}"
            last = units[-1]
            units[-1] = (*last[:2], _PUNCTUATION.get(mark, ""), int(level) < 2)
            continue
        if slot:
            choice = random.choice([item for item in _SLOTS[slot] if item not in used])
            used.add(choice)
            word, _, pinyin = choice.partition(" ")
        text += word
        pinyins = pinyin.split()
        for characters, syllable in zip(_characters(word, pinyins), pinyins, strict=True):
            units.append((characters, syllable, "", True))
    syllables = third_tone_sandhi([(unit[1], unit[3]) for unit in units])
    return Sentence(
        text,
        " ".join(syllables),
        tuple(
            Unit(characters, split_pinyin(syllable), mark, tone=int(syllable[-1]), linked=linked)
            for (characters, _, mark, linked), syllable in zip(units, syllables, strict=True)
        ),
    )


def _characters(word: str, syllables: list[str]) -> list[str]:
    """The characters of each syllable: that of an erhua syllable takes the following 儿 too."""
    result, rest = [], word
    for syllable in syllables:
        size = 2 if syllable[-2] == "r" and not syllable.startswith("er") else 1
        result.append(rest[:size])
        rest = rest[size:]
    return result


def third_tone_sandhi(syllables: list[tuple[str, bool]]) -> list[str]:
    """A third tone before another one, with no boundary between, is spoken as a second.

    Args: syllables: pinyin, and whether it is linked to the next one.
    """
    spoken = []
    for (syllable, linked), following in zip(syllables, [*syllables[1:], ("", False)], strict=True):
        rises = linked and syllable.endswith("3") and following[0].endswith("3")
        spoken.append(syllable[:-1] + "2" if rises else syllable)
    return spoken


MANDARIN = Language(generate, mandarin_phone, base_hz=200.0, pauses=("sil", "sp1", "sil"))
