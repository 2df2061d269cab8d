from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from integrations.models import ApiToken, TokenScope
from integrations.tokens import DAYS, TokenRefused, make_token, revoke_token


class Command(BaseCommand):
    help = "Makes an API token for somebody and prints it, once; or revokes all of theirs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument(
            "--scope", action="append", choices=TokenScope.values, help="may be given several times"
        )
        parser.add_argument("--name", default="command line")
        parser.add_argument("--days", type=int, default=DAYS)
        parser.add_argument("--revoke", action="store_true", help="revoke every token of theirs")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            raise CommandError(f"Nobody here has the address {options['email']}.")
        if options["revoke"]:
            tokens = ApiToken.objects.filter(user=user, revoked_at=None)
            for token in tokens:
                revoke_token(token, by=user)
            self.stdout.write(f"{len(tokens)} tokens revoked.")
            return
        try:
            _token, key = make_token(
                user,
                name=options["name"],
                scopes=options["scope"] or [TokenScope.READ],
                days=options["days"],
            )
        except TokenRefused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(key)
