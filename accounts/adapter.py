from io import BytesIO

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from accounts.models import Organisation
from cxplatform.shared.addresses import client_address


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves: an administrator invites."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def format_email_subject(self, subject: str) -> str:
        """The organisation's name, not a site's, before what allauth mails."""
        name = Organisation.objects.values_list("name", flat=True).first() or "CXplatform"
        return f"{name}: {subject}"

    def get_client_ip(self, request: HttpRequest) -> str:
        """Ours: the library's falls over a request that came past a trusted proxy."""
        return client_address(request) or "unknown"


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The code to scan, drawn by the library we have already."""

    def build_totp_svg(self, url: str) -> str:
        drawn = BytesIO()
        segno.make(url, error="m").save(drawn, kind="svg", scale=5, border=4, light="#fff")
        return drawn.getvalue().decode()
