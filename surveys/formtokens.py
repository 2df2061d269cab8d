"""What a respondent's form carries, signed: which page of which version, for whom, since when."""

import time
import uuid
from dataclasses import dataclass
from typing import Self

from django.core import signing

# The form's own fields. No question can be called so: its key begins with a letter.
FORM, SHOWN, LANG, SPEAK, GO, PERSON = "_form", "_shown", "_lang", "_speak", "_go", "_person"

_SIGNER = "surveys.form"
MOST_LENGTH = 300


class BadForm(Exception):
    """The form was not one of ours, or was changed."""


@dataclass(frozen=True)
class FormToken:
    """`asked` counts how often one more click was asked for because a sending looked automatic."""

    subject: uuid.UUID
    survey: int
    version: int
    page: int
    issued: float
    asked: int = 0

    def sign(self) -> str:
        issued = int(self.issued * 1000)
        parts = [self.subject.hex, self.survey, self.version, self.page, issued, self.asked]
        return signing.Signer(salt=_SIGNER).sign(".".join(map(str, parts)))

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises BadForm for whatever was not signed here."""
        try:
            plain = signing.Signer(salt=_SIGNER).unsign(text[:MOST_LENGTH])
        except (signing.BadSignature, UnicodeError):
            raise BadForm from None
        subject, survey, version, page, issued, asked = plain.split(".")
        return cls(
            uuid.UUID(hex=subject),
            int(survey),
            int(version),
            int(page),
            int(issued) / 1000,
            int(asked),
        )


def issue(subject: uuid.UUID, *, survey: int, version: int, page: int, asked: int = 0) -> FormToken:
    return FormToken(subject, survey, version, page, time.time(), asked)
