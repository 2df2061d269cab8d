"""Every word a respondent reads that the survey's author did not write, in four languages."""

from surveys.document.catalogue import de, en, ms, zh_hans
from surveys.document.texts import truncations

CATALOGUES = {"en": en.WORDS, "de": de.WORDS, "zh-Hans": zh_hans.WORDS, "ms": ms.WORDS}


def say(lang: str, key: str, **params: object) -> str:
    """In: a language tag, a key, what the sentence names. Out: the sentence.

    A language without a catalogue reads English. With ``count=1`` the key's ``_one`` form is
    taken where there is one. Raises KeyError for an unknown key or a missing parameter.
    """
    words = next((CATALOGUES[tag] for tag in truncations(lang) if tag in CATALOGUES), en.WORDS)
    if params.get("count") == 1 and f"{key}_one" in words:
        key = f"{key}_one"
    return words[key].format(**params)
