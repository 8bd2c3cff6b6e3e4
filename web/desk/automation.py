"""What rules did on a ticket: beside its conversation in short, and on a page of its own with every reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from automation.models import RuleRun
from tickets.models import Ticket
from web.desk.panels import TicketPanel

LATEST = 3


@dataclass(frozen=True)
class Automation:
    runs: Sequence[RuleRun]
    has_more: bool
    automation_url: str


def automation_of(ticket: Ticket, _agent: User) -> Automation:
    runs = list(RuleRun.objects.filter(ticket=ticket).order_by("-id")[: LATEST + 1])
    return Automation(runs[:LATEST], len(runs) > LATEST, reverse("desk:automation", args=[ticket.number]))


def _runs(ticket: Ticket, _now: datetime) -> QuerySet[RuleRun]:
    return RuleRun.objects.filter(ticket=ticket)


PANEL = TicketPanel("desk/group_automation.html", automation_of, _runs)
