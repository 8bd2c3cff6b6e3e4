"""What events of tickets mean for processes (settings.WITHIN): duties are left as rows, nothing moves here.

Requests of a service begin its processes, a customer's message reaches those that wait for one, timers follow the date
in a field, the customer's tasks follow the customer, and a ticket that goes takes its runs with it.
"""

from accounts.people import system_actor
from processes import dates, successors
from processes.actions import messaging, starting, steering
from processes.models import Process, Run
from processes.moving import Mover
from tickets.actions.removing import SPAM, TRASHED
from tickets.events import Cause
from tickets.models import Event
from tickets.models.article import Sender

MERGED = "ticket.merged"
# The name of the message that a customer's answer is to a run.
ANSWERED = "customer.answered"


def react(event: Event) -> None:
    if event.kind == "ticket.created":
        _begin(event)
    elif event.kind == "article.added":
        _answer(event)
    elif event.kind in (MERGED, TRASHED, SPAM):
        _end(event)
    elif event.kind == successors.CUSTOMER:
        successors.follow_customer(event)
    elif "custom_fields" in event.data:
        dates.follow(event)


def _begin(event: Event) -> None:
    service = event.ticket.service_id
    if service is None:
        return
    for process in Process.objects.active().filter(services=service):
        starting.order(process, event.ticket, event=event, by=event.actor)


def _answer(event: Event) -> None:
    article = event.article
    if article is not None and article.sender == Sender.CUSTOMER and article.visible_to_customer:
        messaging.order(event.ticket, ANSWERED, event=event, by=event.actor)


def _end(event: Event) -> None:
    for run in Run.objects.active().filter(ticket=event.ticket).select_for_update(of=("self",)):
        mover = Mover(run, event.ticket)
        cause = Cause("process", str(run.pk), event=event)
        steering.end(mover, reason="", by=system_actor("processes"), cause=cause)
