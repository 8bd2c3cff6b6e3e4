"""The rules of seeing and doing once more: slow, in plain Python, over plain facts, written without looking at the product.

Read off the decisions: rights are additive and inherited downward; "write" is everything; "note", "owner" and "priority"
let one read, "create" and "move into" do not; owning a ticket or being an administrator grants nothing. A customer sees
his own requests, those he is kept in copy of and, where a membership says so, the organisation's; never removed ones, nor
those of which nothing was said to the customer.
"""

from dataclasses import dataclass, field


@dataclass
class Person:
    is_active: bool
    is_agent: bool
    roles: set[int] = field(default_factory=set)
    # Organisation -> whether the membership opens all its requests.
    organisations: dict[int, bool] = field(default_factory=dict)


@dataclass
class Request:
    queue: int
    customer: int
    organisation: int | None
    is_removed: bool
    is_public: bool
    # People who are kept in copy.
    copied: set[int] = field(default_factory=set)


@dataclass
class Facts:
    """A world as lists: people, tickets, who lies in which queue, and the grants as they were given."""

    parents: list[int | None]
    people: list[Person]
    tickets: list[Request]
    # (holder, queue, right), the holder being the place of a person or of a role in its list.
    personal: list[tuple[int, int, str]]
    by_role: list[tuple[int, int, str]]


def may(facts: Facts, person: int, right: str, queue: int) -> bool:
    who = facts.people[person]
    if not who.is_active or not who.is_agent:
        return False
    place: int | None = queue
    while place is not None:
        for holder, where, granted in facts.personal:
            if holder == person and where == place and grants(granted, right):
                return True
        for role, where, granted in facts.by_role:
            if role in who.roles and where == place and grants(granted, right):
                return True
        place = facts.parents[place]
    return False


def grants(granted: str, right: str) -> bool:
    if granted == right or granted == "write":
        return True
    return right == "read" and granted in ("note", "owner", "priority")


def follows(facts: Facts, person: int, ticket: int) -> bool:
    who, request = facts.people[person], facts.tickets[ticket]
    if not who.is_active or request.is_removed or not request.is_public:
        return False
    if request.customer == person or person in request.copied:
        return True
    return request.organisation is not None and who.organisations.get(request.organisation, False)
