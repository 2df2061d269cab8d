"""Third-party front-end files straight from node_modules; nothing of theirs is committed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

SERVED = {
    "vendor/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "vendor/vega.min.js": "vega/build/vega.min.js",
    "vendor/vega-lite.min.js": "vega-lite/build/vega-lite.min.js",
    "vendor/vega-embed.min.js": "vega-embed/build/vega-embed.min.js",
    "vendor/sortable.min.js": "sortablejs/Sortable.min.js",
}


class NodeStorage(FileSystemStorage):
    """Opens `vendor/…` names at the place npm put them."""

    def path(self, name: str) -> str:
        return str(Path(settings.NODE_MODULES) / SERVED[name])


class NodeFinder(BaseFinder):
    """Finds the few dist files named above and nothing else under node_modules."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.storage = NodeStorage(location=settings.NODE_MODULES)

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        there = path in SERVED and Path(self.storage.path(path)).exists()
        if not there:
            return []
        return [self.storage.path(path)] if find_all else self.storage.path(path)

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, NodeStorage]]:
        for name in SERVED:
            if Path(self.storage.path(name)).exists():
                yield name, self.storage
