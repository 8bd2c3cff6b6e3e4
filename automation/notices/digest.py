"""One mail for many tickets: what it is about, and each of them with what happened and the way to it."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from automation.models import NoticeDelivery
from automation.notices.occasions import OCCASIONS, REASONS, Audience
from automation.notices.texts import SETTINGS, Words, as_read_by, heading
from core.links import absolute, request_in_portal, ticket_in_desk
from core.text import clean_line
from tickets.sentences import sentence_of

MOST = 200


def digest_for(user: User, rows: Sequence[NoticeDelivery]) -> Words:
    """In the reader's language; `rows` are those that he may still hear of."""
    first = rows[0]
    is_agent = OCCASIONS[first.occasion].audience == Audience.AGENTS
    tickets = {row.ticket_id: row for row in rows}
    with as_read_by(user, first.ticket):
        number = len(tickets)
        subject = ngettext("%(notice)s: %(number)s ticket", "%(notice)s: %(number)s tickets", number)
        lines = [_line(row, is_agent=is_agent) for row in list(tickets.values())[:MOST]]
        if number > MOST:
            more = ngettext("And %(number)s more.", "And %(number)s more.", number - MOST)
            lines.append(more % {"number": number - MOST})
        foot = f"{REASONS[first.relation]} {_('What you hear of is up to you:')}\n{absolute(SETTINGS)}"
        words = {"notice": heading(first.occasion), "number": number}
        return Words(clean_line(subject % words, 200), "\n\n".join([*lines, foot]) + "\n")


def _line(row: NoticeDelivery, *, is_agent: bool) -> str:
    ticket = row.ticket
    if not is_agent:
        return f"{ticket.number} {ticket.title}\n{request_in_portal(ticket.number)}"
    return f"#{ticket.number} {ticket.title}\n{sentence_of(row.event)}\n{ticket_in_desk(ticket.number)}"
