"""Whoever is put in copy of a request is told so, once, by a mail that leads to it (settings.WITHIN)."""

from accounts.models import User
from accounts.people import system_actor
from core.links import request_in_portal
from mail.addressing import sender_for
from mail.loops import TOLD, note_answer, would_tell
from mail.rules import lists, rules
from mail.texts import IN_COPY, fill
from tickets.actions.participants import ADDED
from tickets.actions.replying import send_automatic
from tickets.events import Cause
from tickets.messages import Message
from tickets.models import Event, Ticket


def tell_participant(event: Event) -> None:
    """Nobody is told of what he did himself, nor of a ticket of which its customer has not heard either."""
    if event.kind != ADDED:
        return
    ticket = event.ticket
    person = User.objects.get(pk=event.data["participant"]["now"]["id"])
    if person.pk == event.actor_id or ticket.last_public_at is None or not _may_be_told(ticket, person):
        return
    note_answer(person.email)
    subject, body = fill(
        IN_COPY,
        person.language or ticket.language,
        # an address and no name, so that nobody sends words of his choice through us (T31)
        who=None if event.actor.is_agent or event.actor.is_system else event.actor.email,
        number=f"#{ticket.number}",
        link=request_in_portal(ticket.number, host=ticket.queue.host),
    )
    to = [{"name": person.name, "address": person.email}]
    message = Message(text=body, subject=subject, to=to, marks=[{"code": TOLD, "person": person.pk}])
    send_automatic(ticket, message, by=system_actor("mail"), cause=Cause("automatic", event=event))


def _may_be_told(ticket: Ticket, person: User) -> bool:
    if ticket.queue.is_junk or ticket.is_removed or sender_for(ticket.queue) is None:
        return False
    if lists(rules().never_send_to, person.email) or not would_tell(person.email).may:
        return False
    return not ticket.articles.filter(marks__contains=[{"code": TOLD, "person": person.pk}]).exists()
