"""List what English says for keys of a telephone, passwords, flyers, tickets, television, baseball.

The rows read as those of rules.py, and are read before them.
"""

from __future__ import annotations

_N = r"(?:\d{1,3}(?:,\d{3}){1,3}|\d{1,9})(?:\.\d{1,9})?"
_KEYED = (
    r"(?:[Dd]ial|[Pp]ress|[Ee]nter|[Hh]it|[Pp]unch in|[Kk]ey in|[Kk]eypad|[Ll]ockbox|"
    r"(?:[Gg]ate|[Dd]oor|[Aa]ccess|[Ee]ntry|[Aa]larm|[Ll]ock|[Gg]arage|[Bb]uilding)"
    r"(?: (?:is|code|PIN|pin|passcode)))"
)
_CREDENTIAL = (
    r"(?i:passwords?|pwd|pw|passcode|passphrase|wi-?fi|ssid|network|user ?name|user|login|"
    r"handle|gamer ?tag|screen name|user ?id)(?: (?:name|password|network|id))?(?::| is:?|=)"
)
_BASEBALL = (
    r"(?:RBIs?|[Ii]nnings?|[Bb]aseball|MLB|[Hh]omers?|[Hh]omered|[Pp]itch(?:er|ers|ed|ing)|"
    r"[Bb]atting|[Bb]atter|[Ss]lugg\w{2,4}|OPS|\d-for-\d|[Ww]alk-off|[Bb]ullpen|[Ss]hutout|"
    r"[Dd]ugout|[Rr]ookie|[Hh]its? (?:his|her|a)|Yankees|Mets|Dodgers|Cubs|Braves|Astros)"
)
# Things that are sold by length: a 6 ft. HDMI cable. The first are capitals that begin no sentence.
CAPITAL_THING = (
    r"(?:HDMI|USB|LED|PVC|AUX|RCA|VGA|DVI|XLR|SATA|RGB|PEX|ABS|Cat ?\d|CAT ?\d|Ethernet|Lightning|"
    r"DisplayPort|Thunderbolt|Christmas)(?![\w'])"
)
_THING = (
    r"(?:cables?|cords?|ladders?|hoses?|ropes?|poles?|chains?|leash(?:es)?|planks?|boards?|pipes?|"
    r"beams?|tape|fences?|ceilings?|tables?|trailers?|boats?|trees?|walls?|studs?|straps?|rods?)\b"
)

# fmt: off
FLYERS = [
    # Keys and credentials
    (rf"\b({_KEYED}\b[^.;!?\n]{{0,80}})", "{1:keys}", "Dial *82 first.",
     "Dial star eight two first."),
    (rf"\b({_CREDENTIAL}) ?(?=[\w.]{{0,30}}[_-])(?=[\w.-]{{0,40}}[_\dA-Z])"
     r"([A-Za-z\d][\w.-]{1,40}\w)", "{1} {2:credential}", "login: ann_k",
     "login, ann underscore k"),
    (r"\bCtrl\b", "Control", "Ctrl+P", "Control plus P"),
    (r"(?:(?<=[Pp]ress )|(?<=[Hh]it )|(?<=\+))Esc\b", "Escape", "hit Esc", "hit Escape"),
    # Baseball
    (rf"\A(?=[^\n]{{0,600}}?\b{_BASEBALL}\b)([^\n]{{0,900}})", "{1:baseball}",
     "Mets: Lee, 3 HR", "Mets, Lee, three home runs"),
    (r"(?<=\d)((?:st|nd|rd|th) )HR\b", "{1}home run", "his 9th HR", "his ninth home run"),
    # Television and series
    (r"(?<![\w./:])(1?\d:[0-5]\d|12(?=/11)|11(?=/10)|10(?=/9)|9(?=/8)|8(?=/7)|7(?=/6)|6(?=/5)|1(?=/12))"
     r"/(1?\d(?::[0-5]\d)?)(?:[cC]T?| ?Central)\b",
     "{1}, {2} central", "10:30/9:30c", "ten thirty, nine thirty central"),
    (r"\b[Ss]0?(\d{1,2}) ?[Ee][Pp]?0?(\d{1,2})\b", "season {1:number} episode {2:number}", "S3E04",
     "season three episode four"),
    # Lengths before a thing
    (rf"(?<![\w.,^/$])({_N}[ -]?(?:ft|yd))\.? (?={CAPITAL_THING}|(?:[a-z]{{3,9}} )?{_THING})",
     "{1:one_unit} ", "two 9 ft. LED strips", "two nine foot l e d strips"),
    (r"(?<![\w./])(\d/\d{1,2})\"? ?(?:-|--) ?(\d/\d{1,2})\"", "{1:fraction} to {2:fraction} inch",
     "1/8\"-1/4\" thick", "one eighth to one quarter inch thick"),
    (r"(?<=ft)\./(?=gal\b)", "/", "90 sq. ft./gal", "ninety square feet per gallon"),
    # Tickets, prices, shops
    (r"(?<=\d )[Aa]dv\b(?:\.(?=[,;/]| [a-z]))?", "advance", "$9 adv, $12 door",
     "nine dollars advance, twelve dollars door"),
    (rf"([$€£]{_N})/(?=[$€£]\d)", "{1}, ", "$7/$11", "seven dollars, eleven dollars"),
    (rf"([$€£]{_N}(?:-|--)[$€£]?{_N})/(hr|mo|wk|yr|day|hour|week|month)\b", "{1} per {2:each}",
     "$21-24/hr", "twenty one to twenty four dollars per hour"),
    (r"(?:(?<=[a-z\d]{2})|(?<=[$€£]\d)) / (?=[A-Za-z]{2}|[$€£]\d)", ", ", "soup $4 / stew $6",
     "soup four dollars, stew six dollars"),
    (r"(?<=\d) ?pcs?\.?/(?=\d)", " pieces, ", "9 pc./18 pc", "nine pieces, eighteen pieces"),
    (r"(?<=\d) ?pc\b\.?(?= [a-z]{3,12}\b)", " piece", "9 pc. set", "nine piece set"),
    (r"(?<=\d) ?pcs?\b(?:\.(?=[,;)]| [a-z$€£]))?", " pieces", "tacos, 3 pc", "tacos, three pieces"),
    (r"(?<=hr )DOE\b", "d o e", "$21/hr DOE", "twenty one dollars per hour d o e"),
    (r"(?<=\bPre-K)-{1,2}(?=\d)", " to ", "Pre-K-4th", "Pre K to fourth"),
    (r"(?<!itamin )(?<!chedule )(?<!orm )\bK-{1,2}(?![19]\b)(\d{1,2})(?=(?:th|nd|rd)?\b)(?!-)",
     "K to {1}", "grades K-8", "grades K to eight"),
    (r"\b([A-Z])-(\d)s\b", "{1:spell} {2:several}", "all W-9s", "all w nines"),
    (r"\bE-?Z[ -]?Pass\b", "easy pass", "E-ZPass", "easy pass"),
    (r"((?<=@ )|(?<=at )|(?<=near )|(?<=past ))(?:mm|MM) (?=\d)", "mile marker ", "near MM 41",
     "near mile marker forty one"),
    (r"\b(Mon|Wed|Sat|Sun|Tue|Thu|Fri): (?=[A-Za-z])", "{1:name}: ", "Wed: rest",
     "Wednesday, rest"),
    (r"\b(Sat|Sun)/[Hh]ol(?:s|idays?)?\b(?:\.(?=[,;]))?", "{1:name} and holidays", "no bus Sun/hol",
     "no bus Sunday and holidays"),
    (r"\b[Rr]ep\.? (?=(?:rows?|rounds?|rnds?|steps?|from|until|these|to end)\b)", "repeat ",
     "rep. rows 2-5", "repeat rows two to five"),
    (r"\b[Ss]ec\.? dep\b\.?", "security deposit", "sec dep due", "security deposit due"),
    (r"(?<=[a-z] )[Rr]eq\b(?:\.(?=[,;)]))?(?=[,;.)]|\s*\Z)", "required", "deposit req, ask",
     "deposit required, ask"),
    (r"(?<=1st)/(?=last\b)|(?<=/last)/(?=sec)", ", ", "1st/last due", "first, last due"),
    (r"\b([Hh])appy hr\b\.?", "{1}appy hour", "happy hr 5-7", "happy hour five to seven"),
    (rf"([$€£]{_N}) ?pp\b", "{1} per person", "$35 pp", "thirty five dollars per person"),
    (r"(?<=\d )crs\b\.?", "courses", "5 crs. tonight", "five courses tonight"),
    (r"(?<!\w)#(?=\d{1,3} ?-{1,2} ?\d{1,3}\b)", "numbers ", "#2-18", "numbers two to eighteen"),
    (r"((?<=, )|(?<=; )|(?<=hen )|(?<=urn ))([LR]) (?=(?:on|onto|at) [A-Z\d])", "{2:side} ",
     "turn R on Elm", "turn right on Elm"),
    (r"(?<=1st )mo\b\.?", "month", "1st mo. free", "first month free"),
    (r"(?<=[a-z.] )[Ii]ncl(?:uding)?(?=\.?[,;)]|\.?\s*\Z)(?:\.(?=[,;)]))?", "included",
     "heat incl., no pets", "heat included, no pets"),
    (r"(?<=[Ss]ets) ?[x×] ?(?=\d)", " of ", "3 sets x 15", "three sets of fifteen"),
    (r"\b([Hh])i\b\.? (?=\d{1,3}[,/;])", "{1}igh ", "hi 81, lo 60", "high eighty one, low sixty"),
    (r"\b([Ll])o\b\.? (?=\d{1,3}\b)", "{1}ow ", "lo 43 tonight", "low forty three tonight"),
    (r"\b([Ll])ic\.?(?:,| &| and|/) ?ins\b(?:\.(?=[,;]))?", "{1}icensed and insured",
     "lic. & ins., local", "licensed and insured, local"),
    (r"\b([Pp]ls|[Pp]lease) adv\b", "{1} advise", "please adv", "please advise"),
    (r"\b([Rr])efs (?=req|avail|upon|on request)", "{1}eferences ", "refs upon request",
     "references upon request"),
    (r"(?<![\w.])(12|24|36|48|72) ?HRS?\b", "{1} hours", "in 48 HR", "in forty eight hours"),
    (r"\bKB (?=(?:swings?|press(?:es)?|squats?|deadlifts?|snatch(?:es)?|cleans?|rows?)\b)",
     "kettlebell ", "20 KB rows", "twenty kettlebell rows"),
]
# fmt: on
