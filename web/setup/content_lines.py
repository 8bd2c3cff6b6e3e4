"""How the audit shows texts in several languages: each language as lines, so that they can be compared."""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

NAMES = dict(settings.LANGUAGES)


def _texts(texts: Mapping[str, str]) -> list[str]:
    return [f"{NAMES.get(code, code)}: {line}" for code, text in sorted(texts.items()) for line in text.splitlines()]


def _made_from(revisions: Mapping[str, int]) -> list[str]:
    words = _("%(language)s: fits version %(number)s of the original")
    return [words % {"language": NAMES.get(code, code), "number": number} for code, number in sorted(revisions.items())]


CONTENT_LINES: Mapping[tuple[str, str], Callable[[Any], list[str]]] = {
    ("automation.content", "texts"): _texts,
    ("automation.content", "made_from"): _made_from,
    ("knowledge.category", "names"): _texts,
    ("knowledge.category", "descriptions"): _texts,
}
