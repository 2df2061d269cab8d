"""Languages by the names people know them by."""

from django.conf.locale import LANG_INFO
from django.utils.translation import get_language_info


def language_name(tag: str) -> str:
    """In: a BCP 47 tag. Out: its name in the language now in use; the tag where none is known."""
    parts = tag.lower().split("-")
    for end in range(len(parts), 0, -1):
        known = "-".join(parts[:end])
        if known in LANG_INFO:
            name = str(get_language_info(known)["name_translated"])
            return name if end == len(parts) else f"{name} ({tag})"
    return tag


def language_names(tags: list[str]) -> str:
    return ", ".join(language_name(tag) for tag in tags)
