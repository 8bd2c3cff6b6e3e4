"""Notices as the bell and their page show them: what somebody may no longer see has no title and no words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from automation.models import HouseNews, Notice
from automation.notices.bell import may_see
from automation.notices.folding import FEW
from automation.notices.news import heading_of
from automation.notices.occasions import OCCASIONS
from automation.notices.texts import heading
from tickets.models import Ticket
from tickets.sentences import sentence_of


@dataclass(frozen=True)
class Line:
    """`ticket` is None where it may not be seen any more."""

    pk: int
    icon: str
    heading: str
    sentence: str
    at: datetime
    is_unread: bool
    ticket: Ticket | None
    url: str = ""
    # It stands for so many more tickets.
    others: int = 0


@dataclass(frozen=True)
class News:
    """What an administrator is told of Helpdesk itself."""

    heading: str
    about: str
    url: str
    at: datetime
    is_unread: bool


def told_news(rows: Iterable[HouseNews]) -> Sequence[News]:
    return [News(heading_of(row), row.about, row.path, row.at, row.read_at is None) for row in rows]


def lines_of(notices: Iterable[Notice], user: User) -> Sequence[Line]:
    return [_line(notice, user) for notice in notices]


def _line(notice: Notice, user: User) -> Line:
    others = getattr(notice, "others", 0)
    others = others if others >= FEW - 1 else 0
    is_unread = notice.read_at is None or bool(others and notice.is_news)
    if not may_see(notice, user):
        gone = _("About a ticket that you may no longer see.")
        return Line(notice.pk, "lock", gone, "", notice.at, is_unread=False, ticket=None)
    return Line(
        notice.pk,
        OCCASIONS[notice.occasion].icon if notice.occasion in OCCASIONS else "bell",
        heading(notice.occasion),
        sentence_of(notice.event),
        notice.at,
        is_unread,
        notice.ticket,
        f"{reverse('desk:notices')}?wave={notice.wave}"
        if others
        else reverse("desk:ticket", args=[notice.ticket.number]),
        others,
    )
