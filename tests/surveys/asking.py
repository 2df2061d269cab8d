"""The plainest valid survey, contact, distribution and invitation."""

import itertools

from django.utils import timezone

from accounts.models import User
from contacts.models import Basis, Channel, Contact, ContactPermission, Purpose
from contacts.suppression import address_hash
from surveys.document.starters import starter_document
from surveys.models import Distribution, Sender, Survey, SurveyVersion
from surveys.services.distributions import create_distribution, launch

_number = itertools.count(1)


def make_survey(owner: User, *, unit=None, languages=("en", "de"), published=True) -> Survey:
    number = next(_number)
    document = starter_document("relationship_nps", languages).dump()
    survey = Survey.objects.create(
        name=f"Survey {number}", slug=f"survey-{number}", unit=unit, owner=owner, draft=document
    )
    if published:
        survey.current_version = SurveyVersion.objects.create(
            survey=survey,
            number=1,
            document=document,
            published_at=timezone.now(),
            published_by=owner,
        )
        survey.save()
    return survey


def make_contact(email: str = "", *, allowed: bool = True, **fields) -> Contact:
    contact = Contact.objects.create(
        email=email,
        sort_key=email,
        search_text=f" {email}",
        address_hash=address_hash(email),
        **fields,
    )
    if allowed:
        ContactPermission.objects.create(
            contact=contact,
            purpose=Purpose.SURVEY,
            channel=Channel.EMAIL,
            basis=Basis.CONTRACT,
            source="test",
            given_at=timezone.now(),
        )
    return contact


def make_contacts(count: int, **fields) -> list[Contact]:
    return [make_contact(f"person{n}@mail.example", **fields) for n in range(count)]


def make_sender(**fields) -> Sender:
    given = {"name": "Aurora Air", "email": "hello@aurora.example"} | fields
    return Sender.objects.get_or_create(email=given["email"], defaults=given)[0]


def make_distribution(owner: User, *, survey: Survey | None = None, unit=None) -> Distribution:
    make_sender()
    survey = survey or make_survey(owner, unit=unit)
    return create_distribution(survey, name="November wave", by=owner)


def launched(owner: User, count: int = 3, **fields) -> Distribution:
    """A distribution under way to so many people."""
    make_contacts(count, **fields)
    return launch(make_distribution(owner), by=owner)
