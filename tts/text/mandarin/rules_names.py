"""List what Mandarin says for what names a thing: plates, tax codes, chips, sets of a match.

These rows are tried before those of rules_symbols.py and read as they do. numbers.fst lacks
them: the front end has them alone.
"""

from __future__ import annotations

from tts.text.mandarin.rules import _HANZI, _N, _START, _TO
from tts.text.mandarin.words import MEASURES, PRODUCTS

_PROVINCE = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
_SETS = r"\d{1,3}[-–:]\d{1,3}(?:[，、,]|[，、,]? ?[和及与以] ?)"
# What days written with a full stop stand after: 9.15.
_DAYS_ARE = (
    "(?:仅限|活动时间|活动期|日期|期间|有效期|截止到?|截至|报名时间|放假时间|放假|假期|展期|档期|优惠时间|促销时间|"
    "截止时间|截止日期|定在|定于|改到|推迟到|提前到)"
)
_DAY = r"(0?[1-9]|1[0-2])\.(0?[1-9]|[12]\d|3[01])"
_PRODUCT = "|".join(unit.replace("·", "[·.]") for unit in PRODUCTS)
# What a code stands after, whole or its end.
_CODED = (
    r"(?:身份证|证件|[证学书考工尾编卡票]号|号码|[末后尾][一二两三四五六七八九十\d]位|末位|"
    "尾数|编码|序列号|校验码)"
)
# Names whose two digits are said one by one: masks, protection, rifles.
_BY_DIGITS = (
    r"(?:K?N-?9[059]|KF-?(?:80|94|99)|[PR]-?9[59](?=口罩|面罩|防|滤)|IP ?[1-6]\d|"
    r"A[KN]-?(?:47|74|94)|WD-?40|B-?52)"
)
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
    (rf"({_CODED}[^\d，。！？；A-Za-z]{{0,6}})(\d{{1,17}}[A-Z])(?![A-Za-z0-9])", "{1}{2:mixed}",
     "证件尾号420X", "证件尾号四二零X"),
    (r"(ISBN|书号)(?:是|为|：|:)? ?(\d{1,5})-(\d{1,7})-(\d{1,7})-([\dX])(?![\dA-Za-z-])",
     "{1}，{2:phone}，{3:phone}，{4:phone}，{5:mixed}", "书号7-302-1516-X",
     "书号，七，三零二，幺五幺六，X"),
    (rf"(?<![A-Za-z0-9])(?={_BY_DIGITS}(?!\d))([A-Z]{{1,3}})[- ]?(\d\d)", "{1}{2:digits}",
     "KF94", "KF九四"),
    (rf"(?<![A-Za-z0-9])((?:i|I|R|Ultra ?)[3579])[- ](\d{{3,5}})([A-Z]{{0,3}})"
     rf"(?![A-Za-z0-9]|{MEASURES}|[元.])",
     "{1}{2:digits}{3}", "i5-12400F", "i五一二四零零F"),
    (r"(?<![A-Za-z])([A-Z][A-Za-z]{1,12}) ?[Nn][Oo]\.(?= ?[(:：]|：| ?[A-Z0-9]{4})", "{1}号码",
     "Order No. 50213", "Order号码五零二幺三"),
    # Letters that are said one by one
    (r"(?<![A-Za-z\d])(?<!\d (?=[kMGT]))(?![MG]Pa)"
     r"([A-Z]{2,4}[a-rt-z]|[A-Z][a-z][A-Z])(?![A-Za-z'])", "{1:spaced}",
     "IMDb", "I M D b"),
    (r"(?<![A-Za-z])([A-Z][b-df-hj-np-tv-xz])(?=值)", "{1:spaced}", "Ct值", "C t值"),
    (r"\b(as|import) ([b-df-hj-np-tv-xz]{2,3})\b", "{1} {2:spaced}", "as np", "as n p"),
    (r"(?<![A-Za-z'&])(?!A&B)([A-Z]{1,2})&([A-Z])(?![A-Za-z'&])", "{1}'n'{2}", "R&B", "R'n'B"),
    (rf"({_INDEX}) ?(\d{{2,4}})(?![\d.年])", "{1}{2:number}", "FTSE 100", "FTSE一百"),
    (r"(?<=[A-Za-z])[- ](II|III|IV|VII|VIII)(?![A-Za-z'-])", "{1:roman}", "SK-II", "SK二"),
    (r"(?<![A-Za-z.])([A-Z])\.(\d{3})(?![\d.])", "{1}{2:digits}", "H.264编码", "H二六四编码"),
    (r"#(?=N/A|[A-Z]{3,5}[!?/])", "井号", "报#REF!", "报井号REF！"),
    (r"(?<=[A-Za-z]@)(\d{3,12})(?![\dA-Za-z.])", "{1:digits}", "Fox@2031", "Fox艾特二零三一"),
    # What doctors write
    (r"(?<![A-Za-z\d])[qQ](\d{1,2})[hH](?![A-Za-z\d])", "每{1:minutes}小时一次", "2片q6h",
     "两片每六小时一次"),
    (rf"(?<=[\d{_HANZI[1:-1]}gGlL，,]) ?(?i:(qd|bid|tid|qid|qn|prn))(?![A-Za-z\d])", "{1:dose}",
     "每次3片 tid", "每次三片一日三次"),
    (r"(?<=[\dA-Za-z%]) ?↑(?! ?\d)", "升高", "ALT 96U/L↑", "ALT九十六单位每升升高"),
    (r"(?<=[\dA-Za-z%]) ?↓(?! ?\d)", "降低", "Hb 96g/L↓", "Hb九十六克每升降低"),
    (r"↑ ?(?=\d)", "上升", "同比↑3%", "同比上升百分之三"),
    (r"↓ ?(?=\d)", "下降", "同比↓3%", "同比下降百分之三"),
    (r"(?<=[A-Za-z\d]) ?(?:→|->|➔|➜) ?(?=[A-Za-z\d])", "到", "PEK→SHA", "PEK到SHA"),
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
    (r"(?<![\d.A-Za-z])(\d{1,3})[wW](\d)(?![\dA-Za-z.])", "{1:minutes}万{2:number}", "卖5w6",
     "卖五万六"),
    (r"(?<![\d.A-Za-z])(\d)[kK]([1-9])(?![\dA-Za-z.])", "{1:minutes}千{2:number}", "卖3k5",
     "卖三千五"),
    (r"(?<=\d块)([1-9])0(?=$|[，。！？,!?;；、)）的买卖了一每钱吧啊])", "{1:number}毛", "6块50一斤",
     "六块五毛一斤"),
    (r"(?<=\d块)(\d\d)(?=$|[，。！？,!?;；、)）的买卖了一每钱吧啊])", "{1:digits}", "3块65",
     "三块六五"),
    (rf"(?<=[A-Za-z]) \+(?={_N}(?:[元块]|{MEASURES}))", "加", "加shot +4元", "加shot加四元"),
    (r"(?<=\d(?:年|天|周|岁))\+(?!\d)", "以上", "7年+经验", "七年以上经验"),
    (r"(?<![\d.])(\d{0,5}0) ?h\+(?!\d)", "{1:number}多小时", "玩60h+", "玩六十多小时"),
    (rf"((?:同比|环比|[YMQ] ?o ?[YMQ]) ?)\+(?={_N} ?%)", "{1}增长", "同比+18%",
     "同比增长百分之十八"),
    (rf"((?:同比|环比|[YMQ] ?o ?[YMQ]) ?)-(?={_N} ?%)", "{1}下降", "环比-18%",
     "环比下降百分之十八"),
    (r"(?<=\d)( ?(?:[mk]?g|m[lL]|km|[KMG]B|h|IU|次|元|kcal))/(?=(?:month|year|day|week|person|"
     r"hour|night)\b)", "{1}每", "4g/day", "四克每day"),
    # Times and days
    (r"(?<![\d.])(\d{1,2})'(\d{2})[\"”.](\d{1,3})(?![\d:.\"”'])",
     "{1:minutes}分{2:seconds}秒{3:digits}", "1'08.25", "一分零八秒二五"),
    (r"(?<![\d./])(\d/\d{1,5}) ?(?:s|sec)(?![A-Za-z\d])", "{1:fraction}秒", "快门1/125s",
     "快门一百二十五分之一秒"),
    (rf"({_DAYS_ARE}[^\d，。！？；]{{0,4}}){_DAY}(?:{_TO}|[到至]){_DAY}(?![\d.%℃°]|{MEASURES}|[元分])",
     "{1}{2:plain}月{3:plain}日到{4:plain}月{5:plain}日", "仅限9.15-9.20",
     "仅限九月十五日到九月二十日"),
    (rf"({_DAYS_ARE}(?:是|为|：|:)?){_DAY}(?![\d.%℃°]|{MEASURES}|[元分]|{_TO}\d|[到至]\d)",
     "{1}{2:plain}月{3:plain}日", "截止9.20", "截止九月二十日"),
    (r"(?<=\d) (?=[A-Z] \d(?:\.\d)?(?![\d:]))", "，", "L 8 W 6.5", "L八，W六点五"),
    (r"(?<=[差得扣加减少多拿丢判给罚领先])2(?=分(?![之米钟贝公]))", "两", "差2分", "差两分"),
    (r"(?<=每[题空局])2(?=分(?!之))", "两", "每题2分", "每题两分"),
    (r"((?:短号|短号码)(?:是|为|：|:)? ?)(\d{3,6})(?!\d)", "{1}{2:phone}", "短号6120",
     "短号六幺二零"),
    # Ordinals, rounds, days of the week, letters that are no word
    (r"(?<![\d.])(\d{1,3})(?:st|nd|rd|th)(?![A-Za-z])", "第{1:number}", "APA 7th", "APA第七"),
    (r"第(\d{5,12})(?=期|号[^楼线])", "第{1:digits}", "第2031008期", "第二零三一零零八期"),
    (r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun)\.?(?= ?(?:[01]?\d|2[0-3]):[0-5]\d| ?\d{1,2} ?[ap]m)",
     "{1:weekday}", "Thu 9:00", "周四九点"),
    (rf"{_START}({_N}) ?(AT|ppi|dpi|bpm|pcs)(?![A-Za-z])", "{1:number}{2:spaced}", "300ppi",
     "三百p p i"),
    (r"(?<=[A-Za-z] )(\d{3})(?=[KkMGT]B?(?![A-Za-z0-9]))", "{1:number}", "Max 512GB",
     "Max五百一十二GB"),
    (r"#(?=[0-9A-F]{0,5}\d)([0-9A-F]{6})(?![0-9A-Za-z])", "井号{1:mixed}", "色号#1F4E79",
     "色号井号幺F四E七九"),
    (r"(?<=[A-Za-z]\d) --?(?=[a-z])", "杠", "in.mp4 -vn", "in点mp四杠vn"),
    (r"(?<![\d.:/-])(\d{3,4})-(\d{2,4})(?=单元|室|房(?![产价])|号?铺)", "{1:phone}杠{2:phone}",
     "1603-05单元", "幺六零三杠零五单元"),
    (r"(?<=\d[ap]m) ?[-~–—]{1,2} ?(?=\d{1,2}(?::\d\d)? ?[ap]m)", "到", "2pm-4pm",
     "下午两点到下午四点"),
    # Slashes and equal signs
    (r"(?<![\d./])(\d\.\d)/(5|10)(?:分|星)?(?![\d./A-Za-z])", "{1:number}分，满分{2:number}分",
     "环境4.5/5", "环境四点五分，满分五分"),
    (r"(\b(?:BP|Bp|bp) ?(?:是|为|：|:)? ?)(\d{2,3})/(\d{2,3})(?![\d/])",
     "{1}{2:number}，{3:number}", "BP 135/80", "BP一百三十五，八十"),
    (r"(?<=\d)( ?(?:kg|lbs?|oz|cm|ft|km|mi|ml|mL))/(?=\d{1,5}(?:\.\d)? ?(?:kg|lbs?|oz|cm|ft|km|mi)"
     r"(?![A-Za-z]))", "{1}，", "23kg/50lbs", "二十三千克，五十磅"),
    (r"(?<![\d./A-Za-z])(0?[1-9]|1[0-2])/(0?[1-9]|[12]\d|3[01])(?=[首次]回合|开赛|开打|开球|[主客]场|对阵|"
     r"迎战|晚间)", "{1:plain}月{2:plain}日", "4/9首回合", "四月九日首回合"),
    (r"(?<=:\d\d) ?[-~—–]{1,2} ?(?=\d{1,2}[月日号])", "到", "20:00—3日8:00",
     "二十点到三日八点"),
    (r"==", "=", "a==3", "a等于三"),
    (r"((?:GPA|绩点)[^\d，。]{0,3}\d(?:\.\d{1,3})?)/(?=\d(?:\.\d)?)", "{1}，", "GPA 3.6/4.3",
     "GPA三点六，四点三"),
    (r"(?<![\d./])(\d{1,2}\.\d{1,2})/(?=\d{1,2}\.\d{1,2}(?![\d./A-Za-z]|分))", "{1}斜杠", "3.6/4.3",
     "三点六斜杠四点三"),
    (r"(?<=\d)([KMGT]B?)/(?=\d)", "{1}，", "8GB/256GB", "八GB，两百五十六GB"),
    (r"(?<=[A-Za-z]{3})/(?=\d)", "斜杠", "HTTP/3", "HTTP斜杠三"),
    (rf"(?<=\d)(?=一{MEASURES})", "，", "一张30一张50", "一张三十，一张五十"),
]
# fmt: on
