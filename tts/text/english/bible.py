"""Name the books of the Bible by the short forms that stand before chapter and verse."""

from __future__ import annotations

# Short forms, with or without a full stop -> the book.
_SHORT = {
    **{"Gen": "Genesis", "Gn": "Genesis", "Exod": "Exodus", "Ex": "Exodus", "Lev": "Leviticus"},
    **{"Num": "Numbers", "Deut": "Deuteronomy", "Dt": "Deuteronomy", "Judg": "Judges"},
    **{"Kgs": "Kings", "Chr": "Chronicles", "Chron": "Chronicles", "Neh": "Nehemiah"},
    **{"Ps": "Psalm", "Pss": "Psalms", "Prov": "Proverbs", "Eccl": "Ecclesiastes"},
    **{"Isa": "Isaiah", "Jer": "Jeremiah", "Lam": "Lamentations", "Ezek": "Ezekiel"},
    **{"Hos": "Hosea", "Mic": "Micah", "Hab": "Habakkuk", "Zeph": "Zephaniah", "Zech": "Zechariah"},
    **{"Mal": "Malachi", "Mt": "Matthew", "Mk": "Mark", "Lk": "Luke", "Jn": "John"},
    **{"Rom": "Romans", "Cor": "Corinthians", "Gal": "Galatians", "Eph": "Ephesians"},
    **{"Col": "Colossians", "Thess": "Thessalonians", "Tit": "Titus", "Philem": "Philemon"},
    **{"Heb": "Hebrews", "Jas": "James", "Pet": "Peter", "Rev": "Revelation"},
}
# These are names of people as well: with a full stop or a number only.
_NAMES = {"Sam": "Samuel", "Tim": "Timothy", "Josh": "Joshua", "Dan": "Daniel", "Matt": "Matthew"}
_NAMES |= {"Phil": "Philippians"}
SHORT_BOOKS = _SHORT | _NAMES
_BOOKS = (
    "Genesis Exodus Leviticus Numbers Deuteronomy Joshua Judges Ruth Samuel Kings Chronicles Ezra "
    "Nehemiah Esther Job Psalms? Proverbs Ecclesiastes Isaiah Jeremiah Lamentations Ezekiel Daniel "
    "Hosea Joel Amos Obadiah Jonah Micah Nahum Habakkuk Zephaniah Haggai Zechariah Malachi Matthew "
    "Mark Luke John Acts Romans Corinthians Galatians Ephesians Philippians Colossians "
    "Thessalonians Timothy Titus Philemon Hebrews James Peter Jude Revelation Surah Quran"
)
BOOK = f"(?:{'|'.join(_BOOKS.split())})"
SHORT_BOOK = (
    rf"(?:({'|'.join(_SHORT)})\b\.?|({'|'.join(_NAMES)})\.|(?<=[123] )({'|'.join(_NAMES)})\b)"
)
