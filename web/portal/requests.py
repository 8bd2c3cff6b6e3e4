"""Tickets as a customer knows them: requests, and how far they are in plain words.

Nothing here names a queue, a priority, a rule or an owner.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Brand, Membership, Organisation, User
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


def requests_of(user: User, brand: Brand) -> TicketQuerySet:
    """What `user` may see in the portal of `brand`, with all a row shows."""
    visible = Ticket.objects.of_customer(user).of_brand(brand).select_related("state", "customer", "queue")
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


def shared_organisations(user: User) -> list[Organisation]:
    """The organisations whose requests `user` may see besides the own ones, the first one's own."""
    sharing = Membership.objects.filter(user=user, sees_all=True).select_related("organisation")
    return [membership.organisation for membership in sharing.order_by("-is_primary", "pk")]


def shared_organisation(user: User) -> Organisation | None:
    """The first of them."""
    return next(iter(shared_organisations(user)), None)


def seen_by_others(ticket: Ticket) -> bool:
    """Whether colleagues of the customer can read this request."""
    others = Membership.objects.filter(organisation=ticket.organisation_id, sees_all=True)
    return bool(ticket.organisation_id) and others.exclude(user=ticket.customer_id).exists()


def queue_for_new(brand: Brand) -> Queue | None:
    """Where requests from a portal go: to the queue of the first active address of this brand, else of none, as mail
    without a known recipient does; else to the oldest active queue. (The service catalogue chooses by topic.)"""
    queues = Queue.objects.active().filter(Q(brand=brand) | Q(brand__isnull=True))
    order = (F("queue__brand").asc(nulls_last=True), "pk")
    address = Address.objects.filter(is_active=True, queue__in=queues).select_related("queue").order_by(*order).first()
    return address.queue if address else queues.order_by(F("brand").asc(nulls_last=True), "pk").first()
