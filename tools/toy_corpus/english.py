"""English sentences of our own making, with their pronunciations (ARPAbet with stress)."""

from __future__ import annotations

import re
from random import Random

from toy_corpus.phones import english_phone
from toy_corpus.sentence import Language, Sentence, Unit

_PRONUNCIATIONS = """
a AH0|about AH0 B AW1 T|after AE1 F T ER0|all AO1 L|and AH0 N D|at AE1 T|away AH0 W EY1
bag B AE1 G|beautiful B Y UW1 T AH0 F AH0 L|before B IH0 F AO1 R|behind B IH0 HH AY1 N D
big B IH1 G|bird B ER1 D|birds B ER1 D Z|black B L AE1 K|blue B L UW1|boat B OW1 T
book B UH1 K|books B UH1 K S|bought B AO1 T|box B AA1 K S|boy B OY1|bread B R EH1 D
bridge B R IH1 JH|bright B R AY1 T|broken B R OW1 K AH0 N|brother B R AH1 DH ER0
brought B R AO1 T|brown B R AW1 N|by B AY1|cake K EY1 K|call K AO1 L|cat K AE1 T
cats K AE1 T S|cheap CH IY1 P|cheese CH IY1 Z|child CH AY1 L D|children CH IH1 L D R AH0 N
clock K L AA1 K|cloud K L AW1 D|coat K OW1 T|cold K OW1 L D|comes K AH1 M Z
cow K AW1|cows K AW1 Z|did D IH1 D|doctor D AA1 K T ER0|dog D AO1 G|dogs D AO1 G Z
door D AO1 R|early ER1 L IY0|eight EY1 T|evening IY1 V N IH0 NG|every EH1 V ER0 IY0
far F AA1 R|father F AA1 DH ER0|feet F IY1 T|find F AY1 N D|fire F AY1 ER0|fish F IH1 SH
five F AY1 V|flower F L AW1 ER0|for F AO1 R|forest F AO1 R AH0 S T|found F AW1 N D
four F AO1 R|fox F AA1 K S|fresh F R EH1 SH|friend F R EH1 N D|from F R AH1 M
garden G AA1 R D AH0 N|gave G EY1 V|girl G ER1 L|goat G OW1 T|goats G OW1 T S|gold G OW1 L D
good G UH1 D|green G R IY1 N|happy HH AE1 P IY0|has HH AE1 Z|heavy HH EH1 V IY0
here HH IY1 R|hill HH IH1 L|horse HH AO1 R S|horses HH AO1 R S AH0 Z|house HH AW1 S|how HH AW1
huge HH Y UW1 JH|in IH0 N|is IH1 Z|it IH1 T|jacket JH AE1 K AH0 T|jumped JH AH1 M P T
kept K EH1 P T|king K IH1 NG|kitchen K IH1 CH AH0 N|lake L EY1 K|large L AA1 R JH
last L AE1 S T|leave L IY1 V|letter L EH1 T ER0|light L AY1 T|little L IH1 T AH0 L
lost L AO1 S T|made M EY1 D|man M AE1 N|map M AE1 P|market M AA1 R K AH0 T
measure M EH1 ZH ER0|miles M AY1 L Z|milk M IH1 L K|mister M IH1 S T ER0
money M AH1 N IY0|moon M UW1 N|morning M AO1 R N IH0 NG|mother M AH1 DH ER0
mouse M AW1 S|music M Y UW1 Z IH0 K|near N IH1 R|new N UW1|night N AY1 T|nine N AY1 N
noon N UW1 N|now N AW1|of AH1 V|often AO1 F AH0 N|old OW1 L D|on AA1 N|one W AH1 N
open OW1 P AH0 N|or AO1 R|orange AO1 R AH0 N JH|over OW1 V ER0|paper P EY1 P ER0
picture P IH1 K CH ER0|played P L EY1 D|put P UH1 T|queen K W IY1 N|quick K W IH1 K
quiet K W AY1 AH0 T|rain R EY1 N|ran R AE1 N|red R EH1 D|ring R IH1 NG|river R IH1 V ER0
road R OW1 D|rose R OW1 Z|sat S AE1 T|school S K UW1 L|sea S IY1|see S IY1|seven S EH1 V AH0 N
sheep SH IY1 P|ship SH IH1 P|shoe SH UW1|six S IH1 K S|slept S L EH1 P T|slowly S L OW1 L IY0
small S M AO1 L|snow S N OW1|soft S AA1 F T|sold S OW1 L D|song S AO1 NG|soon S UW1 N
station S T EY1 SH AH0 N|stood S T UH1 D|store S T AO1 R|storm S T AO1 R M|street S T R IY1 T
summer S AH1 M ER0|sun S AH1 N|table T EY1 B AH0 L|teacher T IY1 CH ER0|ten T EH1 N
that DH AE1 T|the DH AH0|then DH EH1 N|there DH EH1 R|thick TH IH1 K|think TH IH1 NG K
three TH R IY1|to T UW1|today T AH0 D EY1|took T UH1 K|town T AW1 N|toy T OY1
train T R EY1 N|treasure T R EH1 ZH ER0|tree T R IY1|two T UW1|under AH1 N D ER0
usually Y UW1 ZH AH0 W AH0 L IY0|valley V AE1 L IY0|very V EH1 R IY0|village V IH1 L AH0 JH
voice V OY1 S|wait W EY1 T|walked W AO1 K T|wall W AO1 L|warm W AO1 R M|was W AA1 Z
watch W AA1 CH|water W AO1 T ER0|we W IY1|what W AH1 T|when W EH1 N|where W EH1 R
white W AY1 T|who HH UW1|why W AY1|wind W IH1 N D|window W IH1 N D OW0|winter W IH1 N T ER0
with W IH1 DH|wolf W UH1 L F|woman W UH1 M AH0 N|wood W UH1 D|yellow Y EH1 L OW0
yesterday Y EH1 S T ER0 D EY0|you Y UW1|young Y AH1 NG|younger Y AH1 NG G ER0|zoo Z UW1
"""

LEXICON = {
    word: tuple(phones)
    for word, *phones in (e.split() for e in re.split(r"[|\n]", _PRONUNCIATIONS) if e)
}

# Words that carry no accent of their own.
_UNACCENTED = """
a about after and at by did for from has in is it of on or over the to was we with you
"""
_FUNCTION_WORDS = frozenset(_UNACCENTED.split())

# Written|spoken where the two differ: the corpus has both columns.
_SLOTS = {
    "name": "Mr. Green|Mister Green; Mr. Brown|Mister Brown; Dr. Wood|Doctor Wood;"
    "Dr. Young|Doctor Young; the teacher; the old woman; the young king; the queen;"
    "the little boy; the girl; a good friend; the quiet child",
    "thing": "book; box; letter; clock; picture; map; ring; boat; jacket; bag; shoe; rose; toy;"
    "watch; coat; treasure; paper; orange; cheese; bread; cake; table; window",
    "animal": "dog; cat; fox; horse; bird; cow; mouse; wolf; goat; fish; sheep",
    "animals": "dogs; cats; horses; birds; cows; goats; sheep; books; children",
    "adjective": "red; blue; yellow; green; white; black; big; small; heavy; broken; new; old;"
    "huge; cheap; warm; cold; bright; thick; soft; beautiful; large; fresh; gold",
    "did": "found; took; brought; kept; sold; bought; lost; made",
    "do": "find; see; leave; watch; measure; open",
    "moved": "ran; jumped; walked; slept; sat; stood; played",
    "where": "behind the house; near the river; under the tree; on the hill; in the garden;"
    "by the lake; in the kitchen; over the wall; at the station; in the forest;"
    "with the children; on the road; under the bridge; near the school; at the zoo",
    "place": "village; town; market; station; sea; valley; store; bridge; school; street",
    "when": "today; yesterday; in the morning; at night; in the evening; last winter;"
    "last summer; before noon; every morning; after the storm; in the rain; very early",
    "number": "2|two; 3|three; 4|four; 5|five; 6|six; 7|seven; 8|eight; 9|nine; 10|ten;"
    "two; three; six; nine",
    "weather": "rain; snow; storm; wind; sun; moon; summer; winter; night",
}
_SLOTS = {name: tuple(item.strip() for item in text.split(";")) for name, text in _SLOTS.items()}

_TEMPLATES = (
    "The {adjective} {animal} {moved} {where}.",
    "{name} {did} the {adjective} {thing} {when}.",
    "{name} {did} {number} {animals} {where}.",
    "Did {name} {do} the {thing} {where}?",
    "{when}, {name} {did} a {adjective} {thing}.",
    "Where did {name} put the {adjective} {thing}?",
    "What a {adjective} {thing} {name} has!",
    "{number} {animals} and {number} {animals} {moved} {where}.",
    "When the {weather} comes, the {animal} walked to the {place}.",
    "It was {number} miles from the {place} to the {place}.",
    "The {thing} was {adjective}, and the {thing} was {adjective}.",
    "Who {did} the {adjective} {thing} of {name}?",
    "Why was the {animal} {where}, and the {animal} {where}?",
    "{name} usually {moved} slowly {where}.",
    "The {adjective} {thing} is here, or it was there {when}!",
)


def generate(random: Random) -> Sentence:
    """One sentence drawn from the templates."""
    written, spoken, used = [], [], set()
    for piece in re.split(r"(\{\w+\})", random.choice(_TEMPLATES)):
        if piece.startswith("{"):
            piece = random.choice([item for item in _SLOTS[piece[1:-1]] if item not in used])
            used.add(piece)
        raw, _, normalized = piece.partition("|")
        written.append(raw)
        spoken.append(normalized or raw)
    text, normalized = _capital("".join(written)), _capital("".join(spoken))
    units = []
    for word, mark in re.findall(r"([A-Za-z]+)([,.?!]?)", normalized):
        word = word.lower()
        units.append(Unit(word, LEXICON[word], mark, accented=word not in _FUNCTION_WORDS))
    return Sentence(text, normalized, tuple(units))


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


# The labels of pauses are those that the Montreal Forced Aligner wrote.
ENGLISH = Language(generate, english_phone, base_hz=165.0, pauses=("sil", "sp", "sp"))
