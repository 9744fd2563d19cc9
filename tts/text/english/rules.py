"""List what English says for numbers and symbols; rules are tried from top to bottom.

A row reads: pattern, words, an example, what is said of it. Every pattern starts where a word or
number starts and repeats a bounded number of times, which keeps the time linear.
"""

from __future__ import annotations

import re

from tts.text.english import code_words
from tts.text.english.bible import BOOK as _BIBLE
from tts.text.english.bible import SHORT_BOOK
from tts.text.english.rules_codes import CODES as REFERENCES
from tts.text.english.rules_everyday import EVERYDAY
from tts.text.english.rules_flyers import FLYERS
from tts.text.english.rules_forms import FORMS
from tts.text.english.rules_journeys import JOURNEYS
from tts.text.english.rules_measures import MEASURES
from tts.text.english.rules_notes import NOTES
from tts.text.english.words import CODES, COUNTRIES, KINDS, LIBRARY_UNITS, MONTHS, UNITS
from tts.text.english.words import UNITS_OF_PRICES as PRICED
from tts.text.verbalize import Rule, compile_rules

_N = r"(?:\d{1,3}(?:,\d{3}){1,5}|\d{1,15})(?:\.\d{1,30})?"  # 5 1,204 2.75
_START = r"(?<![\w.,^])"
_MONTH = rf"({'|'.join(MONTHS)})"
_SHORT_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    r"Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_DAYS = "(?:day|sday|nesday|rsday|urday)"
_DAY = r"(0?[1-9]|[12]\d|3[01])"
_TH = r"(?:st|nd|rd|th)?"
_YEAR = r"(1\d{3}|20\d{2})"
_CLOCK = r"((?:[01]?\d|2[0-4]):[0-5]\d)"
# What follows p.m. in a sentence.
ZONE = (
    r"(?:[PECMA][SD]T|[PECM]T|GMT|UTC|BST|CES?T|IST|JST|A[EWC][SD]T|"
    r"(?:Eastern|Pacific|Central)(?! [A-Z])|"
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?! (?:is|was|will|has|had)))\b"
)
# p.m. keeps its last full stop where a sentence may end with it.
_HALF = rf"([aApP]\.? ?[mM]\b(?:\.(?=,| [a-z0-9]| {ZONE}))?)"
_CASH = r"[$€£¥₹₩₽₿₺₪₱₫₴]"
_FOREIGN = rf"(?:{'|'.join(COUNTRIES)})\$"
_SCALE = r"(?:million|billion|trillion|thousand|bn|tn|[kKmMB])\b"
_ROMAN = r"((?=[IVXL])(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3}))(?!\w|'(?!s\b))"
# A single i is a numeral before a mark only.
_SMALL_ROMAN = r"(?=[ivxl]{2}|i(?:[,.;:)]|$))(l?x{0,3}(?:ix|iv|v?i{0,3}))(?![\w'])"
_NUMBERED = (
    r"(?i:chapter|part|volume|act|scene|book|section|article|appendix|phase|stage|type|class|"
    r"level|grade|mark|table|figure|season|episode|war|bowl|apollo|division|category|unit|tier|"
    r"round|step|canto|psalm|sonnet|opus|factor|title|schedule|rocky|olympiad)"
)
_KINGS = (
    r"(?:Louis|Henry|George|Elizabeth|Charles|Edward|James|William|Richard|Mary|Paul|Pius|Leo|"
    r"Benedict|Gregory|Napoleon|Philip|Peter|Catherine|Nicholas|Alexander|Frederick|Wilhelm|"
    r"Francis|Ferdinand|Ramess?es|Ptolemy|Innocent|Urban|Clement|Alfonso|Gustav|Christian|"
    r"Haakon|Otto|Ivan|Victor|Emmanuel|Umberto|Carlos|Felipe|Harald|Albert|Leopold|Baldwin|"
    r"Robert|David|Constantine|Theodosius|Justinian|Darius|Cyrus|Mehmed|Murad|Selim|John|Eric|"
    r"Margaret|Joseph|Rudolf|Sigismund|Maximilian|Boniface|Celestine|Sixtus|Julius|Stephen|"
    r"Amenhotep|Thutmose|Seti|Philippe|Valdemar|Olaf|Sancho|Pedro|Andrew|Michael|Abdul)"
)
_UNIT = "|".join(
    re.escape(unit) for unit in sorted([*UNITS, *LIBRARY_UNITS], key=len, reverse=True)
)
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})"
_TOP = (
    r"(?:com|org|net|edu|gov|info|int|io|uk|de|fr|cn|jp|tv|ai|app|dev|eu|ca|au|us|co|ru|nl|ch|"
    r"js|py|pdf|html|txt|csv|zip|exe|COM|ORG|NET|EDU|GOV)"
)
_EXTENSION = (
    r"(?:sh|ya?ml|md|json|toml|cfg|ini|log|lock|sql|xml|css|tsx?|jsx?|rs|java|cpp|hpp|php|rb|png|"
    r"jpe?g|gif|svg|mp[34]|wav|flac|mov|docx?|xlsx?|pptx?|tar|gz|bak|conf|env|bat|dll|deb|rpm|"
    r"iso|apk|dmg|ipynb|onnx|bin|htm|pdf|txt|csv|zip|exe|py|js|html)"
)
_PATH = r"(?:[/?#][\w./?=&%~+#:@-]{0,500}(?<![.?:]))?"

_CODE = f"(?:{'|'.join(CODES)})"
_ELEMENT = r"(?:Na|Ca|Cl|Fe|Mg|Li|Ag|Cu|Zn|Al|Br|Si|Mn|Pb|[HCNOFSPKI])"
_PERIOD = (
    r"(?:second|minute|hour|day|night|week|month|year|person|child|unit|item|mile|pound|gallon)"
)

# A new sentence in a message without capitals.
_ASKS = (
    r"(?:(?:do|does|did|are|can|could|will|would|should|have|is|was|what|where|how|why|pls|please|"
    r"let) (?:you|i|we|they|he|she|it|me|us|is|are|did|about)|i'?m|i'll|i|let's|lol|thanks|thank|"
    r"sorry|lmk)\b"
)

# fmt: off
RULES = [
    # Addresses
    (rf"(?<![\w.+-])([\w.+-]{{1,64}})@({_LABEL}(?:\.{_LABEL}){{1,8}})",
     "{1:address} at {2:address}",
     "Ask jo.fox@web.co.uk.", "Ask jo dot fox at web dot co dot u k."),
    (rf"(?<![\w/])(?i:https?|ftp)://({_LABEL}(?:\.{_LABEL}){{0,8}}(?::\d{{1,5}})?)({_PATH})",
     " {1:address} {2:address} ",
     "See https://a.org/b_c!", "See ay dot org slash b underscore c!"),
    (rf"(?<![\w.@/-])((?:{_LABEL}\.){{1,6}}{_TOP})(?![\w@-]|\.\w)({_PATH})",
     "{1:address} {2:address}",
     "Try www.site.com now.", "Try w w w dot site dot com now."),
    (r"(?<![\w.@/-])([\w-]{2,30}\.(?:ly|gg|me|be|to|gl|fm|so|st|it|in|at|is))"
     r"(/[\w./?=&%~+#:@-]{1,300}(?<![.?:]))", "{1:address} {2:address}", "bit.ly/menu",
     "bit dot l y slash menu"),
    (rf"(?<=[A-Za-z\d_])\.(?={_EXTENSION}\b(?![.'-]?\w))(?<![A-Z]\.)", " dot ", "edit run.sh now",
     "edit run dot s h now"),
    (rf"(?<![\w./~])\.(?=(?:{_EXTENSION}|{_TOP}|git\w{{1,12}}|bash\w{{1,8}}|htaccess|zshrc|vimrc)\b"
     r"(?![.'-]?\w))", "dot ", "a .csv file", "a dot csv file"),
    (r"(?<!\w)#([A-Za-z]\w{0,100})", "hashtag {1:camel}", "#OpenDay", "hashtag Open Day"),
    (r"(?<![\w@])@([A-Za-z]\w{0,100})", "at {1:camel}", "Hi @sam!", "Hi at sam!"),
    (r"(?<!\w)#(?= ?\d)", "number ", "We are #1.", "We are number one."),
    # Telephone numbers
    (r"(?<![\w+])\+(\d{1,3})[ -]\(?(\d{2,4})\)?[ -](\d{3,4})[ -](\d{3,4})\b",
     "plus {1:digits}, {2:digits}, {3:digits}, {4:digits}",
     "+44 20 7946 0018", "plus four four, two zero, seven nine four six, zero zero one eight"),
    (r"(?<![\w-])1-(\d{3})-(\d{3})-(\d{4})\b", "one, {1:digits}, {2:digits}, {3:digits}",
     "1-800-555-0123", "one, eight zero zero, five five five, zero one two three"),
    (r"(?<![\w-])\(?(\d{3})\)?[ .-](\d{3})[ .-](\d{4})\b(?!-)",
     "{1:digits}, {2:digits}, {3:digits}",
     "(415) 555-2671", "four one five, five five five, two six seven one"),
    (r"(?<![\w-])\(?(0\d{2,4})\)?[ -](\d{3,4})[ -](\d{3,4})\b(?!-)",
     "{1:digits}, {2:digits}, {3:digits}",
     "020 7946 0018", "zero two zero, seven nine four six, zero zero one eight"),
    (r"(?<![\w-])(0\d{2,4})[ -](\d{5,8})\b(?!-)", "{1:digits}, {2:digits}",
     "07700 900123", "zero seven seven zero zero, nine zero zero one two three"),
    (r"(?<![\w-])(\d{3})-(\d{4})\b(?!-)", "{1:digits}, {2:digits}",
     "555-0142", "five five five, zero one four two"),
    (r"\b((?i:call|calls|called|dial|dials|dialed|dialled|ring|phone|text)) (\d{3})\b(?! \w+s\b)",
     "{1} {2:digits}", "Call 911.", "Call nine one one."),
    (r"(?<!\d)(\d{16,})", " {1:digits} ", "0123456789012345",
     "zero one two three four five six seven eight nine zero one two three four five"),
    (r"\b[Ee]xt\. ?(\d{1,6})\b", "extension {1:digits}", "Ext. 12", "extension one two"),
    # Dates
    (rf"(?<![\w-]){_YEAR}-(0[1-9]|1[0-2])-{_DAY}\b", "{2:month} {3:ordinal}, {1:year}",
     "2021-03-08", "March eighth, twenty twenty one"),
    (rf"(?<![\w/])(0?[1-9]|1[0-2])/{_DAY}/{_YEAR}\b", "{1:month} {2:ordinal}, {3:year}",
     "12/25/2020", "December twenty fifth, twenty twenty"),
    (rf"(?<![\w/]){_DAY}/(0?[1-9]|1[0-2])/{_YEAR}\b", "{2:month} {1:ordinal}, {3:year}",
     "25/12/2020", "December twenty fifth, twenty twenty"),
    (rf"(?<![\w/])(0?[1-9]|1[0-2])/{_DAY}/(\d\d)\b(?!/)", "{1:month} {2:ordinal}, {3:number}",
     "03/04/21", "March fourth, twenty one"),
    (rf"(?<![\w.]){_DAY}\.(0?[1-9]|1[0-2])\.{_YEAR}\b", "the {1:ordinal} of {2:month} {3:year}",
     "5.10.2020", "the fifth of October twenty twenty"),
    (r"\b(Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?(?= \d)", "{1:name}",
     "Sept. 3rd", "September third"),
    (r"(?<=\d )(Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?(?= \d|,)", "{1:name}",
     "3 Oct. 1999", "the third of October nineteen ninety nine"),
    (rf"\b({_SHORT_MONTH})-({_SHORT_MONTH})\b", "{1:name} to {2:name}",
     "June-August 2019", "June to August twenty nineteen"),
    (rf"(?<=\d)-(?={_MONTH} \d)", " to ", "May 30-June 2", "May thirtieth to June second"),
    (rf"\b{_MONTH} {_DAY}{_TH}(?:, ?| ){_YEAR}\b", "{1} {2:ordinal}, {3:year}",
     "May 5, 1991", "May fifth, nineteen ninety one"),
    (rf"\b{_MONTH} {_DAY}{_TH}-{_DAY}{_TH}\b", "{1} {2:ordinal} to {3:ordinal}",
     "June 3-7", "June third to seventh"),
    (rf"(?<![\w.,:/-])(?:[Tt]he )?{_DAY}{_TH} (?:of )?{_MONTH},? {_YEAR}\b",
     "the {1:ordinal} of {2} {3:year}",
     "4 July 1776", "the fourth of July seventeen seventy six"),
    (rf"(?<![\w.,:/$-])(?:[Tt]he )?{_DAY}{_TH}-{_DAY}{_TH} (?:of )?{_MONTH}\b",
     "the {1:ordinal} to the {2:ordinal} of {3}",
     "on 5-6 May", "on the fifth to the sixth of May"),
    (rf"\b{_MONTH} {_YEAR}\b", "{1} {2:year}", "March 2015", "March twenty fifteen"),
    (rf"\b{_MONTH} {_DAY}{_TH}\b(?![:.,]\d|%)", "{1} {2:ordinal}",
     "on May 21", "on May twenty first"),
    (rf"(?<![\w.,:/$-])(?:[Tt]he )?{_DAY}{_TH} (?:of )?{_MONTH}\b", "the {1:ordinal} of {2}",
     "on 5 May", "on the fifth of May"),
    # Times
    (rf"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun)({_DAYS})?-(Mon|Tue|Wed|Thu|Fri|Sat|Sun)({_DAYS})?\b",
     "{1:name} to {3:name}", "Mon-Fri 5 pm", "Monday to Friday five pea em"),
    (r"(?<=\d[ap]m)-(?=\d)|(?<=\d [ap]m)-(?=\d)|(?<=[ap]\.m\.)-(?=\d)"
     r"|(?<=:\d\d)-(?=\d{1,2}:\d\d)", " to ", "9am-5pm",
     "nine ay em to five pea em"),
    (rf"\b{SHORT_BOOK} (?=\d{{1,3}}:\d)", "{1:book}{2:book}{3:book} ", "Rom. 8:28",
     "Romans eight twenty eight"),
    (rf"\b([123]) (?={_BIBLE} \d{{1,3}}:\d)", "{1:ordinal} ",
     "1 John 4:8", "first John four eight"),
    (rf"\b({_BIBLE}) (\d{{1,3}}):(\d{{1,3}})(?:-(\d{{1,3}}))?\b(?!:| ?[ap]\.?m)",
     "{1} {2:number} {3:number}{4:upto}", "Luke 2:4-7", "Luke two four to seven"),
    (r"(?<![\w.:])(\d{1,2}):([0-5]\d):([0-5]\d)\b(?!:)",
     "{1:hours} {2:minutes} and {3:seconds}",
     "2:03:59", "two hours three minutes and fifty nine seconds"),
    (rf"(?<![\w.:]){_CLOCK} ?{_HALF}", "{1:clock} {2:half}", "8:05 pm", "eight oh five pea em"),
    (rf"(?<![\w.:])(1?\d|2[0-4]) ?([aApP]\.m\b\.(?=,| [a-z0-9]| {ZONE})|[aApP]\.?[mM]\b)",
     "{1:number} {2:half}", "9am", "nine ay em"),
    (r"(?<![\w.:])(1?\d|2[0-4]):00\b(?!:)", "{1:number} o'clock", "7:00", "seven o'clock"),
    (rf"(?<![\w.:]){_CLOCK}(?![\w:]|\.\d)", "{1:clock}", "3:30", "three thirty"),
    (rf"{_START}(\d{{1,6}}):(\d{{1,6}})\b(?!:)", "{1:number} to {2}",
     "a 1:500 scale", "a one to five hundred scale"),
    # Years
    (r"(?<![\w.,])((?:1\d|20)\d0)'?s\b", "{1:decade}",
     "the 1990s", "the nineteen nineties"),
    (r"(?<![\w.,])'?([2-9]0)'?s\b", "{1:decade}", "the '80s", "the eighties"),
    (r"(?<![\w.,])(\d{1,4}) ?(BCE|BC|CE|AD)\b", "{1:year} {2:spell}",
     "44 BC", "forty four b c"),
    (rf"(?<![\w.,$-]){_YEAR}-{_YEAR}\b(?!-)", "{1:year} to {2:year}",
     "1660-1685", "sixteen sixty to sixteen eighty five"),
    (r"(?<![\w.,$/])(19\d\d|20\d\d)/(\d\d)\b(?!/)", "{1:year} {2:number}",
     "2010/11", "twenty ten eleven"),
    (r"(?<![\w.,$-])(1[1-9]\d\d|20\d\d)-(\d\d)\b(?!-)", "{1:year} to {2:number}",
     "1914-18", "nineteen fourteen to eighteen"),
    # Roman numerals
    (r"\b[Vv]ol\. ?(?=\d|[IVXL]{1,6}\b)", "volume ", "Vol. 3", "volume three"),
    (rf"\b(War|Act|Scene|Chapter|Volume|Phase|Type|Stage) {_ROMAN}", "{1} {2:roman}",
     "World War I", "World War one"),
    (rf"\b((?=[A-Z]){_NUMBERED}) (?!I [a-z]){_ROMAN}", "{1} {2:roman}", "Part I.", "Part one."),
    (rf"\b({_NUMBERED}) (?!I\b){_ROMAN}", "{1} {2:roman}", "type II", "type two"),
    (rf"\b({_NUMBERED}|pages?) {_SMALL_ROMAN}", "{1} {2:small_roman}",
     "Scene iv", "Scene four"),
    (rf"\b({_KINGS}) (?!I\b|[XVL]\.? [A-Z]){_ROMAN}",
     "{1} the {2:regnal}",
     "Henry VIII", "Henry the eighth"),
    (rf"\b((?:King|Queen|Emperor|Empress|Tsar|Pope|Sultan|Kaiser) {_KINGS}) {_ROMAN}",
     "{1} the {2:regnal}",
     "Queen Elizabeth I", "Queen Elizabeth the first"),
    (rf"\b({_KINGS} [A-Z][a-z]{{2,14}}) (III?)\b", "{1} the {2:regnal}", "Peter Moss III",
     "Peter Moss the third"),
    (r"\b([A-Z][a-z]{2,14}) (II|III|IV|VI{1,3}|IX|XI{1,3}|XIV|XV)\b", "{1} {2:roman}", "Quake IV",
     "Quake four"),
    # Abbreviations that stand with a number or a symbol
    (r"\b[Nn]os?\. ?(?=\d)", "number ", "No. 5", "number five"),
    (r"\b[Ff]igs?\. ?(?=\d)", "figure ", "Fig. 2", "figure two"),
    (r"\bpp\. ?(?=\d)", "pages ", "pp. 3-5", "pages three to five"),
    (r"\bp\. ?(?=\d)", "page ", "p. 12", "page twelve"),
    (r"\b[Cc]h(?:ap)?\. ?(?=\d)", "chapter ", "ch. 4", "chapter four"),
    (r"\b[Ss]ec\. ?(?=\d)", "section ", "Sec. 2", "section two"),
    (r"\b[Pp]ara\. ?(?=\d)", "paragraph ", "para. 3", "paragraph three"),
    (r"\b[Aa]pt\. ?(?=\d)", "apartment ", "Apt. 12", "apartment twelve"),
    (r"\b[Rr]m\. ?(?=\d)", "room ", "Rm. 12", "room twelve"),
    (r"\bHwy\. ?(?=\d)", "highway ", "Hwy. 61", "highway sixty one"),
    (r"\b[Ee]st\. ?(?=\d{4}\b)", "established ",
     "Est. 1884", "established eighteen eighty four"),
    (r"\b[Cc]a?\. ?(?=\d{3,4}\b)", "circa ", "c. 1850", "circa eighteen fifty"),
    (r"\bN° ?(?=\d)", "number ", "N° 5", "number five"),
    (r"\bw/o\b", "without", "tea w/o milk", "tea without milk"),
    (r"\bw/ ?(?=[a-z])", "with ", "tea w/ milk", "tea with milk"),
    (r"\bc/o\b", "care of", "c/o Mary", "care of Mary"),
    (r"\band/or\b", "and or", "tea and/or milk", "tea and or milk"),
    (r"(?<![\w/])24/7\b(?!/)", "twenty four seven", "Open 24/7.", "Open twenty four seven."),
    (r"(?<![\w/])(20|50)/\1\b(?!/)", "{1:number} {1:number}", "50/50", "fifty fifty"),
    (r"(?<![\w/])9/11\b(?!/)", "nine eleven", "after 9/11", "after nine eleven"),
    # Names with numbers
    (r"\b([Ff]lights?|[Tt]rains?|[Gg]ates?|[Rr]oute|[Hh]ighway|[Bb]us) ([A-Z]{1,3}) ?(\d{1,4})\b",
     "{1} {2:spell} {3:code}", "Flight UA 447", "Flight u ay four forty seven"),
    (r"\b([Ff]light|[Tt]rain|[Rr]oom|[Rr]oute|[Hh]ighway|[Bb]us|[Ss]uite|[Aa]partment) "
     r"(\d{3,4})\b(?![.,]\d|-\d)",
     "{1} {2:code}", "Train 1205", "Train twelve oh five"),
    (r"\b(Boeing|Airbus|Amtrak|Embraer|Cessna|Porsche|Peugeot|Ferrari|Nokia|Atari|Interstate|"
     r"Levi'?s|Mazda|BMW|Mercedes|Fiat|Volvo|Lexus|Canon|Nikon|Ducati|Kawasaki|Honda|Yamaha|KTM|"
     r"New Balance|Air Max|Model|"
     r"[Cc]hannel|[Ll]ocker|[Bb]ox|[Ee]xit|[Tt]rack) (\d{3,4})\b(?![.,]\d|-\d)",
     "{1} {2:code}", "a Boeing 747", "a Boeing seven forty seven"),
    (rf"(?<![\w-])(?=[A-Za-z]{{1,9}}\d)((?:{_ELEMENT}\d{{0,2}}){{1,6}})\b",
     "{1:formula}", "CH4", "c h four"),
    (rf"(?<![\w-])(?=[A-Z]{{0,4}}[a-z])({_ELEMENT}{{2,5}})\b(?!')", "{1:formula}",
     "KCl", "k c l"),
    (r"\b0x([0-9A-Fa-f]{1,16})\b", "zero x {1:characters}", "0x1F", "zero x one f"),
    (r"(?<![\w-])([A-Z]{1,2})-?(\d{3,4})\b", "{1:spell} {2:code}", "an A380", "an ay three eighty"),
    (r"(?<![\w-])([A-Z]{1,2})-?(\d{1,2})\b(?![.,]\d)", "{1:spell} {2:number}", "A1", "ay one"),
    (r"(?<![\w-])([A-Z]{3,6})(\d{3,9})\b", "{1} {2:digits}", "ABC123", "ABC one two three"),
    (rf"{_START}(\d{{1,3}}(?:,\d{{3}})*)(?:st|nd|rd|th)\b", "{1:ordinal}",
     "the 103rd day", "the one hundred and third day"),
    # Money
    (rf"(?<![\w)])-(?={_CASH}\.?\d|{_FOREIGN}\d)", "minus ", "-$5", "minus five dollars"),
    (rf"({_CASH})-(?=\d)", "minus {1}", "$-5", "minus five dollars"),
    (rf"\b({_FOREIGN})({_N})-(?:{_FOREIGN})?(?={_N})", "{2:number} to {1}",
     "A$5-10", "five to ten australian dollars"),
    (rf"\b({_FOREIGN} ?{_N}(?: ?{_SCALE})?)", "{1:foreign}",
     "US$5", "five u s dollars"),
    (rf"({_CASH})({_N}) ?({_SCALE})-{_CASH}?({_N}) ?({_SCALE})",
     "{2:number} {3:scale} to {4:number} {5:scale} {1:currency}",
     "£5m-£6m", "five million to six million pounds"),
    (rf"\b([Aa]n?) ({_CASH}(?:\d{{1,3}}(?:,\d{{3}}){{1,5}}|\d{{1,6}}))[ -](?=[a-z]{{3}})"
     r"(?!million|billion|trillion|thousand)", "{1} {2:one_money} ",
     "a $5 bill", "a five dollar bill"),
    (rf"\b([Aa]n?) ({_CASH})({_N})[ -]?({_SCALE})[ -](?=[a-z]{{3}})",
     "{1} {3:number} {4:scale} {2:single} ",
     "a $2 million house", "a two million dollar house"),
    (rf"({_CASH}{_N}|{_START}{_N} ?[A-Za-z]{{0,9}}) ?/ ?({_PERIOD})\b", "{1} per {2}",
     "$5/month", "five dollars per month"),
    (rf"({_CASH}{_N}) ?/ ?(mo|yr|hr|h|wk|min|nt|pp|pc|sh|{'|'.join(PRICED)})\b", "{1} per {2:each}",
     "$3/kg", "three dollars per kilogram"),
    (rf"({_CASH})({_N})-{_CASH}?({_N}) ?(million|billion|trillion|thousand|bn|[kKmMB])\b",
     "{2:number} to {3:number} {4:scale} {1:currency}",
     "$2-3 million", "two to three million dollars"),
    (rf"({_CASH})({_N})-{_CASH}?(?={_N})", "{2:number} to {1}", "$10-$15",
     "ten to fifteen dollars"),
    (rf"({_CASH}) ?({_N})[ -]?(million|billion|trillion|thousand|bn|tn|[kKmMB])\b",
     "{2:number} {3:scale} {1:currency}", "$1.5 million", "one point five million dollars"),
    (rf"({_CASH}{_N})", " {1:money} ", "$12.50", "twelve dollars and fifty cents"),
    (rf"({_CASH}\.\d\d)\b", " {1:money} ", "$.50", "fifty cents"),
    (rf"{_START}({_N}) ?(million|billion|trillion)? ?({_CODE})\b", "{1:number} {2} {3:coded}",
     "40 EUR", "forty euros"),
    (rf"\b({_CODE}) ?({_N}) ?({_SCALE})", "{2:number} {3:scale} {1:coded}",
     "CHF 3 million", "three million swiss francs"),
    (rf"\b({_CODE}) ?({_N})", "{2:number} {1:coded}", "EUR 40", "forty euros"),
    (rf"{_START}({_N}) ?([¢€£])", "{1:number} {2:currency}", "25¢", "twenty five cents"),
    (rf"{_START}({_N})(M|bn)\b|{_START}(\d{{2,3}}(?:\.\d)?)(K)\b",
     "{1:number}{3:number} {2:scale}{4:scale}",
     "3.5M people", "three point five million people"),
    (rf"(?<![\w.,])(\d{{1,3}}),(\d{{1,2}})(?= ?(?:{_UNIT}|%)(?![\w'^/]))", "{1}.{2}",
     "1,5 kg", "one point five kilograms"),
    (rf"{_START}({_N})(?:e|(?<=\.\d)E)([-+]?\d{{1,3}})\b",
     "{1:number} times ten to the power of {2:exponent}",
     "3.2e-5", "three point two times ten to the power of minus five"),
    # Fractions
    (rf"{_START}(\d{{1,6}})[ -](\d{{1,2}}/\d{{1,3}})\b(?!/)", "{1:number} and {2:mixed}",
     "2 1/2 cups", "two and a half cups"),
    (r"(?<![\w.,/])1/2 (an?)\b", "half {1}", "1/2 an apple", "half an apple"),
    (r"(?<![\w.,/])(\d{1,3}/\d{1,4})\b(?!/)", "{1:fraction}", "3/4", "three quarters"),
    # Before a noun a unit has no plural
    (rf"\b([Aa]n?) (?:({_N})(?: - |-))?({_N}[ -]?(?:{_UNIT}))(?![\w'^/]|\.\w)(?:\.(?= [a-z]))?",
     "{1} {2:until}{3:one_unit}", "a 40 W bulb", "a forty watt bulb"),
    (rf"{_START}({_N}-(?:{_UNIT}))(?= [a-z])", "{1:one_unit}",
     "two 5-kg bags", "two five kilogram bags"),
    (rf"\b([Aa]n?) ({_N})° (?=[a-z])", "{1} {2:number} degree ", "a 90° turn",
     "a ninety degree turn"),
    # Ranges and scores
    (r"(\^\d{1,3}(?: (?=- ))?|\))-(?:(?<= -) )?(?=[\da-z(])|(?<!\w)([a-z])-(?=\d{1,9} ?[=+×÷*])",
     "{1}{2} minus ", "x²-4 = 0", "x squared minus four equals zero"),
    (rf"{_START}({_N} ?(?:{_UNIT}))-(?={_N} ?(?:{_UNIT})\b)", "{1:unit} to ",
     "5km-8km", "five kilometers to eight kilometers"),
    (rf"{_START}({_N}°)-(?={_N}°)", "{1} to ", "5°-8°", "five degrees to eight degrees"),
    (rf"{_START}(?<!-)({_N}) ?%? ?- ?({_N}) ?%", "{1:number} to {2:number} percent",
     "5-10%", "five to ten percent"),
    (r"(?<![\w.,-])(\d{1,9}) - (?=\d{1,9} ?[-+×÷*=])|(?<=[+×÷*=] )(\d{1,9}) - (?=\d)",
     "{1:number}{2:number} minus ", "8 - 3 = 5", "eight minus three equals five"),
    (rf"{_START}(?<!-)({_N})(?: - |-)(?={_N}(?![\d-]))", "{1:number} to ",
     "pages 14-19", "pages fourteen to nineteen"),
    # Signs
    (r"(?<![\w)])-(?=\.?\d)", "minus ", "at -5", "at minus five"),
    (r"(?<!\w)\+(?=\.?\d)", "plus ", "+3", "plus three"),
    (r"± ?", " plus or minus ", "±2", "plus or minus two"),
    (r"(?<=[\w)]) ≈ ", " is about ", "x ≈ 3", "x is about three"),
    (r"[~≈] ?(?=[$€£¥]?\d)", "about ", "~30", "about thirty"),
    # Units
    (rf"{_START}({_N}) ?%", "{1:number} percent", "17%", "seventeen percent"),
    (rf"{_START}({_N}) ?° ?C\b", "{1:degrees} celsius", "30°C", "thirty degrees celsius"),
    (rf"{_START}({_N}) ?° ?F\b", "{1:degrees} fahrenheit", "68 °F",
     "sixty eight degrees fahrenheit"),
    (rf"{_START}({_N}) ?°", "{1:degrees} ", "90°", "ninety degrees"),
    (r"(?<![\w.])(\d{1,3})' ?(?=tall|long|wide|high|deep)", "{1:number} feet ",
     "6' tall", "six feet tall"),
    (r"(?<![\w.])(\d)' ?(\d{1,2})(?:\"|''|(?!\w))", "{1:number} foot {2:number}",
     "5'10\"", "five foot ten"),
    (rf"{_START}({_N})(?:\" ?(?=x|by|long|wide|tall|high|deep|thick|screen|pipe|TV|monitor|across)|"
     rf" in\. ?(?=long|wide|tall|high|deep|thick|across))", "{1:number} inches ",
     "27 in. wide", "twenty seven inches wide"),
    # A lone quotation mark behind a number closes no quotation.
    (r"\A([^\"]{0,400}\d)\"(?=[^\"]{0,400}\Z)", "{1} inches ", "My TV is 65\".",
     "My TV is sixty five inches."),
    (rf"{_START}({_N}[ -]?(?:{_UNIT}))(?![\w'^/]|\.\w)(?:\.(?=,| (?!{_ASKS})[a-z]))?", "{1:unit}",
     "5 kg", "five kilograms"),
    (r"(?<![\w/])m/s(\^2)(?!\d)", "meters per second squared",
     "in m/s²", "in meters per second squared"),
    (rf"{_START}({_N}) ?(?:[xX]|×(?= ?\d[\d.]{{0,9}} ?[a-z])) ?(?=\d)",
     "{1:number} by ", "4x4", "four by four"),
    (rf"{_START}({_N})x\b(?! ?[-+=*/^<>])", "{1:number} times", "10x", "ten times"),
    # Formulas
    (r"(?<![\w'])[Aa](?= ?[&+=×÷≤≥/°])", "ay", "A+", "ay plus"),
    (r"(?<=[&+=×÷/]) ?[Aa]\b(?! [a-z]{2}| \.\d)", " ay", "b = a", "b equals ay"),
    (r"(?<![\w^])([a-z]{1,3})\^2(?!\d)", "{1:spell} squared", "mc^2", "m c squared"),
    (r"(?<![\w^])([a-z]{1,3})\^3(?!\d)", "{1:spell} cubed", "x^3", "x cubed"),
    (r"\^2(?!\d)", " squared ", "5^2", "five squared"),
    (r"\^3(?!\d)", " cubed ", "5^3", "five cubed"),
    (r"(?<=[\w)])\^-(?=\d)", " to the power of minus ", "2^-3",
     "two to the power of minus three"),
    (r"(?<=[\w)])\^(?=\w)", " to the power of ", "2^n", "two to the power of n"),
    (r"(?<![A-Za-z])(\d{0,6}[a-z]|\d{1,9}|\)) - (?=\d|[a-z]\b|\()", "{1} minus ",
     "2y - 1", "two y minus one"),
    (r"×", " times ", "6 × 7", "six times seven"),
    (r"÷", " divided by ", "10 ÷ 2", "ten divided by two"),
    (r"(?<=[\w)]) ?[*] ?(?=\d)", " times ", "2 * 3", "two times three"),
    (r"<=|≤", " is at most ", "x ≤ 3", "x is at most three"),
    (r">=|≥", " is at least ", "x ≥ 3", "x is at least three"),
    (r"!=|≠", " is not equal to ", "x ≠ 3", "x is not equal to three"),
    (r"(?<=[\w)]) > (?=[\w-])", " is greater than ", "x > 3", "x is greater than three"),
    (r"(?<=[\w)]) < (?=[\w-])", " is less than ", "x < 3", "x is less than three"),
    (r"(?<![\w ] )<(?=\d)", " less than ", "<5", "less than five"),
    (r"(?<![\w ] )>(?=\d)", " more than ", ">5", "more than five"),
    (r"=", " equals ", "a = b", "ay equals b"),
    # Numbers that are left
    (r"(?<![\w.,$-])(1[1-9]\d\d|20[1-9]\d)\b(?![.,]\d|-)", "{1:year}",
     "in 1905", "in nineteen oh five"),
    (r"\b((?i:in|from|since|until|year|by|around|before|after)) (10[1-9]\d|200\d)\b(?![.,]\d)",
     "{1} {2:year}", "from 1066", "from ten sixty six"),
    (r"(?<![\w.,])007\b", "double oh seven", "Agent 007", "Agent double oh seven"),
    (r"(?<![\w.])(\d{1,9}(?:\.\d{1,9}){2,6})(?![\w.]\d)", "{1:dotted}",
     "3.11.2", "three point eleven point two"),
    (r"(?<!\w)\.(\d{1,30})", " point {1:digits} ", ".5", "point five"),
    (rf"({_N})", " {1:number} ", "4,312", "four thousand three hundred and twelve"),
    # Symbols that are left
    (r"&", " and ", "A & B", "ay and B"),
    (r"%", " percent ", "the %", "the percent"),
    (r"°", " degrees ", "a °", "ay degrees"),
    (r"@", " at ", "2 @ 5", "two at five"),
    (r"\bC#", "c sharp", "in C#", "in c sharp"),
    (r"(?<!\S)\.(?=[A-Z]{2})", "dot ", ".NET & co", "dot NET and co"),
    (r"#", " hash ", "the # key", "the hash key"),
    (r"\+", " plus ", "A+", "ay plus"),
    (r"§", " section ", "§ 5", "section five"),
    (r"/", " slash ", "cat/dog", "cat slash dog"),
    (r"(?<!\w)_(?!\w)", " ", "b _ c", "b c"),
    (r"([α-ωΑ-ΡΣ-Ω])", " {1:greek} ", "α rays", "alpha rays"),
    (rf"({_CASH}|¢)", " {1:single} ", "the $ sign", "the dollar sign"),
]
# fmt: on

RULES = [*FLYERS, *JOURNEYS, *NOTES, *FORMS, *REFERENCES, *MEASURES, *EVERYDAY, *RULES]
say = compile_rules((Rule(*row) for row in RULES), KINDS | code_words.KINDS)
