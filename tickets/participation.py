"""Who takes part in a request beside the customer, and who on the customer's side may decide that."""

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet

from accounts.models import EmailAddress, Membership, User
from core.prepared import prepared
from tickets.models import Participant, Ticket

MOST = 20


def may_share(ticket: Ticket, user: User) -> bool:
    """The customer, and colleagues who may see all requests of the organisation; agents by their right to write.

    Who is only in copy may not add others, but may always leave.
    """
    if ticket.customer_id == user.pk:
        return True
    if ticket.organisation_id is None:
        return False
    return Membership.objects.filter(user=user, organisation=ticket.organisation_id, sees_all=True).exists()


def in_copy(ticket: Ticket) -> QuerySet[Participant]:
    """Those who count now, in the order in which they were added."""
    return ticket.participants.filter(user__is_active=True).select_related("user").order_by("since", "pk")


def people_in_copy(ticket: Ticket) -> Sequence[Participant]:
    """The same, asked once as long as this ticket is in memory: for pages, which need them in several places."""
    if ticket.known_in_copy is None:
        ticket.known_in_copy = _in_copy(ticket.pk)
    return ticket.known_in_copy


@prepared(int)
def _in_copy(pk: int) -> QuerySet[Participant]:
    return in_copy(Ticket(pk=pk))


def copies(participants: Iterable[Participant]) -> list[dict[str, str]]:
    """They as addresses of a mail."""
    people = (participant.user for participant in participants)
    return [{"name": person.name, "address": person.email} for person in people]


def addresses_in_copy(ticket: Ticket) -> set[str]:
    """All addresses from which they may write on this ticket."""
    theirs = EmailAddress.objects.filter(user__participations__ticket=ticket, user__is_active=True)
    return set(theirs.values_list("address", flat=True))


def most_reached(ticket: Ticket) -> bool:
    return ticket.participants.count() >= MOST
