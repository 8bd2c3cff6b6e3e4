"""Tickets as a customer knows them: requests, and how far they are in plain words.

Nothing here names a queue, a priority, a rule or an owner.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Membership, Organisation, User
from mail.models import Address
from tickets.models import Article, Queue, StateType, Ticket
from tickets.models.article import Sender
from tickets.models.queue import FollowUp
from tickets.models.vocabulary import PENDING_TYPES
from tickets.queries import TicketQuerySet

# An agent has said something since the customer's last word.
_SPOKEN = Article.objects.filter(
    ticket=OuterRef("pk"),
    created_at__gt=Coalesce(OuterRef("last_customer_at"), Value(datetime.min.replace(tzinfo=UTC))),
    visible_to_customer=True,
    sender=Sender.AGENT,
)
WAITING = Q(state__type__in=PENDING_TYPES, our_word_is_last=True)


@dataclass(frozen=True)
class Progress:
    """How far a request is: the word of the pill, its colour and sign."""

    key: str
    label: str | Promise
    pill: str
    icon: str


RECEIVED = Progress("received", pgettext_lazy("request", "Received"), "", "inbox")
WORK = Progress("work", _("We are working on it"), "work", "hourglass")
YOURS = Progress("yours", _("Waiting for you"), "you", "reply")
ASKED = Progress("asked", _("Waiting for an answer"), "", "reply")
SOLVED = Progress("solved", pgettext_lazy("request", "Solved"), "done", "check")
CLOSED = Progress("closed", pgettext_lazy("request", "Closed"), "", "check")


def requests_of(user: User) -> TicketQuerySet:
    """What `user` may see in the portal, with all a row shows."""
    visible = Ticket.objects.of_customer(user).select_related("state", "customer", "queue")
    return visible.annotate(our_word_is_last=Exists(_SPOKEN))


def listed(requests: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Without merged ones: the request they went into stands for them."""
    return requests.exclude(state__type=StateType.MERGED)


def progress_of(ticket: Ticket, user: User) -> Progress:
    """Needs a ticket from `requests_of`. What waits for a colleague does not wait for `user`."""
    kind = ticket.state.type
    if ticket.closed_at:
        return CLOSED if "unsuccessful" in ticket.state.name else SOLVED
    if kind in PENDING_TYPES and ticket.our_word_is_last:
        return YOURS if ticket.customer_id == user.pk else ASKED
    return RECEIVED if kind == StateType.NEW else WORK


def takes_answers(ticket: Ticket) -> bool:
    """A solved request may refuse further messages; then a new one is the way."""
    return ticket.closed_at is None or ticket.queue.follow_up != FollowUp.REJECT


def shared_organisation(user: User) -> Organisation | None:
    """The organisation whose requests `user` may see besides the own ones."""
    sharing = Membership.objects.filter(user=user, sees_all=True).select_related("organisation")
    membership = sharing.order_by("-is_primary", "pk").first()
    return membership.organisation if membership else None


def seen_by_others(ticket: Ticket) -> bool:
    """Whether colleagues of the customer can read this request."""
    others = Membership.objects.filter(organisation=ticket.organisation_id, sees_all=True)
    return bool(ticket.organisation_id) and others.exclude(user=ticket.customer_id).exists()


def queue_for_new() -> Queue | None:
    """Where requests from the portal go: to the queue of the first active address, as mail without one does; else to
    the oldest active queue. (The service catalogue will choose by topic.)"""
    address = (
        Address.objects.filter(is_active=True, queue__is_active=True).select_related("queue").order_by("pk").first()
    )
    return address.queue if address else Queue.objects.active().order_by("pk").first()
