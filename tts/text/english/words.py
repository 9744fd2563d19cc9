"""Fill the slots of the English rules: money, units, addresses."""

from __future__ import annotations

import re
import unicodedata

from tts.text.english import number_words
from tts.text.english.dictionary import dictionary
from tts.text.numerals import roman
from tts.text.verbalize import verbalize

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()  # noqa: SIM905
_SHORT = {name[:3].lower(): name for name in (*MONTHS, *_DAYS)}

# Symbol -> one, many; the hundredth part: one, many.
_MONEY = {
    **{"$": ("dollar", "dollars", "cent", "cents"), "€": ("euro", "euros", "cent", "cents")},
    **{"£": ("pound", "pounds", "penny", "pence"), "¥": ("yen", "yen", "sen", "sen")},
    **{"₹": ("rupee", "rupees", "paisa", "paise"), "₩": ("won", "won", "jeon", "jeon")},
    **{"₽": ("ruble", "rubles", "kopek", "kopeks"), "¢": ("cent", "cents", "", "")},
    **{"₿": ("bitcoin", "bitcoins", "", ""), "₺": ("lira", "lira", "kurus", "kurus")},
    **{"₪": ("shekel", "shekels", "agora", "agorot"), "₫": ("dong", "dong", "", "")},
    **{"₱": ("peso", "pesos", "centavo", "centavos"), "₴": ("hryvnia", "hryvnias", "", "")},
}
CODES = {
    **{"USD": "u s dollars", "EUR": "euros", "GBP": "pounds", "JPY": "yen", "CNY": "yuan"},
    **{"RMB": "yuan", "CHF": "swiss francs", "CAD": "canadian dollars", "INR": "rupees"},
    **{"AUD": "australian dollars", "KRW": "won", "HKD": "hong kong dollars"},
    **{"NZD": "new zealand dollars", "SGD": "singapore dollars", "MXN": "mexican pesos"},
    **{"SEK": "swedish kronor", "NOK": "norwegian kroner", "DKK": "danish kroner"},
    **{"ZAR": "rand", "THB": "baht", "PLN": "zloty", "CZK": "czech korunas", "AED": "dirhams"},
}
# Before a $ -> the country and its dollar, one and many.
COUNTRIES = {
    **{"US": ("u s dollar",), "A": ("australian dollar",), "AU": ("australian dollar",)},
    **{"C": ("canadian dollar",), "CA": ("canadian dollar",), "HK": ("hong kong dollar",)},
    **{"NZ": ("new zealand dollar",), "S": ("singapore dollar",), "NT": ("taiwan dollar",)},
    **{"R": ("brazilian real", "brazilian reais"), "MX": ("mexican peso",)},
}
_SCALES = {"k": "thousand", "m": "million", "b": "billion", "t": "trillion"}
# Units that wetext lacks or misreads -> one, many. The others (kg, km/h, GB, ...) are its.
UNITS = {
    **{"tsp": ("teaspoon", "teaspoons"), "tbsp": ("tablespoon", "tablespoons")},
    **{"V": ("volt", "volts"), "W": ("watt", "watts"), "mV": ("millivolt", "millivolts")},
    **{"L": ("liter", "liters"), "l": ("liter", "liters"), "gal": ("gallon", "gallons")},
    **{"hr": ("hour", "hours"), "hrs": ("hours", "hours"), "sec": ("second", "seconds")},
    **{
        "secs": ("seconds", "seconds"),
        "mins": ("minutes", "minutes"),
        "min": ("minute", "minutes"),
    },
    **{"dB": ("decibel", "decibels"), "kHz": ("kilohertz",) * 2, "psi": ("p s i", "p s i")},
    **{"kPa": ("kilopascal", "kilopascals"), "cal": ("calorie", "calories"), "rpm": ("r p m",) * 2},
    **{"g": ("gram", "grams"), "t": ("ton", "tons"), "lbs": ("pounds", "pounds")},
    **{"m/s": ("meter per second", "meters per second"), "s": ("second", "seconds")},
    **{"m/s^2": ("meter per second squared", "meters per second squared")},
    **{"km/s": ("kilometer per second", "kilometers per second")},
    **{"kg/m^3": ("kilogram per cubic meter", "kilograms per cubic meter")},
    **{"g/cm^3": ("gram per cubic centimeter", "grams per cubic centimeter")},
    **{"mg/L": ("milligram per liter", "milligrams per liter"), "kN": ("kilonewton",) * 2},
    **{"kWh": ("kilowatt hour", "kilowatt hours"), "MWh": ("megawatt hour", "megawatt hours")},
    **{"GWh": ("gigawatt hour", "gigawatt hours"), "GW": ("gigawatt", "gigawatts")},
    **{"kV": ("kilovolt", "kilovolts"), "MPa": ("megapascal", "megapascals")},
    **{"Mbps": ("megabit per second", "megabits per second"), "hPa": ("hectopascal",) * 2},
    **{"Gbps": ("gigabit per second", "gigabits per second")},
    **{"μm": ("micrometer", "micrometers")},
    **{"μg": ("microgram", "micrograms")},
    **{"m": ("meter", "meters"), "mA": ("milliamp", "milliamps"), "mAh": ("m ay h",) * 2},
    **{"μs": ("microsecond", "microseconds"), "Ω": ("ohm", "ohms"), "J": ("joule", "joules")},
    **{"kJ": ("kilojoule", "kilojoules"), "kcal": ("kilocalorie", "kilocalories")},
    **{"sq ft": ("square foot", "square feet"), "fps": ("frame per second", "frames per second")},
    **{"m^2": ("square meter", "square meters"), "m^3": ("cubic meter", "cubic meters")},
    **{"km^2": ("square kilometer", "square kilometers")},
    **{"ft^2": ("square foot", "square feet"), "in^2": ("square inch", "square inches")},
    **{"in^3": ("cubic inch", "cubic inches")},
    **{"cm^2": ("square centimeter", "square centimeters")},
    **{"mm^2": ("square millimeter", "square millimeters"), "mm^3": ("cubic millimeter",) * 2},
    **{"mi^2": ("square mile", "square miles"), "ft^3": ("cubic foot", "cubic feet")},
    **{"mL": ("milliliter", "milliliters"), "dL": ("deciliter", "deciliters")},
    **{"cL": ("centiliter", "centiliters"), "cl": ("centiliter", "centiliters")},
    **{"μL": ("microliter", "microliters"), "μl": ("microliter", "microliters")},
    **{"mol": ("mole", "moles"), "mmol": ("millimole", "millimoles")},
    **{"μmol": ("micromole", "micromoles"), "nmol": ("nanomole", "nanomoles")},
    **{"ng": ("nanogram", "nanograms"), "pg": ("picogram", "picograms")},
    **{"mcg": ("microgram", "micrograms"), "mEq": ("milliequivalent", "milliequivalents")},
    **{"IU": ("i u", "i u"), "mIU": ("milli i u",) * 2, "U": ("unit", "units")},
    **{"h": ("hour", "hours"), "Wh": ("watt hour", "watt hours")},
    **{"kB": ("kilobyte", "kilobytes"), "PB": ("petabyte", "petabytes")},
    **{"Kbps": ("kilobit per second", "kilobits per second")},
    **{"kbps": ("kilobit per second", "kilobits per second")},
    **{"lm": ("lumen", "lumens"), "lx": ("lux", "lux"), "hp": ("horsepower", "horsepower")},
    **{"bpm": ("beat per minute", "beats per minute"), "dpi": ("dot per inch", "dots per inch")},
    **{"ppm": ("part per million", "parts per million"), "px": ("pixel", "pixels")},
    **{"fl oz": ("fluid ounce", "fluid ounces"), "sq mi": ("square mile", "square miles")},
    **{"sq m": ("square meter", "square meters"), "cu ft": ("cubic foot", "cubic feet")},
    **{"ac": ("acre", "acres"), "Tbsp": ("tablespoon", "tablespoons")},
    **{"qt": ("quart", "quarts"), "pt": ("pint", "pints"), "yrs": ("years", "years")},
    **{"yr": ("year", "years"), "wk": ("week", "weeks"), "wks": ("week", "weeks")},
    **{
        "mos": ("month", "months"),
        "mths": ("month", "months"),
        "ly": ("light year", "light years"),
    },
    **{"bps": ("basis point", "basis points"), "asts": ("assist", "assists")},
    **{"rebs": ("rebound", "rebounds"), "stls": ("steal", "steals"), "kts": ("knot", "knots")},
    **{"mpg": ("mile per gallon", "miles per gallon"), "bbl": ("barrel", "barrels")},
    **{"sf": ("square foot", "square feet"), "bu": ("bushel", "bushels")},
    **{"sqft": ("square foot", "square feet"), "kt": ("knot", "knots")},
    **{"reb": ("rebound", "rebounds"), "ast": ("assist", "assists"), "stl": ("steal", "steals")},
    **{"Gb": ("gigabit", "gigabits"), "Mb": ("megabit", "megabits"), "Kb": ("kilobit", "kilobits")},
    **{"Gbit": ("gigabit", "gigabits"), "Mbit": ("megabit", "megabits")},
    **{"Tb": ("terabit", "terabits"), "pts": ("point", "points")},
    **{
        "sq km": ("square kilometer", "square kilometers"),
        "sq in": ("square inch", "square inches"),
    },
    **{"sq yd": ("square yard", "square yards"), "cu yd": ("cubic yard", "cubic yards")},
    **{"cm^3": ("cubic centimeter", "cubic centimeters"), "km^3": ("cubic kilometer",) * 2},
}
LIBRARY_UNITS = [
    "km/h",
    "kg",
    "km",
    "cm",
    "mm",
    "mg",
    "ml",
    "kW",
    "MW",
    "GB",
    "MB",
    "KB",
    "TB",
    "Hz",
    "MHz",
    "GHz",
    "mph",
    "lb",
    "oz",
    "ft",
    "yd",
    "mi",
    "ha",
    "ms",
    "nm",
    "kb",
    "mb",
]
_EACH = {
    **{"dL": "deciliter", "cL": "centiliter", "mL": "milliliter", "ml": "milliliter"},
    **{"s": "second", "sec": "second", "ha": "hectare", "cm": "centimeter", "mm": "millimeter"},
}
_EACH |= {"mo": "month", "yr": "year", "hr": "hour", "h": "hour", "wk": "week", "min": "minute"}
_EACH |= {
    "nt": "night",
    "pp": "person",
    "pc": "piece",
    "sh": "share",
    "mi": "mile",
    "km": "kilometer",
}
_EACH |= {"pk": "pack", "ea": "each", "bx": "box", "dz": "dozen", "ct": "count", "cs": "case"}
_EACH |= {"bbl": "barrel", "bu": "bushel", "pr": "pair"}
EACH_AREA = {
    **{"km^2": "square kilometer", "m^2": "square meter", "mi^2": "square mile"},
    **{"cm^2": "square centimeter", "ft^2": "square foot", "m^3": "cubic meter"},
    **{"cm^3": "cubic centimeter", "ft^3": "cubic foot"},
}
_EACH |= EACH_AREA
UNITS_OF_PRICES = ("kg", "g", "lb", "oz", "km", "mi", "m", "L", "l", "ft", "kWh", "MWh", "t", "gal")
_FRACTIONS = {2: ("half", "halves"), 4: ("quarter", "quarters")}
# Above 20 only these are parts of a measure: 3/32 of an inch, but 28/41 passes.
_DIVISIONS = (24, 25, 32, 50, 60, 64, 100)
# Short parts of addresses that the dictionary lacks and that are said as they are written.
_SAID_SO = frozenset("com net org repo lib dev env doc gov edu biz vim git wiki".split())  # noqa: SIM905
_SYMBOLS = {
    **{".": "dot", "-": "dash", "_": "underscore", "+": "plus", "/": "slash", "=": "equals"},
    **{"?": "question mark", "&": "and", ":": "colon", "~": "tilde", "%": "percent", "#": "hash"},
    **{"@": "at", ",": "comma", ";": "semicolon"},
}


# Names of sites that are letters, though a word is spelled so: ups.com.
_SITES = frozenset("ups who aa un us va ed doe att it ms hp ge gm pa ii as am be".split())  # noqa: SIM905


def spell(letters: str) -> str:
    """Say CO as c o. The letter a is written ay: a lexicon says the word a as the article."""
    return " ".join("ay" if letter == "a" else letter for letter in letters.lower())


def _address(written: str) -> str:
    """Say the parts of an e-mail address or URL: jane.doe as jane dot doe."""
    words = []
    for part in re.findall(r"[A-Za-z]+|[0-9]+|[^A-Za-z0-9]", written):
        last = part.isalpha() and len(part) == 2 and part != "co" and written.endswith("." + part)
        if part.isdigit():
            words.append(number_words.cardinal(part) if len(part) < 3 else _code(part))
        elif part.isalpha():
            # Of three letters what is no word is initials: github.com/acl-org.
            word = len(part) > 3 or part.lower() in _SAID_SO or part.lower() in dictionary()
            site = part.lower() in _SITES and re.match(rf"(www\.)?{part}\.[a-z]+(?![.\w])", written)
            plain = len(part) > 1 and part.lower() != "www" and not last and word and not site
            said = part.lower() if part.lower() in _SAID_SO else part
            words.append(said if plain else spell(part))
        else:
            words.append(_SYMBOLS.get(part, ""))
    return " ".join(words)


def _formula(written: str) -> str:
    """Say CO2 as c o two."""
    parts = re.findall(r"[A-Za-z]+|[0-9]+", written)  # NaCl: n a c l
    return " ".join(spell(p) if p.isalpha() else number_words.cardinal(p) for p in parts)


def _camel(written: str) -> str:
    """Say MondayMotivation as Monday Motivation, Rio2016 as Rio 2016."""
    return " ".join(re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", written))


def _fraction(written: str) -> str:
    """Say 3/4 as three quarters; with a denominator that has no such name, three over four."""
    top, _, bottom = written.partition("/")
    value = int(bottom)
    if value > 20 and value not in _DIVISIONS and 1 < int(top) <= value <= 999:
        return f"{number_words.cardinal(top)} out of {number_words.cardinal(bottom)}"
    if value < 2 or value > 100 or top[0] == "0":
        return f"{number_words.cardinal(top)} over {number_words.cardinal(bottom)}"
    name = number_words.ordinal(bottom).removeprefix("one ")
    one, many = _FRACTIONS.get(value, (name, name + "s"))
    return f"{number_words.cardinal(top)} {one if int(top) == 1 else many}"


def _mixed(written: str) -> str:
    """Return the fraction of 2 1/2: a half."""
    return re.sub("^one (?=half$|quarter$)", "a ", _fraction(written))


def _count(written: str, one: str, many: str) -> str:
    return f"{number_words.number(written)} {one if written == '1' else many}"


def _money(written: str) -> str:
    """Say $12.50 as twelve dollars and fifty cents."""
    one, many, part, parts = _MONEY[written[0]]
    whole, _, rest = written[1:].replace(",", "").partition(".")
    if len(rest) != 2 or not part:
        return _count(written[1:].replace(",", ""), one, many)
    said = [] if whole in ("", "0") else [_count(whole, one, many)]
    if rest != "00" or not said:
        said.append(_count(rest.lstrip("0") or "0", part, parts))
    return " and ".join(said)


def _unit(written: str) -> str:
    """Say 5 kg, 1 tsp: our words for the unit, or wetext's."""
    amount, unit = re.match(r"([\d.,]+)[ -]?(.*)", written).groups()
    if unit in UNITS:
        return _count(amount.replace(",", ""), *UNITS[unit])
    words = verbalize(f"{1 if amount == '1' else 2} {unit}", "en", number_words.digits)
    return f"{number_words.number(amount)} {words.partition(' ')[2]}"


def _one_unit(written: str) -> str:
    """Say 40 W before a noun, as in a 40 W bulb: forty watt."""
    amount, unit = re.match(r"([\d.,]+)[ -]?(.*)", written).groups()
    return f"{number_words.number(amount)} {_unit('1 ' + unit).partition(' ')[2]}"


def _one_money(written: str) -> str:
    """Say $5 before a noun, as in a $5 bill: five dollar."""
    return f"{number_words.number(written[1:])} {_MONEY[written[0]][0]}"


def _foreign(written: str) -> str:
    """Say US$12 million as twelve million u s dollars."""
    country, amount, scale = re.match(r"([A-Z]+)\$ ?([\d.,]*\d) ?(.*)", written).groups()
    one, many = (COUNTRIES[country] * 2)[0], COUNTRIES[country][-1]
    many = one + "s" if one == many else many
    whole, _, rest = amount.partition(".")
    scale = f" {_SCALES[scale[0].lower()]}" if scale else ""
    cents = not scale and len(rest) == 2
    said = number_words.number(whole if cents else amount) + scale
    said += f" {one if amount == '1' and not scale else many}"
    return said + (
        f" and {_count(rest.lstrip('0'), 'cent', 'cents')}" if cents and int(rest) else ""
    )


def _each(unit: str) -> str:
    """Return what a price is for: month, kg."""
    return _EACH.get(unit) or (_unit(f"1 {unit}")[4:] if unit in UNITS_OF_PRICES else unit)


def _power_of_ten(exponent: str) -> str:
    """Return the exponent of 3.2e-5: minus five."""
    sign = {"-": "minus ", "+": ""}.get(exponent[0], "")
    return sign + number_words.cardinal(exponent.lstrip("+-0") or "0")


def _characters(written: str) -> str:
    """Say 1F as one f."""
    return " ".join(number_words.digits(c) if c.isdigit() else spell(c) for c in written)


def _clock(written: str) -> str:
    """Say 10:05 as ten oh five, 7:00 as seven."""
    hour, _, minute = written.partition(":")
    hour = number_words.cardinal(hour.lstrip("0") or "0")
    if minute == "00":
        return hour
    return f"{hour} {'oh ' if minute[0] == '0' else ''}{number_words.cardinal(minute.lstrip('0'))}"


def _code(written: str) -> str:
    return number_words.code(written) if len(written) < 4 else number_words.digits(written)


def _dotted(written: str) -> str:
    """Say 3.11.2 as three point eleven point two, 10.0.0.1 as ten dot zero dot zero dot one."""
    parts = written.split(".")
    return (" dot " if len(parts) == 4 else " point ").join(map(number_words.cardinal, parts))


def _timed(one: str, many: str):
    return lambda written: _count(written.lstrip("0") or "0", one, many)


KINDS = {
    "number": number_words.number,
    "ordinal": number_words.ordinal,
    "digits": number_words.digits,
    "year": number_words.year,
    "code": number_words.code,
    "decade": lambda tens: number_words.plural(number_words.year(tens)),
    "roman": lambda numeral: number_words.cardinal(roman(numeral)),
    "small_roman": lambda numeral: number_words.cardinal(roman(numeral.upper())),
    "regnal": lambda numeral: number_words.ordinal(roman(numeral)),
    "month": lambda digits: MONTHS[int(digits) - 1],
    "name": lambda short: _SHORT[short[:3].lower()],
    "clock": _clock,
    "hours": _timed("hour", "hours"),
    "minutes": _timed("minute", "minutes"),
    "seconds": _timed("second", "seconds"),
    "half": lambda half: "ay em" if half[0] in "aA" else "pea em",
    "fraction": _fraction,
    "mixed": _mixed,
    "money": _money,
    "currency": lambda symbol: _MONEY[symbol][1],
    "coded": lambda code: CODES[code],
    "one_coded": lambda code: CODES[code].removesuffix("s"),
    "foreign": _foreign,
    "each": _each,
    "until": lambda number: f"{number_words.number(number)} to ",
    "upto": lambda number: f" to {number_words.number(number)}",
    "one_unit": _one_unit,
    "one_money": _one_money,
    "exponent": _power_of_ten,
    "characters": _characters,
    "scale": lambda scale: _SCALES[scale[0].lower()],
    "single": lambda symbol: _MONEY[symbol][0],
    "degrees": lambda n: _count(n, "degree", "degrees"),
    "dotted": _dotted,
    "unit": _unit,
    "address": _address,
    "formula": _formula,
    "greek": lambda letter: unicodedata.name(letter).split()[-1].lower(),
    "camel": _camel,
    "spell": spell,
    "lower": str.lower,
}
