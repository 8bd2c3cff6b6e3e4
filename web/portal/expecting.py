"""When a customer may expect to hear from us, in plain words; a promise that has passed is never shown as one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from core.clock import now
from core.moments import by_when, zone_at
from sla.queries import Expected, expectations
from tickets.models import Ticket
from web.portal.requests import ASKED, YOURS, progress_of


@dataclass(frozen=True)
class Expectation:
    """`text` is for the page of the request, `short` for a line of a list. `at` is there while it lies ahead."""

    key: str
    text: str
    short: str
    icon: str
    at: datetime | None = None

    @property
    def mark(self) -> str:
        """Changes with what the customer reads."""
        return f"{self.key}{int(self.at.timestamp()) if self.at else ''}"


def expectation_of(ticket: Ticket, user: User) -> Expectation | None:
    return expectations_of([ticket], user).get(ticket.pk)


def expectations_of(tickets: Iterable[Ticket], user: User) -> Mapping[int, Expectation]:
    """By the ticket's id, in one query; needs tickets from `requests_of`. Nothing is said where nothing is promised."""
    open_ones = [ticket for ticket in tickets if ticket.closed_at is None]
    promised = expectations(open_ones) if open_ones else {}
    said = {ticket.pk: _said(ticket, user, promised.get(ticket.pk)) for ticket in open_ones}
    return {pk: found for pk, found in said.items() if found is not None}


def _said(ticket: Ticket, user: User, expected: Expected | None) -> Expectation | None:
    if expected is None:
        return None
    if expected.at is None:
        return _rests(ticket, user)
    if expected.at <= now():
        text = _("We are late with this. You are not forgotten: we will write to you as soon as we can.")
        return Expectation("late", text, _("we are late with our answer"), "hourglass")
    when = {"time": _by_when(expected.at, user)}
    if not expected.answers:
        text = _("You will hear from us again by %(time)s.") % when
        return Expectation("news", text, _("news by %(time)s") % when, "clock", expected.at)
    text = _("You can expect an answer by %(time)s.") % when
    return Expectation("answer", text, _("answer by %(time)s") % when, "clock", expected.at)


def _by_when(at: datetime, user: User) -> str:
    """With the zone for whoever never chose one: it may not be that of the clock on the wall."""
    return by_when(at) if user.time_zone else f"{by_when(at)} {zone_at(at)}"


def _rests(ticket: Ticket, user: User) -> Expectation | None:
    """Our clocks stand still: said only when it is for somebody's answer; other pauses are our own business."""
    progress = progress_of(ticket, user)
    if progress == YOURS:
        text = _("We are waiting for your answer. Our time goes on when you have written.")
        return Expectation("yours", text, "", "pause")
    if progress == ASKED:
        text = _("We are waiting for an answer from %(name)s. Our time goes on when it is there.")
        return Expectation("asked", text % {"name": ticket.customer}, "", "pause")
    return None
