from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Fails when a URL has no row in the permission matrix."

    def handle(self, *args: Any, **options: Any) -> None:
        # By name: the product itself does not depend on its tests.
        matrix = import_module("tests.access_matrix")
        missing, stale = matrix.missing_rows(), matrix.stale_rows()
        if missing:
            raise CommandError(f"Add rows to tests/access_matrix.py for: {', '.join(missing)}")
        if stale:
            raise CommandError(f"Remove from tests/access_matrix.py: {', '.join(stale)}")
        self.stdout.write(f"{len(matrix.ROWS)} routes have their rows")
