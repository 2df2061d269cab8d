from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from accounts import services
from accounts.models import Unit, UnitPlace
from accounts.permissions import Role
from accounts.services.people import invitation_link


class Command(BaseCommand):
    help = "Makes an administrator and prints the link by which they choose their password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--organisation", default="", help="its name, on an empty database")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            validate_email(options["email"])
        except ValidationError:
            raise CommandError(f"{options['email']} is not an e-mail address.") from None
        organisation = services.ensure_organisation(options["organisation"] or "CXplatform")
        try:
            invitation = services.invite(
                options["email"], role=Role.ADMIN, unit=_top(organisation.name), by=None
            )
        except services.AccountsRefusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write("Open this link within 7 days and choose a password; it works once:")
        self.stdout.write(invitation_link(invitation))


def _top(name: str) -> Unit:
    place = UnitPlace.objects.filter(parent=None, valid_to=None).select_related("unit").first()
    return place.unit if place else services.add_unit(name, code="top", parent=None, by=None)
