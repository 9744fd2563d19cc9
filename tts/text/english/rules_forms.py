"""List what English says for the short forms of forms, listings, timetables and notes.

The rows read as those of rules.py, and are read before them.
"""

from __future__ import annotations

from tts.text.verbalize import either_case

_N = r"(?:\d{1,3}(?:,\d{3}){1,3}|\d{1,9})(?:\.\d{1,9})?"
_START = r"(?<![\w.,^/])"
# Joined by a slash that nobody says -> what is said.
SLASHED = {
    **{"P/E": "p e", "A/C": "ay c", "I/O": "i o", "A/V": "ay v", "A/B": "ay b"},
    **{"O/U": "over under", "W/D": "washer dryer", "T/F": "true or false", "Y/N": "yes or no"},
    **{"y/y": "year over year", "Y/Y": "year over year", "q/q": "quarter over quarter"},
    **{"m/m": "month over month", "Q/Q": "quarter over quarter", "M/M": "month over month"},
    **{"M/W/F": "Monday, Wednesday, Friday", "T/Th": "Tuesday, Thursday", "B/W": "black and white"},
    **{"S/N": "serial number", "P/N": "part number", "F/T": "full time", "P/T": "part time"},
    **{"b/c": "because", "w/in": "within", "w/out": "without", "b/w": "between", "K/D": "k d"},
    **{"f/u": "follow up", "n/a": "n ay", "Q/A": "q and ay", "S/H": "s and h", "r/t": "round trip"},
    **{"F/OT": "final, overtime", "F/SO": "final, shootout", "p/m": "per month"},
    **{"p/w": "per week", "p/h": "per hour", "p/p": "per person", "p/d": "per day"},
    **{"p/a": "per annum", "b/f": "brought forward", "c/f": "carried forward"},
    **{"o/u": "over under", "s/p": "status post", "d/c": "discontinue", "h/o": "history of"},
    **{"r/o": "rule out", "c/w": "compared with", "w/w": "week over week"},
}
DIRECTIONS = {"N": "North", "S": "South", "E": "East", "W": "West"}
DIRECTIONS |= {"NW": "Northwest", "NE": "Northeast", "SW": "Southwest", "SE": "Southeast"}
_DIRECTION = "(NW|NE|SW|SE)"
_TENTH = r"\d{1,3}(?:st|nd|rd|th)\b"
STREET = (
    r"(?:St|Ave|Blvd|Rd|Dr|Ln|Ct|Pl|Sq|Ter|Cir|Way|Hwy|Pkwy|Street|Avenue|Boulevard|Road|Drive|"
    r"Lane|"
    r"Court|Place|Square|Terrace|Circle|Highway|Parkway|Broadway|Trail|Loop|Alley)\b"
)
_OWNER = either_case(
    "NI VAT passport policy license licence ticket invoice claim case tracking booking "
    "serial model part item article product order account acct art ref cat style"
)
_FLIGHT = r"(?i:flights?|fly|flying|flew|nonstop|fares?|layover|airport|airlines?|depart\w{0,4})"
_RATIO = r"(?i:dilut\w{1,4}|ratio|scale|mix(?:ed)?|odds)"
_WAITED = (
    r"(?i:rests?|holds?|plank|waits?|every|sprints?|pause|microwave|timeout|timer|delay|sleep|"
    r"lasts?|takes?|took|blend|stir|soak|within|after)"
)
_WARM = (
    r"(?i:lows?|lo|highs?|hi|grill|temps?|temperatures?|oven|bake|heat|roast|preheat|"
    r"feels like|internal|warm|cool|thermostat)"
)
_LONG = r"(?i:length|height|width|depth|diameter|waist|chest|inseam|rainfall|snowfall|tall|long)"
_DURATION = r"(?:days?|weeks?|months?|wks?|mins?|minutes|hrs?|hours|h|s|secs?|seconds|doses)\b"
# Before these a measure has no plural: a 24h period.
_MEASURED = (
    r"(?:periods?|windows?|shifts?|cycles?|limit|tablets?|capsules?|bottles?|bags?|bulbs?|lens|"
    r"lenses|band|laser|charger|adapter|motor|drives?|SSDs?|cards?|packs?|tank|battery|panel|"
    r"cable|walk|hike|supply|PSU|pipes?|nails?|drill|bits?)"
)
_TAX = r"(1040|1065|1095|1098|1099|1120|940|941|990)"
_NOT_COUNTED = (
    r"(?!(?:runs|races|runners|walks|events|screens|monitors|displays|videos|pixels|cameras|"
    r"projectors|"
    r"streams|times|was|has|is|routes|courses|trails|results|projects|this|plus)\b)"
)
_K_NOUN = r"(?=users|units|copies|fans|students|orders|streams|plays|stars|points|tickets|sales)"

# fmt: off
FORMS = [
    (rf"(?<![\w/])({'|'.join(SLASHED)})(?![\w/])", "{1:slashed}", "a P/E of 9", "a p e of nine"),
    (r"(?<![\w/.-])([A-Z]{2,5})/([A-Z]{2,5})(?![\w/])", "{1} {2}", "on AM/FG now",
     "on ay m f g now"),
    (r"(?<!\d)(?<!\d )~ ?(?=[$€£¥]?\d)", "about ", "~12K jobs", "about twelve thousand jobs"),
    # Streets and roads
    (rf"(?<=\d ){_DIRECTION}\.? (?=\d{{1,3}}(?:st|nd|rd|th)\b|[A-Z][a-z])", "{1:direction} ",
     "12 NW Elm Street", "twelve Northwest Elm Street"),
    (rf"(?<=\d )([NSEW])\.? (?={_TENTH}|[A-Z][a-z]{{2,14}} {STREET})", "{1:direction} ",
     "12 W 5th", "twelve West fifth"),
    (rf"\b({STREET})\.?,? {_DIRECTION}\b", "{1:street} {2:direction}", "12 Elm Street NW",
     "twelve Elm Street Northwest"),
    (r"\b((?:I|US|[Rr]oute|[Hh]ighway|Hwy|Rte)[ -]\d{1,3}) ([NSEW])\b(?!\.)", "{1} {2:direction}",
     "I-80 W today", "i eighty West today"),
    (rf"(?<![\w.,$#/-])(\d{{3,4}})(?= (?:[NSEW]\.? |North |South |East |West |Northwest |"
     rf"Northeast |Southwest |Southeast )?(?:(?:[A-Z][a-z]{{2,14}} ){{1,2}}{STREET}"
     rf"|{_TENTH} {STREET})"
     rf"|(?: [NSEW]\.?| North| South| East| West) {_TENTH})", "{1:code}", "2217 Oak Street",
     "twenty two seventeen Oak Street"),
    (rf"\b(?:{_DIRECTION}|([NSEW]))(?= (?:winds?|breezes?|gusts?|gales?|swells?|facing)\b)",
     "{1:direction}{2:direction}", "SW gales", "Southwest gales"),
    (r"((?<=\dst )|(?<=\dnd )|(?<=\drd )|(?<=\dth ))[Ff]lr?\b(?:\.(?=[,;)]| [a-z]))?", "floor",
     "9th fl. office", "ninth floor office"),
    (r"((?<=\dst )|(?<=\dnd )|(?<=\drd )|(?<=\dth ))ed\b\.?", "edition", "8th ed.",
     "eighth edition"),
    # Journeys
    (r"\b([Tt]he) (0\d|1\d|2[0-3])([0-5]\d)(?= (?:to|from|service|train|departure|ferry|sailing|"
     r"flight|bus|coach)\b)", "{1} {2}:{3}", "the 0942 to Bath", "the nine forty two to Bath"),
    (r"\b([Tt]he) (0[1-9])([0-5]\d)\b(?![.,:/-]\d)", "{1} {2}:{3}", "the 0942",
     "the nine forty two"),
    (r"(?<![\w.:,/$€£-])(1?\d) ?(?:-|--) ?(?=1?\d ?[ap]\.?m\b)", "{1:number} to ", "4-5pm",
     "four to five pea em"),
    (rf"\b({_FLIGHT}\b[^.;!?]{{0,40}}?) ([A-Z]{{3}}) ?- ?([A-Z]{{3}})(?![\w-])",
     "{1} {2:spell} to {3:spell}", "flight 9 ABQ-QXW", "flight nine ay b q to q x w"),
    (r"\b[Dd]ep\.? (?=\d{1,2}[:.]\d\d)", "departs ", "dep. 8:25", "departs eight twenty five"),
    (r"\b[Aa]rr\.? (?=\d{1,2}[:.]\d\d)", "arrives ", "arr. 8:25", "arrives eight twenty five"),
    (r"(?<![\w.:])(1?\d)([ap]) ?- ?(1?\d)([ap])(?!\w)", "{1}{2}m-{3}{4}m", "9a-1p",
     "nine ay em to one pea em"),
    (r"(?<![\w.:])(1?\d:[0-5]\d)([ap])(?!\w)", "{1}{2}m", "9:05a", "nine oh five ay em"),
    (r"(?<![\w.:/-])(1?\d) ?- ?(1?\d:[0-5]\d) ?([ap])(?:\.?m\b|(?!\w))",
     "{1:number} to {2} {3}m", "6-7:15pm", "six to seven fifteen pea em"),
    (r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/(Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b(?!/)",
     "{1:name} and {2:name}", "Mon/Wed", "Monday and Wednesday"),
    (r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?=\d{1,2}(?::\d\d|/\d|[ap]m?\b))", "{1:name} ",
     "Sun 4:25", "Sunday four twenty five"),
    (r"(?:(?<=[ECMP][SD]T )|(?<= [ECMP]T ))(0?[1-9]|1[0-2])/(0?[1-9]|[12]\d|3[01])\b(?![/.]\d)",
     "{1:month} {2:ordinal}", "9 PST 2/13", "nine p s t February thirteenth"),
    (r"(?<![\w/.-])(0[1-9]|1[0-2])/(20\d\d)(?![\w/])", "{1:month} {2:year}", "exp 08/2029",
     "exp August twenty twenty nine"),
    (r"\b(?:EXP|[Ee]xp|expiry|EXPIRY)\b\.?:? (0[1-9]|1[0-2])/([23]\d)(?![\w/])",
     "expiry {1:month} twenty {2:number}", "EXP 03/29", "expiry March twenty twenty nine"),
    (r"(?<=\d)-(yr|hr|wk|mo)s?\b\.?", " {1:each}", "a 10-yr loan", "a ten year loan"),
    (r"/(mo|yr|hr|wk)\.(?=[,;)]| [a-z+(])", "/{1}", "$9/mo., paid",
     "nine dollars per month, paid"),
    (r"(?<=\d) ?pcm\b", " per calendar month", "$900 pcm",
     "nine hundred dollars per calendar month"),
    (r"(?<=\d) ?pw\b", " per week", "$90 pw", "ninety dollars per week"),
    (r"(?<=[Pp]er )(mo|yr|wk|hr)\b(?:\.(?=[,;)]| [a-z+&]))?", "{1:each}", "$9 per mo. or less",
     "nine dollars per month or less"),
    # Homes and cars
    (r"(?<![\w.,])(\d)(\.5)? ?(?:BR|BD|bdrms?|BDRM|br|bd)\b(/?)",
     "{1:number}{2:half_of} bedroom{3:pause}", "2BR flat", "two bedroom flat"),
    (r"(?<![\w.,])(\d)(\.5)? ?(?:BA|ba)\b", "{1:number}{2:half_of} bath", "2.5 BA",
     "two and a half bath"),
    (r"(?<![\w.,])(\d{1,3}(?:\.\d)?)[kK] ?mi(?:les)?\b(?:\.(?=,| [a-z]))?",
     "{1:number} thousand miles", "90k mi",
     "ninety thousand miles"),
    (r"(?<![\w.,$€£])(\d{1,3}(?:\.\d)?)[kK](?=(?:/| per )(?:day|week|month|year|mo|yr|hr)\b)",
     "{1:number} thousand",
     "3K/day", "three thousand per day"),
    (r"(?<![\w.,$€£])(\d{1,3}(?:\.\d{1,2})?)B (?=(?:yrs?|years?|people|users|views|streams|stars|"
     r"parameters|params|in|of|by)\b)", "{1:number} billion ", "4.5B years",
     "four point five billion years"),
    (rf"(?<![\w.,$€£])(\d{{1,3}}(?:\.\d)?)k {_NOT_COUNTED}(?=[a-z]{{3,14}}s\b)",
     "{1:number} thousand ",
     "153k voters", "one hundred and fifty three thousand voters"),
    (r"(?<=[a-z])/(?=[$€£]\d)", ", ", "$9 in/$5 out", "nine dollars in, five dollars out"),
    (r"(?<=\d )(beds?|bd|br)/(?=\d)", "{1}, ", "4 bed/3 bath", "four bed, three bath"),
    (rf"(?<![\w.,])(\d{{1,3}}(?:\.\d)?)k {_K_NOUN}", "{1:number} thousand ", "7k units",
     "seven thousand units"),
    (r"(?<![\w'])'0([1-9])(?![\w.,:/-]\d)\b", "oh {1:number}", "an '08 Civic", "an oh eight Civic"),
    (r"((?<=bath )|(?<=bedroom )|(?<=bed )|(?<=BR )|(?<=BA )|(?<=studio )|(?<=my )|(?<=our )"
     r"|(?<=your )|(?<=his )|(?<=her )|(?<=this ))apt(?=[,;.!?]|\Z| (?:is|was|has|with|w/|for|in|"
     r"on|near|at|and|to)\b)", "apartment", "our apt is big", "our apartment is big"),
    # Codes
    (rf"(?<![\w.,$-]){_TAX}(?= (?:forms?|returns?)\b|-[A-Z])", "{1:code}", "a 1099 form",
     "a ten ninety nine form"),
    (rf"\b({_OWNER}\.?) (?:[Nn]o\.|#):? (?=[A-Z\d]|(?:is|and|or|on|in|below|above)\b)",
     "{1} number ", "Serial no. C47", "Serial number c four seven"),
    (rf"\b({_OWNER}\.? number) (\d{{2,9}}(?:[.-]\d{{2,9}}){{1,4}})(?![\w-])", "{1} {2:reference}",
     "item number 402.118.55", "item number four zero two, one one eight, five five"),
    (r"\b((?i:passcode|password|code|key|pw|wi-?fi):?(?: is)?) (?=\w{0,15}[a-z])(?=\w{0,15}[A-Z])"
     r"(?=\w{0,15}\d[A-Za-z])([A-Za-z\d]{4,16})\b", "{1} {2:characters}", "code: 4Gh7Jk",
     "code, four g h seven j k"),
    (r"\b((?i:(?:meeting|zoom|conference|webinar) id):?(?: is)?) (\d{3}(?: \d{3,4}){2})\b",
     "{1} {2:telephone}", "Meeting ID 842 551 907",
     "Meeting i d eight four two, five five one, nine zero seven"),
    (r"\b[Rr]ev\. ?(?=\d)(?!\d{1,2}:\d)", "revision ", "Rev. 3", "revision three"),
    (r"\brev\. (?=(?:up|down|rose|fell|grew|was|of|beat|miss\w{0,4}|growth|guid\w{0,6})\b|\$)",
     "revenue ", "Its rev. fell 3%.", "Its revenue fell three percent."),
    (r"\b[Rr]el\. ?(?=\d)", "release ", "Rel. 3", "release three"),
    (r"\b[Pp]h\b\.?:? ?(?=\(?\d{3})", "phone ", "ph. 555-0142",
     "phone five five five, zero one four two"),
    (r"(?<=\d)-spd\b", " speed", "a 5-spd", "a five speed"),
    (r"\b([ECMP]T)/(?=\d|noon|midnight)", "{1}, ", "9 ET/noon PT", "nine e t, noon p t"),
    (r"(?<![\w#])#s (?=\d)", "numbers ", "#s 3 and 4", "numbers three and four"),
    (r"\b(1Z ?[A-Z\d]{3} ?[A-Z\d]{3}(?: ?\d{2,4}){2,4})\b", "{1:reference}",
     "1Z 999 AA1 01 2345 6784", "one z, nine nine nine, ay ay one, zero one, two three four five, "
     "six seven eight four"),
    (r"(?<![\w#-])([A-Z]{2,5})-((?:19|20)\d\d)-(\d{3,7})(?![\w-])",
     "{1:spell} {2:year} {3:digits}", "CVE-2021-4420",
     "c v e twenty twenty one four four two zero"),
    (r"(?<![\w.,])(60|70|75|80|85|90|93|95)/(40|30|25|20|15|10|7|5)(?![\w%/]|[.,]\d)"
     r"(?! ?mm)", "{1:number} {2:number}", "80/20 beef", "eighty twenty beef"),
    (r"(?<=[a-z?:,] )x(\d{4})\b", "extension {1:digits}", "call x4471",
     "call extension four four seven one"),
    (r"(?<![\w-])(A\d[A-Z])(?![\w-]| \d[A-Z]\d)", "{1:characters}", "an A1C test",
     "an ay one c test"),
    (r"\bHbA1[cC]\b", "h b ay one c", "an HbA1c test", "an h b ay one c test"),
    (r"\b([A-Z]{2,5})# ?(\d{4,12})\b", "{1:spell} number {2:digits}", "PRN# 40718",
     "p r n number four zero seven one eight"),
    (r"(?<![\w-])-(\d)-(?![\w-])", "{1:digits}", "enter -0- here", "enter zero here"),
    (r"\b([A-Z]) to (?=[B-Z]\b)", "{1:spell} to ", "from A to Z", "from ay to Z"),
    (r"\b([AM]\d{1,3},?) J(\d{1,2})([A-Za-z]?)\b", "{1} junction {2:number} {3:spell}", "M25 J7",
     "m twenty five junction seven"),
    (r"\bIBAN:? ([A-Z]{2}\d{2}(?: ?[A-Z\d]{2,4}){3,8})\b", "IBAN {1:reference}",
     "IBAN NO93 8601 1117 947",
     "i b ay n n o nine three, eight six zero one, one one one seven, nine four seven"),
    (r"(?<=:\d\d)/(mi|km)\b", " per {1:each}", "8:30/mi", "eight thirty per mile"),
    (r"(?<=\d )(min|mins|secs?|oz|g|mg|cal)/(side|serving|piece|person|set|batch|dose)\b",
     "{1} per {2}", "5 min/side", "five minutes per side"),
    (r"\b[Nn]os?\. (\d\d)-(\d{2,4})\b", "number {1:number} {2:code}", "No. 23-719",
     "number twenty three seven nineteen"),
    (r"\b([A-Z][a-z]{2,12}) 101(?=[.,:;!?]|\Z)", "{1} one oh one", "Yoga 101", "Yoga one oh one"),
    (r"\bOp\. ?(?=\d)", "opus ", "Op. 9", "opus nine"),
    (r"\bINR (?=\d\.\d(?!\d| ?(?:[mb]illion|bn|crore|lakh)))", "i n r ", "INR 2.4",
     "i n r two point four"),
    (r"(?<![\w/])f/(?=\d)", "f ", "at f/2.8", "at f two point eight"),
    (r"(?<![\w.,/])1/(\d{2,4}) ?s(?:ec)?\b", "one {1:ordinal} of a second", "1/60s",
     "one sixtieth of a second"),
    # Amounts
    (r"(?<![\w.,/$€£])(\d{1,2})/(?=[$€£]\d)", "{1:number} for ", "2/$5", "two for five dollars"),
    (rf"(?<![\w./,:$€£-])([$€£]?{_N})/(?!(?:gal|min|sec|mol|day)\b)(?=[a-z]{{3,12}}(?![\w/-]|\.\w))",
     "{1} per ", "$5/car", "five dollars per car"),
    (r"(?<![\w.,'])(\d{1,3},\d{3}|\d{1,3}\.\d)'(?!\w)", "{1:number} feet", "1,850' up",
     "one thousand eight hundred and fifty feet up"),
    (r"\b[Hh]i\.? (?=-?\d{2}(?:[FC]\b|°))", "high ", "hi 84°", "high eighty four degrees"),
    (r"\b[Ll]o\.? (?=-?\d{2}(?:[FC]\b|°))", "low ", "lo 64°", "low sixty four degrees"),
    (rf"\b({_WARM}\b[^.;!?\d]{{0,20}}?) (-?\d{{1,3}})(?:([FC])\b| ([FC])(?=[,;.)]|\Z))"
     r"(?:/(\d{1,3})[FC]\b)?", "{1} {2:number} degrees {3:heat}{4:heat}{5:slash}", "low 58F",
     "low fifty eight degrees fahrenheit"),
    (r"(?<=\d) ?(?:ft|lb)[-. ](?:lbs?|ft)\b", " foot pounds", "45 ft-lb", "forty five foot pounds"),
    (r"(?<=\d) ?N ?m\b", " newton meters", "61 Nm", "sixty one newton meters"),
    (r" ?/ ?[μu]L\b", " per microliter", "9 K/μL", "nine K per microliter"),
    (r"(?<![\w.])(\d{1,3})/24 ?h(?:rs?)?\b", "{1:number} per twenty four hours", "max 8/24 h",
     "max eight per twenty four hours"),
    (r"(?<![\w.])(\d{1,3})'(?: ?(\d{1,2})\")? ?[xX×] ?(\d{1,3})'(?: ?(\d{1,2})\")",
     "{1:number} foot {2:number} by {3:number} foot {4:number}", "12'6\" x 14'2\"",
     "twelve foot six by fourteen foot two"),
    (r"(?<![\w.])(\d{1,3})' ?(\d{1,2})\" ?[xX×] ?(\d{1,3})'",
     "{1:number} foot {2:number} by {3:number} feet", "12'6\" x 14'",
     "twelve foot six by fourteen feet"),
    (r"(?<![\w.,-])(\d{3,4}) ?[xX×] ?(\d{3,4})(?!\w|[.,]\d| ?(?:mm|cm|m|km|x|ft|in)\b)",
     "{1:code} by {2:code}", "1280x720", "twelve eighty by seven twenty"),
    (rf"(?<![\w.,-])(\d{{1,2}}) ?[xX×] ?({_N} ?(?:mg|mcg|g|ml|mL|L|l|cl))"
     r"(?= (?:tablets?|tabs|caps\w{0,5}|pills?|bottles?|bags?|cans?|packs?|jars?|tins?|doses?|"
     r"cartons?|sachets?|vials?)\b)", "{1:number} {2:one_unit}", "2 x 250mg capsules",
     "two two hundred and fifty milligram capsules"),
    (rf"(?<![\w.,-])(\d{{1,2}}) ?[xX×] ?(?={_N} ?(?:mg|mcg|g|ml|mL|L|l|cl)\b)",
     "{1:number} times ", "2 x 250mg", "two times two hundred and fifty milligrams"),
    (rf"{_START}({_N} ?(?:h|hr|W|V|mm|[μn]m|kg|km|GB|TB|ml|mL|L))(?= {_MEASURED}\b)",
     "{1:one_unit}", "any 48h window", "any forty eight hour window"),
    (rf"([$€£¥])({_N})T(?![\w-])", "{2:number} trillion {1:currency}", "$3T of debt",
     "three trillion dollars of debt"),
    (rf"\b({_RATIO}\b[^.;!?\d]{{0,25}}?) (\d{{1,4}}):(\d{{1,3}}(?:,\d{{3}}){{1,3}}|\d{{1,4}})"
     r"(?![\d:])",
     "{1} {2:number} to {3:number}", "a ratio of 1:20", "a ratio of one to twenty"),
    (r"(?<![\w.:])(\d{1,4}):(\d{1,4})(?= (?:ratio|scale|dilution|odds|mix|mixture|split|model)\b)",
     "{1:number} to {2:number}", "a 1:20 mix", "a one to twenty mix"),
    (rf"(?<=[A-Za-z])(?:×| [x×]) ?(?=\d{{1,3}} ?{_DURATION})", " for ", "daily x 7 days",
     "daily for seven days"),
    (r"(?<![\w.,])(\d{1,2}) ?[xX×] ?(\d{1,3}) ?s\b", "{1:number} times {2:number} seconds",
     "3x40s", "three times forty seconds"),
    (rf"\b({_WAITED}) (\d0)s\b", "{1} {2:number} seconds", "Hold 30s.", "Hold thirty seconds."),
    (rf"{_START}({_N})-in (?=[a-z])", "{1:number} inch ", "a 6-in cable", "a six inch cable"),
    (rf"\b({_LONG}\b[^.;!?]{{0,15}}?) ({_N}) in\b(?:\.(?=[;,)]))?(?=[;,).]| ?\Z)",
     "{1} {2:number} inches", "Length: 20 in; boy", "Length, twenty inches; boy"),
    (rf"{_START}({_N}) in\b\.?(?=[;)]| ?[xX×])", "{1:number} inches", "It is 9 in; I saw it.",
     "It is nine inches; I saw it."),
    (r"(?<=[<>≤≥])1(?:\"|'')", "1 inch", "<1\" of rain", "less than one inch of rain"),
]
# fmt: on
