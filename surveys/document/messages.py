"""Every word a respondent reads that the survey's author did not write, in four languages."""

from functools import lru_cache

from surveys.document.catalogue import de, en, ms, zh_hans
from surveys.document.texts import choose_language

CATALOGUES = {"en": en.WORDS, "de": de.WORDS, "zh-Hans": zh_hans.WORDS, "ms": ms.WORDS}


@lru_cache(maxsize=256)
def spoken(lang: str) -> str:
    """The language our own words are in for a reader of ``lang``; English where we have none."""
    return choose_language([lang], list(CATALOGUES))


def say(lang: str, key: str, **params: object) -> str:
    """In: a language tag, a key, what the sentence names. Out: the sentence.

    A language without a catalogue reads English. With ``count=1`` the key's ``_one`` form is
    taken where there is one. Raises KeyError for an unknown key or a missing parameter.
    """
    words = CATALOGUES[spoken(lang)]
    if params.get("count") == 1 and f"{key}_one" in words:
        key = f"{key}_one"
    return words[key].format(**params)
