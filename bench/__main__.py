"""`make bench`: run every module's `run()` and show the figures beside their floors."""

import importlib
import json
import os
import sys
from pathlib import Path

import django

MODULES = ["contacts_import", "answering", "metrics", "sending"]


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxplatform.settings.test")
    django.setup()
    from django.conf import settings
    from django.db import connection

    wanted = sys.argv[1:] or MODULES
    figures = []
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    for name in wanted:
        print(f"{name} …", flush=True)
        for row in importlib.import_module(f"bench.{name}").run():
            figures.append(row if isinstance(row, dict) else row.as_dict())
            show(figures[-1])
    target = Path(settings.ROOT) / "var" / "bench.json"
    target.write_text(json.dumps(figures, indent=2))
    print(f"\nWritten to {target}")
    connection.creation.destroy_test_db(settings.DATABASES["default"]["NAME"], verbosity=0)


def show(row: dict) -> None:
    spread = f" ({row['low']:.2f} to {row['high']:.2f})" if "low" in row else ""
    print(
        f"  {row['name']}: ours {row['ours']:,.4g}, floor {row['floor']:,.4g},"
        f" ratio {row['ratio']:.2f}{spread}, wanted {row['target']}",
        flush=True,
    )


if __name__ == "__main__":
    main()
