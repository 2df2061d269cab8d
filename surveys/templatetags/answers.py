"""What a page about a contact shows of their answers."""

from typing import Any

from django import template

from accounts.models import User
from contacts.models import Contact
from surveys.models import Response, ResponseStatus
from surveys.selectors import document_of

register = template.Library()

MOST_SHOWN = 20


@register.inclusion_tag("surveys/_contact_answers.html")
def contact_answers(contact: Contact, user: User) -> dict[str, Any]:
    """The newest responses of a contact that this person may read, in one query."""
    seen = Response.objects.visible_to(user).filter(contact=contact, status=ResponseStatus.COMPLETE)
    rows = seen.select_related("survey").defer("survey__draft").order_by("-completed_on", "-pk")
    return {
        "rows": [{"response": each, "answers": _highlights(each)} for each in rows[:MOST_SHOWN]]
    }


def _highlights(response: Response) -> list[dict[str, Any]]:
    """The first score and the first comment."""
    document = document_of(response.version_id)
    found: list[dict[str, Any]] = []
    for question in document.questions:
        answer = response.answers.get(question.key)
        if question.scored and question.value(answer) is not None and not found:
            found.append({"score": question.value(answer)})
        elif question.type in ("short_text", "long_text") and answer:
            return [*found, {"comment": str(answer)}]
    return found
