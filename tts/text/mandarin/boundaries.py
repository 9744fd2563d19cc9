"""Find prosodic boundaries inside a sentence: by rules, and the features of a learned model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from tts.text.mandarin import vocabulary
from tts.text.mandarin.prosody import units_of

SENTINELS = 4
UNIT = 32  # scores are whole numbers, so many to a nat
_MARGINS = (-96, -48, -16, 16, 48, 96)

# Particles, suffixes and the like that lean on what precedes, and words that begin a phrase.
_LEANING = frozenset(
    "的了着过们地得吗呢吧啊呀嘛里上下中前后时等儿之者子家人性化员所处边面头山村县市省镇区河路队个次年月日号"
)
_OPENING = frozenset("在和与及或是被把从对向为将以但而却就也都又并还使让给用")
_PHRASE = (4, 10)  # units: enough before an opening word, and most of all


def by_rule(words: Sequence[str]) -> list[int]:
    """Return levels without any data: pauses, function words, and lengths that speech prefers."""
    levels: list[int] = []
    since_word = since_phrase = 0
    for word, following in zip(words, [*words, ""][1:], strict=True):
        if word == "，":
            if levels:
                levels[-1] = 3
            since_word = since_phrase = 0
            continue
        length = 1 if word.isascii() else len(word)
        levels += [0] * length
        since_word += length
        since_phrase += length
        ahead = 1 if following.isascii() else len(following)
        if not following or following == "，" or _belong(word, following):
            continue
        opens = following in _OPENING
        if (opens and since_phrase >= _PHRASE[0]) or since_phrase + ahead > _PHRASE[1]:
            levels[-1] = 2
            since_word = since_phrase = 0
        elif since_word > 1 or opens or (word in _OPENING and ahead > 1):
            levels[-1] = 1
            since_word = 0
    return levels


def _belong(word: str, following: str) -> bool:
    """Return whether no break may stand between two words."""
    return following in _LEANING or (
        len(word) == len(following) == 1 and word + following in _pairs()
    )


@dataclass(frozen=True)
class Sentence:
    """Hold units of a sentence and, for each: its word's number, place and length, the pause after.

    text has one character a unit, A for a Latin word, and sentinels around.
    """

    text: str
    words: list[str]
    word: list[int]
    inside: list[bool]
    pauses: list[bool]


def sentence_of(words: Sequence[str]) -> Sentence:
    """List the units of the words of one sentence."""
    text, said, word, inside, pauses = [], ["<", "<"], [], [], []
    for item in words:
        if item == "，":
            if pauses:
                pauses[-1] = True
            continue
        units = units_of([item])
        text += ["A"] if item.isascii() else units
        word += [len(said)] * len(units)
        inside += [True] * (len(units) - 1) + [False]
        pauses += [False] * len(units)
        said.append("A" if item.isascii() else item)
    padded = "<" * SENTINELS + "".join(text) + ">" * SENTINELS
    return Sentence(padded, [*said, ">", ">", ">"], word, inside, pauses)


@lru_cache(maxsize=1)
def _pairs() -> dict[str, int]:
    """Return how often two characters stand together in words, in four steps."""
    words = vocabulary.frequencies()
    pairs = Counter(word[i : i + 2] for word in words for i in range(len(word) - 1))
    return {pair: _few(count) for pair, count in pairs.items()}


def _few(count: int) -> int:
    """Return a count in four steps."""
    return 1 if count == 1 else 2 if count < 4 else 3 if count < 8 else 4


_STEP = [*range(8), 8, 8, 9, 9, 9, *[10] * 4]


def _step(length: int) -> int:
    """Return a length in 12 steps."""
    return _STEP[length] if length < len(_STEP) else 11


def features(sentence: Sentence) -> list[list[str]]:
    """List what the first pass looks at between every two units, in linear time."""
    pairs = _pairs()
    known = vocabulary.frequencies()
    text, words, word = sentence.text, sentence.words, sentence.word
    count = len(word)
    lengths = [min(len(w), 5) for w in words]
    near = [pairs.get(text[i : i + 2], 0) for i in range(len(text) - 1)]
    ending = [1] * len(text)
    starting = [1] * len(text)
    for size in (2, 3, 4):
        for start in range(len(text) - size + 1):
            if text[start : start + size] in known:
                starting[start] = ending[start + size - 1] = size
    before, after = _distances(sentence.pauses)
    kinds = [w[0] if w.isascii() else vocabulary.kind_of(w) for w in words]
    rows = []
    for place in range(count - 1):
        i = place + SENTINELS
        a, b, c, d = text[i - 1], text[i], text[i + 1], text[i + 2]
        kind = "," if sentence.pauses[place] else "i" if sentence.inside[place] else "w"
        n = f"{near[i - 1]}{near[i]}{near[i + 1]}"
        row = [
            *(f"b{b}", f"c{c}", f"bc{b}{c}", f"ab{a}{b}{kind}", f"cd{c}{d}{kind}"),
            *(f"k{kind}{ending[i]}{starting[i + 1]}{starting[i + 2]}{ending[i - 1]}",),
            *(f"n{kind}{n}", f"nb{b}{near[i]}", f"nc{c}{near[i]}"),
        ]
        if kind == "i":
            now = word[place]
            row += [f"iw{words[now]}{text[i - 1]}", f"il{lengths[now]}{kinds[now]}"]
        else:
            now = word[place]
            w, v, lu, lw, lv, lx = words[now], words[now + 1], *lengths[now - 1 : now + 3]
            s, t = _step(before[place]), _step(after[place])
            ku, kw, kv, kx = kinds[now - 1 : now + 3]
            row += [
                *(f"w{w}", f"v{v}", f"u{words[now - 1]}", f"x{words[now + 2]}"),
                *(f"wv{w}|{v}" if lw + lv < 5 else "wv", f"ll{lw}{lv}", f"lu{lu}{lw}{lv}{lx}"),
                *(f"s{kind}{s}", f"t{kind}{t}", f"st{s}.{t}", f"bs{b}{s}", f"ct{c}{t}"),
                *(f"vl{v}{lw}", f"wl{w}{lv}", f"bl{b}{lw}{lv}", f"cl{c}{lw}{lv}"),
                *(f"z{min(count, 24)}{kind}", f"we{words[now + 1][-1]}", f"wb{w[0]}"),
            ]
            row += [
                *(f"1{kind}{kw}{kv}", f"2{ku}{kw}{kv}", f"3{kw}{kv}{kx}", f"4{ku}{kw}{kv}{kx}"),
                *(f"5{kw}{lw}{kv}{lv}", f"6{w}|{kv}", f"7{kw}|{v}", f"8{kw}{kv}{lu}{lw}{lv}{lx}"),
                *(f"9{ku}{lu}{kw}{lw}{kv}{lv}", f"0{kw}{lw}{kv}{lv}{kx}{lx}"),
            ]
            if kind == ",":
                row += [f"p{b}", f"pc{c}", f"pst{s}.{t}", f"pcd{c}{d}"]
        rows.append(row)
    return rows


def _distances(ends: Sequence[bool]) -> tuple[list[int], list[int]]:
    """Count the units from the last end up to each one, and from it to the next end."""
    before, after, run = [], [], 0
    for ended in ends:
        run += 1
        before.append(run)
        run = 0 if ended else run
    run = 0
    for ended in reversed(ends):
        run = 0 if ended else run
        after.append(run)
        run += 1
    return before, after[::-1]


def context_features(scores: Sequence[Sequence[int]]) -> list[list[str]]:
    """List what the second pass looks at; scores: of the first, for levels 0 to 3 anywhere."""
    levels = [row.index(max(row)) for row in scores]
    word = [_margin(max(row[1:]) - row[0]) for row in scores]
    phrase = [_margin(max(row[2:]) - max(row[:2])) for row in scores]
    around = ["<", "<", *map(str, levels), "4", ">"]
    spans = [_distances([level >= least for level in levels]) for least in (1, 2, 3)]
    rows = []
    for i, level in enumerate(levels):
        (b1, a1), (b2, a2), (b3, a3) = (
            (min(before[i], 12), min(after[i], 12)) for before, after in spans
        )
        last = i + 1 == len(levels)
        rows.append(
            [
                *("=" + "".join(around[i + 1 : i + 4]), "==" + "".join(around[i : i + 5])),
                *(f"=q{word[i]}{phrase[i]}", f"=1{b1}.{a1}", f"=2{b2}.{a2}", f"=3{b3}.{a3}"),
                *(f"=m{b1}.{a1}.{word[i]}", f"=n{b2}.{a2}.{phrase[i]}"),
                *(f"=b{b1}.{b2}.{level}", f"=a{a1}.{a2}.{level}"),
                f"=c{b1}.{a1}.{min(b2, 6)}.{min(a2, 6)}",
                f"=w{word[i - 1] if i else '<'}{word[i]}{'>' if last else word[i + 1]}",
                f"=p{phrase[i - 1] if i else '<'}{phrase[i]}{'>' if last else phrase[i + 1]}",
            ]
        )
    return rows


def _margin(difference: int) -> int:
    """Return a difference of two scores in seven steps."""
    return sum(difference > step for step in _MARGINS)
