"""The letters to those whose task it is: the customer, or one agent. Tasks of many stand in their lists alone."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from core.links import request_in_portal, ticket_in_desk
from core.moments import full_moment
from mail.letters import tell
from processes.drawing import Element
from processes.models import Task
from processes.words import in_language, name_of
from tickets.models import Ticket

SUBJECT: str | Promise = _("Something to do: %(step)s (request %(number)s)")
BODY: str | Promise = _(
    "Hello %(name)s,\n\nthere is something for you to do on request %(number)s, “%(title)s”: %(step)s.\n\n"
    "%(more)s%(link)s\n"
)
DUE: str | Promise = _("Please do it until %(time)s.\n\n")


def call(task: Task, element: Element, ticket: Ticket) -> None:
    """Nothing for a task that is nobody's in particular."""
    person = task.user
    if person is None or not person.is_active or person.is_system:
        return
    link = ticket_in_desk(ticket.number)
    if task.audience == Task.Audience.CUSTOMER:
        link = request_in_portal(ticket.number, host=ticket.queue.host)
    with override(person.language or ticket.language or "en"):
        text = in_language(element.settings.get("text"))
        more = f"{text}\n\n" if text else ""
        more += str(DUE) % {"time": full_moment(task.due_at)} if task.due_at else ""
        words = {"name": person.name, "number": ticket.number, "title": ticket.title, "step": name_of(element)}
        tell(person, subject=str(SUBJECT) % words, body=str(BODY) % {**words, "more": more, "link": link})
