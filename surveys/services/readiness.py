"""What still stands between a draft and its launch, each with the page where it is put right."""

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation
from cxplatform.shared.languages import language_name
from surveys.models import Distribution
from surveys.services.errors import DistributionRefused
from surveys.services.wording import (
    LONGEST_BODY,
    LONGEST_SUBJECT,
    check_texts,
    document_for,
    offered_languages,
)


def problems(distribution: Distribution) -> list[DistributionRefused]:
    """Everything that is missing; empty means it can go."""
    return [*_survey(distribution), *_message(distribution), *_sender(distribution), *_legal()]


def _survey(distribution: Distribution) -> list[DistributionRefused]:
    survey = distribution.survey
    if survey.takes_answers(timezone.now()):
        return []
    if survey.current_version_id is None:
        words = _("The survey “%(name)s” is a draft. Publish it first.")
    else:
        words = _("The survey “%(name)s” is closed. Open it again, or choose another one.")
    return [DistributionRefused(words % {"name": survey.name})]


def _message(distribution: Distribution) -> list[DistributionRefused]:
    wrong = check_texts(distribution.subjects, longest=LONGEST_SUBJECT)
    wrong |= check_texts(distribution.bodies, longest=LONGEST_BODY)
    found = [
        DistributionRefused(f"{language_name(lang)}: {words}", step="message")
        for lang, words in wrong.items()
    ]
    first = document_for(distribution.survey).first_language
    if first not in offered_languages(distribution):
        words = _("Write subject and text in %(lang)s, the survey's first language.")
        found.append(DistributionRefused(words % {"lang": language_name(first)}, step="message"))
    return found


def _sender(distribution: Distribution) -> list[DistributionRefused]:
    sender = distribution.sender
    if sender is None:
        return [DistributionRefused(_("Choose who it comes from."), step="message")]
    if not sender.active:
        words = _("%(name)s is not used as a sender any more. Choose another one.")
        return [DistributionRefused(words % {"name": sender.name}, step="message")]
    return []


def _legal() -> list[DistributionRefused]:
    organisation = Organisation.objects.get()
    found = []
    if not organisation.imprint.strip():
        found.append(_("The imprint under every e-mail is missing."))
    if not organisation.privacy_url:
        found.append(_("The link to the privacy page under every e-mail is missing."))
    where = _("An administrator fills it in under Admin, Organisation.")
    return [DistributionRefused(f"{words} {where}", step="legal") for words in found]
