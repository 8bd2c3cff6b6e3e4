"""The outer shape of what our extension says about a step: which setting is a text, a list or a group of others.

Checked once, when a drawing is read, so that everything after may rely on it, also for drawings of strangers that
nobody can publish yet. Whether the values make sense is asked in processes/settings.py.
"""

from collections.abc import Mapping
from typing import Any

# A type, a list of a shape, or a group of shapes by key, in which any other key may stand and each may be missing.
Shape = type | list[Any] | Mapping[str, Any]

TEXTS: Shape = {"*": str}
_SPAN: Shape = {"after": str}
_WHO: Shape = {"kind": str, "person": str, "role": str, "field": str}
SHAPES: Mapping[str, Shape] = {
    "names": TEXTS,
    "text": TEXTS,
    "who": _WHO,
    "due": _SPAN,
    "form": [{"field": str, "help": TEXTS, "shown_when": dict}],
    "approval": {"rule": str, "by": [_WHO], "deadline": _SPAN, "remind": _SPAN, "late": str},
    "effects": [{"do": str}],
    "timer": {"after": str, "at": str, "field": str, "offset": str},
}


def misshapen(settings: Mapping[str, Any]) -> list[str]:
    """The names of those settings that are of another type than they have to be."""
    return [name for name, value in settings.items() if not _fits(value, SHAPES.get(name, object))]


def _fits(value: Any, shape: Shape) -> bool:
    if isinstance(shape, type):
        return isinstance(value, shape)
    if isinstance(shape, list):
        return isinstance(value, list) and all(_fits(one, shape[0]) for one in value)
    if not isinstance(value, Mapping):
        return False
    others = shape.get("*", object)
    return all(_fits(one, shape.get(key, others)) for key, one in value.items())
