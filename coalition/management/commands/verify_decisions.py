from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from coalition.verifying import check_now


def _kept(text: str) -> tuple[int, str]:
    number, _colon, hash_ = text.partition(":")
    if not number.isdigit() or len(hash_) != 64:  # noqa: PLR2004
        raise ArgumentTypeError("write it as NUMBER:HASH, as this command prints it")
    return int(number), hash_


class Command(BaseCommand):
    help = "Verifies the decision log; fails where something was changed, moved or removed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--kept", type=_kept, help="NUMBER:HASH of an entry, printed by an earlier run"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = check_now(kept=options["kept"])
        if not verdict.is_sound:
            found = "\n".join(f"  {problem}" for problem in verdict.problems)
            raise CommandError(f"The decision log does not hold:\n{found}")
        if not verdict.entries:
            self.stdout.write("The decision log is empty.")
            return
        self.stdout.write(f"{verdict.entries} entries, all as they were written.")
        self.stdout.write(f"Keep this elsewhere: {verdict.entries}:{verdict.head}")
