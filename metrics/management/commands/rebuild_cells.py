from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from metrics.folding import differences, rebuild
from surveys.services.counting import count_differences, recount_answers


class Command(BaseCommand):
    help = "Count every answer again; with --check only say whether the kept counts are right."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing, report")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            rebuild()
            recount_answers()
        wrong = differences()
        for item, day, dimension, member, value, said, kept in wrong[:20]:
            place = f"item {item}, {day}, {dimension}={member}, value {value}"
            self.stderr.write(f"{place}: the answers say {said}, kept are {kept}")
        miscounted = count_differences()
        for survey, day, said, kept in miscounted[:20]:
            self.stderr.write(f"survey {survey}, {day}: {said} answers, kept are {kept}")
        wrong += miscounted
        if wrong:
            raise CommandError(f"{len(wrong)} counts differ. Run rebuild_cells without --check.")
        self.stdout.write("Cells and deltas equal what the answers say.")
