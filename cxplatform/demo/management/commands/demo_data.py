import time
from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cxplatform.demo import loading
from cxplatform.demo.scene import Scene


class Command(BaseCommand):
    help = "Fills an empty demo with a small airline and its year of answers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--until", type=date.fromisoformat, help="the last day with answers (yesterday)"
        )
        parser.add_argument("--seed", type=int, default=1, help="other people and answers")
        parser.add_argument("--people", type=int, default=3000, help="how many customers")
        parser.add_argument(
            "--fresh", action="store_true", help="delete the sample data, changes and all, first"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.MAILBOX_DIR is None:
            raise CommandError(
                "Sample data come with passwords that everybody knows, so they are for the demo "
                "only. Start it with `make demo`."
            )
        scene = Scene(
            until=options["until"] or timezone.localdate() - timedelta(days=1),
            seed=options["seed"],
            people=options["people"],
        )
        start = time.monotonic()
        try:
            written = loading.load(scene, fresh=options["fresh"])
        except loading.OtherDataHere:
            self.stdout.write(
                "This database holds other data, which stay. Sample data want an empty one."
            )
            return
        seconds = time.monotonic() - start
        self.stdout.write(
            f"Sample data up to {scene.until} written in {seconds:.1f} s."
            if written
            else "The sample data are there already."
        )
