"""Who gets what answer at every named URL: the permission table as outsiders meet it.

A row says who is let in (`may`), what they get (`answer`) and what the others get (`refused`):

    "contacts:detail": Row(may={"designer": UNIT, "admin": ALL}, make=contact),
    "contacts:create": [Row(may=...), Row(method="post", may=..., data=..., answer=302, ...)],

Every role is held in the unit North. Pages about a unit's object name a factory, `make(asker,
unit)`, that makes the object and returns the URL's arguments; they are tried with an object of
North (own), of its sister, of its parent and of no unit. Pages without one are tried once.
Whoever is not signed in is sent to the login page, unless `may` names "anonymous".
"""

import uuid
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts.models import RoleHeld, Unit, UnitPlace, User
from accounts.permissions import Role
from activity.models import Job
from activity.uploads import store_upload
from contacts.models import Account, AttributeDefinition, Import
from contacts.services import merge_contacts, save_account
from cxplatform.shared import tokens
from integrations.tokens import make_token
from journeys.models import Journey, Placement, Stage, Touchpoint
from metrics.models import Metric
from metrics.services import define_missing
from surveys.models import Distribution
from surveys.services.distributions import create_distribution
from surveys.visits import trial_link
from tests.access_libraries import LIBRARY_ROWS
from tests.access_rows import (
    ADMIN,
    ALL,
    EVERYBODY,
    ROLES,
    STAFF,
    UNIT,
    Maker,
    Row,
    action,
    page,
)
from tests.contacts.factories import make_contact
from tests.journeys.factories import hear, make_journey, make_touchpoint, place
from tests.surveys.asking import make_sender
from tests.surveys.factories import invite, make_survey

# Those who keep contacts: on pages about none in particular, and by the contact's unit.
CONTACTS = {"designer": ALL, "admin": ALL}
CONTACTS_UNIT = {"designer": UNIT, "admin": ALL}
NOT_CONTACTS = frozenset(ROLES) - CONTACTS.keys()
SCORES_UNIT = {"designer": UNIT, "owner": UNIT, "agent": UNIT, "leader": ALL, "admin": ALL}
NO_SCORES = frozenset({"stranger"})
PUBLISHED = {role: ALL for role in ROLES if role != "stranger"}
NOT_METRICS = frozenset({"leader", "agent", "employee", "stranger"})
PLANS_UNIT = {"designer": UNIT, "admin": ALL}
NOT_PLANS = frozenset(ROLES) - PLANS_UNIT.keys()
RELEASES_UNIT = {"leader": UNIT, "admin": ALL}
SEES_UNIT = PLANS_UNIT | RELEASES_UNIT
NOT_SEES = frozenset(ROLES) - SEES_UNIT.keys()

# Everybody ends their own tokens; an administrator ends anybody's.
OWNER_OF_TOKEN = {"admin": ALL}
# A browser's session opens nothing of the API: route → its method, and whether it has an id.
API = {
    "create_contact": ("post", False),
    "read_contact": ("get", True),
    "create_import": ("post", False),
    "read_import": ("get", True),
    "list_surveys": ("get", False),
    "make_survey": ("post", False),
    "read_survey": ("get", True),
    "publish_survey": ("post", True),
    "list_responses": ("get", True),
    "list_journeys": ("get", False),
    "make_journey": ("post", False),
    "read_journey": ("get", True),
    "list_metrics": ("get", False),
    "read_scores": ("get", False),
}


# --- what rows are about --------------------------------------------------------------------------


def somebodys_token(asker: User, _unit: Unit | None) -> dict[str, Any]:
    other = User.objects.create_user(f"{uuid.uuid4().hex}@cx.example")
    token, _key = make_token(other, name="theirs", scopes=["read"])
    return {"pk": token.pk}


def own_job(asker: User, _unit: Unit | None) -> dict[str, Any]:
    return {"pk": _job(asker).pk}


def others_job(_asker: User, _unit: Unit | None) -> dict[str, Any]:
    return {"pk": _job(User.objects.create_user("somebody@cx.example")).pk}


def _job(owner: User) -> Job:
    return Job.objects.create(kind="anything", owner=owner, queued_at=timezone.now())


def own_upload(asker: User, _unit: Unit | None) -> dict[str, Any]:
    return {"pk": store_upload(ContentFile(b"a,b\n1,2\n", name="rows.csv"), owner=asker).pk}


def others_upload(_asker: User, unit: Unit | None) -> dict[str, Any]:
    return own_upload(User.objects.create_user("somebody@cx.example"), unit)


def own_import(asker: User, _unit: Unit | None) -> dict[str, Any]:
    upload = store_upload(ContentFile(b"id\n1\n", name="rows.csv"), owner=asker)
    made = Import.objects.create(
        kind="contacts", owner=asker, upload=upload, header=["id"], mapping=[{"to": "external_id"}]
    )
    return {"pk": made.pk}


def others_import(_asker: User, unit: Unit | None) -> dict[str, Any]:
    return own_import(User.objects.create_user("somebody@cx.example"), unit)


def own_import_job(asker: User, unit: Unit | None) -> dict[str, Any]:
    params = {"import": own_import(asker, unit)["pk"]}
    job = Job.objects.create(
        kind="import_check", owner=asker, params=params, queued_at=timezone.now()
    )
    return {"job_id": job.pk}


def somebody(_asker: User, _unit: Unit | None) -> dict[str, Any]:
    return {"pk": User.objects.create_user("somebody@cx.example").pk}


def somebodys_role(asker: User, unit: Unit | None) -> dict[str, Any]:
    somewhere = unit or Unit.objects.earliest("pk")
    user = User.objects.create_user("somebody@cx.example")
    held = RoleHeld.objects.create(user=user, role=Role.AGENT, unit=somewhere)
    return {"pk": user.pk, "role": held.pk}


def a_unit(_asker: User, unit: Unit | None) -> dict[str, Any]:
    made = Unit.objects.create(name="Bergen", code="bergen")
    UnitPlace.objects.create(unit=made, parent=unit or Unit.objects.earliest("pk"))
    return {"pk": made.pk}


def contact(_asker: User, unit: Unit | None) -> dict[str, Any]:
    return {"pk": make_contact(unit=unit).pk}


def contact_pair(asker: User, unit: Unit | None) -> dict[str, Any]:
    """A merge that may be undone, of two contacts of that unit."""
    kept, gone = make_contact(unit=unit), make_contact(unit=unit)
    return {"pk": merge_contacts(kept, gone, take=set(), by=asker).pk}


def company(_asker: User, unit: Unit | None) -> dict[str, Any]:
    return {"pk": save_account(Account(), by=None, values={"name": "Acme", "unit": unit}).pk}


def attribute(_asker: User, _unit: Unit | None) -> dict[str, Any]:
    return {"pk": AttributeDefinition.objects.create(key="class", label="Class").pk}


def invited(asker: User, unit: Unit | None) -> dict[str, Any]:
    return {"token": tokens.make("answer", invite(make_survey(asker, unit=unit)).pk)}


def open_link(asker: User, unit: Unit | None) -> dict[str, Any]:
    return {"slug": make_survey(asker, unit=unit, public_link=True).slug}


def started(asker: User, unit: Unit | None) -> dict[str, Any]:
    survey = make_survey(asker, unit=unit, public_link=True)
    response = survey.responses.create(version=survey.current_version, channel="link")
    return {"slug": survey.slug, "token": tokens.make("form", response.pk)}


def survey(asker: User, unit: Unit | None) -> dict[str, Any]:
    return {"pk": make_survey(asker, unit=unit).pk}


def others_survey(_asker: User, unit: Unit | None) -> dict[str, Any]:
    """Owned by nobody who asks: what one owns is told apart from what is in one's unit."""
    return survey(User.objects.create_user("somebody@cx.example"), unit)


def survey_question(asker: User, unit: Unit | None) -> dict[str, Any]:
    return others_survey(asker, unit) | {"key": "nps"}


def survey_page(asker: User, unit: Unit | None) -> dict[str, Any]:
    return others_survey(asker, unit) | {"key": "why"}


def survey_response(asker: User, unit: Unit | None) -> dict[str, Any]:
    made = make_survey(User.objects.create_user("somebody@cx.example"), unit=unit)
    found = made.responses.create(version=made.current_version, channel="link")
    return {"pk": made.pk, "response": found.pk}


DESIGN = {"designer": UNIT, "admin": ALL}


def designing(make: Maker, **more: Any) -> Row:
    """An edit; whoever cannot design at all is refused the action, others the object."""
    forbidden = frozenset(ROLES) - DESIGN.keys()
    return Row(
        may=DESIGN, make=make, forbidden=forbidden, **{"method": "post", "answer": 409} | more
    )


def metric(asker: User, unit: Unit | None) -> dict[str, Any]:
    make_survey(asker, unit=unit)
    define_missing()
    made = Metric.objects.order_by("pk")[:1].get()
    Metric.objects.filter(pk=made.pk).update(owner=None)
    return {"key": made.key}


def journey(_asker: User, unit: Unit | None) -> dict[str, Any]:
    """Owned by nobody who asks, with a touchpoint in its only stage."""
    somebody = User.objects.create_user("somebody@cx.example")
    made = make_journey(somebody, "Fly", unit=unit)
    place(made.stages.get(), make_touchpoint(somebody, unit=unit), somebody)
    return {"pk": made.pk}


def published_journey(asker: User, unit: Unit | None) -> dict[str, Any]:
    made = journey(asker, unit)
    Journey.objects.update(published=True)
    return made


def own_journey(asker: User, unit: Unit | None) -> dict[str, Any]:
    return {"pk": make_journey(asker, "Fly", unit=unit).pk}


def stage(asker: User, unit: Unit | None) -> dict[str, Any]:
    made = journey(asker, unit)
    return made | {"stage": Stage.objects.get(journey=made["pk"]).pk}


def placement(asker: User, unit: Unit | None) -> dict[str, Any]:
    made = journey(asker, unit)
    return made | {"placement": Placement.objects.get(stage__journey=made["pk"]).pk}


def touchpoint(_asker: User, unit: Unit | None) -> dict[str, Any]:
    return {"pk": make_touchpoint(None, unit=unit).pk}


def own_touchpoint(asker: User, unit: Unit | None) -> dict[str, Any]:
    return {"pk": make_touchpoint(None, unit=unit, owner=asker).pk}


def listening(asker: User, unit: Unit | None) -> dict[str, Any]:
    made = touchpoint(asker, unit)
    somebody = User.objects.create_user("somebody@cx.example")
    heard = hear(Touchpoint.objects.get(), make_survey(somebody), "nps", by=somebody)
    return made | {"listening": heard.pk}


MAPS = {"designer": UNIT, "admin": ALL}


def mapping(make: Maker, *, owns: bool = False, **more: Any) -> Row:
    """An edit of a map or a touchpoint; an owner may where it is their own (`owns`)."""
    may = MAPS | {"owner": ALL} if owns else MAPS
    forbidden = frozenset(ROLES) - MAPS.keys() - {"owner"}
    return Row(may=may, make=make, forbidden=forbidden, **{"method": "post", "answer": 409} | more)


def _distribution(asker: User, unit: Unit | None) -> Distribution:
    make_sender()
    return create_distribution(make_survey(asker, unit=unit), name="Wave", by=asker)


def draft(asker: User, unit: Unit | None) -> dict[str, Any]:
    return {"pk": _distribution(asker, unit).pk}


def draft_letter(asker: User, unit: Unit | None) -> dict[str, Any]:
    return draft(asker, unit) | {"lang": "en"}


def tried(asker: User, unit: Unit | None) -> dict[str, Any]:
    return {"token": trial_link(_distribution(asker, unit)).split("/")[2]}


def under_way(asker: User, unit: Unit | None) -> dict[str, Any]:
    distribution = _distribution(asker, unit)
    Distribution.objects.filter(pk=distribution.pk).update(
        state="sending", launched_at=timezone.now(), launched_by=asker
    )
    return {"pk": distribution.pk}


def waiting(asker: User, unit: Unit | None) -> dict[str, Any]:
    """Launched by somebody else, above the limit."""
    distribution = _distribution(asker, unit)
    Distribution.objects.filter(pk=distribution.pk).update(
        state="waiting",
        launched_at=timezone.now(),
        release_asked_at=timezone.now(),
        launched_by=User.objects.create_user("somebody@cx.example"),
    )
    return {"pk": distribution.pk}


def waiting_letter(asker: User, unit: Unit | None) -> dict[str, Any]:
    return waiting(asker, unit) | {"lang": "en"}


def unsubscribing(asker: User, unit: Unit | None) -> dict[str, Any]:
    return {"token": tokens.make("unsubscribe", invite(make_survey(asker, unit=unit)).pk)}


def sender(_asker: User, _unit: Unit | None) -> dict[str, Any]:
    return {"pk": make_sender().pk}


def plan(make: Maker, **more: Any) -> Row:
    """A page about a distribution: by the unit of its survey."""
    return Row(may=PLANS_UNIT, make=make, forbidden=NOT_PLANS, **more)


def look(make: Maker, may: dict[str, frozenset[str]]) -> Row:
    """A page about one that whoever releases sees too, once it was put before them."""
    return Row(may=may, make=make, forbidden=NOT_SEES)


def steer(may: dict[str, frozenset[str]], make: Maker) -> list[Row]:
    """An action on one: whoever sees it but may not is refused with 403."""
    seen = [role for role in PLANS_UNIT if role not in may]
    return [action(may, make=make, refused=404, forbidden=NOT_PLANS | {*seen})]


# --- the rows -----------------------------------------------------------------------------------------

OWN_ROWS: dict[str, Row | list[Row]] = {
    "home": page(STAFF),
    "accounts:profile": page(STAFF),
    "accounts:theme": action(STAFF),
    "accounts:sessions": action(STAFF),
    "accounts:join": Row(may={}, kwargs={"token": "made-up"}, refused=410, signed_out=410),
    "accounts:people": page(ADMIN),
    "accounts:invite": [page(ADMIN), action(ADMIN, answer=422)],
    "accounts:person": page(ADMIN, make=somebody),
    "accounts:grant": action(ADMIN, make=somebody, answer=422),
    "accounts:end_role": action(ADMIN, make=somebodys_role),
    "accounts:activation": action(ADMIN, make=somebody),
    "accounts:renew": action(ADMIN, make=somebody),
    "accounts:units": page(ADMIN),
    "accounts:create_unit": [page(ADMIN), action(ADMIN, answer=422)],
    "accounts:unit": [page(ADMIN, make=a_unit), action(ADMIN, make=a_unit, answer=422)],
    "accounts:end_unit": action(ADMIN, make=a_unit),
    "accounts:organisation": [page(ADMIN), action(ADMIN, answer=422)],
    "contacts:list": page(CONTACTS | {"agent": ALL}),
    "contacts:look_up": action(CONTACTS | {"agent": ALL}, answer=422),
    "contacts:export": action(CONTACTS, answer=200),
    "contacts:create": page(CONTACTS),
    "contacts:detail": Row(may=CONTACTS_UNIT, make=contact),
    "contacts:edit": Row(may=CONTACTS_UNIT, make=contact),
    "contacts:permission": action(CONTACTS_UNIT, make=contact, refused=404, forbidden=NOT_CONTACTS),
    "contacts:merge": Row(may=CONTACTS_UNIT, make=contact, forbidden=NOT_CONTACTS),
    "contacts:undo_merge": action(
        CONTACTS_UNIT, make=contact_pair, refused=404, forbidden=NOT_CONTACTS
    ),
    "contacts:erase": Row(may=ADMIN, make=contact, refused=403),
    "contacts:attributes": page(CONTACTS),
    "contacts:create_attribute": page(CONTACTS),
    "contacts:attribute": page(CONTACTS, make=attribute),
    "contacts:companies": page(CONTACTS),
    "contacts:create_company": page(CONTACTS),
    "contacts:company": Row(may=CONTACTS_UNIT, make=company, forbidden=NOT_CONTACTS),
    "contacts:imports": page(CONTACTS),
    "contacts:create_import": page(CONTACTS),
    "contacts:import": [
        page(CONTACTS, make=own_import),
        page({}, make=others_import, refused=404, forbidden=NOT_CONTACTS),
    ],
    "contacts:check_import": [
        action(CONTACTS, make=own_import, answer=422),
        action({}, make=others_import, refused=404, forbidden=NOT_CONTACTS),
    ],
    "contacts:write_import": [
        action(CONTACTS, make=own_import),
        action({}, make=others_import, refused=404, forbidden=NOT_CONTACTS),
    ],
    "contacts:map_import": [
        action(CONTACTS, make=own_import),
        action({}, make=others_import, refused=404, forbidden=NOT_CONTACTS),
    ],
    "contacts:stop_import": [
        action(CONTACTS, make=own_import),
        action({}, make=others_import, refused=404, forbidden=NOT_CONTACTS),
    ],
    "contacts:import_of_job": page(CONTACTS, make=own_import_job, answer=302),
    "activity:jobs": page(STAFF),
    "activity:job": [
        Row(may=STAFF, make=own_job),
        Row(may=ADMIN, make=others_job),
        Row(may={}, kwargs={"pk": uuid.UUID(int=0)}),
    ],
    "activity:upload": [Row(may=STAFF, make=own_upload), Row(may={}, make=others_upload)],
    "activity:healthz": page(EVERYBODY, answer=503),  # nobody beats while tests run
    "activity:livez": page(EVERYBODY),
    "activity:cancel": [
        action(STAFF, make=own_job),
        action(ADMIN, make=others_job, refused=404),
    ],
    "surveys:list": page({"designer": ALL, "leader": ALL, "owner": ALL, "admin": ALL}),
    "surveys:new": page({"designer": ALL, "admin": ALL}),
    "surveys:detail": [
        Row(
            may=DESIGN | {"leader": ALL},
            make=others_survey,
            forbidden=frozenset({"agent", "employee", "stranger"}),
        ),
        Row(
            may=DESIGN | {"leader": ALL, "owner": ALL},
            make=survey,
            forbidden=frozenset({"agent", "employee", "stranger"}),
        ),
    ],
    "surveys:closure": designing(others_survey, answer=302),
    "surveys:last_day": [
        designing(others_survey, answer=422),
        designing(others_survey, answer=302, data={"undo": "1"}),
    ],
    "surveys:archive": designing(others_survey, answer=302),
    "surveys:public_link": designing(others_survey, answer=302),
    "surveys:publication": designing(others_survey, method="get", answer=200),
    "surveys:preview": designing(others_survey, method="get", answer=200),
    "surveys:import_answers": [
        designing(others_survey, method="get", answer=200),
        designing(others_survey, answer=422),
    ],
    "surveys:edit": designing(others_survey, method="get", answer=200),
    # Sent without the revision it was made on, an edit is a conflict.
    "surveys:questions": designing(others_survey, data={"kind": "nps"}),
    "surveys:question": designing(survey_question),
    "surveys:question_move": designing(survey_question, data={"page": "why"}),
    "surveys:question_copy": designing(survey_question),
    "surveys:question_key": designing(survey_question),
    "surveys:question_removal": designing(survey_question),
    "surveys:condition": designing(survey_question, data={"always": "1"}, answer=302),
    "surveys:restoration": designing(others_survey, answer=302),
    "surveys:texts": designing(others_survey, answer=302),
    "surveys:pages": designing(others_survey),
    "surveys:page": designing(survey_page),
    "surveys:page_move": designing(survey_page, data={"direction": "up"}),
    "surveys:page_removal": designing(survey_page),
    "surveys:responses": Row(
        may={"designer": UNIT},
        make=others_survey,
        forbidden=frozenset({"admin", "leader", "employee", "stranger"}),
    ),
    "surveys:response": Row(
        may={"designer": UNIT},
        make=survey_response,
        forbidden=frozenset({"admin", "leader", "employee", "stranger"}),
    ),
    "surveys:export": Row(
        may={"designer": UNIT},
        make=others_survey,
        forbidden=frozenset({"leader", "owner", "agent", "employee", "stranger"}),
    ),
    "surveys:export_file": Row(
        may={"designer": UNIT},
        make=others_survey,
        method="post",
        forbidden=frozenset({"leader", "owner", "agent", "employee", "stranger"}),
    ),
    "journeys:list": page(PUBLISHED),
    "journeys:new": page({"designer": ALL, "admin": ALL}),
    "journeys:detail": [
        Row(may=SCORES_UNIT, make=journey, forbidden=NO_SCORES),
        Row(may=PUBLISHED, make=published_journey, forbidden=NO_SCORES),
        Row(may=PUBLISHED, make=own_journey, forbidden=NO_SCORES),
    ],
    "journeys:about": mapping(journey, answer=422),
    "journeys:archive": mapping(journey, answer=302),
    "journeys:edit": [
        mapping(journey, method="get", answer=200),
        mapping(own_journey, method="get", answer=200, owns=True),
    ],
    # Sent without the revision it was made on, an edit is a conflict.
    "journeys:stages": mapping(journey, data={"name": "More"}),
    "journeys:stage": mapping(stage, data={"name": "Other"}),
    "journeys:stage_move": mapping(stage),
    "journeys:stage_removal": mapping(stage),
    "journeys:placements": mapping(journey, answer=404),
    "journeys:placement_move": mapping(placement),
    "journeys:placement_removal": mapping(placement),
    "journeys:restoration": mapping(journey, answer=302),
    "journeys:touchpoints": page(PUBLISHED),
    "journeys:touchpoint": [
        Row(may=SCORES_UNIT, make=touchpoint, forbidden=NO_SCORES),
        Row(may=PUBLISHED, make=own_touchpoint, forbidden=NO_SCORES),
    ],
    "journeys:edit_touchpoint": [
        mapping(touchpoint, method="get", answer=200),
        mapping(own_touchpoint, method="get", answer=200, owns=True),
        mapping(touchpoint, answer=422),
    ],
    "journeys:ending": mapping(touchpoint),
    "journeys:listenings": mapping(touchpoint, answer=422),
    "journeys:listening": mapping(listening, answer=422),
    "journeys:listening_removal": mapping(listening),
    "journeys:touchpoint_restoration": mapping(touchpoint, answer=302),
    "metrics:list": page(PUBLISHED),
    "metrics:detail": Row(may=SCORES_UNIT, make=metric),
    "metrics:trend_csv": Row(may=SCORES_UNIT, make=metric),
    "metrics:breakdown_csv": Row(may=SCORES_UNIT, make=metric),
    "metrics:evidence": Row(may=SCORES_UNIT, make=metric),
    "metrics:definition": [
        Row(may=CONTACTS_UNIT, make=metric, forbidden=NOT_METRICS),
        Row(may=CONTACTS_UNIT, make=metric, forbidden=NOT_METRICS, method="post", answer=422),
    ],
    "surveys:answer": [
        Row(may=EVERYBODY, make=invited),
        Row(may=EVERYBODY, answer=404, kwargs={"token": "nonsense"}),
        Row(may=EVERYBODY, answer=404, method="post", kwargs={"token": "nonsense"}),
    ],
    "surveys:trial": [
        Row(may=EVERYBODY, make=tried),
        Row(may=EVERYBODY, answer=404, kwargs={"token": "nonsense"}),
        Row(may=EVERYBODY, answer=404, method="post", kwargs={"token": "nonsense"}),
    ],
    "surveys:unknown": Row(may=EVERYBODY, answer=404),
    "surveys:public": Row(may=EVERYBODY, make=open_link),
    "surveys:public_started": Row(may=EVERYBODY, make=started),
    "surveys:unsubscribe": [
        Row(may=EVERYBODY, make=unsubscribing),
        Row(may=EVERYBODY, make=unsubscribing, method="post"),
        Row(may=EVERYBODY, answer=404, kwargs={"token": "nonsense"}),
        Row(may=EVERYBODY, answer=404, method="post", kwargs={"token": "nonsense"}),
    ],
    "surveys:distributions": page(CONTACTS | {"leader": ALL}),
    "surveys:new_distribution": page(CONTACTS),
    "surveys:distribution": [
        look(draft, PLANS_UNIT),
        look(under_way, PLANS_UNIT),
        look(waiting, SEES_UNIT),
    ],
    "surveys:audience": plan(draft),
    "surveys:audience_count": plan(draft),
    "surveys:message": plan(draft),
    "surveys:letter": [look(draft_letter, PLANS_UNIT), look(waiting_letter, SEES_UNIT)],
    "surveys:test_mail": plan(draft, method="post", answer=302),
    "surveys:considered": plan(draft),
    "surveys:recipients": plan(under_way),
    "surveys:launch": steer({"designer": UNIT}, draft),
    "surveys:release": action(
        RELEASES_UNIT,
        make=waiting,
        data={"version": "0"},
        refused=404,
        forbidden=NOT_SEES | {"designer"},
    ),
    "surveys:send_back": action(
        RELEASES_UNIT,
        make=waiting,
        data={"reason": "Too many"},
        refused=404,
        forbidden=NOT_SEES | {"designer"},
    ),
    "surveys:take_back": steer({"designer": UNIT}, waiting),
    "surveys:pause": steer(PLANS_UNIT, under_way),
    "surveys:resume": steer({"designer": UNIT}, under_way),
    "surveys:cancel_distribution": steer(PLANS_UNIT, under_way),
    "surveys:resend": steer({"designer": UNIT}, under_way),
    "surveys:senders": page(ADMIN),
    "surveys:sender_activity": action(ADMIN, make=sender),
    "surveys:sending": page(ADMIN),
    "surveys:stop_sending": action(ADMIN),
    "surveys:release_sending": action(ADMIN),
    "mailbox:list": page(EVERYBODY),
    "mailbox:message": Row(may=EVERYBODY, answer=404, kwargs={"key": "none"}),
    "mailbox:html": Row(may=EVERYBODY, answer=404, kwargs={"key": "none"}),
    # --- integrations: the API knows tokens only, and no browser's session
    "integrations:tokens": page(STAFF),
    "integrations:revoke": Row(method="post", may=OWNER_OF_TOKEN, answer=302, make=somebodys_token),
    "api:openapi-json": page(EVERYBODY),
    "api:api-root": page(EVERYBODY, answer=404),
    "api:nothing_here": page(EVERYBODY, answer=404, kwargs={"path": "nowhere"}),
    **{
        f"api:{name}": Row(
            method=method, may=EVERYBODY, answer=401, kwargs={"id": 1} if has_id else {}
        )
        for name, (method, has_id) in API.items()
    },
}

ROWS = OWN_ROWS | LIBRARY_ROWS


def named_routes() -> set[str]:
    """Every name a page of this site can be reached by."""
    return set(_names(get_resolver().url_patterns, ""))


def missing_rows() -> list[str]:
    return sorted(named_routes() - ROWS.keys())


def stale_rows() -> list[str]:
    return sorted(ROWS.keys() - named_routes())


def rows_of(name: str) -> list[Row]:
    rows = ROWS[name]
    return rows if isinstance(rows, list) else [rows]


def _names(patterns: list[Any], namespace: str) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _names(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            # A page without a name still needs a row, under the route it is reached by.
            yield f"{namespace}{pattern.name or pattern.pattern}"
