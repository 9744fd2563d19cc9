"""List what English says for places on a map, dates in figures, lessons and plain clocks.

The rows read as those of rules.py, and are read before them.
"""

from __future__ import annotations

_N = r"(?:\d{1,3}(?:,\d{3}){1,3}|\d{1,9})(?:\.\d{1,9})?"
_START = r"(?<![\w.,^/])"
COMPASS = {
    **{"NNE": "North Northeast", "ENE": "East Northeast", "ESE": "East Southeast"},
    **{"SSE": "South Southeast", "SSW": "South Southwest", "WSW": "West Southwest"},
    **{"WNW": "West Northwest", "NNW": "North Northwest"},
}
_ZONE = r"(?:[ECMPA][SD]?T|UTC|GMT|BST|CES?T|JST|IST)"
_AIRPORT = (
    r"(?:JFK|LGA|EWR|LAX|SFO|ORD|ATL|BOS|SEA|DEN|DFW|IAH|MIA|MCO|LAS|PHX|IAD|DCA|SAN|SJC|PDX|MSP|"
    r"DTW|PHL|CLT|SLC|LHR|LGW|CDG|AMS|FRA|MUC|ZRH|MAD|BCN|FCO|IST|DXB|DOH|SIN|HKG|HND|NRT|ICN|PEK|"
    r"PVG|SYD|MEL|YYZ|YVR|YUL|MEX|GRU|DUB|CPH|ARN|OSL|HEL|VIE|DEL|BOM|BKK|KUL|TPE)"
)
_FLIGHT = (
    r"(?i:flights?|fly|flying|flew|flies|nonstop|fares?|layover|airport|airlines?|boarding|"
    r"land(?:s|ed|ing)?)"
)
SUBJECTS = {
    **{"MATH": "math", "PHYS": "physics", "CHEM": "chemistry", "BIOL": "biology", "BIO": "bio"},
    **{"ENGL": "English", "HIST": "history", "ECON": "econ", "PSYC": "psych", "STAT": "stats"},
    **{"PHIL": "philosophy", "POLI": "political science", "ACCT": "accounting", "NURS": "nursing"},
    **{"SPAN": "Spanish", "FREN": "French", "GEOL": "geology", "CS": "c s", "EE": "e e"},
}
LESSONS = {
    **{"MWF": "Monday, Wednesday, Friday", "MW": "Monday, Wednesday", "WF": "Wednesday, Friday"},
    **{"TTh": "Tuesday, Thursday", "TuTh": "Tuesday, Thursday", "TTH": "Tuesday, Thursday"},
}
BOUND = {"NB": "northbound", "SB": "southbound", "EB": "eastbound", "WB": "westbound"}
_MONTH_DIGITS = r"(0?[1-9]|1[0-2])"
_DAY_DIGITS = r"(0?[1-9]|[12]\d|3[01])"
# After a city without a comma: letters that are neither a word nor a company's.
_SURE_STATES = (
    r"(AZ|AR|CT|FL|GA|IL|IA|KS|KY|MN|MT|NE|NV|NH|NJ|NM|NY|NC|ND|RI|SC|SD|TN|TX|UT|VT|WA|WV|WI|WY)"
)
DAY_LETTERS = {
    **{"M": "Monday", "T": "Tuesday", "Tu": "Tuesday", "W": "Wednesday", "Th": "Thursday"},
    **{"R": "Thursday", "F": "Friday", "Sa": "Saturday", "Su": "Sunday"},
}

# fmt: off
JOURNEYS = [
    # Places on a map
    (r"(?<![\w.])(\d{1,3})° ?(\d{1,2}(?:\.\d{1,4})?)' ?(?:(\d{1,2}(?:\.\d{1,3})?)(?:\"|'') ?)?"
     r"([NSEW])\b", "{1:degrees} {2:minutes} {3:seconds} {4:direction}", "51°28'40\"N",
     "fifty one degrees twenty eight minutes forty seconds North"),
    (rf"{_START}({_N}) ?° ?([NSEW])\b(?!\.[A-Z])", "{1:degrees} {2:direction}", "at 4.6°S",
     "at four point six degrees South"),
    (rf"(?<![\w.])({_N}) ?([NS]),? ({_N}) ?([EW])\b", "{1:number} {2:direction}, {3:number} "
     "{4:direction}", "at 4.6 S, 71.3 W", "at four point six South, seventy one point three West"),
    (rf"(?<![\w-])({'|'.join(COMPASS)})(?![\w-])", "{1:compass}", "9 km NNW of Elko",
     "nine kilometers North Northwest of Elko"),
    (r"(?<![\w-])(NW|NE|SW|SE)(?= (?:corner|side|part|quadrant|sky|coast|end)\b| of (?:the )?[A-Z])"
     r"|(?:(?<=above )|(?<=below )|(?<=facing )|(?<=moving )|(?<=heading ))(NW|NE|SW|SE)\b",
     "{1:direction}{2:direction}",
     "2 mi NE of Provo", "two miles Northeast of Provo"),
    (r"\b((?i:winds?|gusts?|breezes?|swells?):?(?: (?:from|out of|is|are|was|were|blowing)"
     r"(?: the)?)?) ([NSEW]|NW|NE|SW|SE)(?= (?:\d|at\b|up to\b|around\b|and\b|to\b|under\b)"
     r"|[,;.]|\s*\Z)",
     "{1} {2:direction}", "Wind SE 9 mph.", "Wind Southeast nine miles per hour."),
    (r"(?<=he )(NW|NE|SW|SE|[NSEW])(?= (?:side|end|exit|entrance|wing|gate|lot|tower|stairs|"
     r"corner|wall|bank|slope|shore|ramp|parking)\b)", "{1:direction}", "the W gate",
     "the West gate"),
    (r"((?:(?<![\w-])(?:I|US|SR|Hwy|Rte|[Rr]oute|[Hh]ighway)[ -]\d{1,3} ))(NB|SB|EB|WB)\b",
     "{1}{2:bound}", "US-101 NB at 6th", "u s one oh one northbound at sixth"),
    (r"(?<![\w-])(NB|SB|EB|WB)(?= (?:lanes?|traffic|ramp|side|exit|on-ramp)\b)", "{1:bound}",
     "the EB lanes", "the eastbound lanes"),
    (rf"(?<=\d) (?=(?:{_AIRPORT} ?(?:[-/]|to) ?[A-Z]{{3}}|[A-Z]{{3}} ?(?:[-/]|to) ?{_AIRPORT})\b)",
     ", ", "UA 18 DEN-SFO", "u ay eighteen, d e n to s f o"),
    (rf"(?<![\w-])({_AIRPORT}) ?[-/] ?([A-Z]{{3}})(?![\w-])|(?<![\w-])([A-Z]{{3}}) ?[-/] ?"
     rf"({_AIRPORT})(?![\w-])", "{1:spell}{3:spell} to {2:spell}{4:spell}", "BUR-SFO",
     "b u r to s f o"),
    (rf"\b((?:to|from|via|into|out of|leaving|leaves|departing|departs|thru|(?:landed|landing|"
     rf"lands?|layover|connection|connecting|stop|stuck|arrived?|arrives|arriving|delay|delayed) "
     rf"(?:in|at)) )({_AIRPORT})(?![\w'-]| [A-Z]{{2}}[A-Z' ])", "{1} {2:spell}", "a delay at MAD",
     "a delay at m ay d"),
    (rf"(?<![\w-])({_AIRPORT})(?=(?:,| or| and) [A-Z]{{3}}(?![\w'-]))|(?:(?<=[A-Z]{{3}}, )|"
     rf"(?<=[A-Z]{{3}} or )|(?<=[A-Z]{{3}} and ))({_AIRPORT})(?![\w'-])", "{1:spell}{2:spell}",
     "PDX, SEA or BOS", "p d x, s e ay or b o s"),
    (rf"(?<![\w-])({_AIRPORT})(?= to [A-Z]{{3}}(?![\w'-]))", "{1:spell}", "on LAS to BOS",
     "on l ay s to b o s"),
    (rf"\b({_FLIGHT}\b[^.;!?]{{0,40}}? (?:to|from|via|into)) ([A-Z]{{3}}) (to|via|from) "
     r"([A-Z]{3})(?![\w'-]| [A-Z]{2})", "{1} {2:spell} {3} {4:spell}", "I fly from MAN to OAK",
     "I fly from m ay n to o ay k"),
    (rf"\b({_FLIGHT}\b[^.;!?]{{0,40}}? (?:to|from|via|into|in)) ([A-Z]{{3}})(?![\w'-]| [A-Z]{{2}})",
     "{1} {2:spell}", "my flight to PIT", "my flight to p i t"),
    (rf"\b([A-Z][a-z]{{2,14}}) {_SURE_STATES}(?=[,;.!?]|\s*\Z| (?:on|is|at|and|in|to|from|for|"
     rf"with)\b)",
     "{1}, {2:state}", "in Tulsa NE, 9 mi away", "in Tulsa, Nebraska, nine miles away"),
    (r"\b((?i:turn|keep|bear)) (L|R)\b(?!\.\w|-)", "{1} {2:side}", "Turn L at 9th.",
     "Turn left at ninth."),
    # Dates
    (r"(?<![\w/.,$-])(?<!xp )(?<!xp\. )(?<!xp: )(?<!XP )(?<!piry )(?<!PIRY )(?<!hru )(?<!HRU )"
     rf"(?:(0[1-9])/{_DAY_DIGITS}|(1[0-2]|[1-9])/(0[1-9]))(?![\w/%-]|[.,]\d)",
     "{1:month}{3:month} {2:ordinal}{4:ordinal}", "the 12/03 sale", "the December third sale"),
    (r"\b((?i:on|dated?|due|by|since|until|sent|posted|from):?) (0[1-9]|1[0-2])-"
     r"(0[1-9]|[12]\d|3[01])(?![\w-]|[.,]\d)", "{1} {2:month} {3:ordinal}", "due 02-14",
     "due February fourteenth"),
    (rf"\b[Ee]xp(?:iry|ires)?\b\.?:? {_MONTH_DIGITS}/{_DAY_DIGITS}(?![\w/])(?<!/[2-9]\d)",
     "expires {1:month} {2:ordinal}", "exp. 4/18", "expires April eighteenth"),
    (r"(?<!\S)b\. ?(?=\d{1,2}/\d{1,2}/\d|(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|"
     r"Dec)\b)",
     "born ", "b. 6/2/1994", "born June second, nineteen ninety four"),
    (rf"(?<![\w-])({'|'.join(LESSONS)})(?=,? \d)", "{1:lessons}", "TuTh 2-4pm",
     "Tuesday, Thursday two to four pea em"),
    (rf"(?<![\w-])({'|'.join(SUBJECTS)}) ?(\d{{3,4}})(?:-(0\d))?(?![\w-]|[.,]\d)",
     "{1:subject} {2:code} {3:digits}", "CHEM 210-04", "chemistry two ten zero four"),
    (r"(?<![\w-])(M|Tu|T|W|Th)-(W|Th|R|F|Sa|Su)(?=,? \d)", "{1:day} to {2:day}", "M-Th 8-5",
     "Monday to Thursday eight to five"),
    (r"(?<=[,;] )(M|Tu|T|W|Th|F|Sa|Su) (?=\d{1,2}(?::\d\d)?(?:-| ?[ap]m))", "{1:day} ",
     "M-Th 8-5, F 8-12", "Monday to Thursday eight to five, Friday eight to twelve"),
    (r"(?<![\w.:])(1?\d:[0-5]\d) ?- ?(1?\d)(?=[,;]|\.?\s*\Z| [a-z])", "{1} to {2:number}",
     "open 1:30-4, or so", "open one thirty to four, or so"),
    (r"(?<![\w.:/,$-])(1?\d) ?- ?(1?\d:[0-5]\d)(?![\w:]|\.\d)", "{1:number} to {2}", "Tu 3-4:30",
     "Tu three to four thirty"),
    (r"(?<![\w.,:/$-])(0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)? (Jan|Mar|Jun|Jul)\b\.?(?! \d)",
     "{1} {2:name}", "his 3 Mar letter", "his the third of March letter"),
    (r"\b(Mon|Tues?|Wed|Thurs?|Fri|Sat|Sun)\. (?=[AP]M\b)", "{1:name} ", "2% rain Sun. PM",
     "two percent rain Sunday PM"),
    (r"\b([Aa]) (\d{1,2}):([0-5]\d):([0-5]\d)(?= [a-z])", "{1} {2:number} {3:lap} {4:lap}",
     "a 3:08:12 marathon", "a three oh eight twelve marathon"),
    # Clocks of twenty four hours without a colon
    (rf"(?<![\w.,:/$-])([01]\d|2[0-3])([0-5]\d)(?=[- ](?:hrs?|hours|{_ZONE}|[Zz]ulu|[Ll]ocal "
     rf"time)\b)",
     "{1:military_hour} {2:military_minutes}", "at 0430 UTC", "at oh four thirty u t c"),
    (rf"\b({_ZONE}) ?/ ?(?=\d)", "{1}, ", "9 EST / 6 PST", "nine e s t, six p s t"),
]
# fmt: on
