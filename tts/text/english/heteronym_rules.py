"""Choose readings of heteronyms that noun or verb does not settle, by rules.

Word -> (reading, kind of rule, its words), tried in order; where none holds, the first reading
of heteronyms.READINGS is meant. Kinds: next, after (the next word that does not end in -ly),
counted (the next word after a score), direct (the word before), before (the word before, adverbs
passed over), second (the word before that), near (within eight words), capital (inside a
sentence), verb, other (what the tagger says), past (read), habit (used to), always.
"""

from __future__ import annotations

_BE = "is are was were be been being am it's i'm that's we're they're you're"
_COMPASS = (
    "north south east west northwest northeast southwest southeast "
    "northerly southerly easterly westerly"
)
_METALS = (
    "tin zinc copper iron silver metal metals mercury melted molten antimony alloy toxic poison "
    "poisonous paint petrol gasoline solder bullets element heavy ore"
)
_TEARFUL = (
    "eye eyes cheek cheeks cried cry crying wept weep shed sob sobs sad sorrow grief wiped face "
    "duct rolled salty laughter joy"
)
_TORN = "retina retinal cornea cuff ligament muscle tendon meniscus labrum hamstring calf acl"
_PAST_TIMES = (
    "yesterday ago last once was were had did said came went saw took knew found gave told "
    "before earlier then sat heard thought fell felt wrote made got learned bought"
)


def _rule(reading: str, kind: str, words: str = "") -> tuple[str, str, frozenset[str]]:
    return reading, kind, frozenset(words.split())


RULES: dict[str, tuple[tuple[str, str, frozenset[str]], ...]] = {
    "read": (_rule("past", "past", _PAST_TIMES),),
    "number": (_rule("numb", "direct", "went grew grow growing become becoming became"),),
    "refuse": (
        _rule(
            "noun",
            "direct",
            "collect collects collected collecting dump dumps dumped dumping burn burns burned "
            "burning remove removes removed removing household kitchen garden street human",
        ),
        _rule("verb", "next", "to"),
        _rule("verb", "verb"),
    ),
    "lead": (
        _rule("metal", "direct", "pencil graphite"),
        _rule(
            "metal",
            "next",
            "pipe pipes paint paints poisoning bullet bullets pencil pencils acid weight weights "
            "shot mine mines miner miners roof roofs ore coffin coffins lined glass crystal "
            "batteries battery sinkers solder type sheet sheets free content exposure levels",
        ),
        _rule("guide", "verb"),
        _rule(
            "metal", "direct", "molten melted liquid sheet red white of as contains contain with"
        ),
        _rule("guide", "direct", "the a an his her their our my its early clear big"),
        _rule("metal", "near", _METALS),
    ),
    "live": (
        _rule(
            "adjective",
            "next",
            "music show shows band bands concert concerts audience audiences broadcast broadcasts "
            "television tv radio performance performances recording recordings wire wires "
            "ammunition bait animals animal fish chickens birds bird stream streams coverage album "
            "albums stock oak chat event events update updates round rounds sports report reports "
            "entertainment interview interviews theatre theater feed video virus vaccine cattle "
            "weight births coal coals session sessions shell shells grenade match games game",
        ),
        _rule("verb", "verb"),
        _rule("adjective", "other"),
        _rule(
            "adjective",
            "before",
            "broadcast televised performed perform performing play played playing recorded aired "
            "streamed streaming go goes going went gone reporting sing sang sung seen shown",
        ),
    ),
    "lives": (
        _rule("verb", "before", "he she it who which that everyone everybody nobody someone"),
        _rule("noun", "other"),
        _rule("verb", "verb"),
        _rule(
            "noun",
            "direct",
            "save saved saves saving lost lose risk risked cost claimed spent "
            "human past young innocent whole private daily ruined changed",
        ),
        _rule(
            "verb",
            "next",
            "in at on with near alone by there here under above below next "
            "happily far close abroad across behind beside within and",
        ),
    ),
    "wind": (
        _rule("air", "direct", f"{_COMPASS} cold strong warm high light icy bitter"),
        _rule("turn", "verb"),
        _rule("turn", "next", "up its"),
    ),
    "winds": (
        _rule("air", "direct", f"{_COMPASS} cold strong warm high trade light icy"),
        _rule("air", "other"),
        _rule("turn", "next", "through along around round its down up past between across"),
        _rule("turn", "verb"),
    ),
    "tear": (
        _rule("drop", "next", "gas drops drop ducts duct stains rolled fell ran stained trickled"),
        _rule("rip", "verb"),
        _rule("rip", "next", "up apart down off open through"),
        _rule("rip", "second", "wear"),
        _rule("rip", "near", _TORN),
        _rule("drop", "near", _TEARFUL),
        _rule("rip", "next", "in"),
        _rule("drop", "other"),
    ),
    "tears": (
        _rule("rip", "before", "he she it who which that"),
        _rule("rip", "next", "up apart down off open through at the a his her its"),
        _rule("rip", "second", "wear"),
    ),
    "bow": (
        _rule("bend", "verb"),
        _rule("weapon", "next", "tie ties and string window"),
        _rule(
            "weapon",
            "near",
            "arrow arrows tie violin cello fiddle ribbon ribbons hair string strings tied archer "
            "archers hunter hunting silk shot drew quiver rosin dress gift necktie indian indians",
        ),
        _rule(
            "bend",
            "near",
            "ship ship's boat boat's stern deck vessel waves take took taking deep low polite made "
            "gave stiff formal queen king audience curtain slight politely bridge sail",
        ),
        _rule("weapon", "direct", "a the his her long cross red pink"),
    ),
    "bows": (
        _rule("bend", "before", "he she it who everyone"),
        _rule("weapon", "near", "arrow arrows violin violins ribbon ribbons hair tied archers"),
        _rule("bend", "near", "ship ship's boat deck vessel audience applause deep polite waves"),
        _rule("weapon", "other"),
    ),
    "close": (
        _rule("verb", "next", "the its his her their my your our it them this that down"),
        _rule(
            "adjective",
            "next",
            "to by friend friends friendship enough together behind range call look contact "
            "relationship relationships attention relative relatives proximity up ties family "
            "watch quarters combat examination inspection race second associate ally allies "
            "beside against upon resemblance connection companion observation on in colleague game "
            "match contest election vote finish decision ruling encounter shave fight battle",
        ),
        _rule("adjective", "counted", "vote votes ruling decision win loss victory defeat split"),
        _rule("verb", "verb"),
        _rule("adjective", "next", "games calls races matches contests elections encounters"),
        _rule("verb", "direct", "the"),
        _rule(
            "adjective",
            "before",
            f"{_BE} very so too as how quite pretty fairly get got getting gets come came comes "
            "stay stayed stand stood keep kept sit sat draw drew a more most near feel felt "
            "grow grew remain remained become became keeping held hold stick stuck",
        ),
        _rule("verb", "direct", "at until"),
        _rule("verb", "second", "to"),
        _rule("adjective", "always"),
    ),
    "used": (_rule("habit", "habit"),),
    "desert": (_rule("verb", "verb"),),
    "deserts": (
        _rule("verb", "before", "he she it who which"),
        _rule("verb", "direct", "just"),
    ),
    "minute": (
        _rule(
            "tiny",
            "next",
            "detail details particle particles amount amounts quantity quantities trace traces "
            "fragment fragments examination inspection organisms organism crystals difference "
            "differences change changes hole holes crack cracks piece pieces speck specks creature "
            "creatures variations doses dose portion portions fraction fractions description "
            "drops grains grain insects scale inquiry attention scratches",
        ),
        _rule("tiny", "direct", "so extremely incredibly too almost very is are was were"),
    ),
    "content": (
        _rule("adjective", "verb"),
        _rule(
            "adjective",
            "before",
            f"{_BE} feel feels felt seem seems seemed quite perfectly very rest remain remained "
            "look looked looks fairly appear appeared became become stay stayed",
        ),
        _rule("adjective", "next", "to with"),
    ),
    "upset": (
        _rule("noun", "direct", "big major great stomach stunning surprise election huge"),
        _rule("verb", "next", "the a his her their my your our him them me us everyone by with"),
        _rule("noun", "direct", "an the this that another"),
        _rule("verb", "always"),
    ),
    "present": (
        _rule("noun", "next", "in at when during would was were day"),
        _rule("verb", "verb"),
    ),
    "invalid": (
        _rule("adjective", "before", _BE),
        _rule(
            "adjective",
            "next",
            "argument arguments vote votes ticket tickets claim password "
            "number entry excuse contract reason marriage will date address passport",
        ),
        _rule(
            "person",
            "next",
            "for in who was is had and . , lay sat mother father wife husband "
            "brother sister son daughter aunt uncle chair child",
        ),
    ),
    "row": (
        _rule("quarrel", "next", "about over broke erupted"),
        _rule(
            "quarrel",
            "near",
            "blazing argument quarrel shouting noisy angry quarrelled argued neighbours furious",
        ),
        _rule("quarrel", "direct", "terrible dreadful awful family"),
    ),
    "rows": (
        _rule("quarrel", "next", "about over"),
        _rule("quarrel", "near", "angry blazing noisy quarrels arguments shouting"),
    ),
    "sow": (
        _rule("seed", "next", "the seeds seed doubt discord wheat barley corn oats confusion"),
        _rule("pig", "other"),
        _rule("pig", "near", "pig pigs piglets boar litter sty farrowed trough"),
    ),
    "sows": (
        _rule("seed", "before", "he she it who"),
        _rule("seed", "next", "the seeds seed doubt discord wheat barley corn oats"),
    ),
    "bass": (
        _rule("music", "next", "guitar drum player line lines clef voice singer notes note"),
        _rule(
            "fish",
            "near",
            "fish fishing caught catch lake river sea striped largemouth smallmouth grilled fillet "
            "trout pond fisherman angler fried cooked ate salmon hook baked bait anglers perch",
        ),
    ),
    "does": (
        _rule("verb", "next", "not he she it the this that a any anyone your my"),
        _rule("deer", "near", "deer buck bucks fawn fawns stag stags"),
        _rule("deer", "direct", "two three four several female some"),
    ),
    "dove": (
        _rule("bird", "direct", "a the white mourning turtle of his her peace this each"),
        _rule("plunged", "before", "he she it i we they you who and then"),
        _rule("plunged", "next", "into in off under for down deep headfirst from to beneath"),
    ),
    "wound": (
        _rule(
            "injury",
            "direct",
            "a an the his her my your this flesh bullet head old open knife "
            "no any each fatal mortal deep gunshot to could would will can",
        ),
        _rule(
            "turned",
            "next",
            "up around down through its round along tightly back past between "
            "about across over upward uphill",
        ),
        _rule("turned", "after", "up around down through along round back past between across"),
        _rule("turned", "before", "he she it i we they tightly was had were"),
        _rule("turned", "next", "the his her"),
    ),
    "polish": (
        _rule("poland", "capital"),
        _rule("shine", "next", "the your my his her their our it them this these and"),
        _rule(
            "shine",
            "before",
            "to will would can could should must shoe nail furniture floor silver",
        ),
        _rule(
            "poland",
            "next",
            "people army border language government soldiers food flag king "
            "worker workers town village capital sausage woman man history writer president",
        ),
    ),
    "august": (
        _rule(
            "noble",
            "next",
            "presence body assembly company gathering institution personage "
            "figure ancestors person",
        ),
        _rule("month", "capital"),
        _rule("noble", "direct", "this that an most more so"),
    ),
    "nice": (
        _rule("good", "direct", "a the very so be is was as how really it's that's some quite"),
        _rule("city", "capital"),
    ),
    "job": (
        _rule("task", "direct", "a the my his her their your our this new first last good"),
        _rule("name", "next", "suffered and's chapter"),
        _rule("name", "capital"),
    ),
    "learned": (
        _rule(
            "adjective",
            "next",
            "man men professor scholar scholars judge friend friends "
            "colleague society societies journals gentleman gentlemen counsel people doctor "
            "doctors woman author world books profession brother monk",
        ),
        _rule("verb", "before", "i you he she it we they have has had who and to"),
        _rule("adjective", "before", "very most the more so"),
    ),
    "aged": (
        _rule("verb", "direct", "middle"),
        _rule(
            "adjective",
            "next",
            "man men woman women mother father parent parents couple people "
            "person relative monk king queen and",
        ),
        _rule("adjective", "direct", "the"),
    ),
    "blessed": (
        _rule(
            "adjective",
            "next",
            "virgin be are is sacrament event memory relief isle saint "
            "moment peace day trinity thing with",
        ),
        _rule("adjective", "direct", "the every a"),
    ),
    "axes": (
        _rule(
            "lines",
            "near",
            "x y graph coordinate coordinates plot rotation symmetry vertical "
            "horizontal chart parallel perpendicular",
        ),
    ),
    "bases": (
        _rule(
            "grounds",
            "near",
            "acid acids theory theories theoretical scientific legal logical "
            "chemical evidence philosophical moral dna",
        ),
    ),
    "may": (
        _rule("month", "capital"),
        _rule("month", "next", "first second third fourth fifth sixth seventh eighth ninth tenth"),
    ),
    "mouth": (
        _rule("verb", "before", "to"),
        _rule("verb", "next", "words the"),
    ),
}
RULES |= {
    f"{start}{ending}": (
        _rule(
            "last",
            "next",
            ". , ! ? ; and or but nor to of in at on for from with by as than is are was were has "
            "had the a an he she it we they i you that who which when while if because",
        ),
        _rule("first", "always"),
    )
    for start in ("thir", "four", "fif", "six", "seven", "eigh", "nine")
    for ending in ("teen", "teenth")
}
