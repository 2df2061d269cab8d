from django.db import transaction

from accounts.models import Organisation, User
from accounts.services.trail import note


def ensure_organisation(name: str = "CXplatform") -> Organisation:
    """The one organisation, made where there is none yet; safe to call from anywhere."""
    organisation, _made = Organisation.objects.get_or_create(
        only_one=True, defaults={"name": name, "languages": ["en"]}
    )
    return organisation


@transaction.atomic
def update_organisation(
    organisation: Organisation, *, fields: list[str], by: User | None
) -> Organisation:
    """Save the named fields of the organisation, as a form has set them."""
    organisation.save(update_fields=[*fields, "updated_at"])
    note(organisation, verb="changed", actor=by, label=organisation.name, data={"fields": fields})
    return organisation
