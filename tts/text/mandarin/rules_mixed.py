"""List what Mandarin says for what is written the English way or known by its surroundings.

These rows are tried after the addresses of rules.py and before its other rows, and
read as they do. numbers.fst lacks them: the front end has them alone.
"""

from __future__ import annotations

from tts.text.mandarin.rules import _CASH, _HANZI, _N, _START, _YEAR
from tts.text.mandarin.rules import RULES as NUMBERS
from tts.text.mandarin.rules_everyday import EVERYDAY, HALF_DAY
from tts.text.mandarin.rules_names import NAMES
from tts.text.mandarin.rules_symbols import SYMBOLS
from tts.text.mandarin.words import KINDS, MEASURES
from tts.text.verbalize import Rule, compile_rules

# In the table of rules.py addresses come first.
_ADDRESSES = 3
_CLOSED = r"(?=$|[\s，。！？、；：,.!?;:)》\"])"
_SMALL = r"(?:XX?V|XX?IX|XX?IV|XX?VI{1,3}|XX?I{1,3}|IX|IV|VI{1,3}|I{2,3})"
_TITLE = r"(Mr|Mrs|Ms|Dr|Prof|St|Mt|Jr|Sr|vs|Inc|Ltd|Co|Capt|Gen|Lt|Sgt|Rev|Vol|Op|No)"
_CALLED = (
    r"((?:这里是|這裡是|我是|致电|致電|联系|咨询|发到|发送到|发送至|发短信到|短信至|来电显示|客服|"
    r"拨|打)(?:的?是|：|:)?) ?"
)

# fmt: off
MIXED = [
    # Brackets, minutes and seconds, inches, quotes
    (rf"(?<=[{_HANZI[1:-1]}A-Za-z\d])\((?=[^()]{{0,40}}{_HANZI})([^()]{{4,60}})\)", "，{1})",
     "王工(分机801)", "王工，分机八零幺"),
    (rf"(?<=[^()]{{4}})\)(?={_HANZI})", "，", "他(第2次来的)走", "他，第二次来的，走"),
    (rf"(?<=[{_HANZI[1:-1]}A-Za-z])\)(?=\d)", "，", "(周五)10点", "周五，十点"),
    (r"(?<![\d.-])(\d{1,3})-(\d{1,3})-(\d{1,3})(?![\d.-])", "{1:number}，{2:number}，{3:number}",
     "三围88-60-90", "三围八十八，六十，九十"),
    (rf"(?<={_HANZI}) ?({_SMALL})(?=[\"”])", "{1:roman}", "《教父II》好看", "教父二好看"),
    (r"(?<![\d.])(\d{1,3})'(\d{1,2})(?:[\"”]|'')", "{1:minutes}分{2:number}秒",
     "用了1'30\"", "用了一分三十秒"),
    (rf"{_START}(?<!\")({_N})\"(?=电视(?!剧)|屏|显示|笔记本|平板|轮|蛋糕|披萨)", "{1:number}英寸",
     "55\"电视", "五十五英寸电视"),
    (r"(?<=\d)[\"”](?=\d)", " ", "“1”2", "一二"),
    (r"[\"”]", "", "“2”个", "两个"),
    (r"(?<![A-Za-z0-9])'([^']{1,40})'(?![A-Za-z0-9])", "{1}", "‘第20’", "第二十"),
    (r"(?<![\d.'])(\d{1,3})'(?![A-Za-z\d'])", "{1:number}分", "第20'进球", "第二十分进球"),
    # Days and what happened on them
    (r"(?<![\d.·])(\d{1,2})·(\d{1,2})(?![\d·])", "{1:digits}{2:digits}",
     "5·12地震", "五一二地震"),
    (r"(?<![\d.])(\d{1,2})\.(\d{1,2})(?=(?:特?大)?(?:事变|事變|事件|惨案|慘案|恐怖|空难))",
     "{1:digits}{2:digits}", "9.11事件", "九一一事件"),
    (r"(?<![\d.])(\d{1,2})\.(\d\d)(?=(?:特?大)?地震)", "{1:digits}{2:digits}",
     "5.12大地震", "五一二大地震"),
    (r"(?<=\S) · (?=\S)", "，", "苹果 • 梨", "苹果，梨"),
    (r"·", " ", "李·明", "李明"),
    (rf"(?<![\d.-]){_YEAR}[-/](\d\d)(?=赛季|学年|财年)", "{1:digits}到{2:digits}",
     "2010-11赛季", "二零一零到一一赛季"),
    (rf"(?<![\d.A-Za-z-]){_YEAR}-(0[1-9]|1[0-2])(?![\d-]|\.\d|{_HANZI})",
     "{1:digits}年{2:plain}月", "2024-03", "二零二四年三月"),
    (rf"(?<![\d.A-Za-z-])(?!\d\d00-\d\d00)((?:1[89]|20)\d\d)[-~—–](20\d\d|1[89]\d\d)"
     rf"(?:{_CLOSED}|(?=[的期之间學学賽赛财届]))", "{1:digits}到{2:digits}",
     "2009-2010", "二零零九到二零一零"),
    (rf"(我的|再见|你好|告别|迎接|拥抱|展望|回顾|走进|喜迎|始于|创办于|成立于|生于|逝于|建于|摄于)"
     rf"((?:19|20)\d\d)(?:{_CLOSED}|(?=#))", "{1}{2:digits}",
     "再见2020！", "再见二零二零！"),
    # Times
    (rf"({HALF_DAY} ?\d{{1,2}}:[0-5]\d) ?[aApP]\.?[mM]\b\.?", "{1}",
     "下午2:30pm", "下午两点三十分"),
    (r"(?<![\d:.A-Za-z])((?:1[0-2]|0?\d)(?::[0-5]\d)? ?[aApP])\.?[mM](?![A-Za-z])\.?",
     "{1:half_day}", "2:30pm开会", "下午两点三十分开会"),
    (r"(?<![\d/])24/7(?![\d/])", "七天二十四小时", "24/7开放", "七天二十四小时开放"),
    # Scores
    (r"(?<![\d.-])(\d{1,2})[-–:~](\d{1,2})(?=[战踢打握]?平(?![方米均时時常台原安静行整地板面]))",
     "{1:number}比{2:number}", "1-1平", "一比一平"),
    (r"((?:踢|打|战|戰|扳|追)成)(\d{1,2})[-–:~](\d{1,2})(?!\d)", "{1}{2:number}比{3:number}",
     "踢成2-2", "踢成二比二"),
    # Numbers that name something
    (rf"(?<![\dA-Za-z.])(?!{_YEAR}\.(?:0?[1-9]|1[0-2])\.\d\d?(?![\d.]))(\d{{1,4}}(?:\.\d{{1,4}}){{2,5}})(?![\d.])",
     "{2:dotted}",
     "1.2.3版本", "一点二点三版本"),
    (rf"{_CALLED}((?:95|96|10)\d{{3}}|95\d{{4}}|12\d{{3}})(?![\d,.:/-]|{MEASURES})", "{1}{2:phone}",
     "这里是95588", "这里是九五五八八"),
    # Roman numerals
    (rf"(?<={_HANZI}) ?(?!VI(?![I]))({_SMALL}){_CLOSED}", "{1:roman}",
     "最终幻想VII", "最终幻想七"),
    (rf"(?<![A-Za-z\d])({_SMALL}|I)(?=期|级|型|类|度|代)", "{1:roman}", "II期", "二期"),
    # English abbreviations
    (rf"\b{_TITLE}\.(?=[ ,)]|$|{_HANZI})", "{1}", "Mr. Wang来了", "Mr Wang来了"),
    (rf"\b((?:[A-Za-z]\.){{1,6}}[A-Za-z])\.(?=[ ,)]|{_HANZI})", "{1:letters}",
     "U.S.的", "U S的"),
    (r"\b([A-Z])\.(?= ?[A-Z][A-Za-z]*\b)", "{1} ", "J. K. Lee的书", "J K Lee的书"),
    # Amounts
    (rf"{_START}({_N} ?(?:million|billion|trillion|thousand))\b ?", "{1:scaled}",
     "$3.5 million", "三百五十万美元"),
    (rf"({_CASH})-(?=\d)", "-{1}", "$-5", "负五美元"),
    (rf"{_START}({_N}) ?kg/m\^3(?!\d)", "{1:number}千克每立方米",
     "5kg/m³", "五千克每立方米"),
    (rf"{_START}({_N}) ?g/cm\^3(?!\d)", "{1:number}克每立方厘米",
     "3g/cm³", "三克每立方厘米"),
    (rf"{_START}({_N}) ?m/s\^2(?!\d)", "{1:number}米每二次方秒",
     "9.8m/s²", "九点八米每二次方秒"),
    (r"(?<![A-Za-z])kg/m\^3(?!\d)", "千克每立方米", "单位是kg/m³", "单位是千克每立方米"),
    # Powers
    (rf"{_START}({_N})[eE]-(\d{{1,3}})(?![\dA-Za-z])", "{1:number}乘十的负{2:plain}次方",
     "3.2e-5", "三点二乘十的负五次方"),
    (rf"{_START}({_N})e\+?(\d{{1,3}})(?![\dA-Za-z])", "{1:number}乘十的{2:plain}次方",
     "6e23", "六乘十的二十三次方"),
    (r"(\^\d{1,3}|(?<![A-Za-z])[a-z](?=-\d{1,9} ?[=+×÷])|(?<=\d)[abnxyz])-(?=[\dA-Za-z(])", "{1}减",
     "x²-4", "x平方减四"),
    (rf"(?<=[A-Za-z]) (?!{_YEAR}年)({_N})(?=股|{MEASURES})", "{2:number}", "NBA 300场",
     "NBA三百场"),
    (r"(?<=\d)(?<!\+\d)(?<!\+\d\d)(?<!\+\d{3}) (?=\d\d)(?!\d{1,6}/\d|\d{7})", "，", "DDR4 3200",
     "DDR四，三千二百"),
    (r"(?<=[A-Za-z\d)])\^-(\d{1,9})", "的负{1:number}次方", "10⁻³米", "十的负三次方米"),
]
# fmt: on

_TABLES = (NUMBERS[:_ADDRESSES], NAMES, SYMBOLS, EVERYDAY, MIXED, NUMBERS[_ADDRESSES:])
say = compile_rules((Rule(*row) for table in _TABLES for row in table), KINDS)
