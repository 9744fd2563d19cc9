"""List what English says for slashes, sizes, lap times, versions, spans: read before rules.py.

The rows read as those of rules.py.
"""

from __future__ import annotations

import re

from tts.text.english.words import LIBRARY_UNITS, MONTHS, UNITS
from tts.text.verbalize import either_case

_N = r"(?:\d{1,3}(?:,\d{3}){1,3}|\d{1,9})(?:\.\d{1,9})?"
_START = r"(?<![\w.,^/])"
_UNIT = "|".join(map(re.escape, sorted([*UNITS, *LIBRARY_UNITS], key=len)[::-1]))
_MONTH = rf"(?:{'|'.join(MONTHS)}|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?"
_M = r"(0?[1-9]|1[0-2])"
_D = r"(0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?:1\d{3}|20\d{2})"
_WEEKDAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:sday|nesday|rsday|urday|day|s|rs|r)?\b\.?"
_NO_MORE = r"(?![\w/%]|[.,]\d)"
_MEASURED = (
    r"(?! ?-?(?:cups?|tsp|tbsp|teaspoons?|tablespoons?|inch|inches|in\b|miles?|of\b|the\b|an?\b|"
    r"hours?|pounds?|lbs?|oz|ounces?|pints?|quarts?|gallons?|meters?|feet|ft|full|mark|"
    r"majority|FG|shooting|passing|shots|"
    r"scale|time|chance|size|turn|share|stake|length|pipe)\b)"
)
_FRACTIONS = r"1/(?:[2-9]|1\d|20)\b|[13]/4\b|[12]/3\b|[1-4]/5\b|[1357]/8\b|9/11\b"
_FRACTION = rf"(?!{_FRACTIONS})"
_SURE_DATE = (
    r"(?i:on|due|until|till|since|dated|expires?|expired|week of|starting|starts|started|ends|"
    r"ended|ending|begins|beginning|valid|effective|deadline:?|date:?|open|opens|closed|closes|"
    r"reopens?|launches|avail(?:able|\.)?|rel(?:ease|eased|\.)|born|arrives|"
    r"arrived|leaves|left|scheduled for|payable|posted|shipped|ships|mailed|filed|signed|"
    r"(?:deadline|date|day|bday|b-day|anniversary|interview|surgery|concert|show|"
    r"birthday|appointment|exam|meeting|party|wedding|game|flight|trip) "
    r"(?:is|was)(?: on)?)"
)
_MAYBE_DATE = r"(?i:it's|today is|by|from|to|before|after|through|thru|between|and|as of|for)"
_RATED = (
    r"(?i:rated?|rates|ratings?|scored?|scores|scoring|gave|gives?|grade|marks?|solid|verdict|"
    r"averaged?|answered|correctly|passed|won|quiz|test|exam|rating of|score of|score was)"
)
_PERFECT = r"(?i:an?|it|them|this|that|got|gets|get|earned|received|is|was|perfect|easy|him|her)"
_OUT = rf"{_NO_MORE}{_MEASURED}"
_MARK = r"(\d{1,3}(?:\.\d)?)"
_ONE = r"(?i:an?|the|this|my|his|her|our|their|new|one|two|three)"
_INCH = r"(?:\"|'')"
_NO_TIME = (
    r"(?! ?(?:percent|per|million|billion|degrees|seconds|minutes|hours|meters|kilometers|miles|"
    r"points|dollars|euros|pounds|kg|g|km|m|s|ft|mm|cm|V|W|GHz|MHz|times|x)\b)"
)
_PART = either_case(
    "page pages step slide part chapter round question episode day item lesson lap level stage "
    "photo image file track disc volume tab"
)
_PER = r"(dL|cL|mL|ml|L|l|kg|g|min|h|hr|hour|day|week|s|sec|ha|gal|mi|cm|mm|kWh|gal)"
_THING = (
    r"(?:monitor|record|vinyl|pizza|wheels?|rims?|blade|laptop|tablet|display|subs?|subwoofer|"
    r"nails?|pan|skillet|ruler|board|tires?|iPad|MacBook|phone|frame|bolts?|screws?|bike|"
    r"telescope|speakers?|hose|tile|cake|pot|single|ribbon|waist|barrel|gap|drill|bit|pipes?|TV|"
    r"TVs|screens?|monitors|gun|guns|knife|heels?)"
)
_LIKE = r"(?:smart|gaming|curved|flat|portable|touch|wide|cast|iron|steel|nonstick|round|square)"
_PROGRAM = (
    r"(?:Python|Node(?:\.js)?|Ruby|PHP|Perl|Java|Kotlin|Rust|Julia|Scala|PostgreSQL|Postgres|MySQL|"
    r"MariaDB|SQLite|Redis|Ubuntu|Debian|Fedora|Linux|kernel|macOS|iOS|iPadOS|watchOS|tvOS|Windows|"
    r"Android|Django|Rails|React|Vue|Angular|CUDA|PyTorch|TensorFlow|NumPy|Docker|Kubernetes|"
    r"Terraform|Chrome|Firefox|Safari|Xcode|GCC|Clang|CMake|OpenSSL|Bash|Git|Golang|Blender|Unity|"
    r"TypeScript|Godot|Elixir|Erlang|Lua|Spark|Kafka|Nginx|WordPress|npm|pip|Go(?= 1\.))"
)

# fmt: off
EVERYDAY = [
    # Dates with slashes
    (rf"(?<![\w/.-])({_YEAR})/{_M}/{_D}{_NO_MORE}", "{2:month} {3:ordinal}, {1:year}",
     "2022/06/14", "June fourteenth, twenty twenty two"),
    (rf"(?<![\w/.-]){_M}/{_D} ?- ?{_M}/{_D}{_NO_MORE}",
     "{1:month} {2:ordinal} to {3:month} {4:ordinal}", "8/21-8/23",
     "August twenty first to August twenty third"),
    (rf"\b({_SURE_DATE}|{_WEEKDAY},?) (?!9/11\b){_M}/{_D}{_NO_MORE}{_MEASURED}",
     "{1} {2:month} {3:ordinal}", "It opens 8/21.", "It opens August twenty first."),
    (rf"\b({_SURE_DATE}|{_WEEKDAY},?) (?!24/7\b)(1[3-9]|2\d|3[01])/{_M}{_NO_MORE}{_MEASURED}",
     "{1} the {2:ordinal} of {3:month}", "due 27/6", "due the twenty seventh of June"),
    (rf"\b({_MAYBE_DATE}) {_FRACTION}{_M}/{_D}{_NO_MORE}{_MEASURED}",
     "{1} {2:month} {3:ordinal}", "by 8/21", "by August twenty first"),
    (rf"\b({_MONTH} [a-z ]{{1,13}}(?:st|nd|rd|th),? (?:and |but )?(?:and|or|not|to|until|through)) "
     rf"{_M}/{_D}{_NO_MORE}{_MEASURED}", "{1} {2:month} {3:ordinal}", "due 8/21, not 8/23",
     "due August twenty first, not August twenty third"),
    (rf"(?<![\w/.-])(?!{_FRACTIONS}){_M}/{_D}(,? (?:not|or|but) )(?!{_FRACTIONS}|\d{{1,2}}/\2\b)"
     rf"{_M}/{_D}{_NO_MORE}{_MEASURED}", "{1:month} {2:ordinal}{3}{4:month} {5:ordinal}",
     "11/30, not 12/1", "November thirtieth, not December first"),
    (rf"(?<![\w/.-]){_M}/{_D}(?= (?:at|@) ?\d)", "{1:month} {2:ordinal}",
     "8/21 at 6", "August twenty first at six"),
    (r"(?<![\w/])24/7/365\b", "twenty four seven three sixty five", "open 24/7/365",
     "open twenty four seven three sixty five"),
    (r"(?<![\w/])(\d\d)/(\d\d)(?= (?:season|campaign|school year|academic year|winter))",
     "{1:number} {2:number}", "the 12/13 season", "the twelve thirteen season"),
    (r"(?<![\w.,/])([2-9]|12)/(2|4|8|16)(?= (?:time|beat|meter|rhythm|signature)\b)",
     "{1:number} {2:number}", "in 6/8 time", "in six eight time"),
    # Pressures, ratings, pages
    (r"\b((?i:blood pressure|bp|pressure)(?: [a-z]{1,10}){0,4}:?) (\d{2,3}/\d{2,3})\b(?!/)",
     "{1} {2:over}", "Her pressure was 130/85.",
     "Her pressure was one hundred and thirty over eighty five."),
    (r"(?<![\w.,/$-])(\d{2,3}/\d{2,3})(?= ?mm ?Hg)", "{1:over}", "130/85 mmHg",
     "one hundred and thirty over eighty five millimeters of mercury"),
    (r"(?<![\d ]) ?\b[Mm]m ?Hg\b|(?<=\d) ?mm ?Hg\b", " millimeters of mercury", "120 mmHg",
     "one hundred and twenty millimeters of mercury"),
    (rf"\b({_PART}) (\d{{1,4}})/(\d{{1,4}}){_NO_MORE}", "{1} {2:number} of {3:number}",
     "page 3/12", "page three of twelve"),
    (rf"\b({_RATED}:?(?: [a-z]{{1,8}}){{0,2}}) {_MARK}/(\d{{1,3}}){_OUT}",
     "{1} {2:number} out of {3:number}", "scored 17/20", "scored seventeen out of twenty"),
    (rf"\b({_PERFECT}) (?!50/50\b){_MARK}/(5|10|20|25|40|50|100){_OUT}",
     "{1} {2:number} out of {3:number}", "It is a 4/5.", "It is a four out of five."),
    (rf"(?<![\w.,/$-])(?!50/50\b|1/){_MARK}/(10|50|100){_OUT}",
     "{1:number} out of {2:number}", "8.5/10", "eight point five out of ten"),
    (r"(?<![\w.,/$-])((?:[89]\d|1\d\d|2[0-4]\d)/(?:[3-9]\d|1[0-4]\d))(?![\w/]|[.,]\d)",
     "{1:over}", "a 140/90 reading", "a one hundred and forty over ninety reading"),
    (rf"{_START}({_N})-({_N} ?(?:{_UNIT}))/{_PER}(?![\w/'^])",
     "{1:number} to {2:unit} per {3:each}", "3-4 g/L", "three to four grams per liter"),
    (rf"{_START}({_N} ?(?:{_UNIT}))/{_PER}(?![\w/'^])", "{1:unit} per {2:each}", "3 g/L",
     "three grams per liter"),
    (rf"(?<![\w/])(mg|g|kg|km|mi|mmol|μg|ng|mL|ml|MB|GB)/{_PER}(?![\w/'^])",
     "{1:units} per {2:each}", "in mg/dL", "in milligrams per deciliter"),
    (r"(?<=[a-z])/(yr|wk|mo|hr|mL|L|dL|kg)\b", " per {1:each}", "days/yr", "days per year"),
    (r"(?<=\d) ?(?:y/o|yo)\b", " year old", "a 34 y/o man", "a thirty four year old man"),
    (r"\bw/e\b", "whatever", "w/e you say", "whatever you say"),
    (r"\bw/ (?=\S)", "with ", "w/ 8 seats", "with eight seats"),
    (r"(?<![\w/])N/A(?![\w/])", "n ay", "It says N/A.", "It says n ay."),
    (rf"{_START}({_N} ?(?:{_UNIT}))/(?=\d)", "{1:unit} slash ", "8GB/1TB",
     "eight gigabytes slash one terabyte"),
    # Sizes
    (r"(?<![\w\"])\"([A-Z][A-Za-z' ]{1,30} \d{1,3})\"(?= [a-zA-Z])", "{1}", "a \"Top 8\" pan",
     "a Top eight pan"),
    (rf"{_START}(\d{{1,3}})[ -](\d{{1,2}}/\d{{1,2}}){_INCH}", "{1:number} and {2:mixed} inch ",
     "a 3 1/2\" disk", "a three and a half inch disk"),
    (rf"{_START}(\d{{1,2}}/\d{{1,2}}){_INCH}", "{1:fraction} inch ", "a 3/8\" bolt",
     "a three eighths inch bolt"),
    (rf"{_START}({_N}) ?[xX×] ?(?=(?:{_N} ?[xX×] ?)?{_N} ?(?:{_UNIT})(?![\w'^/]))",
     "{1:number} by ", "3 x 2 cm", "three by two centimeters"),
    (rf"{_START}({_N}){_INCH} ?[xX×] ?({_N}){_INCH} (?={_THING}\b|lumber|plank|photo|poster|"
     r"print|canvas|box|panel|sheet)", "{1:number} by {2:number} inch ",
     "a 2\" x 4\" board", "a two by four inch board"),
    (rf"{_START}({_N}){_INCH} ?[xX×] ?({_N}){_INCH}", "{1:number} by {2:number} inches",
     "8\" x 10\"", "eight by ten inches"),
    (rf"{_START}({_N})' ?[xX×] ?({_N})'(?!\w)", "{1:number} by {2:number} feet",
     "10' x 12'", "ten by twelve feet"),
    (rf"\b({_ONE}) ({_N}){_INCH} ?(?=[A-Za-z])", "{1} {2:number} inch ", "a 9\" nail",
     "a nine inch nail"),
    (rf"{_START}({_N}){_INCH} ?(?=[Cc]lass\b|(?:(?:[A-Z\d][\w/.-]{{0,14}}|{_LIKE}) ){{0,4}}"
     rf"(?i:{_THING}|chromebook|touchscreen|diagonal|mattress|griddle|fan|backpack)\b)",
     "{1:number} inch ", "a 43\" Roku Smart TV", "a forty three inch Roku Smart TV"),
    (rf"\b({_ONE}) (\d{{1,4}})' (?=[a-z]{{3}})", "{1} {2:number} foot ",
     "an 8' ladder", "an eight foot ladder"),
    (r"(?<![\w.,])(\d{3,4})([pi])\b", "{1:code} {2:spell}", "in 1080p", "in ten eighty p"),
    (r"(?<![\w.,])(\d{1,3}(?:\.\d)?)k (?=users|followers|views|people|steps|subscribers|likes|"
     r"downloads|customers|jobs|dollars|employees|members|words|visitors)", "{1:number} thousand ",
     "4k likes", "four thousand likes"),
    (r"(?<![\w.,])(\d{1,3}) ?(?:ft\.?|feet) (\d{1,2}) ?in\b(?:\.(?=,| [a-z]))?",
     "{1:number} feet {2:number} inches", "5 ft 3 in tall", "five feet three inches tall"),
    # Spans of time
    (r"(?<![\w.,])(\d{1,3}) ?h(?:rs?)? ?([0-5]?\d) ?m(?:ins?)?\b(?: ?([0-5]?\d) ?s(?:ecs?)?\b)?",
     "{1:hours} {2:minutes} {3:seconds}", "2h 5m", "two hours five minutes"),
    (r"(?<![\w.,])(\d{1,3}) ?m(?:ins?)? ?([0-5]?\d) ?s(?:ecs?)?\b", "{1:minutes} {2:seconds}",
     "4m 20s", "four minutes twenty seconds"),
    (r"(?<![\w.:])(\d{1,2}):([0-5]\d):([0-5]\d)\.(\d{1,3})(?!\w|[.:]\d)",
     "{1:hours} {2:minutes} and {3:number} point {4:digits} seconds", "1:59:40.2",
     "one hour fifty nine minutes and forty point two seconds"),
    (r"(?<![\w.:])(\d{1,2}):([0-5]\d)\.(\d{1,3})(?!\w|[.:]\d)",
     "{1:number} {2:lap} point {3:digits}", "1:07.42", "one oh seven point four two"),
    (r"(?<![\w.,:/-])(1?\d|2[0-3])(?:\.([0-5]\d))? ?(?:-|--) ?"
     r"(?=(?:1?\d|2[0-3])\.[0-5]\d ?[ap]\.?m\b)",
     "{1:number} {2:lap} to ", "7.15-8.45pm", "seven fifteen to eight forty five pea em"),
    (r"(?<![\w.,:/$€£-])([1-9]|1\d|2[0-3])\.([0-5]\d) ?([aApP]\.? ?[mM]\b)(?:\.(?=,| [a-z]))?",
     "{1:number} {2:lap} {3:half}", "at 7.45 pm", "at seven forty five pea em"),
    (r"\b((?i:at|until|till)) ([1-9]|1\d|2[0-3])\.(15|30|45)(?![\w%]|[.,:]\d)" + _NO_TIME,
     "{1} {2:number} {3:number}", "at 7.45", "at seven forty five"),
    # Versions and models
    (r"\b[Vv]er\b\.? (?=\d)", "version ", "ver. 2", "version two"),
    (r"\bv\.? ?(\d{1,5}(?:\.\d{1,5}){1,6})(?!\w|\.\d)", "version {1:points}", "v1.20.4",
     "version one point twenty point four"),
    (r"\b([Vv]ersions?|[Rr]elease) (\d{1,5}(?:\.\d{1,5}){1,6})(?!\w|\.\d)", "{1} {2:points}",
     "version 1.20.4.2", "version one point twenty point four point two"),
    (rf"\b({_PROGRAM}) (\d{{1,4}}\.[1-9]\d(?:\.\d{{1,4}}){{0,3}}){_NO_MORE}(?! [a-z]{{2,9}}s\b)",
     "{1} {2:points}", "on Node 18.14", "on Node eighteen point fourteen"),
    (r"(?<![\w.,$€£-])(\d{1,4}\.\d{1,4})(?= (?:(?:or|and) (?:later|newer)|LTS|RC\d?|beta)\b)",
     "{1:points}", "4.11 or newer", "four point eleven or newer"),
    (r"(?<![\w-])v(\d{1,4})\b(?!\.\d)", "version {1:number}", "v2", "version two"),
    (r"\b(Boeing|Airbus|Embraer|Cessna|Bombardier|Antonov) (\d{3,4})-(\d{3})(?![\w-])",
     "{1} {2:code} {3:code}", "a Boeing 747-400", "a Boeing seven forty seven four hundred"),
    (r"(?<![\w.,-])(7[0-8]7)-(\d00)(?![\w-])", "{1:code} {2:code}", "a 757-200",
     "a seven fifty seven two hundred"),
    (rf"(?<![\w.,$-])({_YEAR})-(?=\s*(?:$|[,;]))", "{1:year} to now", "(2004-)",
     "two thousand and four to now"),
    (r"(?<![\w-])([A-Z])(\d{3})-(\d{3})(?![\w-])", "{1:spell} {2:code} {3:code}", "the A350-900",
     "the ay three fifty nine hundred"),
    # Spans of years
    (rf"\b({_MONTH},? {_YEAR}|{_MONTH}) ?- ?(?=(?:{_MONTH},? )?{_YEAR}\b)", "{1} to ",
     "May 2003-June 2004", "May two thousand and three to June two thousand and four"),
    (rf"(?<![\w.,$-])({_YEAR})-present\b", "{1:year} to the present", "2015-present",
     "twenty fifteen to the present"),
    (rf"(?<![\w.,$-])({_YEAR})-(?=now\b|today\b)", "{1:year} to ", "2015-now",
     "twenty fifteen to now"),
    (rf"(?<!\S)b\. ?(?={_YEAR}\b)", "born ", "(b. 1971)", "born nineteen seventy one"),
    (rf"(?<!\S)d\. ?(?={_YEAR}\b)", "died ", "(d. 1971)", "died nineteen seventy one"),
    (r"(?<![\w.,])((?:1\d|20)\d0'?s)-(?=(?:1\d|20|')?\d0'?s\b)", "{1} to ", "1960s-1970s",
     "nineteen sixties to nineteen seventies"),
    (r"(?<=\d)~(?=\d)", "-", "5~10", "five to ten"),
    (r"(?<![\w-])WW ?(II|I)\b", "World War {1:roman}", "after WWII", "after World War two"),
    (r"(?<![\w-])M-F(?=,? \d)", "Monday to Friday", "M-F 9-5", "Monday to Friday nine to five"),
    # Numbers that are words of their own
    (r"(?<![\w.,])1,?000s\b", "thousands", "1,000s of fans", "thousands of fans"),
    (r"(?<![\w.,])100s\b(?= (?:of|more)\b)", "hundreds", "100s of fans", "hundreds of fans"),
    (r"(?<=\d) ?[xX] ?(?=10\^)", " times ", "2.5x10^3", "two point five times ten cubed"),
    (r" ?&& ?", " and ", "x && y", "x and y"),
    (r" ?== ?", " equals ", "x == 3", "x equals three"),
    # Arrows and list marks
    (r"(?<=\S) ?(?:--?>|=>)(?= ?\S)", " to ", "Home -> View", "Home to View"),
    (r"(?<=[A-Za-z]{2}) > (?=[A-Z][a-z])", ", ", "File > Print", "File, Print"),
]
# fmt: on
