"""One process for all that comes before the first page: tables, static files, sample data."""

import argparse

import django
from django.conf import settings
from django.core.management import call_command


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--empty", action="store_true", help="leave the sample data out")
    parser.add_argument("--fresh", action="store_true", help="make the sample data anew")
    asked = parser.parse_args()
    django.setup()
    call_command("migrate", interactive=False, verbosity=1)
    if settings.STATIC_ROOT:
        call_command("collectstatic", interactive=False, verbosity=0)
    if not asked.empty:
        call_command("demo_data", *(["--fresh"] if asked.fresh else []))


if __name__ == "__main__":
    main()
