"""How a contact is found and ordered: folded words with a space before each, and a key.

`LIKE '% word%'` then finds the start of any word through the trigram index, whatever the length.
"""

import re
from functools import lru_cache

from django.db.models import Q

from cxplatform.shared.text import fold, fold_german, one_line

# From here on scripts set no spaces between words: every place may start what is looked for.
UNSPACED = "\u2e80"
MOST_STARTS = 12
MOST_WORDS = 6
INNER = re.compile(r"[-._+'’/]")


def full_name(given: str, family: str) -> str:
    """Given and family name in the order and spacing of their script."""
    if given and family and given[0] >= UNSPACED and family[0] >= UNSPACED:
        return f"{family}{given}"
    return f"{given} {family}".strip()


def keys_of(
    *, given: str, family: str, display: str, email: str, external_id: str
) -> tuple[str, str]:
    """(sort_key, search_text) of a contact with these fields."""
    own = full_name(given, family)
    name = display or own
    words: dict[str, None] = {}
    for part in (own, display) if display and display != own else (name,):
        for token in part.split():
            words.update(_starts(token))
    if email:
        words.update(_starts_of_code(email, until=email.rfind("@")))
    if external_id:
        for token in external_id.split():
            words.update(_starts_of_code(token))
    text = " ".join(words)
    return _plain(name or email or external_id)[:300], f" {text}" if text else ""


def words_match(query: str) -> Q:
    """Contacts in which every word of the query starts some word, in either German spelling."""
    found = Q()
    for word in one_line(query).split()[:MOST_WORDS]:
        either = Q()
        for spelling in {fold(word), fold_german(word)}:
            either |= Q(search_text__contains=f" {spelling}")
        found &= either
    return found


def _plain(text: str) -> str:
    return text.lower() if text.isascii() else fold(text)


@lru_cache(maxsize=20_000)
def _starts(token: str) -> dict[str, None]:
    """What a word of a name is found by: both spellings, inner words, ends in unspaced scripts."""
    spellings = {_plain(token): None}
    if not token.isascii():
        spellings[fold_german(token)] = None
    starts = dict(spellings)
    for spelling in spellings:
        starts.update((spelling[hit.end() :], None) for hit in INNER.finditer(spelling))
        if spelling[:1] >= UNSPACED:
            starts.update((spelling[n:], None) for n in range(1, min(len(spelling), MOST_STARTS)))
    starts.pop("", None)
    return starts


def _starts_of_code(code: str, *, until: int = -1) -> dict[str, None]:
    """An address or a number: whole, and from each inner mark on (in an address before the @)."""
    plain = _plain(code)
    starts = {plain: None}
    marks = INNER.finditer(plain, 0, until) if until >= 0 else INNER.finditer(plain)
    starts.update((plain[hit.end() :], None) for hit in marks if hit.end() < len(plain))
    return starts
