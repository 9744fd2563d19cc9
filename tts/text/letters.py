"""Letter to sound: how an English word that no dictionary knows is probably said.

Ordered rules in the manner of the classic text-to-phoneme systems, written for this project:
at each position the first rule whose letters and surroundings match gives the phones.
"""

from __future__ import annotations

import re
from functools import lru_cache

# Left context, letters, right context, phones. Contexts are regular expressions that end or
# begin at the letters; "." is no context, "-" no phone. V is a vowel letter, C a consonant.
_RULES = """
. aa . AA
. air . EH R
. ai . EY
. ay . EY
. augh . AO
. au . AO
. aw . AO
. are $ EH R
. ar rV EH R
. ar V EH R
. ar . AA R
. age $ IH JH
. able $ AH B AH L
. ably $ AH B L IY
. al $ AH L
. al (k|t) AO L
w a (s|n|r|t) AA
^ a C{1,2}V AH
. a $ AH
. a tion EY
. a C(e|es|ed|ing|er|ers|or)$ EY
. a Ci[oa] EY
. an $ AH N
. ance . AH N S
. ant $ AH N T
. a . AE
. bb . B
m b $ -
. b . B
. cch . K
. cc [eiy] K S
. cc . K
. ck . K
. ch [rl] K
. ch . CH
s c [eiy] -
. cia . SH AH
. ciou . SH AH
. cient . SH AH N T
. c [eiy] S
. c . K
. dd . D
. dge . JH
. dg . JH
. d . D
. eau . OW
. eer . IH R
. ee . IY
. ear (n|l|ch|th) ER
. ear . IH R
. ea (d$|lth|ther|sure) EH
. ea . IY
. eigh . EY
. ei . AY
. eu . UW
. ew . UW
. ey $ IY
. ey . EY
[td] ed $ AH D
[pkfsxh] ed $ T
VC* ed $ D
(s|z|x|ch|sh|c|g) es $ AH Z
V.* es $ Z
VC+ e $ -
V+ e $ -
VC+ e (ly|ness|ment|ments|ful|less)$ -
C e $ IY
. er r EH
. er V EH R
. er . ER
. el $ AH L
. en $ AH N
. ent . AH N T
. ence . AH N S
. et $ AH T
. est $ AH S T
^ e x IH
^ e (l|m|n|v)V IH
^(r|d|b|pr) e CV IH
. e Ci[ao] IY
. e . EH
. ff . F
. f . F
. gg . G
. ght . T
. gh $ -
. gh . G
^ gn . N
. gn $ N
^ g (et|i[lvr]) G
. gu [ei] G
. g [eiy] JH
. g . G
. h (C|$) -
. h . HH
. ia $ IY AH
. ian . IY AH N
. ier . IY ER
. ies $ IY Z
. ied $ IY D
. ie . IY
. igh . AY
. ign $ AY N
. ild $ AY L D
. ind $ AY N D
. ing . IH NG
. iou . IY AH
. io . IY OW
. ique . IY K
. ism $ IH Z AH M
. ir V IH R
. ir . ER
. iz (e|ed|es|er|ing) AY Z
. i $ IY
. i C(e|es|ed|er|ers)$ AY
^C* i Cing$ AY
. i . IH
. j . JH
^ kn . N
. kk . K
. k . K
C le $ AH L
C les $ AH L Z
C led $ AH L D
. ll . L
. l . L
^ mc . M AH K
. mm . M
. m . M
. nn . N
. ng $ NG
. n [kgxq] NG
. n . N
. oar . AO R
. oa . OW
. oe $ OW
. oi . OY
. oo [kd] UH
. oo . UW
. ology $ AA L AH JH IY
. or $ ER
. ors $ ER Z
. or . AO R
. ough . AO
. our . AO R
. ous . AH S
. ou . AW
. ow n AW
. ow $ OW
. ow . OW
. oy . OY
. old . OW L D
. o $ OW
. os $ OW Z
V.* on $ AH N
V.* ons $ AH N Z
V.* om $ AH M
. o C(e|es|ed|er|ers|ing|y)$ OW
. o Ci[ao] OW
. o (ll$|lt|st$) OW
. o C[aeo] OW
. o . AA
^ ps . S
. ph . F
. pp . P
. p . P
. que $ K
. qu . K W
. q . K
. rh . R
. rr . R
. r . R
. sch . SH
. sh . SH
V sion . ZH AH N
. ssion . SH AH N
. sion . SH AH N
. ss . S
. sure $ ZH ER
. sm $ Z AH M
[pktfs] s $ S
[bdgvmnlraeiouyw] s $ Z
V s V Z
. s . S
. tch . CH
. tion . SH AH N
. tial . SH AH L
. tious . SH AH S
. tia . SH AH
. ture . CH ER
. th . TH
. tt . T
. t . T
. ui . UW
. ur V Y UH R
. ur . ER
. ue $ UW
. us $ AH S
. um $ AH M
[rljs] u CV UW
. u CV Y UW
. u $ UW
. u . AH
. vv . V
. v . V
^ wr . R
. wh . W
. w (C|$) -
. w . W
^ x . Z
. xc [eiy] K S
. x . K S
^ y . Y
. y [aeou] Y
^C+ y $ AY
f y $ AY
. y $ IY
. ys $ IY Z
. y Ce AY
. y . IH
. zz . Z
. z . Z
"""

NAMES = {
    **{"a": "EY", "b": "B IY", "c": "S IY", "d": "D IY", "e": "IY", "f": "EH F", "g": "JH IY"},
    **{"h": "EY CH", "i": "AY", "j": "JH EY", "k": "K EY", "l": "EH L", "m": "EH M", "n": "EH N"},
    **{"o": "OW", "p": "P IY", "q": "K Y UW", "r": "AA R", "s": "EH S", "t": "T IY", "u": "Y UW"},
    **{"v": "V IY", "w": "D AH B AH L Y UW", "x": "EH K S", "y": "W AY", "z": "Z IY"},
}

_Rule = tuple[re.Pattern[str], str, re.Pattern[str], tuple[str, ...]]


@lru_cache(maxsize=1)
def _rules() -> dict[str, list[_Rule]]:
    """The rules by the first of their letters, in order."""
    table: dict[str, list[_Rule]] = {}
    for line in _RULES.strip().splitlines():
        left, letters, right, *phones = line.split()
        left, right = (_context(side) for side in (left, right))
        rule = (
            re.compile(f"(?:{left})$"),
            letters,
            re.compile(right),
            tuple(phone for phone in phones if phone != "-"),
        )
        table.setdefault(letters[0], []).append(rule)
    return table


def _context(pattern: str) -> str:
    if pattern == ".":
        return ""
    return pattern.replace("C", "[^aeiouy]").replace("V", "[aeiouy]")


def letters_to_phones(word: str) -> list[str]:
    """ARPAbet phones without stress of a word in a-z; other characters are skipped."""
    phones: list[str] = []
    position = 0
    while position < len(word):
        for left, letters, right, said in _rules().get(word[position], ()):
            after = position + len(letters)
            if (
                word.startswith(letters, position)
                and right.match(word[after : after + 8])
                # The left contexts look back a few letters only.
                and left.search(word[max(0, position - 12) : position])
            ):
                phones += said
                position = after
                break
        else:
            position += 1
    return phones


def spell(letters: str) -> list[list[str]]:
    """The names of the letters a-z in `letters`, as ARPAbet phones."""
    return [NAMES[letter].split() for letter in letters if letter in NAMES]
