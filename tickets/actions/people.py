"""What happens to tickets when two rows turn out to be one person."""

from django.db import transaction

from accounts.duplicates import absorb
from accounts.following import followers
from accounts.models import User
from tickets.actions.fields import set_customer
from tickets.events import Cause
from tickets.models import Ticket


def merge_people(duplicate: User, into: User, *, by: User, cause: Cause | None = None) -> int:
    """`duplicate` is `into`: its requests become the other one's, each with a line in its history.

    Returns how many. Raises `accounts.duplicates.NotMergeable`.
    """
    with transaction.atomic():
        absorb(duplicate, into, by=by)
        tickets = list(Ticket.objects.filter(customer=duplicate).order_by("pk"))
        for ticket in tickets:
            set_customer(ticket, into, by=by, cause=cause)
        _take_over_copies(duplicate, into)
        for follow in followers("PEOPLE_MERGED"):
            follow(duplicate, into, by)
        return len(tickets)


def _take_over_copies(duplicate: User, into: User) -> None:
    """Whoever got copies under either name gets them once."""
    known = into.participations.values("ticket")
    duplicate.participations.exclude(ticket__in=known).exclude(ticket__customer=into).update(user=into)
    duplicate.participations.all().delete()
