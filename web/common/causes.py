"""Why things happened, with the names of the rules, schedules and macros that did them, for many events at once."""

from collections.abc import Iterable, Mapping

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from automation.models import Macro, Rule, Schedule
from tickets.models import Event, WebForm
from tickets.sentences import cause_of

# Of these the reference is an id.
NAMED: Mapping[str, tuple[type[Model], str | Promise]] = {
    "rule": (Rule, _("by the rule “%(name)s”")),
    "schedule": (Schedule, _("by the schedule “%(name)s”")),
    "macro": (Macro, _("by the macro “%(name)s”")),
    "web form": (WebForm, _("by the web form “%(name)s”")),
}


def causes_of(events: Iterable[Event]) -> dict[int, str]:
    """By the id of the event; what has been removed since has only its number."""
    events = list(events)
    wanted: dict[str, set[int]] = {}
    for event in events:
        if event.cause_kind in NAMED and event.cause_reference.isdecimal() and len(event.cause_reference) < 19:
            wanted.setdefault(event.cause_kind, set()).add(int(event.cause_reference))
    names = {
        (kind, str(pk)): name
        for kind, ids in wanted.items()
        for pk, name in NAMED[kind][0]._default_manager.filter(pk__in=ids).values_list("pk", "name")
    }
    return {event.pk: _cause(event, names) for event in events}


def _cause(event: Event, names: Mapping[tuple[str, str], str]) -> str:
    name = names.get((event.cause_kind, event.cause_reference))
    return str(NAMED[event.cause_kind][1]) % {"name": name} if name else cause_of(event)
