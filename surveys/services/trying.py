"""A letter as oneself would get it: on the page, or by mail."""

import uuid

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from activity.services import record_event
from contacts.models import Contact
from surveys.mailing.letter import Recipient
from surveys.mailing.smtp import Line, NoMailServer, Outcome
from surveys.mailing.wire import wire_address
from surveys.models import Distribution
from surveys.personalising import values_for
from surveys.services.errors import DistributionRefused
from surveys.services.unsubscribing import TEST
from surveys.services.wording import letter_of
from surveys.visits import trial_link


def as_oneself(distribution: Distribution, user: User, lang: str) -> Recipient:
    """The reader's own name in the slots, and links to where answers count nowhere."""
    contact = Contact(email=user.email, given_name=user.given_name, family_name=user.family_name)
    return Recipient(
        address=user.email,
        name=user.get_full_name(),
        answer_path=_answer_path(distribution),
        unsubscribe_path=reverse("surveys:unsubscribe", args=[TEST]),
        message_id=f"{uuid.uuid4()}@{user.email.rpartition('@')[2]}",
        values=values_for(contact, lang),
    )


def _answer_path(distribution: Distribution) -> str:
    """A draft has no version that an answer could belong to: it is only looked at."""
    if distribution.survey.current_version_id:
        return trial_link(distribution)
    return reverse("surveys:preview", args=[distribution.survey_id])


def send_test(distribution: Distribution, *, to: User, lang: str) -> None:
    """One message to oneself; raises DistributionRefused with what kept it from going."""
    letter = letter_of(distribution, lang)
    recipient = as_oneself(distribution, to, lang)
    message = letter.message(recipient, now=timezone.now(), subject_prefix=_("[Test] "))
    try:
        with Line() as line:
            result = line.send(letter.envelope_sender, wire_address(to.email), message)
    except NoMailServer as trouble:
        words = _("The mail server could not be reached: %(words)s")
        raise DistributionRefused(words % {"words": trouble}) from trouble
    if result.outcome is not Outcome.SENT:
        words = _("The mail server did not take it: %(words)s")
        raise DistributionRefused(words % {"words": result.words})
    record_event(distribution, verb="tested", actor=to, label=distribution.name)
