"""The SLA that the header of a trusted mail names (settings.MAIL_WISHES)."""

from accounts.models import User
from sla.actions import choose_policy
from sla.models import Policy
from tickets.events import Cause
from tickets.models import Ticket


def choose_by_name(ticket: Ticket, value: str, *, by: User, cause: Cause) -> bool:
    """False when there is none of this name in use."""
    return _choose(ticket, Policy.objects.active().filter(name__iexact=value).first(), by=by, cause=cause)


def choose_by_number(ticket: Ticket, value: str, *, by: User, cause: Cause) -> bool:
    is_number = value.isascii() and value.isdecimal() and len(value) < 10
    found = Policy.objects.active().filter(pk=int(value)).first() if is_number else None
    return _choose(ticket, found, by=by, cause=cause)


def _choose(ticket: Ticket, policy: Policy | None, *, by: User, cause: Cause) -> bool:
    if policy is not None:
        choose_policy(ticket, policy, by=by, cause=cause)
    return policy is not None
