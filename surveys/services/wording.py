"""What a distribution says: its texts per language, checked, and the letters made of them."""

from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Organisation
from cxplatform.shared.text import one_line
from surveys.document.messages import say
from surveys.document.schema import SurveyDocument
from surveys.document.texts import clean
from surveys.mailing.letter import Letter, Wording
from surveys.mailing.wire import without_marks
from surveys.models import Distribution, Survey
from surveys.personalising import BadPlaceholder, parse
from surveys.selectors import document_of, draft_of
from surveys.services.errors import DistributionRefused

LONGEST_SUBJECT = 150
LONGEST_BODY = 5_000
QUESTIONS_A_MINUTE = 5


def document_for(survey: Survey) -> SurveyDocument:
    """What is published; before that, the draft."""
    return document_of(survey.current_version_id) if survey.current_version_id else draft_of(survey)


def starting_texts(survey: Survey) -> tuple[dict[str, str], dict[str, str]]:
    """Subjects and bodies to begin with, in every language of the survey."""
    document = document_for(survey)
    minutes = max(1, round(len(document.questions) / QUESTIONS_A_MINUTE))
    subjects, bodies = {}, {}
    for lang in document.languages:
        lead = say(lang, "mail_lead", organisation="{{ organisation }}", count=minutes)
        subjects[lang] = literal(document.text(document.title, lang)) or "{{ survey }}"
        bodies[lang] = f"{{{{ salutation }}}}\n\n{lead}"
    return subjects, bodies


def literal(text: str) -> str:
    """A text of ours as an author would type it: no braces that read as a placeholder."""
    return one_line(text).replace("{{", "{ {").replace("}}", "} }")[:LONGEST_SUBJECT]


def check_texts(texts: Mapping[str, str], *, longest: int) -> dict[str, str]:
    """Language → what is wrong with its text."""
    wrong = {}
    for lang, text in texts.items():
        try:
            parse(text)
        except BadPlaceholder as error:
            wrong[lang] = str(error)
        if len(text) > longest:
            wrong[lang] = _("Shorten it to %(most)s characters. It has %(count)s now.") % {
                "most": longest,
                "count": len(text),
            }
    return wrong


def cleaned(text: str) -> str:
    return without_marks(clean(text))


def offered_languages(distribution: Distribution) -> list[str]:
    """Languages of the survey in which both subject and text are written, the first one first."""
    return [
        lang
        for lang in document_for(distribution.survey).languages
        if distribution.subjects.get(lang) and distribution.bodies.get(lang)
    ]


def letter_of(distribution: Distribution, lang: str) -> Letter:
    """The letter in one of its offered languages. Raises DistributionRefused, BadPlaceholder."""
    organisation = Organisation.objects.get()
    sender = distribution.sender
    if sender is None:
        raise DistributionRefused(_("Choose a sender first."), step="message")
    document = document_for(distribution.survey)
    wording = Wording(
        lang=lang,
        subject=distribution.subjects[lang],
        body=distribution.bodies[lang],
        organisation=organisation.name,
        imprint=organisation.imprint,
        privacy_url=organisation.privacy_url,
        survey=one_line(document.text(document.title, lang)) or distribution.survey.name,
        sender_name=sender.name,
        sender_address=sender.email,
        reply_to=sender.reply_to,
        site_url=settings.SITE_URL,
        readers=distribution.audience.get("kind", "anybody"),
    )
    return Letter(wording, document)
