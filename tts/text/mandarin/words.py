"""Fill the slots of the Mandarin rules: units, money, addresses."""

from __future__ import annotations

import re

from tts.text.mandarin import number_words
from tts.text.numerals import roman
from tts.text.verbalize import verbalize

MONEY = {"$": "美元", "€": "欧元", "£": "英镑", "¥": "元", "₹": "卢比", "₩": "韩元", "₽": "卢布"}
CODES = {
    **{"USD": "美元", "EUR": "欧元", "GBP": "英镑", "JPY": "日元", "CNY": "元", "RMB": "元"},
    **{"HKD": "港元", "TWD": "新台币", "KRW": "韩元", "CHF": "瑞士法郎", "AUD": "澳元"},
}
# Dollars by the letters before their sign: NT$.
DOLLARS = {
    **{"NT": "新台币", "A": "澳元", "AU": "澳元", "C": "加元", "CA": "加元", "S": "新加坡元"},
    **{"NZ": "新西兰元", "MOP": "澳门元", "R": "雷亚尔"},
}
# Units that wetext lacks; the others (kg, km/h, cm, ml, ...) are its.
UNITS = {
    **{"V": "伏", "kV": "千伏", "W": "瓦", "kW": "千瓦", "MW": "兆瓦", "kWh": "千瓦时"},
    **{"mA": "毫安", "mAh": "毫安时", "Hz": "赫兹", "kHz": "千赫", "MHz": "兆赫", "GHz": "吉赫"},
    **{"dB": "分贝", "Pa": "帕", "kPa": "千帕", "J": "焦", "kJ": "千焦", "kcal": "千卡", "N": "牛"},
    **{"μm": "微米", "nm": "纳米", "μg": "微克", "ms": "毫秒", "Ω": "欧", "t": "吨", "ha": "公顷"},
    **{"m^2": "平方米", "m^3": "立方米", "km^2": "平方公里", "cm^2": "平方厘米", "mL": "毫升"},
    **{"cm^3": "立方厘米", "m/s": "米每秒", "km/s": "公里每秒", "h": "小时", "min": "分钟"},
    **{"mm^2": "平方毫米", "dm^2": "平方分米", "mm^3": "立方毫米", "dm^3": "立方分米"},
    **{"g": "克", "mol": "摩尔", "mmol": "毫摩尔", "μmol": "微摩尔", "dL": "分升", "μL": "微升"},
    **{
        "IU": "国际单位",
        "mmHg": "毫米汞柱",
        "hPa": "百帕",
        "MPa": "兆帕",
        "mV": "毫伏",
        "mW": "毫瓦",
    },
    **{
        "GW": "吉瓦",
        "Wh": "瓦时",
        "μA": "微安",
        "kΩ": "千欧",
        "μF": "微法",
        "cal": "卡",
        "lm": "流明",
    },
    **{"kbps": "千比特每秒", "Mbps": "兆比特每秒", "Gbps": "吉比特每秒", "MB/s": "兆每秒"},
    **{"KB/s": "K每秒", "GB/s": "G每秒", "fps": "帧每秒", "rpm": "转每分钟", "mph": "英里每小时"},
    **{
        "ft": "英尺",
        "lb": "磅",
        "lbs": "磅",
        "oz": "盎司",
        "KG": "千克",
        "Kg": "千克",
        "KM": "公里",
        "CM": "厘米",
        "μs": "微秒",
        "ns": "纳秒",
    },
}
# What is measured by what: mmol/L is 毫摩尔每升. These stand on both sides of the slash.
PARTS = {
    **{"mmol": "毫摩尔", "μmol": "微摩尔", "mol": "摩尔", "mg": "毫克", "μg": "微克", "ng": "纳克"},
    **{"pg": "皮克", "g": "克", "kg": "千克", "t": "吨", "mL": "毫升", "ml": "毫升", "L": "升"},
    **{
        "l": "升",
        "dL": "分升",
        "dl": "分升",
        "μL": "微升",
        "U": "单位",
        "IU": "国际单位",
        "h": "小时",
    },
    **{
        "mIU": "毫国际单位",
        "min": "分钟",
        "s": "秒",
        "d": "天",
        "km": "公里",
        "m": "米",
        "cm": "厘米",
    },
    **{"mm": "毫米", "m^2": "平方米", "m^3": "立方米", "cm^2": "平方厘米", "cm^3": "立方厘米"},
    **{"J": "焦", "kJ": "千焦", "W": "瓦", "kW": "千瓦", "N": "牛", "V": "伏", "kcal": "千卡"},
    **{"hm^2": "公顷", "K": "开", "r": "转", "次": "次", "分": "分"},
}
# Units that are a product of two, with a point between.
PRODUCTS = {
    **{"N·m": "牛米", "kN·m": "千牛米", "mN·m": "毫牛米", "kW·h": "千瓦时", "W·h": "瓦时"},
    **{"A·h": "安时", "mA·h": "毫安时", "Pa·s": "帕秒", "V·A": "伏安", "kV·A": "千伏安"},
}
_WEEK = {"Mon": "一", "Tue": "二", "Wed": "三", "Thu": "四", "Fri": "五", "Sat": "六", "Sun": "日"}
# How often a medicine is taken, as prescriptions have it.
DOSES = {
    **{"qd": "一日一次", "bid": "一日两次", "tid": "一日三次", "qid": "一日四次"},
    **{"qn": "每晚一次", "prn": "必要时"},
}
LIBRARY_UNITS = "km/h kg km cm mm dm mg ml g m L s".split()  # noqa: SIM905
SYMBOLS = {
    **{".": "点", "-": "杠", "_": "下划线", "+": "加", "/": "斜杠", "=": "等于", "?": "问号"},
    **{"&": "和", ":": "冒号", "~": "波浪号", "%": "百分号", "#": "井号", "@": "艾特"},
}
_GREEK = {
    **{"α": "阿尔法", "β": "贝塔", "γ": "伽马", "δ": "德尔塔", "ε": "艾普西龙", "θ": "西塔"},
    **{"λ": "兰姆达", "μ": "缪", "π": "派", "ρ": "柔", "σ": "西格马", "τ": "陶", "φ": "斐"},
    **{"ω": "欧米伽", "Ω": "欧米伽", "Δ": "德尔塔", "Σ": "西格马"},
}
GREEK = "".join(_GREEK)

# Nouns and measure words before which 2 is 两 (not before 月, 日, 号, 楼, 级, 班, 路, ...).
MEASURES = (
    "(?:个|個|只|隻|杯|碗|瓶|盒|箱|本|晚(?![上餐饭会场点])|张|張|条|條|件|位|名|次|天|周|小时|小時|分钟|分鐘|点|點|种|種|"
    "年(?![级級代])|斤|公斤|吨|噸|米|公里|里|尺(?![寸码])|亩|畝|厘米|毫米|元|块|塊|套|双|雙|对|對|家|辆|輛|台|部|座|"
    "栋|棟|间|間|句|段|篇|首|支|枝|把|根|颗|顆|粒|头|頭|匹|口|扇|倍|万|萬|亿|億|千|百|半|岁|歲|人|"
    "国|國|地|门|門|项|項|组|組|批|步|圈|轮|輪|遍|趟|回|场|場|局|盘|盤|份|包|袋|桶|勺|片|朵|棵|株|群|"
    "行|列|页|頁|面|边|邊|侧|端|者|成|星期|周|刻|样|樣|顿|頓|枚|艘|架|幅|堆|滴|笔|筆|道|节|節|方|单(?![元位词人独身价子日号]))"
)


def _unit(written: str) -> str:
    """Say 5kg, 220V: our word for the unit, or wetext's."""
    amount, unit = re.match(r"([\d.,]+) ?(.*)", written).groups()
    number = number_words.hanzi_number(amount)
    if unit in UNITS:
        return number + UNITS[unit]
    return verbalize("1" + unit, "zh", number_words.hanzi_digits).replace("一", number, 1)


def _clock(written: str) -> str:
    """Say 8:30 as 八点三十分, 2:05 as 两点零五分, 7:00 as 七点."""
    hour, minute, *second = written.split(":")
    said = ("两" if hour.lstrip("0") == "2" else _plain(hour)) + "点"
    if minute != "00" or second:
        said += ("零" if minute[0] == "0" and minute != "00" else "") + _plain(minute) + "分"
    if second:
        said += "零" if second[0][0] == "0" and second[0] != "00" else ""
        said += _plain(second[0]) + "秒"
    return said


def _half_day(written: str) -> str:
    """Say 2:30 p as 下午两点三十分, 9 a as 上午九点."""
    time, half = written[:-1].rstrip(), written[-1].lower()
    hour = int(time.partition(":")[0])
    day = ("凌晨" if hour in (12, *range(1, 6)) else "上午") if half == "a" else "下午"
    if half == "p" and (hour == 12 or hour > 6):
        day = "中午" if hour == 12 else "晚上"
    return day + _clock(time if ":" in time else f"{time}:00")


_SCALES = {
    **{"thousand": 3, "million": 6, "billion": 9, "trillion": 12},
    **{"k": 3, "m": 6, "mn": 6, "b": 9, "bn": 9, "t": 12, "tn": 12},
}


def _scaled(written: str) -> str:
    """Say 3.5 million as 3,500,000."""
    amount, scale = re.match(r"([\d.,]+) ?([a-z]+)", written.lower()).groups()
    whole, _, rest = amount.replace(",", "").partition(".")
    zeros = _SCALES[scale]
    return f"{int(whole + rest[:zeros].ljust(zeros, '0')):,}"


def _scaled_range(written: str) -> str:
    """Say 1-2M as 1,000,000-2,000,000."""
    first, second, scale = re.match(r"([\d.,]+)[^\d]+([\d.,]+)([A-Za-z]+)", written).groups()
    return f"{_scaled(first + scale)}-{_scaled(second + scale)}"


def _underscored(written: str) -> str:
    """Say abc_12 as abc下划线一二."""
    parts = re.findall(r"[A-Za-z]+|[0-9]+|_", written)
    said = (number_words.hanzi_digits(part) or SYMBOLS.get(part, part) for part in parts)
    return "".join(said)


def _dotted(written: str) -> str:
    """Say 12.26.4 as 十二点二六点四, 192.168.0.1 as 一九二点一六八点零点一."""
    first, *others = written.split(".")
    return "点".join([_letters_code(first), *map(number_words.hanzi_digits, others)])


def _grouped(written: str) -> str:
    """Say 021-6333-8899 as 零二幺，六三三三，八八九九."""
    return "，".join(map(number_words.hanzi_phone, re.findall(r"\d+", written)))


def _mixed(written: str) -> str:
    """Say 7D20MA as 七D二零M A: digit by digit and letter by letter."""
    parts = re.findall(r"[A-Za-z]+|[0-9]+", written.upper())
    return "".join(number_words.hanzi_phone(part) or " ".join(part) for part in parts)


def _sets(written: str) -> str:
    """Say 21-15、18-21 as scores if one of them goes down; else leave it."""
    pairs = [(int(a), int(b)) for a, b in re.findall(r"(\d+)[-–:](\d+)", written)]
    if all(first < second for first, second in pairs):
        return written
    return re.sub(r"(\d+)[-–:](\d+)", lambda m: f"{_plain(m[1])}比{_plain(m[2])}", written)


def _by_parts(written: str) -> str:
    """Say 6.1mmol/L as 六点一毫摩尔每升."""
    amount, unit, per = re.match(r"([\d.,]+) ?([^/]+)/(.+)", written).groups()
    return f"{number_words.hanzi_number(amount)}{PARTS[unit]}每{PARTS[per]}"


def _score(written: str) -> str:
    """Say 2-0 and 1-1 as scores, 二比零; a range goes up: 三到五."""
    first, second = re.findall(r"\d+", written)
    between = "比" if int(first) >= int(second) else "到"
    return number_words.hanzi_number(first) + between + number_words.hanzi_number(second)


def _seconds(written: str) -> str:
    """Say the seconds after minutes: 05 as 零五, 31 as 三十一."""
    said = _plain(written)
    return "零" + said if written[0] == "0" and written != "00" else said


def _plain(written: str) -> str:
    """Say 03 as 三: a number of a date or clock."""
    return number_words.hanzi_number(written.lstrip("0") or "0")


def _fraction(written: str) -> str:
    """Say 3/4 as 四分之三."""
    top, _, bottom = written.partition("/")
    bottom = "百" if bottom == "100" else number_words.hanzi_number(bottom)
    return f"{bottom}分之{number_words.hanzi_number(top)}"


def _short_code(written: str) -> str:
    """Return a train's number: 20 -> 二十, 123 -> 幺二三."""
    say = number_words.hanzi_phone if len(written) > 2 else number_words.hanzi_number
    return say(written)


def _letters_code(written: str) -> str:
    """Return the number in a name: 15 -> 十五, 380 -> 三八零, 2.5 -> 二点五."""
    long = len(written) > 2 and "." not in written
    return (number_words.hanzi_digits if long else number_words.hanzi_number)(written)


def _address(written: str) -> str:
    """Say the parts of an e-mail address or URL: jane.doe as jane点doe."""
    parts = re.findall(r"[A-Za-z]+|[0-9]+|[^A-Za-z0-9]", written)
    return "".join(
        part if part.isalpha() else _digits_of(part) if part.isdigit() else SYMBOLS.get(part, " ")
        for part in parts
    )


def _digits_of(written: str) -> str:
    return (number_words.hanzi_phone if len(written) > 2 else number_words.hanzi_digits)(written)


KINDS = {
    "number": number_words.hanzi_number,
    "digits": number_words.hanzi_digits,
    "phone": number_words.hanzi_phone,
    "plain": _plain,
    "clock": _clock,
    "fraction": _fraction,
    "roman": lambda numeral: number_words.hanzi_number(roman(numeral)),
    "train": _short_code,
    "code": _letters_code,
    "currency": lambda symbol: MONEY[symbol],
    "weekday": lambda letters: "周" + _WEEK[letters],
    "dose": lambda letters: DOSES[letters.lower()],
    "coded": lambda code: CODES[code],
    "unit": _unit,
    "half_day": _half_day,
    "hour": lambda written: _clock(written if ":" in written else f"{written}:00"),
    "dollars": lambda letters: DOLLARS[letters],
    "scaled_range": _scaled_range,
    "underscored": _underscored,
    "minutes": lambda count: "两" if count == "2" else number_words.hanzi_number(count),
    "scaled": _scaled,
    "dotted": _dotted,
    "letters": lambda written: written.replace(".", " "),
    "address": _address,
    "grouped": _grouped,
    "parts": _by_parts,
    "mixed": _mixed,
    "sets": _sets,
    "spaced": lambda letters: " ".join(letters),
    "product": lambda unit: PRODUCTS[unit.replace(".", "·")],
    "part": lambda unit: PARTS[unit],
    "score": _score,
    "seconds": _seconds,
    "dotted_clock": lambda written: _clock(written.replace(".", ":")),
    "greek": lambda letter: _GREEK[letter],
}
