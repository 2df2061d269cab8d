"""XML in pieces through defusedxml, with bounds on what expat itself would keep in memory."""

from collections.abc import Iterable, Iterator
from typing import Any, Protocol
from xml.sax.handler import property_interning_dict

from defusedxml.expatreader import DefusedExpatParser

from activity.tables import limits
from activity.tables.package import damaged


class Handler(Protocol):
    def start(self, name: str, attributes: dict[str, str]) -> None: ...
    def end(self, name: str) -> None: ...
    def text(self, data: str) -> None: ...


class _Parser(DefusedExpatParser):
    """Calls the handler straight from expat: SAX in between would double the time per cell."""

    def __init__(self, handler: Handler) -> None:
        super().__init__(forbid_dtd=True)
        self.names: dict[str, str] = {}
        self.setProperty(property_interning_dict, self.names)
        self.handler = handler

    def reset(self) -> None:
        super().reset()
        expat = self._expat
        expat.StartElementHandler = self.handler.start
        expat.EndElementHandler = self.handler.end
        expat.CharacterDataHandler = self.handler.text

    @property
    def position(self) -> int:
        return int(self._expat.CurrentByteIndex)

    @property
    def _expat(self) -> Any:
        # The type stubs leave out the parser that SAX wraps.
        return self.__dict__["_parser"]


def parse(chunks: Iterable[bytes], handler: Handler) -> Iterator[None]:
    """Feed a part to the handler, pausing after each chunk; raises on damage and on entities."""
    parser = _Parser(handler)
    fed = 0
    for chunk in chunks:
        parser.feed(chunk)
        fed += len(chunk)
        # expat holds an unfinished tag, and every name it has met, until the end.
        if fed - parser.position > limits.XML_TOKEN_BYTES or len(parser.names) > limits.XML_NAMES:
            raise damaged()
        yield
    parser.close()


class Elements:
    """A handler that collects (local name, attributes, path) of a small part's elements."""

    def __init__(self) -> None:
        self.found: list[tuple[str, dict[str, str], str]] = []
        self.path: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.path) > limits.XML_DEPTH:
            raise damaged()
        parent = self.path[-1] if self.path else ""
        local = name.rpartition(":")[2]
        self.path.append(local)
        self.found.append((local, attributes, parent))

    def end(self, name: str) -> None:
        self.path.pop()

    def text(self, data: str) -> None:
        pass
