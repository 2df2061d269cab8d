"""Invitations sent through a local sink, beside loops that only build and send the same ones."""

import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.policy import default

from django.test import override_settings
from django.utils import timezone

from accounts.models import Organisation, RoleHeld, Unit, UnitPlace, User
from accounts.permissions import Role
from bench.pairs import PAIRS, Figure, compare
from contacts.models import Basis, Channel, Contact, ContactPermission, Purpose
from contacts.suppression import address_hash
from surveys.mailing.smtp import Line
from surveys.models import Distribution, Invitation, Sender
from surveys.services.distributions import create_distribution, launch
from surveys.services.recipients import recipient_of
from surveys.services.sending import send_batch
from surveys.services.surveys import create_survey, publish
from surveys.services.wording import letter_of

PEOPLE = 500
SMTP = "django.core.mail.backends.smtp.EmailBackend"


def run() -> list[Figure]:
    owner = _ground()
    ready = iter([_launched(owner, number) for number in range(2 * PAIRS)])
    messages = _as_read(Distribution.objects.latest("pk"))
    with _sink() as port:
        options = {"host": "127.0.0.1", "port": port, "timeout": 30}
        with override_settings(MAILERS={"default": {"BACKEND": SMTP, "OPTIONS": options}}):
            plain = compare(
                "sending ÷ a loop that builds and sends",
                lambda: _send(next(ready)),
                lambda: _loop(messages, port),
                target="≥ 0.8",
                amount=PEOPLE,
            )
            spliced = compare(
                "sending ÷ a loop with our own builder",
                lambda: _send(next(ready)),
                lambda: _loop_spliced(Distribution.objects.latest("pk"), port),
                target="reported",
                amount=PEOPLE,
            )
    return [plain, spliced]


def _ground() -> User:
    Organisation.objects.create(
        name="Aurora Air",
        imprint="Aurora Air AS, Oslo",
        privacy_url="https://aurora.example/privacy",
        languages=["en", "de"],
    )
    owner = User.objects.create_user("bench@cx.example", is_superuser=True)
    root = Unit.objects.create(name="Aurora Air", code="aurora")
    UnitPlace.objects.create(unit=root, parent=None)
    RoleHeld.objects.create(user=owner, role=Role.DESIGNER, unit=root)
    Sender.objects.create(name="Aurora Air", email="hello@aurora.example")
    people = Contact.objects.bulk_create(
        Contact(
            email=f"person{n}@mail.example",
            given_name="Zoë",
            family_name=f"Person {n}",
            language=["en", "de"][n % 2],
            address_hash=address_hash(f"person{n}@mail.example"),
        )
        for n in range(PEOPLE)
    )
    ContactPermission.objects.bulk_create(
        ContactPermission(
            contact=person,
            purpose=Purpose.SURVEY,
            channel=Channel.EMAIL,
            basis=Basis.CONTRACT,
            source="bench",
        )
        for person in people
    )
    return owner


def _launched(owner: User, number: int) -> Distribution:
    survey = create_survey(f"Bench {number}", by=owner, starter="relationship_nps")
    publish(survey, by=owner)
    survey.refresh_from_db()
    distribution = create_distribution(survey, name=f"Bench {number}", by=owner)
    return launch(distribution, by=owner)


def _send(distribution: Distribution) -> None:
    letters: dict = {}
    with Line() as line:
        while send_batch(distribution, line, letters):
            pass
    assert distribution.invitations.filter(state="sent").count() == PEOPLE


def _as_read(distribution: Distribution) -> list[tuple[dict[str, str], str, str]]:
    """Headers and both parts of every message, as a plain loop would have them at hand."""
    letters = {lang: letter_of(distribution, lang) for lang in ("en", "de")}
    found = []
    for invitation in Invitation.objects.filter(distribution=distribution):
        raw = letters[invitation.language].message(recipient_of(invitation), now=timezone.now())
        message = message_from_bytes(raw, policy=default)
        parts = [message.get_body((kind,)).get_content() for kind in ("plain", "html")]
        kept = {
            name: str(value)
            for name, value in message.items()
            if name not in {"To", "From", "Content-Type", "MIME-Version"}
        }
        kept["address"] = message["To"].addresses[0].addr_spec
        kept["name"] = message["To"].addresses[0].display_name
        found.append((kept, *parts))
    return found


def _loop(messages: list[tuple[dict[str, str], str, str]], port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        for headers, text, html in messages:
            message = EmailMessage()
            message["From"] = Address("Aurora Air", addr_spec="hello@aurora.example")
            message["To"] = Address(headers["name"], addr_spec=headers["address"])
            for name, value in headers.items():
                if name not in {"name", "address"}:
                    message[name] = value
            message.set_content(text, cte="quoted-printable")
            message.add_alternative(html, subtype="html", cte="quoted-printable")
            smtp.sendmail(
                "hello@aurora.example", headers["address"], message.as_bytes(policy=SMTP_POLICY)
            )


def _loop_spliced(distribution: Distribution, port: int) -> None:
    letters = {lang: letter_of(distribution, lang) for lang in ("en", "de")}
    rows = Invitation.objects.filter(distribution=distribution).select_related("contact")
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        for invitation in rows:
            to = recipient_of(invitation)
            message = letters[invitation.language].message(to, now=timezone.now())
            smtp.sendmail("hello@aurora.example", to.address, message)


@contextmanager
def _sink() -> Iterator[int]:
    """A process that takes mail and forgets it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "aiosmtpd", "-n", "-c", "aiosmtpd.handlers.Sink"]
    process = subprocess.Popen([*command, "-l", f"127.0.0.1:{port}"])
    try:
        for _try in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(10)
