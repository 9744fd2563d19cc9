"""List what English says for currency pairs, sets, doses, recipes, slips and consoles.

The rows read as those of rules.py, and are read before them.
"""

from __future__ import annotations

from tts.text.english.words import LIBRARY_UNITS, UNITS
from tts.text.verbalize import either_case

_N = r"(?:\d{1,3}(?:,\d{3}){1,3}|\d{1,9})(?:\.\d{1,9})?"
_START = r"(?<![\w.,^/])"
_UNIT = "|".join(map(str, sorted([*UNITS, *LIBRARY_UNITS], key=len)[::-1])).replace("^", r"\^")
_NOT_SOLD = (
    r"(?:plus|less|this|was|has|does|always|sometimes|towards|besides|across|dollars|perhaps|minus|"
    r"unless|yes|his|its|thanks|others|hers|ours|yours|theirs|times|hours|days|weeks|months|years|"
    r"millions|billions|thousands|afterwards|upwards|versus|regardless|nights)"
)
# In a pair of currencies: GBP/USD.
PAIRED = {
    **{"USD": "dollar", "EUR": "euro", "GBP": "pound", "JPY": "yen", "CHF": "swiss franc"},
    **{"CAD": "canadian dollar", "AUD": "australian dollar", "NZD": "new zealand dollar"},
    **{"CNY": "yuan", "CNH": "yuan", "INR": "rupee", "HKD": "hong kong dollar", "KRW": "won"},
    **{"SGD": "singapore dollar", "MXN": "mexican peso", "SEK": "swedish krona", "ZAR": "rand"},
    **{"NOK": "norwegian krone", "BRL": "brazilian real", "TRY": "turkish lira", "PLN": "zloty"},
    **{"BTC": "bitcoin", "ETH": "ether"},
}
_PAIRED = f"({'|'.join(PAIRED)})"
# The full stop of a unit within a sentence.
_STOP = r"(?:\.(?=,| [a-z]))?"
_FOOD = either_case(
    "flour sugar milk water butter oil rice oats cream broth stock honey salt pepper vanilla "
    "cinnamon cheese cocoa vinegar yeast baking soda juice syrup nuts walnuts pecans almonds "
    "raisins "
    "chopped diced grated shredded sliced minced melted warm cold hot brown white olive vegetable "
    "unsalted salted soy lemon lime packed heavy sour buttermilk cornstarch all-purpose "
    "powdered granulated kosher"
)
_AMOUNT = r"(?<![\w.,/-])(\d{1,3}|(?:\d{1,2}[ -])?\d/\d)"
_SETS = r"\d{1,2}[:-]\d{1,2}(?:, ?\d{1,2}[:-]\d{1,2}){1,6}"
_SCORED = (
    r"(?i:won|win|wins|lost|lose|loses|beat|beats|beaten|defeated|final score|score was|score is|"
    r"score:|scores:|trail(?:s|ed|ing)?|led|lead|leads|leading|drew|victory|defeat)"
)
_NO_MOMENT = "".join(
    f"(?<! {word})"
    for word in "at in by of from until till about around before after since for".split()  # noqa: SIM905
)
_OWNER = r"(?:SKU|MPN|UPC|EAN|ASIN|VIN|IMEI|RMA|MRN|PO|P/N|S/N|IMO|DOI|LOT|[Aa]cc(?:oun)?t|[Rr]ef)"
DOSES = {
    **{"bid": "twice a day", "tid": "three times a day", "qid": "four times a day"},
    **{"qd": "once a day", "qhs": "at bedtime", "prn": "as needed", "hs": "at bedtime"},
}
_DOSE = "|".join(form for dose in DOSES for form in (dose, dose.upper()))
_DOSED = r"(?:mg|mcg|mL|ml|g|IU|units?|tabs?|tablets?|caps?|capsules?|puffs?|drops?|gtts|by mouth)"
_INTERNATIONAL = either_case(
    "airport flight flights trade call calls shipping student students law relations roaming "
    "orders "
    "delivery friendly break breaks debut tour transfer transfers"
)
# Minutes of a match: 12', 45+2' and 67'.
_MOMENT = r"(?:1[01]\d|120|[1-9]?\d)(?:\+\d{1,2})?'"
_MOMENTS = rf"{_MOMENT}(?:(?:, ?(?:and )?| and (?:the )?|/){_MOMENT}){{0,4}}"
_GAME = (
    r"(?:[Ss]cor(?:es?|ed|ing)|(?i:own )?(?i:goals?)|[Pp]enalt(?:y|ies)|[Bb]ooked|[Ss]ent off|"
    r"[Hh]eaders?|[Ee]quali[sz](?:er|ed|es)|[Bb]race|[Hh]at-?trick|[Ss]ubstitut\w{1,4}|[Ss]ubbed|"
    r"(?:[Rr]ed|[Yy]ellow) cards?|[Ff]ree[- ]kick|[Oo]ffside|VAR|"
    r"(?:half|full) time|[Ss]ubs|pen)"
)
_TAKEN = (
    r"(?:PO|po|p\.o\.|by mouth|daily|once|twice|every|each|q\d|q[dh]|at bedtime|[btq]id|[BTQ]ID)"
)

# fmt: off
NOTES = [
    # Money
    (rf"(?<![\w/-]){_PAIRED}[/-]?{_PAIRED}(?![\w/-])", "{1:paired} {2:paired}", "EUR/CHF rose",
     "euro swiss franc rose"),
    (r"(?:₹|\bRs\.? ?|\bINR ?)(\d[\d,]{0,12}(?:\.\d{1,4})?) ?([Cc]rores?|[Cc]r|[Ll]akhs?|"
     r"[Ll]ac)\b\.?",
     "{1:number} {2:indian} rupees", "₹12 cr", "twelve crore rupees"),
    (r"\bRs\.? ?(?=\d)", "₹", "Rs. 40", "forty rupees"),
    (r"(?<=\d[kKMB])/(yr|mo|wk|hr|year|month|week|day)\b", " per {1:each}", "$60K/yr",
     "sixty thousand dollars per year"),
    (r"(?<=%)/(?=[a-z\d])", " per ", "2%/day", "two percent per day"),
    (r"(?<=[/ ](?:hr|yr) )(DOE)\b|(?<=[\dKk] )(OBO|ONO)\b", "{1:spell}{2:spell}", "$9,000 OBO",
     "nine thousand dollars o b o"),
    (r"/(gal|lb|oz|ft|mi|kg|sec|min)\.(?= [a-z])", "/{1}", "$3/gal. now",
     "three dollars per gallon now"),
    (r"(?<=\d)/(pk|ea|bx|dz|ct|cs|bbl|bu|pr)\b\.?", " per {1:each}", "12/bx", "twelve per box"),
    (r"(?<=[a-z. ])\.{2,4} ?(\d{4})(?![\w-]|[.,]\d)", " ending in {1:digits}", "card ...9137",
     "card ending in nine one three seven"),
    (r"\b(ending|ends) (\d{4})(?![\w-]|[.,]\d)", "{1} {2:digits}", "card ending 4410",
     "card ending four four one zero"),
    (r"\b(ID|id|[Aa]cct|[Aa]ccount|[Oo]rder|[Rr]ef|[Cc]ase|[Ss]erial|[Pp]hone|[Rr]oom|[Ii]tem|"
     r"[Pp]art) ?#"
     r"(?= ?(?:is|was|and|on|:|,))", "{1} number", "my account # is 81",
     "my account number is eighty one"),
    (r"\b[xX]{4,16}(?:[- ][xX]{4}){0,3}[- ]?(\d{4})\b", "ending in {1:digits}", "card xxxx9137",
     "card ending in nine one three seven"),
    (rf"([$€£]\d{{1,3}}) (?!{_NOT_SOLD}\b)(?=[a-z]{{2,12}}s\b)", "{1:one_money} ", "$5 beers",
     "five dollar beers"),
    # Sets
    (rf"(?<![\w.:,-])({_SETS})(?![\w:-]|\.\d)", "{1:sets}", "25:21, 18:25, 15:9",
     "twenty five to twenty one, eighteen to twenty five, fifteen to nine"),
    (rf"\b({_SCORED}\b[^.;!?:\d]{{0,30}}?){_NO_MOMENT} (\d{{1,3}}):(\d{{1,3}})"
     r"(?![\w:]| ?[ap]\.?m|\.\d)", "{1} {2:number} to {3:number}", "They lost 18:25.",
     "They lost eighteen to twenty five."),
    (r"(?<![\w.-])([4-7])-(\d|1[01])(?=,? (?:and )?[12]\d\d(?: ?(?:lbs?|pounds)\b|[,;.]))",
     "{1:number} {2:number}", "He is 6-4, 230 lbs.",
     "He is six four, two hundred and thirty pounds."),
    (r"(?<!\d )\bHT(?=:? (?:\d{1,2}-\d|[A-Z][a-z]+ \d))", "half time", "HT 0-1",
     "half time zero to one"),
    (r"(?<!\d )\bFT(?=:? (?:\d{1,2}-\d|[A-Z][a-z]+ \d))", "full time", "FT 0-1",
     "full time zero to one"),
    (rf"\A([^\n]{{0,300}}{_GAME}\b[^\n]{{0,900}})", "{1:match}", "31': Goal!",
     "thirty first minute, Goal!"),
    (rf"\b([A-Z][a-z]{{1,15}}), ({_MOMENTS})(?=[,;. ]|\Z)", "{1}, {2:moments}", "Lee (9', 45+1')",
     "Lee, ninth minute, forty five plus one minutes"),
    (r"(?<=\d)-pts?\b\.?(?= [a-z])", " point", "a 3-pt. game", "a three point game"),
    (r"\b(?:[Uu]/|U-)(\d\d)(s?)\b", "under {1:number}{2}", "kids u/12", "kids under twelve"),
    (r"(?<=[a-z]) d\. (?=[A-Z][\w-]{1,20} \d)", " defeated ", "Lee d. Shaw 6-4",
     "Lee defeated Shaw six to four"),
    (r"\b(PCI-?[eE]?(?: \d(?:\.\d)?| [Gg]en ?\d)?) [x×](\d{1,2})\b", "{1} x {2:number}",
     "PCIe 3.0 x4", "p c i e three point zero x four"),
    (r"(?<![\w.,])(\d\d)ers\b", "{1:team}", "The 49ers won.", "The forty niners won."),
    (r"(?<![\w/.-])(1[3-9]|[2-9]\d)/(?!(?:0?[1-9]|1[0-2])/\d\d)(\d{1,2})/(\d{1,2})(?![\w/]|\.\d)",
     "{1:number}, {2:number}, {3:number}", "34/11/6", "thirty four, eleven, six"),
    (r"(?<!\d)(\d{3}-\d{4}),? [xX]\.? ?(\d{1,6})\b", "{1} extension {2:digits}", "555-0139 x7",
     "five five five, zero one three nine extension seven"),
    (r"(?<=[a-z]) x(\d{1,2})\b(?! ?(?:mm|cm|m|in|ft|\d))|(?<=\d) x([2-9])(?=[,:;]|\s*\Z)",
     " times {1:number}{2:number}", "Ring x3 & wait.", "Ring times three and wait."),
    (r"(?<![\w.])1 INT\b", "1 interception", "2 TDs, 1 INT", "two t d's, one interception"),
    # Medicine
    (r"\bq ?(\d{1,2})(?:-(\d{1,2}))? ?h(?:rs?)?\b", "every {1:number}{2:upto} hours", "5 mg q6-8h",
     "five milligrams every six to eight hours"),
    (rf"\b((?:[Tt]ake|[Gg]ive|[Aa]pply|[Uu]se) (?:\d{{1,2}}|one|two)) ({_DOSE})\b", "{1} {2:dose}",
     "Take 1 bid.", "Take one twice a day."),
    (r"(?<=[a-z]) [x×] ?(\d{1,3}) ?d\b", " for {1:number} days", "daily x 5 d",
     "daily for five days"),
    (rf"{_START}({_N} ?(?:mg|mcg|g|IU|mEq))/(?=\d{{1,4}} ?(?:mL|ml|L|dL|g|kg|oz|tsp)\b)",
     "{1:unit} per ", "125 mg/5 mL", "one hundred and twenty five milligrams per five milliliters"),
    (r"\b([Pp])t\.? (?=(?:is|was|has|had|reports?|denies|denied|states|presents?|presented|c/o|"
     r"complains|admitted|seen|stable|tolerated|ambulat\w{1,4})\b)", "{1}atient ",
     "Pt. denies pain.",
     "Patient denies pain."),
    (rf"\b({_DOSED}) (?:PO|p\.o\.|po)\b", "{1} by mouth", "5 mg PO", "five milligrams by mouth"),
    (rf"\b({_DOSED},?) ({_DOSE})\b", "{1} {2:dose}", "5 mg BID", "five milligrams twice a day"),
    (rf"{_START}({_N} ?(?:mg|g)) (?=(?:tab|cap)s?\b)", "{1:one_unit} ", "5 mg tab.",
     "five milligram tablet."),
    (r"((?<=gram )|(?<=mcg )|(?<=IU )|(?<=\dmEq ))(tab|cap)(s?)\b(?:\.(?=,| [a-z\d(]))?",
     "{2:medicine}{3}", "5 IU cap.", "five i u capsule."),
    (rf"(?<=\d )(tab|cap)(s?)\b\.?(?= {_TAKEN}\b)", "{1:medicine}{2}", "1 cap. daily",
     "one capsule daily"),
    # Measures
    (rf"{_START}({_N})\+ ?({_UNIT})(?![\w'^/]){_STOP}", "{1:number} plus {2:units}", "25+ min late",
     "twenty five plus minutes late"),
    (r"\A([^\"]{0,400}(?<![\d.,/])1)\"(?=[^\"]{0,400}\Z)", "{1} inch ", "cut 1\" off",
     "cut one inch off"),
    (r"(?<![\w.,])(8[5-9]\d|9\d\d|10[0-8]\d) ?mb(?:ar)?\b", "{1:number} millibars", "at 948 mb",
     "at nine hundred and forty eight millibars"),
    (r"(?<![\w.,$€£])((?:2[27]|3[05]|4[01]|50|65)00) ?K(?=[,;)]|\.?\s*\Z)", "{1:number} kelvin",
     "9 W, 2700K", "nine watts, two thousand seven hundred kelvin"),
    (r"(?<![\w.,])([1246])x([234568]|1[02])s\b", "{1:number} by {2:several}", "two 2x4s",
     "two two by fours"),
    (rf"(?<![\w.,])(\d{{1,2}}) ?hrs?\. (\d{{1,2}}) ?mins?\b{_STOP}", "{1:hours} {2:minutes}",
     "1 hr. 20 min. or so", "one hour twenty minutes or so"),
    (r"(?<=\d)-(pk|pc|ct)s?\b\.?", " {1:each}", "a 4-pk. of tea", "a four pack of tea"),
    (r"(?<=[/\d])( ?)(mm|cm|km|m|ft|in)([23])(?![\w-]|\.\d)", "{1}{2}^{3}", "9 g/m3",
     "nine grams per cubic meter"),
    (r"(?<=\d) ?kt (?=gold|white gold|yellow gold|rose gold)", " karat ", "14kt gold",
     "fourteen karat gold"),
    # Recipes
    (r"(?<![\w.,/-])((?:\d{1,2}[ -])?(?:1/[2348]|[23]/[34]|[357]/8)) ?[Cc]\b(?![.'/])",
     "{1} {1:cups}", "1 1/2 c soft butter",
     "one and a half cups soft butter"),
    (rf"{_AMOUNT} ?(?:[Cc]\.(?=[,;]| [a-z]{{3}})|[Cc](?= {_FOOD}\b))", "{1} {1:cups}", "2 c. oats",
     "two cups oats"),
    (rf"{_AMOUNT} ?(?:T\.(?= [a-z]{{3}})|T(?= {_FOOD}\b))", "{1} {1:tablespoons}", "2 T oil",
     "two tablespoons oil"),
    (rf"{_AMOUNT} ?(?:t\.(?= [a-z]{{3}})|t(?= {_FOOD}\b))", "{1} {1:teaspoons}", "1/2 t salt",
     "one half teaspoon salt"),
    # Slips, parts and schools
    (rf"\b({_OWNER}):?( ?# ?| [Nn]o\. ?| )(?=[A-Z\d-]{{4,30}}\b)"
     r"((?:[A-Z]{1,6}-?)?\d[\dA-Z]{0,24}(?:-[\dA-Z]{1,12}){0,4})(?![\w-]|[.,]\d)",
     "{1}{2:numbered} {3:reference}", "SKU 61-3302-RED",
     "s k u six one, three three zero two, r e d"),
    (r"(?<![\w-])([A-Z]{1,2})(\d{5,9})(?![\w-]|[.,]\d)", "{1:spell} {2:digits}", "KB50358",
     "k b five zero three five eight"),
    (r"\b[Nn]o\. (?=\d{2,9}-[A-Z])", "number ", "Ref. no. 33-AXZ",
     "reference number three three, ay x z"),
    (r"\b((?i:not|is|are|all|was|were)) incl\b(?:\.(?=[,;)]))?(?=[,;.)]|\s*\Z)", "{1} included",
     "2 bags not incl",
     "two bags not included"),
    (r"\bApt (?=(?:for (?:rent|sale|lease)|to (?:rent|let|share))\b)", "Apartment ",
     "Apt for rent, 2 rooms",
     "Apartment for rent, two rooms"),
    (r"(?<=\d)ff\b\.?", " and following", "pp. 33ff.", "pages thirty three and following"),
    (r"(?<![\w.,/-])(\d{2,5}-\d{3,5}-[A-Z]{1,4}\d{0,3})(?![\w-])", "{1:reference}", "a 40-771-GRN",
     "a four zero, seven seven one, g r n"),
    (r"(?<=\d) cr\.(?=[,;)]|\s*\Z)", " credits", "Math, 4 cr.", "Math, four credits"),
    (r"(?<![\w.,])(\d\d)/(\d\d) ?(?:mpg|MPG)\b", "{1:number}, {2:number} miles per gallon",
     "28/36 mpg",
     "twenty eight, thirty six miles per gallon"),
    (r"(?<![\w.,])(\d{2,3}) ct\b(?:\.(?=,| [a-z]))?", "{1:number} count", "80 ct wipes",
     "eighty count wipes"),
    (r"(?<=\d) ?[Cc]r\b\.?(?=[- ]hrs?\b)", " credit", "3 cr. hrs. left", "three credit hours left"),
    (rf"{_START}({_N}) in\.(?=,| [a-z])", "{1:number} inches", "7 in. of snow",
     "seven inches of snow"),
    (rf"{_START}({_N}) in\.(?=\s*\Z|\s+[A-Z])", "{1:number} inches.", "It was 30.2 in.",
     "It was thirty point two inches."),
    (r"\bInt\. (?=Airport\b|Assn|Federation|Fed\b|Business|Trade|School|Club|Inc)",
     "International ", "Dulles Int. Airport", "Dulles International Airport"),
    (rf"\b[Ii]nt(?:'?l)?\.? (?={_INTERNATIONAL}\b)", "international ", "an int. flight",
     "an international flight"),
    (r"\b[Ii]nt\. (?=(?:rates?|payments?|income|charges?|expense|earned|due|paid|accrued)\b)",
     "interest ",
     "the int. rate", "the interest rate"),
    (r"\b[Ii]nt\. (?=(?:walls?|doors?|trim|paint|design|lights?|photos?|color|dimensions)\b)",
     "interior ", "the int. walls", "the interior walls"),
    (r"\b[Ii]nt\. (?=(?:combustion|audit|memo|medicine|medical|revenue|use|storage|memory|"
     r"hemorrhage)\b)",
     "internal ", "for int. use", "for internal use"),
    (r"(?<=\d) [Ii][Nn][Tt]s?\b\.?(?=,| \(|[;)]|\s*\Z| and\b)", " interceptions", "3 TDs, 2 INT",
     "three t d's, two interceptions"),
    (r"\b((?:expires?|ends?|starts?|again|refresh\w{0,4}|retry\w{0,3}|timeout|times out) (?:in|"
     r"after)) "
     r"(\d0)s\b", "{1} {2:number} seconds", "It ends in 20s.", "It ends in twenty seconds."),
    (r"\b[aA]r[xX]iv: ?(\d{4})\.(\d{4,5})(?:v\d{1,2})?\b", "archive {1:digits} point {2:digits}",
     "arXiv:1706.0376", "archive one seven zero six point zero three seven six"),
    (r"\b(?:pp?|pages?)\b\.? ([ivxl]{1,6})(?:-|--)([ivxl]{1,6})(?!\w)",
     "pages {1:small_roman} to {2:small_roman}", "pp. xii-xv", "pages twelve to fifteen"),
    (r"\b[Cc]h\. (?=[IVXL]{1,6}\b)", "chapter ", "ch. IX", "chapter nine"),
    (r"(?<=, )n\. (?=\d{1,3}\b)", "note ", "p. 9, n. 12", "page nine, note twelve"),
    (r"(?<!ounty )(?<!tate )(?<!hip )(?<!arm )(?<!orest )(?<!Co\. )\bRd\. (?=\d{1,2}\b(?![\w-]))",
     "Round ", "Rd. 2, Pick 9", "Round two, Pick nine"),
    # Consoles
    (r"(?<![\w~])~(?=/)", "tilde ", "in ~/bin", "in tilde slash bin"),
    (r"\b(chmod) (\d{3,4})\b", "{1} {2:digits}", "chmod 644 x", "chmod six four four x"),
    (r"(?<![\w/])([A-Z]{2,5}\d{1,2})/([A-Z]{2,5}\d{0,2})(?![\w/])", "{1}, {2}", "on QTV2/NBX",
     "on q t v two, n b x"),
]
# fmt: on
