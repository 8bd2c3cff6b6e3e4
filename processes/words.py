"""Texts that the drawing gives by language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language

from processes.drawing import Element

FALLBACK = "en"


def in_language(texts: Any, language: str | None = None) -> str:
    """The text in this language (the reader's without one), else English, else any."""
    if not isinstance(texts, Mapping) or not texts:
        return ""
    wanted = language or get_language() or FALLBACK
    return str(texts.get(wanted) or texts.get(FALLBACK) or next(iter(texts.values())))


def name_of(element: Element, language: str | None = None) -> str:
    """What people call a step; its id where nobody has named it."""
    return drawn_name(element, language) or element.shown_name


def drawn_name(element: Element, language: str | None = None) -> str:
    """What stands at it in the diagram; "" where nobody has named it."""
    names = element.settings.get("names")
    own = names.get(language or get_language() or FALLBACK) if isinstance(names, Mapping) else None
    return str(own or element.name)


def for_history(id: object, name: str, names: Any) -> dict[str, Any]:
    """A step or a process as events keep it: in all its languages, as it is called now."""
    return {"id": id, "name": name, **({"names": dict(names)} if isinstance(names, Mapping) and names else {})}
