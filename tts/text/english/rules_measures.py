"""List what English says for measures: dotted units, unit per unit, money before a noun, < and >.

The rows read as those of rules.py, and are read before them.
"""

from __future__ import annotations

from tts.text.english.words import CODES, EACH_AREA, LIBRARY_UNITS, UNITS

_N = r"(?:\d{1,3}(?:,\d{3}){1,3}|\d{1,9})(?:\.\d{1,9})?"
_START = r"(?<![\w.,^/])"
_UNIT = "|".join(map(str, sorted([*UNITS, *LIBRARY_UNITS], key=len)[::-1])).replace("^", r"\^")
_CASH = r"[$€£¥₹₩₽₿₺₪₱₫₴]"
_CODE = f"(?:{'|'.join(CODES)})"
# The full stop of a unit within a sentence.
_STOP = r"(?:\.(?=,| [a-z]))?"
_DAY = r"(Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)"
_AREA = "|".join(sorted(EACH_AREA, key=len)[::-1]).replace("^", r"\^")
_NOUN = (
    r"(?:bills?|notes?|coins?|banknotes?|stamps?|tickets?|vouchers?|coupons?|gift (?:card|certif)|"
    r"cards?\b|fees?|fines?|deposits?|donations?|checks?\b|cheques?|bets?\b|chips?|menus?|meals?|"
    r"lunch|dinners?|haircuts?|rebates?|discounts?|refunds?|bonus|budgets?|loans?|grants?|prizes?|"
    r"investments?|purchases?|subscriptions?|entry|cover charge|minimum|price tags?|phones?|"
    r"laptops?|shirts?|shoes|store|lawsuit|contracts?|deals?|penalty|penalties|rewards?)"
)
_PRODUCT = (
    r"(?:GeForce|RTX|GTX|Radeon|RX|Quadro|Ryzen(?: [3579])?|Threadripper|Xeon|Pentium|Snapdragon|"
    r"Dimensity|Exynos|Kirin|Latitude|Inspiron|OptiPlex|LaserJet|DeskJet|OfficeJet|EcoTank)"
)
_BEFORE = (
    r"(?:is|are|was|were|be|stay|stays|or|and|of|to|for|with|in|at|from|if|but|by|only|an?|the|"
    r"takes?|took|needs?|has|have|had|keep|kept|requires?|costs?|wants?|uses?|gets?|got|about)"
)
_RACE = (
    r"(?:race|run|runs|races|runner|walk|walks|event|course|route|trail|road|fun|charity|"
    r"training|loop|jog|swim|ride)\b"
)
_SPRINT = (
    r"(?:finals?|sprint|dash|race|freestyle|backstroke|butterfly|breaststroke|hurdles|relay|"
    r"heats?|medley|swim|world record|record)\b"
)

_HEAT = (
    r"(?i:temperatures?|cooled|cools|heated|heats|warms|warmed|boils?|boiling|melts?|melting|"
    r"freezes|freezing|superconduct\w{0,8}|cryogenic|thermal|heat)"
)

# fmt: off
MEASURES = [
    (rf"\b({_HEAT}\b[^.;!?]{{0,40}}?) ({_N}) ?K\b", "{1} {2:number} kelvin", "cooled to 4 K",
     "cooled to four kelvin"),
    (rf"{_START}({_N}) ?K\b(?= (?:bulb|LED|lamp|light|white|temperature)| \(?-?\d{{1,4}} ?°)",
     "{1:number} kelvin", "a 2700K bulb", "a two thousand seven hundred kelvin bulb"),
    # Grades, ratings, blood groups; but A- and B-teams.
    (r"(?<![\w-])([A-DFO]|[ABC]{2,3})-(?![\w-]| (?:and|or|to) \w{1,12}-\w)", "{1} minus",
     "a B-, please", "a B minus, please"),
    (rf"\b{_DAY}\. ?- ?{_DAY}\b(?:\.(?=,| [a-z\d]))?", "{1:name} to {2:name}", "Tue.-Sat. at 5",
     "Tuesday to Saturday at five"),
    # Units with a full stop
    (r"\b(sq|cu|fl)\. ?(?=(?:ft|mi|km|m|cm|in|yd|oz)\b)", "{1} ", "90 sq. ft. in all",
     "ninety square feet in all"),
    (rf"\b([Pp]er|[Aa]|[Ee]ach) ((?:sq|cu|fl) (?:ft|mi|km|m|cm|in|yd|oz))\b{_STOP}",
     "{1} {2:one}", "per sq. ft. now", "per square foot now"),
    (rf"{_START}({_N}-(?:{_UNIT}))\.(?= [a-z])", "{1:one_unit}", "a 12-oz. can",
     "a twelve ounce can"),
    (rf"{_START}({_N} ?(?:{_UNIT}))\.? ?[xX×] ?(?={_N} ?(?:{_UNIT})(?![\w'^/]))", "{1:unit} by ",
     "9 ft. x 12 ft. rugs", "nine feet by twelve feet rugs"),
    # After a fraction
    (r"(?:(?<=\d/\d)|(?<=\d/\d\d)|(?<=\d/\d\")|(?<=\d/\d\d\")) ?[xX×] ?(?=\d)", " by ",
     "1 1/2 x 3 in",
     "one and a half by three in"),
    (rf"(?<![\w.,/$-])(\d{{1,3}})[ -](\d{{1,2}}/\d{{1,2}}) ?({_UNIT})(?![\w'^/-]){_STOP}",
     "{1:number} and {2:mixed} {3:units}", "2 1/2 mi away", "two and a half miles away"),
    (rf"(?<![\w.,/$-])(?!24/7|50/50|9/11)(\d{{1,2}}/\d{{1,2}}) ?({_UNIT})(?![\w'^/-]){_STOP}",
     "{1:fraction} {2:one}", "1/4 mi away", "one quarter mile away"),
    # Sports
    (rf"(?<![\w.,$])(\d{{1,3}})[kK](?= {_RACE})", "{1:number} k", "an 8K race",
     "an eight k race"),
    (r"\b([Tt]he|[Aa]|[Mm]y|[Hh]is|[Hh]er|[Ff]irst) (5|10|15|25|50|100)[kK](?=[.,!?]|$| (?:is|was|"
     r"on|starts?|started|begins|tomorrow|today|this)\b)", "{1} {2:number} k",
     "The 10K is today.", "The ten k is today."),
    (rf"(?<![\w.,-])(\d{{2,5}} ?m)(?= {_SPRINT})", "{1:one_unit}", "The 200m final",
     "The two hundred meter final"),
    # Products
    (rf"\b({_PRODUCT}(?: RTX| GTX| RX| XT)?) (\d{{3,4}})(?![\w]|[.,]\d|-\d)", "{1} {2:code}",
     "a Radeon 6950", "a Radeon sixty nine fifty"),
    (rf"\b({_PRODUCT}) (\d{{3,4}}(?:[XGFKHUD]{{1,2}}|s))(?![\w-])", "{1} {2:model}",
     "a Ryzen 5600X", "a Ryzen fifty six hundred x"),
    # Something per something
    (r"\b[Rr]eqs?(?=/(?:s|sec|second|min|minute|h|hour|day)\b)", "requests", "9 req/day",
     "nine requests per day"),
    (rf"{_START}({_N} ?(?:{_UNIT}))/({_AREA})(?!\d)", "{1:unit} per {2:each}", "9 g/m²",
     "nine grams per square meter"),
    (rf"(?<=[a-z]{{3}})/({_AREA})(?!\d)", " per {1:each}", "cows/km²",
     "cows per square kilometer"),
    (rf"{_START}({_N} [a-z]{{3,14}})/(s|sec|second|min|minute|h|hour|day|week|month|year)"
     r"(?![\w/'^-])", "{1} per {2:each}", "4 calls/s", "four calls per second"),
    (r"(?<![\w./@:-])([a-z]{2,13}s|people)/(s|sec|min|hr|hour|day|week|wk|month|year|yr)"
     r"(?![\w/'^-])", "{1} per {2:each}",
     "in calls/s", "in calls per second"),
    # Money
    (rf"({_CASH}(?:\d{{1,3}}(?:,\d{{3}}){{1,3}}|\d{{1,6}}))[ -](?={_NOUN})", "{1:one_money} ",
     "six $5 bills", "six five dollar bills"),
    (rf"({_CASH})({_N})[ -]?(million|billion|trillion|thousand|bn|[kKmMB])[ -](?={_NOUN})",
     "{2:number} {3:scale} {1:single} ", "$3 million grants", "three million dollar grants"),
    (rf"{_START}1 ?({_CODE})\b", "one {1:one_coded}", "1 EUR", "one euro"),
    (rf"\b({_CODE}) ?1(?![\w%]|[.,]\d| ?(?:million|billion|trillion|thousand|bn|tn)\b)",
     "one {1:one_coded}", "GBP 1", "one pound"),
    # Signs before a number
    (rf"\b({_BEFORE}) ([<>]=?|[≤≥]) ?(?=-?{_CASH}?\d)", "{1} {2:than} ", "is > 3",
     "is more than three"),
    (rf"(?:\A|(?<=[(,;:])|(?<=[(,;:] ))([<>]=|[≤≥]) ?(?=-?{_CASH}?\d)", "{1:than} ", "≥ 3 cups",
     "at least three cups"),
    (rf"(?<=[A-Za-z]{{2}} )([<>])(?={_CASH}?\d)(?!\d{{1,9}}>)", "{1:than} ", "a lag <5 ms",
     "a lag less than five milliseconds"),
    (r"(?<![\w<'])([b-z]) ([<>])(?=\d)", "{1} is {2:than} ", "if y <5", "if y is less than five"),
]
# fmt: on
