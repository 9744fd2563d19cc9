"""List what Mandarin says for prices with K, M, B, for marks typed at half width, and for names.

These rows are tried before those of rules_everyday.py and read as they do. numbers.fst lacks
them: the front end has them alone.
"""

from __future__ import annotations

from tts.text.mandarin.rules import _CASH, _CODE, _HANZI, _N, _START, _TO
from tts.text.mandarin.rules_everyday import _CODE_IS, _PART, _SHORT_DAY, HALF_DAY
from tts.text.mandarin.words import DOLLARS, MEASURES

_SCALE = r"(?:bn|mn|tn|[KkMmBbT])(?![A-Za-z0-9^])"
_DOLLAR = f"(?<![A-Za-z])({'|'.join(DOLLARS)})"
_TODAY = f"(?:{HALF_DAY}|今早|今晚|明早|明晚|昨晚|当晚|半夜|午夜)"
# English words before a day such as 12/25, and what such a day is.
_DUE = (
    r"(\b(?i:deadline|ddl|due(?: date)?|date|release|launch|birthday|exam|interview)"
    r" ?(?:是|为|在|：|:|on)?(?:周[一二三四五六日天])? ?)"
)
_FESTIVAL = (
    r"(?:[^\d，。！？；、]{0,6}?(?:节(?!目|约|省|点|奏)|元旦|除夕|圣诞|平安夜|国庆|中秋|端午|清明|"
    r"春运|纪念日|生日|周年|[是为](?:周|星期)[一二三四五六日天]))"
)
_NO_UNIT = rf"(?!\d|[.:/%~-]|{MEASURES}|[元块度号日月年人])"

# fmt: off
SYMBOLS = [
    # Prices
    (rf"({_CASH}|(?<![A-Za-z]){_CODE}) ?({_N}{_TO}{_CASH}?{_N}{_SCALE})", "{1}{2:scaled_range}",
     "$1-2M", "一百万到两百万美元"),
    (rf"({_CASH}|(?<![A-Za-z]){_CODE}) ?({_N}{_SCALE})", "{1}{2:scaled}", "$1.2B", "十二亿美元"),
    (rf"{_START}({_N}[KkMB])(?=(?:[美日港欧加澳]?元|美金|人民币|英镑)(?!素|旦))", "{1:scaled}",
     "3.5M美元", "三百五十万美元"),
    (rf"{_DOLLAR}\$ ?({_N}){_TO}(?:[A-Z]{{1,2}})?\$?({_N})", "{2:number}到{3:number}{1:dollars}",
     "S$15-20", "十五到二十新加坡元"),
    (rf"{_DOLLAR}\$ ?({_N}) ?([万亿萬億千百]{{0,2}})", "{2:number}{3}{1:dollars}", "NT$350",
     "三百五十新台币"),
    # Marks at half width
    (rf"(?<=[{_HANZI[1:-1]}A-Za-z)]) ?: ?(?=(?:[01]?\d|2[0-4]):[0-5]\d(?!\d))", "：",
     "时间:14:30", "时间，十四点三十分"),
    (rf"(?<=[{_HANZI[1:-1]}A-Za-z%°)\"”]),(?=[-~<>$€£¥]?\d)", "，", "宽2cm,高", "宽二厘米，高"),
    (r"(?<![\d.:])(\d{1,9}):(\d\.\d{1,6}|\d{3,9}\.\d{1,6})(?![\d:.])", "{1:number}比{2:number}",
     "1:2.5", "一比二点五"),
    (r"((?:汇率|比例|比率|配比|赔率|约为?)[^\d，。！？；]{0,8})(\d{1,9}):(\d{1,9}\.\d{1,6})(?![\d:.])",
     "{1}{2:number}比{3:number}", "汇率是1:19.85", "汇率是一比十九点八五"),
    (r"(?<![\d.:])(\d{1,9}\.\d{1,6}):(\d{1,9}(?:\.\d{1,6})?)(?![\d:.])",
     "{1:number}比{2:number}", "1.5:1", "一点五比一"),
    (r"(?<![-=<>]) ?< ?(?=-?\.?\d)(?![^<>]{1,40}>(?! ?-?\d))", "小于", "误差<1且速度>5",
     "误差小于一且速度大于五"),
    (r"(?<![A-Za-z])([A-Za-z]) ?< ?([A-Za-z])(?![A-Za-z])(?=[^<>]{1,40}> ?[A-Za-z\d])",
     "{1}小于{2}", "x<y且y>z", "x小于y且y大于z"),
    (r"(?<![-=<>])(?<!<[^<>])>(?=-?\.?\d)(?<!\d>)(?<![A-Za-z]>)", "大于", "重,>5", "重，大于五"),
    (rf"(?<=\d)(\^-?\d{{1,3}})/({_PART})(?![A-Za-z0-9^/])", "{1}每{2:part}", "5×10⁹/L",
     "五乘十的九次方每升"),
    # Times
    (rf"({_TODAY}) ?(\d{{1,2}}(?::[0-5]\d)?) ?[aApP]\.?[mM](?![A-Za-z])\.?", "{1}{2:hour}",
     "下午3pm", "下午三点"),
    (r"(?<=\d) ?[-~—–]{1,2} ?2 ?(?:hrs?|h)(?![A-Za-z0-9/^]| ?\d)", "到两小时", "1-2h",
     "一到两小时"),
    (r"(?<![\d.,:/A-Za-z-])2 ?(?:hrs?|h)(?![A-Za-z0-9/^]| ?\d)", "两小时", "2h后", "两小时后"),
    (r"(?<=\d) ?[-~—–]{1,2} ?2 ?mins?(?![A-Za-z0-9/^]| ?\d)", "到两分钟", "1-2min",
     "一到两分钟"),
    (r"(?<![\d.,:/A-Za-z-])2 ?mins?(?![A-Za-z0-9/^]| ?\d)", "两分钟", "等2min", "等两分钟"),
    # Days
    (rf"{_DUE}{_SHORT_DAY}(?!的)", "{1}{2:plain}月{3:plain}日", "deadline是12/25",
     "deadline是十二月二十五日"),
    (rf"(?<![\d./A-Za-z]){_SHORT_DAY}(?={_FESTIVAL})", "{1:plain}月{2:plain}日", "10/1是国庆节",
     "十月一日是国庆节"),
    # Codes and names
    (r"((?:区号|区码|国码|冠码|国家代码)(?:是|为|：|:)? ?)\+(\d{1,4})(?![\d -])", "{1}加{2:phone}",
     "区号是+852", "区号是加八五二"),
    (rf"(分机转|转分机|转接|转内线)(号?(?:是|为|：|:)? ?)(\d{{3,5}}){_NO_UNIT}", "{1}{2}{3:phone}",
     "分机转8001", "分机转八零零幺"),
    (rf"(?<![{_HANZI[1:-1]}\dA-Za-z])转 ?(\d{{3,4}}){_NO_UNIT}(?=$|[，。；、,;.!？！])",
     "转{1:phone}", "转802", "转八零二"),
    (rf"(?<=\d{{4}})( ?转 ?)(\d{{2,5}}){_NO_UNIT}", "{1}{2:phone}", "010-62751234转802",
     "零幺零，六二七五幺二三四转八零二"),
    (rf"((?:电话|总机|拨打?|致电|热线|客服|按)[^，。！？；\d]{{0,6}}，?(?:再|请)?转 ?)(\d{{3,5}})"
     rf"{_NO_UNIT}", "{1}{2:phone}", "打总机转802", "打总机转八零二"),
    (rf"{_CODE_IS}(?!\d{{4}}-\d\d?-\d\d?(?!\d))(\d{{1,8}}(?:[ -]\d{{1,8}}){{2,6}}|"
     rf"\d{{3,8}}[ -]\d{{3,8}})(?![\d./:]|{MEASURES})", "{1}{2:grouped}", "code是5-3-2201",
     "code是五，三，二二零幺"),
    (r"(?<![A-Za-z0-9_])(?=[0-9_]{0,30}[A-Za-z])"
     r"([A-Za-z0-9]{1,30}(?:_[A-Za-z0-9]{1,30}){1,8})(?![A-Za-z0-9_])", "{1:underscored}",
     "关注abc_123", "关注abc下划线一二三"),
    (rf"(?<={_HANZI})_(\d{{1,20}})(?![\d_])", "下划线{1:digits}", "昵称小明_88",
     "昵称小明下划线八八"),
    (r"(?<=[A-Za-z]{2})\.(?=[a-z]{2,4}(?![A-Za-z.])|NET(?![A-Za-z]))", "点", "用Node.js写",
     "用Node点js写"),
]
# fmt: on
