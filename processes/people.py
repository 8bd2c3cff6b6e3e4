"""Who does a step: from what the drawing says to the people there are now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import Role, User
from accounts.people import person_with_address
from processes.models import Task
from tickets.models import Ticket
from tickets.rights import agents_with

Audience = Task.Audience
# Of a queue or role no more are asked.
MOST = 30


@dataclass(frozen=True)
class Doers:
    """Whose task it is."""

    audience: str
    user: User | None = None
    role: Role | None = None


def doers_of(who: Mapping[str, Any], ticket: Ticket) -> Doers:
    """A person or role that is gone leaves the task to everybody who works the queue, so that no run waits in vain."""
    match who.get("kind"):
        case "agent":
            person = person_with_address(str(who.get("person", "")))
            if person is not None and person.is_active:
                return Doers(Audience.AGENT, user=person)
        case "role":
            role = Role.objects.filter(group__name=who.get("role")).first()
            if role is not None:
                return Doers(Audience.ROLE, role=role)
        case "customer":
            return Doers(Audience.CUSTOMER, user=ticket.customer)
        case "owner":
            return Doers(Audience.OWNER)
    return Doers(Audience.QUEUE)


def approvers_of(by: Iterable[Mapping[str, Any]], ticket: Ticket) -> list[User]:
    """Each once, in the order of the drawing; without the system's own actors and those who are gone.

    Nobody approves what he has asked for himself, whichever way he comes to be named, unless the drawing asks "the
    customer" in so many words.
    """
    wanted = list(by)
    found = [person for one in wanted for person in _approvers(one, ticket)]
    usable = {person.pk: person for person in found if person is not None and person.is_active and not person.is_system}
    if not any(one.get("kind") == "customer" for one in wanted):
        usable.pop(ticket.customer_id, None)
    return list(usable.values())


def may_stand_in(person: User, ticket: Ticket) -> bool:
    """Whether an approval may be passed on to this person: to agents and people of the ticket's organisation, because
    who is asked sees the request; never to whoever has asked for it."""
    if not person.is_active or person.is_system or person.pk == ticket.customer_id:
        return False
    house = ticket.organisation_id
    return person.is_agent or (house is not None and person.memberships.filter(organisation_id=house).exists())


def _approvers(one: Mapping[str, Any], ticket: Ticket) -> Iterable[User | None]:
    match one.get("kind"):
        case "person":
            return [person_with_address(str(one.get("person", "")))]
        case "role":
            return User.objects.active().filter(groups__name=one.get("role")).order_by("name", "pk")[:MOST]
        case "queue":
            return agents_with("write", ticket.queue)[:MOST]
        case "owner":
            return [ticket.owner]
        case "responsible":
            return [ticket.responsible]
        case "customer":
            return [ticket.customer]
        case "field":
            return [person_with_address(str(ticket.custom_fields.get(str(one.get("field"))) or ""))]
    return []
