"""Why an edit was refused, in a sentence an author can act on."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

_PLAIN: Final[dict[str, str]] = {
    "string_too_long": "{field} is too long. Shorten it to {max_length} characters.",
    "too_long": "{field} has too many entries. Keep at most {max_length}.",
    "too_short": "{field} needs at least {min_length} entry.",
    "missing": "{field} is missing. Fill it in.",
    "extra_forbidden": "{field} does not belong here. Remove it.",
    "string_pattern_mismatch": "{field} must be lower-case letters, digits and _, beginning with "
    "a letter, at most 40 long.",
    "int_type": "{field} must be a whole number.",
    "int_parsing": "{field} must be a whole number.",
    "string_type": "{field} must be text.",
    "bool_parsing": "{field} must be yes or no.",
    "bool_type": "{field} must be yes or no.",
    "literal_error": "{field} must be {expected}.",
    "greater_than_equal": "{field} must be {ge} or more.",
    "less_than_equal": "{field} must be {le} or less.",
}


class EditError(Exception):
    """The edit cannot be made; ``str()`` says why and what to do instead."""


def plain_sentence(error: ValidationError) -> str:
    """The first thing wrong, without the words of the validator."""
    first: Mapping[str, Any] = error.errors(include_url=False, include_input=False)[0]
    field = _field(first["loc"])
    context: Mapping[str, Any] = first.get("ctx", {})
    if first["type"] == "value_error":
        said = str(context.get("error", ""))
        return said if said[:1].isupper() else f"{field} {said}."
    sentence = _PLAIN.get(first["type"], "{field} is not valid. Change it back.")
    return sentence.format(field=field, **{k: v for k, v in context.items() if k != "error"})


def _field(loc: tuple[int | str, ...]) -> str:
    """The last named step of the path that a person would recognise."""
    names = [step for step in loc if isinstance(step, str) and step not in ("root", "pages")]
    named = [step for step in names if step.replace("_", "").isalpha() and len(step) > 2]
    words = (named or names or ["Something"])[-1].replace("_", " ")
    return words[:1].upper() + words[1:]
