from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from metrics.folding import differences, rebuild


class Command(BaseCommand):
    help = "Count every answer again; with --check only say whether the kept counts are right."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing, report")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            rebuild()
        wrong = differences()
        for item, day, dimension, member, value, said, kept in wrong[:20]:
            place = f"item {item}, {day}, {dimension}={member}, value {value}"
            self.stderr.write(f"{place}: the answers say {said}, kept are {kept}")
        if wrong:
            raise CommandError(f"{len(wrong)} counts differ. Run rebuild_cells without --check.")
        self.stdout.write("Cells and deltas equal what the answers say.")
