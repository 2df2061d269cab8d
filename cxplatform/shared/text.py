"""Small truths about text that several apps need."""

import re
import unicodedata

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def one_line(text: str) -> str:
    """Control characters and direction overrides out, white space folded: fit for a header."""
    return " ".join(CONTROL.sub(" ", text).split())


def fold(text: str) -> str:
    """Casefolded, accents stripped, ß and ligatures opened: `Müller` and `MULLER` are `muller`.

    Names in scripts without case or accents come back unchanged.
    """
    opened = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in opened if not unicodedata.combining(letter))


def fold_german(text: str) -> str:
    """The other spelling of umlauts: `Müller` and `Mueller` are both `mueller`."""
    for umlaut, spelled in (("ä", "ae"), ("ö", "oe"), ("ü", "ue")):
        text = unicodedata.normalize("NFC", text.casefold()).replace(umlaut, spelled)
    return fold(text)
