"""Which customers may see a ticket: the other side of `Ticket.objects.of_customer`. (Agents: tickets/grants.py.)"""

from django.db.models import Q

from accounts.models import User
from tickets.models import Ticket


def customers_of(ticket: Ticket) -> list[User]:
    """By name; nobody as long as nothing has been said to the customer, and of what was removed."""
    if ticket.last_public_at is None or ticket.is_removed:
        return []
    sees = Q(pk=ticket.customer_id) | Q(participations__ticket=ticket)
    if ticket.organisation_id is not None:
        sees |= Q(memberships__organisation=ticket.organisation_id, memberships__sees_all=True)
    return list(User.objects.active().filter(sees).distinct().order_by("name", "pk"))
