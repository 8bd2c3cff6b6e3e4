"""What may be chosen now: the second object of every choice comes from here, by right. Forms and API ask it alike."""

from django.db.models import QuerySet

from accounts.models import User
from tickets.models import Priority, Queue, State, StateType, Ticket, TicketType
from tickets.rights import agents_with, rights_of


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


def states(ticket: Ticket | None = None) -> list[State]:
    """States a person may choose. "new" cannot be chosen again; merging and removing have their own verbs."""
    chosen = State.objects.active().exclude(type__in=(StateType.NEW, StateType.MERGED, StateType.REMOVED))
    return list(chosen)


def priorities() -> list[Priority]:
    return list(Priority.objects.active())


def types() -> list[TicketType]:
    return list(TicketType.objects.active())
