"""List what Mandarin says for what names a thing: plates, tax codes, chips, sets of a match.

These rows are tried before those of rules_symbols.py and read as they do. numbers.fst lacks
them: the front end has them alone.
"""

from __future__ import annotations

from tts.text.mandarin.rules import _N
from tts.text.mandarin.words import MEASURES, PRODUCTS

_PROVINCE = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
_SETS = r"\d{1,3}[-–:]\d{1,3}(?:[，、,]|[，、,]? ?[和及与以] ?)"
_PRODUCT = "|".join(unit.replace("·", "[·.]") for unit in PRODUCTS)
_INDEX = "(?:S'n'P|Fortune|FTSE|CSI|Nikkei|Nasdaq|Russell|STOXX|CAC|DAX)"

# fmt: off
NAMES = [
    # Codes of letters and digits
    (rf"({_PROVINCE}[A-Z])[· .-]?(?=[A-Z]{{0,5}}\d)([A-HJ-NP-Z0-9]{{5,6}})(?![A-Za-z0-9])",
     "{1} {2:mixed}", "沪C·7D208", "沪C七D二零八"),
    (r"((?:税号|信用代码|识别号|执照号码?|注册号|车架号|发动机号|序列号)(?:是|为|：|:)? ?)"
     r"(?=[0-9]{0,20}[A-Z])([0-9A-Z]{6,20})(?![A-Za-z0-9])", "{1}{2:mixed}",
     "税号：91X20C7", "税号，九幺X二零C七"),
    (r"(?<![A-Za-z0-9])(\d{17}[xX]|(?=[0-9]{0,20}[A-Z])(?=[A-Z]{0,20}[0-9])"
     r"[0-9A-Z]{17,18})(?![A-Za-z0-9])",
     "{1:mixed}", "91330106MA2C0X5K3X", "九幺三三零幺零六M A二C零X五K三X"),
    (rf"(?<![A-Za-z0-9])((?:i|I|R|Ultra ?)[3579])[- ](\d{{3,5}})([A-Z]{{0,3}})"
     rf"(?![A-Za-z0-9]|{MEASURES}|[元.])",
     "{1}{2:digits}{3}", "i5-12400F", "i五一二四零零F"),
    (r"(?<![A-Za-z])([A-Z][A-Za-z]{1,12}) ?[Nn][Oo]\.(?= ?[(:：]|：| ?[A-Z0-9]{4})", "{1}号码",
     "Order No. 50213", "Order号码五零二幺三"),
    # Letters that are said one by one
    (r"(?<![A-Za-z\d])(?<!\d )(?![MG]Pa)([A-Z]{2,4}[a-rt-z]|[A-Z][a-z][A-Z])(?![A-Za-z'])",
     "{1:spaced}",
     "IMDb", "I M D b"),
    (r"(?<![A-Za-z])([A-Z][b-df-hj-np-tv-xz])(?=值)", "{1:spaced}", "Ct值", "C t值"),
    (r"\b(as|import) ([b-df-hj-np-tv-xz]{2,3})\b", "{1} {2:spaced}", "as np", "as n p"),
    (r"(?<![A-Za-z'&])(?!A&B)([A-Z]{1,2})&([A-Z])(?![A-Za-z'&])", "{1}'n'{2}", "R&B", "R'n'B"),
    (rf"({_INDEX}) ?(\d{{2,4}})(?![\d.年])", "{1}{2:number}", "FTSE 100", "FTSE一百"),
    # Scores of the sets of a match: 比 in all, as soon as one is none of a range
    (rf"(?<![\dA-Za-z.,:/-])((?:{_SETS}){{1,6}}\d{{1,3}}[-–:]\d{{1,3}})"
     rf"(?![\d.:/%-]|{MEASURES}|[号楼室层章页])",
     "{1:sets}", "21-15、18-21", "二十一比十五，十八比二十一"),
    # Chat
    (r"(?<![A-Za-z0-9])[hH]{3,}(?![A-Za-z0-9])", "哈哈哈", "hhhh第1次", "哈哈哈第一次"),
    (r"(?:^|(?<=[^\d][，。！？!?~ ])|(?<=[^\d][,]))(6{3,6}|23{2,6}|520|5201314)"
     r"(?=$|[啊呀哈！!~。，,])", "{1:digits}",
     "好,666!", "好，六六六！"),
    # Money and units
    (rf"[¥￥](?= ?{_N} ?[万亿千百]{{0,2}}元)", "", "¥12.5元", "十二点五元"),
    (rf"[$](?= ?{_N} ?[万亿千百]{{0,2}}美[元金])", "", "$12美元", "十二美元"),
    (rf"(?<=\d) ?({_PRODUCT})(?![A-Za-z0-9^])", "{1:product}", "25N·m", "二十五牛米"),
    (rf"(?<![A-Za-z0-9])({_PRODUCT})(?![A-Za-z0-9^])", "{1:product}", "1是kW·h", "一是千瓦时"),
    # Slashes and equal signs
    (r"==", "=", "a==3", "a等于三"),
    (r"((?:GPA|绩点)[^\d，。]{0,3}\d(?:\.\d{1,3})?)/(?=\d(?:\.\d)?)", "{1}，", "GPA 3.6/4.3",
     "GPA三点六，四点三"),
    (r"(?<![\d./])(\d{1,2}\.\d{1,2})/(?=\d{1,2}\.\d{1,2}(?![\d./A-Za-z]|分))", "{1}斜杠", "3.6/4.3",
     "三点六斜杠四点三"),
    (r"(?<=\d)([KMGT]B?)/(?=\d)", "{1}，", "8GB/256GB", "八GB，两百五十六GB"),
    (r"(?<=[A-Za-z]{3})/(?=\d)", "斜杠", "HTTP/3", "HTTP斜杠三"),
]
# fmt: on
