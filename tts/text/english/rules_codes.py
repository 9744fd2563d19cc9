"""List what English says for codes, telephone numbers, rooms, states: read before rules.py.

The rows read as those of rules.py.
"""

from __future__ import annotations

from tts.text.english.places import STATES
from tts.text.verbalize import either_case

# A number right after one of these is a code, digit by digit.
_CODE = r"(?:[Cc]odes?|PIN|[Pp]in|[Pp]asscode|[Pp]assword|OTP|ZIP|[Zz]ip|[Pp]ostcode|[Ee]xtension)"
# These have a number of their own: order number 20931.
_OWNER = either_case(
    "order tracking confirmation reference account invoice serial case ticket booking card "
    "reservation routing license licence member membership customer claim policy passport flight "
    "student employee part model parcel shipment registration docket permit batch lot meeting "
    "conference transaction payment repair return locker patient badge receipt id ID"
)
_ENDING = either_case(
    "card cards account accounts number numbers phone line plate serial id ID visa mastercard amex "
    "iban ticket order code wallet device"
)
_NUMBER = r"(?:[Nn]umbers?|[Nn]o\.?|[Cc]ode|ID|id)"
_WORDS = r"(?: [A-Za-z']{1,12}){0,4}"
_LINK = r"(?:'s| is| was| are| were| reads| says| will be|:)"
_END = r"(?![\w%]|[.,:/-]\d| ?(?:am|pm|a\.m|p\.m)\b)"
_FIGURES = rf"(\d{{2,5}}(?:[ -]\d{{2,5}}){{1,4}}|\d{{3,24}}){_END}"
_REFERENCE = rf"((?:[A-Z]{{1,5}}-?)?\d[\dA-Z]{{0,24}}(?:-[\dA-Z]{{1,12}}){{0,4}}){_END}"
# What is counted follows: 4096 tickets, but not 4096 is.
_COUNTED = r"(?! (?:(?!(?:is|was|has|needs|does|ships|arrives)\b)[a-z]{2,15}s|people)\b)"
_CALL = (
    r"(?:[Cc]all|[Cc]alls|[Cc]alled|[Cc]alling|[Dd]ial|[Dd]ialed|[Dd]ialled|[Tt]ext|[Tt]exted|"
    r"[Pp]hone|[Rr]ing|[Tt]el\b\.?|[Tt]elephone|[Mm]obile|[Cc]ell|[Ff]ax|[Hh]otline|WhatsApp|"
    r"[Hh]elpline|[Cc]ontact|[Rr]each)"
)
_AT = r"(?: (?:us|me|him|her|them|it|at|on|back|now|numbers?|today|the|our|my|office|line|is)){0,4}"
_DIGITS = r"\d(?:[ .()-]{0,2}\d)"
_PLACE = (
    r"(?:[Gg]ates?|[Rr]ooms?|[Aa]partment|[Uu]nit|[Ss]uite|[Ss]eats?|[Ff]lat|[Rr]ow|[Bb]uilding|"
    r"[Hh]all|[Pp]latform|[Bb]us|[Rr]oute|[Ss]tudio|[Ll]ab|[Cc]lassroom|[Cc]abin|[Bb]erth|"
    r"[Tt]rack|[Bb]ay|[Dd]oor|[Ll]ocker|[Ee]xit|[Tt]able|[Bb]ooth)"
)
_STATE = f"({'|'.join(STATES)})"
_STATE_NAME = f"({'|'.join(sorted(set(STATES.values())))})"
_PLUS_4 = r"(\d{5})(?:-(\d{4}))?(?![\w-]|[.,]\d)"
# No city, before a comma and OK or OR.
_NO_CITY = (
    r"(?!(?:Well|Yes|No|Yeah|Sure|Alright|Right|Look|Okay|Please|Thanks|Sorry|Now|Then|Fine|Mom|"
    r"Dad|Great|Cool|Hey|Hello|Good|Sir|Mum|Sounds|Not)\b)"
)
# Before a lone I, which is a numeral there.
PARTS = {"Art": "article", "Sec": "section", "Pt": "part", "Ch": "chapter", "Vol": "volume"}
_TENTHS = r"(\d{1,5}(?:\.\d{1,3})?)"

# fmt: off
CODES = [
    (r"\bSt-(?=[A-Z][a-z])", "Saint ", "9 Rue St-Denis", "nine Rue Saint Denis"),
    (r"\A10-4(?=[,.!])", "ten four", "10-4, on my way.", "ten four, on my way."),
    (rf"\b({'|'.join(PARTS)})\. I(?=[,;:.)]|\s*\Z)", "{1:part} one", "Art. I, p. 9",
     "article one, page nine"),
    # What stands before the number of a place, without its full stop
    (r"\b(?:Ste|STE)\b\.? (?=\d|[A-Z]\b)", "suite ", "Ste. 40", "suite forty"),
    (r"\bBldg\b\.? (?=\d|[A-Z]\b)", "building ", "Bldg 7", "building seven"),
    (r"\b[Aa]pt (?=#?\d|[A-Z]\b)", "apartment ", "Apt 12", "apartment twelve"),
    (r"\b[Rr]m (?=\d)", "room ", "Rm 12", "room twelve"),
    (r"\b[Ff]l\b\.? (?=\d{1,3}\b)", "floor ", "Fl. 3", "floor three"),
    (r"\b(?:Hwy|HWY)\b\.? (?=[A-Z]?-?\d)", "highway ", "Hwy 9", "highway nine"),
    (r"\b(?:Rte|RTE)\b\.? (?=[A-Z]?-?\d)", "route ", "Rte. 9", "route nine"),
    (r"\b[Ee]xt\b\.? ?(\d{1,6})\b", "extension {1:digits}",
     "ext 204", "extension two zero four"),
    (r"\b([Pp]ort|[Ee]rrors?|HTTP) (\d{3,5})\b(?![.,]\d)", "{1} {2:digits}", "port 8080",
     "port eight zero eight zero"),
    # Places in the United States and their ZIP codes
    (rf"(?<= )([a-z]{{2,10}}) {_STATE},? {_PLUS_4}", "{1} {2:state} {3:digits}{4:more}",
     "the box in TX 75001", "the box in Texas seven five zero zero one"),
    (rf"(?<=[a-z]),? {_STATE},? {_PLUS_4}", ", {1:state} {2:digits}{3:more}",
     "Provo, UT 84604", "Provo, Utah eight four six zero four"),
    (rf"\b{_STATE_NAME},? {_PLUS_4}(?! [a-z]+s\b)", "{1} {2:digits}{3:more}",
     "Ohio 43215", "Ohio four three two one five"),
    (r"(?<![\w.,$-])(\d{5})-(\d{4})(?![\w-]|[.,]\d| ?[=+×÷*])", "{1:digits}{2:more}",
     "75001-4242", "seven five zero zero one, four two four two"),
    (r"\b((?:Dr|Prof)\b\.?(?: [A-Z][a-z]{1,14}\.?){1,3}), (MD|MA|PA)\b", "{1}, {2:spell}",
     "Dr. Ann Lee, MD", "doctor Ann Lee, m d"),
    (rf"(?<![\w-])([DRI])-{_STATE}(?![\w-])", "{1}, {2:state}", "(R-TX)", "R, Texas"),
    (rf"\b{_NO_CITY}([A-Z][a-z]{{1,14}}), {_STATE}(?![\w'&-]|[?!])", "{1}, {2:state}",
     "Provo, UT", "Provo, Utah"),
    # Telephone numbers
    (rf"\b({_CALL}{_AT}:?) (\+?\(?{_DIGITS}{{6,14}}){_END}{_COUNTED}",
     "{1} {2:telephone}", "Call us at 8885550199.",
     "Call us at eight eight eight, five five five, zero one nine nine."),
    (rf"(?<![\w+])(\+{_DIGITS}{{7,14}}){_END}", "{1:telephone}", "+65 6123 4567",
     "plus six five, six one two three, four five six seven"),
    (r"(?<![\w.,/+-])(\d{2,4}-\d{4}-\d{4}|1[- ]?8\d\d[- ]\d{3}[- ]\d{3,4}|0\d(?: \d\d){4}"
     rf"|\d{{3}} \d{{3}} \d{{4}}|\d{{4}}(?:[ -]\d{{4}}){{3}}|\d{{3}}-\d{{2}}-\d{{4}}){_END}",
     "{1:telephone}", "136-0011-2244", "one three six, zero zero one one, two two four four"),
    # Codes of letters and digits
    (r"(?<![\d.,$€£-])(\d{11,15})(?<!000)(?!\d|[.,]\d)", " {1:digits} ", "id 356938035643",
     "id three five six nine three eight zero three five six four three"),
    (r"\b([A-Z]{1,2}\d[A-Z\d]?) (?!\d[GMTK]B)(\d[A-Z]{2})\b", "{1:reference}, {2:reference}",
     "EC1A 4HD", "e c one ay, four h d"),
    (r"\b([A-Z]\d[A-Z]) ?(\d[A-Z]\d)\b", "{1:reference}, {2:reference}",
     "M5V 2T6", "m five v, two t six"),
    (r"\bISBN(?:-1[03])?:? ([\dX-]{10,17})(?![\w-])", "i s b n {1:reference}",
     "ISBN 0-306-40615-2",
     "i s b n zero, three zero six, four zero six one five, two"),
    (r"(?<![\w/.-])(?=[A-Z\d]{6,24}(?![\w-]))([A-Z]{0,4}\d{1,9}[A-Z]{1,6}\d[\dA-Z]{0,16})",
     "{1:reference}", "1Z999AA1", "one z nine nine nine ay ay one"),
    (rf"(?<![\w&-])(?!(?:USD|EUR|GBP|JPY|CNY|RMB|CHF|CAD|INR|AUD|KRW|HKD|AD|BC|CE|BCE|PM|AM)\b)"
     rf"([A-Z]{{3,5}}) (?!\d000\b)(\d{{4}}){_END}{_COUNTED}", "{1} {2:code}", "an RTX 4090",
     "an r t x forty ninety"),
    # Codes by the words around them
    (r"\b([Tt]ext(?:ing)? [A-Z]{2,12} to) (\d{4,6})\b", "{1} {2:digits}",
     "Text JOIN to 60445.", "Text JOIN to six zero four four five."),
    (r"\b(Forms?) (\d{3,4})\b(?![.,]\d)", "{1} {2:code}", "Form 1040", "Form ten forty"),
    (r"\b(401|403|457) ?([kb])\b", "{1:code} {2:spell}", "a 401(k)", "a four oh one k"),
    (rf"\b({_CODE}{_WORDS}{_LINK}|{_CODE}(?: [Nn]umber| [Nn]o\.| [Cc]ode)?:?) #?{_FIGURES}"
     rf"{_COUNTED}", "{1} {2:reference}",
     "The door code is 4096.", "The door code is four zero nine six."),
    (rf"\b(\d{{3,8}})(?= (?:is|was) (?:your|the|my|our|a) (?:[a-z-]{{2,14}} ){{0,3}}{_CODE})",
     "{1:reference}", "5921 is your PIN.", "five nine two one is your PIN."),
    (r"\b([Uu]se|[Ee]nter|[Tt]ype|[Kk]ey in|[Pp]unch in|[Pp]ress|[Rr]eply) (\d{4,8}) "
     r"(?=to [a-z]|as (?:the|your|a)\b|at the\b|on the\b|when\b|into\b)", "{1} {2:reference} ",
     "Enter 5521 to log in.", "Enter five five two one to log in."),
    (rf"\b({_OWNER} {_NUMBER}{_WORDS}{_LINK}|{_OWNER} {_NUMBER}|{_OWNER}:) #?{_REFERENCE}",
     "{1} {2:reference}", "Your claim number is 40712.",
     "Your claim number is four zero seven one two."),
    (rf"\b({_OWNER}),? # ?{_REFERENCE}|\b({_OWNER}),? #{_REFERENCE}",
     "{1}{3} number {2:reference}{4:reference}", "invoice #B-731",
     "invoice number b, seven three one"),
    (rf"\b({_OWNER}) ([A-Z]{{1,5}}-?\d{{3,24}}(?:-[\dA-Z]{{1,12}}){{0,3}}){_END}",
     "{1} {2:reference}", "ticket QX-4471", "ticket q x, four four seven one"),
    (rf"\b([Oo]rder|[Ii]nvoice|[Tt]icket|[Pp]arcel|[Bb]ooking|[Rr]eference|[Tt]racking|[Cc]ase|"
     rf"[Ii]ncident|[Pp]olicy) (\d{{5,20}}){_END}{_COUNTED}", "{1} {2:digits}",
     "Invoice 90417 is paid.", "Invoice nine zero four one seven is paid."),
    (rf"\b({_ENDING}{_WORDS} end(?:ing|s|ed)? (?:in|with)) (\d{{3,4}})\b(?![.,]\d)",
     "{1} {2:digits}", "a card that ends in 1987", "a card that ends in one nine eight seven"),
    (r"\b(end(?:ing|s|ed)? (?:in(?! (?:1\d|20)\d\d\b)|with)) (\d{3,4})\b(?![.,]\d)",
     "{1} {2:digits}",
     "a card ending in 4821", "a card ending in four eight two one"),
    (r"(?<![\w&])#([A-Z]{1,4}-?\d[\dA-Z-]{1,20}|\d{5,20})\b", "number {1:reference}",
     "#KT-3301", "number k t, three three zero one"),
    # Rooms, seats and gates with a letter; a current only where something electric stands near
    (rf"(?<![\w.,]){_TENTHS} ?A (?=fuse|breaker|circuit|current|charger|socket|plug|outlet|"
     r"supply|battery|load|cable|adapter)", "{1:number} amp ", "a 13A fuse", "a thirteen amp fuse"),
    (rf"\b([Cc]urrent (?:of|is|was)|[Dd]raws?|[Dd]rew|[Rr]ated at|"
     rf"\d{{1,4}} ?V(?: [AD]C)?(?:,| at| and|/|)) ?"
     rf"{_TENTHS} ?A\b", "{1} {2:number} amps", "It draws 15A.", "It draws fifteen amps."),
    (rf"(?<![\w.,]){_TENTHS} ?A(?= (?:max|min)\b)", "{1:number} amps", "3A max",
     "three amps max"),
    (rf"\b({_PLACE}(?: is| was)?) (\d{{1,4}})-?([A-Z])(?![\w'/°-])", "{1} {2:code} {3:spell}",
     "seat 22F", "seat twenty two f"),
    (r"(?<![\w.,$-])(\d{3})([A-E])(?![\w'/°-])", "{1:code} {2:spell}", "in 705B",
     "in seven oh five b"),
]
# fmt: on
