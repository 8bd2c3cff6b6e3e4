"""Parts of the details beside a ticket that belong to higher apps (settings.TICKET_PANELS)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import User
from core.prepared import prepared_figures
from tickets.models import Ticket


@dataclass(frozen=True)
class TicketPanel:
    """`facts(ticket, agent)` is what the template finds as `facts`; None when the panel has nothing to say.

    It is only asked where `rows(ticket, now)` has any: of all panels that is one question together, put together once
    (core/prepared.py), so of this ticket only the id is known.
    """

    template: str
    facts: Callable[[Ticket, User], Any]
    rows: Callable[[Ticket, datetime], QuerySet]


@dataclass(frozen=True)
class Part:
    """A panel of one ticket, ready to be drawn."""

    template: str
    facts: Any


def parts_of(ticket: Ticket, agent: User) -> Sequence[Part]:
    found = _asked()(ticket.pk, timezone.now())
    drawn = [(panel.template, panel.facts(ticket, agent)) for panel in _panels() if found[panel.template]]
    return [Part(template, facts) for template, facts in drawn if facts is not None]


@cache
def _asked() -> Callable[[int, datetime], dict[str, Any]]:
    @prepared_figures(int, datetime, limit=1)
    def rows(pk: int, now: datetime) -> tuple[Mapping[str, QuerySet], Mapping[str, QuerySet]]:
        return {panel.template: panel.rows(Ticket(pk=pk), now) for panel in _panels()}, {}

    return rows


@cache
def _panels() -> Sequence[TicketPanel]:
    return [import_string(name) for name in settings.TICKET_PANELS]
