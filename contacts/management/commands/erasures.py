from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from contacts.services.erasing import (
    UnreadableLog,
    apply_erasures_again,
    erasure_log,
    take_over_log,
)


class Command(BaseCommand):
    help = (
        "Writes the erasure log to a file that is kept beside the backups, or, after a restore,"
        " erases again whoever such a file names. The file holds numbers and dates only."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--export", type=Path, metavar="FILE", help="write the log")
        what.add_argument("--apply", type=Path, metavar="FILE", help="erase again after a restore")

    def handle(self, *args: Any, **options: Any) -> None:
        if file := options["export"]:
            lines = list(erasure_log())
            _replace(file, "".join(f"{line}\n" for line in lines))
            self.stdout.write(f"{len(lines)} erasures written to {file}.")
            return
        try:
            learnt = take_over_log(options["apply"].read_text("utf-8").splitlines())
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{options['apply']} cannot be read: {error}") from None
        except UnreadableLog as error:
            raise CommandError(str(error)) from None
        again = apply_erasures_again()
        self.stdout.write(f"{learnt} erasures were new to this database; {again} people erased.")


def _replace(file: Path, text: str) -> None:
    """The old file stays until the new one is whole."""
    fresh = file.with_name(f"{file.name}.new")
    fresh.write_text(text, "utf-8")
    fresh.replace(file)
