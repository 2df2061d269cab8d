"""Bounds that hold before anything is parsed, so that hostile nesting is refused, never a crash."""

from collections.abc import Mapping

from pydantic import BaseModel

MAX_QUESTIONS = 200
MAX_PAGES = 100
MAX_CHOICES = 100
MAX_NODES = 200
MAX_DEPTH = 12
MAX_JSON_DEPTH = 60
KEY = r"^[a-z][a-z0-9_]{0,39}$"


def within_depth(data: object) -> object:
    """``data`` as it came; ValueError where it nests deeper than any survey document does."""
    stack: list[tuple[object, int]] = [(data, 1)]
    while stack:
        value, depth = stack.pop()
        if depth > MAX_JSON_DEPTH:
            raise ValueError("is nested too deeply")
        if isinstance(value, Mapping):
            stack.extend((item, depth + 1) for item in value.values())
        elif isinstance(value, list | tuple):
            stack.extend((item, depth + 1) for item in value)
    return data


def bounded_condition(data: object) -> object:
    """``data`` as it came; ValueError where a condition has over 200 nodes or 12 levels."""
    nodes = 0
    stack: list[tuple[object, int]] = [(data, 1)]
    while stack:
        node, depth = stack.pop()
        nodes += 1
        if nodes > MAX_NODES:
            raise ValueError(f"has more than {MAX_NODES} parts; split the question in two")
        if depth > MAX_DEPTH:
            raise ValueError(f"is nested more than {MAX_DEPTH} levels deep; flatten its groups")
        stack.extend((child, depth + 1) for child in _children(node))
    return data


def _children(node: object) -> list[object]:
    if isinstance(node, Mapping):
        inner = node.get("of")
    elif isinstance(node, BaseModel):
        inner = getattr(node, "of", None)
    else:
        return []
    if isinstance(inner, list | tuple):
        return list(inner)
    return [inner] if isinstance(inner, Mapping | BaseModel) else []
