"""The history of an article as sentences. Kinds are written by the verbs (knowledge/actions) through `changes.note`."""

from collections.abc import Callable, Mapping

from django.conf import settings
from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from knowledge.models import ArticleEvent

Sentence = Callable[[ArticleEvent], str]


def sentence(event: ArticleEvent) -> str:
    """What happened, without who did it and when."""
    return SENTENCES[event.kind](event) if event.kind in SENTENCES else event.kind


def _words(event: ArticleEvent) -> dict[str, object]:
    language = event.translation.language if event.translation else ""
    return {
        "language": dict(settings.LANGUAGES).get(language, language),
        "number": event.revision.number if event.revision else "",
    }


def _scheduled(event: ArticleEvent) -> str:
    at = parse_datetime(event.data.get("publish_at", {}).get("now", ""))
    when = formats.date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT") if at else ""
    return _("approved version %(number)s in %(language)s for %(when)s") % {**_words(event), "when": when}


def _settled(event: ArticleEvent) -> str:
    names = [str(FACTS[name]()) for name in event.data if name in FACTS]
    return _("changed: %(facts)s") % {"facts": ", ".join(names)}


FACTS: Mapping[str, Callable[[], str]] = {
    "category": lambda: _("category"),
    "visibility": lambda: _("who can read it"),
    "roles": lambda: _("roles"),
    "brands": lambda: _("brands"),
    "owner": lambda: _("owner"),
    "review_at": lambda: _("look at it again on"),
    "related": lambda: _("related articles"),
}

SENTENCES: Mapping[str, Sentence] = {
    "started": lambda event: _("started the article"),
    "written": lambda event: _("saved version %(number)s in %(language)s") % _words(event),
    "confirmed": lambda event: _("said that %(language)s still fits the original") % _words(event),
    "review_asked": lambda event: _("asked for a review of version %(number)s in %(language)s") % _words(event),
    "changes_asked": lambda event: _("asked for changes to version %(number)s in %(language)s") % _words(event),
    "published": lambda event: _("published version %(number)s in %(language)s") % _words(event),
    "scheduled": _scheduled,
    "unscheduled": lambda event: _("took back the planned publication in %(language)s") % _words(event),
    "withdrawn": lambda event: _("withdrew the article in %(language)s") % _words(event),
    "archived": lambda event: _("archived the article"),
    "brought_back": lambda event: _("took the article out of the archive"),
    "settled": _settled,
    "loaded": lambda event: _("loaded the article together with others"),
}
