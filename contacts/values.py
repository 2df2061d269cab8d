"""What a typed or imported value becomes: stored form out, or ValueError saying what to write.

The sentences are marked for the catalogues and translated where they are shown.
"""

import re
from datetime import date
from typing import Final

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from contacts.models import AttributeType
from cxplatform.shared.text import CONTROL, one_line

TEXT_CHARS: Final = 200
SIMPLE_EMAIL: Final = re.compile(
    r"[a-z0-9_+'-]+(?:\.[a-z0-9_+'-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,20}"
)
E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")
TAG: Final = re.compile(
    r"([a-z]{2,3})(?:-([a-z]{4}))?(?:-([a-z]{2}|[0-9]{3}))?((?:-[a-z0-9]{4,8})*)", re.IGNORECASE
)
NUMBER: Final = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,10})?")
COMMA_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,15},(?:[0-9]{1,2}|[0-9]{4,10})")
DAY: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]00:00(?::00)?)?")
YES: Final = {"yes", "y", "true", "1", "ja", "j", "ya", "是", "oui", "x"}
NO: Final = {"no", "n", "false", "0", "nein", "tidak", "否", "non"}
LANGUAGES: Final = {
    "english": "en", "englisch": "en", "german": "de", "deutsch": "de", "malay": "ms",
    "malaiisch": "ms", "bahasa melayu": "ms", "chinese": "zh-Hans", "chinesisch": "zh-Hans",
    "中文": "zh-Hans", "french": "fr", "spanish": "es", "italian": "it", "dutch": "nl",
}  # fmt: skip

_check_email = EmailValidator()


def _(text: str) -> str:
    return text


def text_of(raw: str, *, most: int = TEXT_CHARS) -> str:
    """One tidy line; raises ValueError where it is too long."""
    clean = one_line(raw) if not raw.isascii() or CONTROL.search(raw) else " ".join(raw.split())
    if len(clean) > most:
        raise ValueError(_("Shorten it: the text is longer than fits."))
    return clean


def email_of(raw: str) -> str:
    """The address in lower case; raises ValueError where no mail could reach it."""
    address = raw.strip().lower()
    if not address:
        return ""
    if len(address) <= 254 and SIMPLE_EMAIL.fullmatch(address) and address.find("@") <= 64:
        return address
    if address.endswith("@") or "@" not in address:
        raise ValueError(_("Write the whole address, such as anna@example.com."))
    try:
        _check_email(address)
    except ValidationError:
        raise ValueError(
            _("This is no e-mail address. Write it as name@example.com, without spaces or commas.")
        ) from None
    if len(address) > 254:
        raise ValueError(_("The address is too long: 254 characters are the most."))
    return address


def phone_of(raw: str, *, region: str = "") -> str:
    """The number in E.164; raises ValueError. `region` is the country of numbers without +."""
    number = raw.strip()
    if not number or E164.fullmatch(number):
        return number
    try:
        parsed = phonenumbers.parse(number, region.upper() or None)
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or not phonenumbers.is_possible_number(parsed) or parsed.extension:
        raise ValueError(_("Write the number with its country code, such as +49 30 1234567."))
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def language_of(raw: str) -> str:
    """The language tag in its usual spelling (`zh-Hans`); raises ValueError."""
    tag = raw.strip().replace("_", "-")
    if not tag:
        return ""
    named = LANGUAGES.get(tag.lower())
    if named:
        raise ValueError(_("Use the language's tag: ") + named)
    found = TAG.fullmatch(tag) if len(tag) <= 35 else None
    if not found:
        raise ValueError(_("Use a language tag, such as en, de, zh-Hans or ms."))
    language, script, region, rest = found.groups()
    parts = [language.lower(), (script or "").title(), (region or "").upper(), rest.lower()[1:]]
    return "-".join(part for part in parts if part)


def number_of(raw: str) -> int | float:
    """A number with a point, or a comma that can only be decimal; raises ValueError."""
    text = raw.strip()
    if COMMA_NUMBER.fullmatch(text):
        text = text.replace(",", ".")
    if not NUMBER.fullmatch(text):
        raise ValueError(_("Write a plain number, such as 1234.5."))
    value = float(text)
    return int(value) if value.is_integer() else value


def day_of(raw: str) -> str:
    """A date as 2026-10-31; raises ValueError."""
    found = DAY.fullmatch(raw.strip())
    try:
        return date.fromisoformat(found[1] if found else "").isoformat()
    except ValueError:
        raise ValueError(_("Write the date as year-month-day, such as 2026-10-31.")) from None


def yes_no_of(raw: str) -> bool:
    word = raw.strip().casefold()
    if word in YES:
        return True
    if word in NO:
        return False
    raise ValueError(_("Write yes or no."))


def attribute_of(raw: str, *, type_: str) -> str | int | float | bool:
    """The stored value of an attribute of that type; raises ValueError."""
    if type_ == AttributeType.NUMBER:
        return number_of(raw)
    if type_ == AttributeType.DATE:
        return day_of(raw)
    if type_ == AttributeType.YES_NO:
        return yes_no_of(raw)
    return text_of(raw)


def shown(value: object) -> str:
    """An attribute's stored value as text: what members are told apart by."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
