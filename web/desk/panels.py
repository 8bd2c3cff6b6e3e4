"""Parts of the details beside a ticket that belong to higher apps (settings.TICKET_PANELS)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from accounts.models import User
from core.counting import figures
from tickets.models import Ticket


@dataclass(frozen=True)
class TicketPanel:
    """`facts(ticket, agent)` is what the template finds as `facts`; None when the panel has nothing to say.

    It is only asked where `rows(ticket)` has any: of all panels that is one question together.
    """

    template: str
    facts: Callable[[Ticket, User], Any]
    rows: Callable[[Ticket], QuerySet]


@dataclass(frozen=True)
class Part:
    """A panel of one ticket, ready to be drawn."""

    template: str
    facts: Any


def parts_of(ticket: Ticket, agent: User) -> Sequence[Part]:
    found = figures({panel.template: panel.rows(ticket) for panel in _panels()}, limit=1)
    drawn = [(panel.template, panel.facts(ticket, agent)) for panel in _panels() if found[panel.template]]
    return [Part(template, facts) for template, facts in drawn if facts is not None]


@cache
def _panels() -> Sequence[TicketPanel]:
    return [import_string(name) for name in settings.TICKET_PANELS]
