"""What may be chosen now: the second object of every choice comes from here, by right. Forms and API ask it alike."""

from collections import Counter

from django.db.models import QuerySet

from accounts.models import User
from tickets.models import Priority, Queue, Service, State, StateType, Tag, Ticket, TicketType
from tickets.rights import agents_with, holding, rights_of

# Tickets that are looked at for tags, and tags that are suggested at most.
TAGGED, SUGGESTED = 500, 100


def queues_to_read(user: User) -> QuerySet[Queue]:
    """Whose tickets an agent sees, queues that are no longer in use included."""
    return Queue.objects.filter(pk__in=rights_of(user).queues["read"])


def queues_to_open_in(user: User) -> QuerySet[Queue]:
    """Where an agent may open tickets."""
    return Queue.objects.active().filter(pk__in=rights_of(user).queues["create"])


def queues_to_move_to(user: User, ticket: Ticket | None = None) -> QuerySet[Queue]:
    """Where an agent may put a ticket that he may move: queues with "move into", and the one it is in."""
    allowed = set(rights_of(user).queues["move_into"])
    if ticket is not None:
        allowed.add(ticket.queue_id)
    return Queue.objects.active().filter(pk__in=allowed)


def owners(ticket: Ticket) -> list[User]:
    """Who may work a ticket of this queue: a right on tickets is needed, assigning grants none (decision 15)."""
    return owners_in(ticket.queue)


def owners_in(queue: Queue) -> list[User]:
    """The same for a ticket that is about to be opened there, or to be moved there."""
    return agents_with("read", queue)


def may_own(queue: Queue) -> QuerySet[User]:
    """The same people, in no order, for who wants to know something of each and has hundreds of them."""
    return holding("read", queue)


def merge_targets(user: User, ticket: Ticket) -> QuerySet[Ticket]:
    """What a ticket may be merged into: everything `user` may write that is neither itself nor part of another."""
    targets = Ticket.objects.allowing(user, "write").filter(merged_into=None)
    return targets.exclude(pk=ticket.pk).exclude(state__type=StateType.REMOVED)


def link_targets(user: User, ticket: Ticket) -> QuerySet[Ticket]:
    return Ticket.objects.allowing(user, "read").exclude(pk=ticket.pk)


def junk_queue() -> Queue | None:
    """Where spam goes: everybody who may mark it may put it there."""
    return Queue.objects.active().filter(is_junk=True).first()


def states(ticket: Ticket | None = None) -> list[State]:
    """States a person may choose. "new" cannot be chosen again; merging and removing have their own verbs."""
    chosen = State.objects.active().exclude(type__in=(StateType.NEW, StateType.MERGED, StateType.REMOVED))
    return list(chosen)


def tags_in_use(user: User) -> list[str]:
    """Tags of the newest tickets that `user` may see, the commonest first: suggestions, not all there are (T48)."""
    newest = Ticket.objects.allowing(user, "read").exclude(tags=[]).order_by("-changed_at", "-id")[:TAGGED]
    used = Counter(tag for tags in newest.values_list("tags", flat=True) for tag in tags)
    retired = set(Tag.objects.filter(is_active=False, name__in=used).values_list("name", flat=True))
    return [tag for tag, _times in used.most_common(SUGGESTED) if tag not in retired]


def priorities() -> list[Priority]:
    return list(Priority.objects.active())


def services() -> QuerySet[Service]:
    """What a ticket may be about: agents choose from the whole catalogue, whoever it is offered to."""
    return Service.objects.active().requestable().order_by("path")


def types() -> list[TicketType]:
    return list(TicketType.objects.active())
