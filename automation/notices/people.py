"""Who has to do with an event, and by which relations. Nobody is among them who may not see the ticket now."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from accounts.models import Role, User
from automation.absence import stand_in_of
from automation.notices.happenings import Happening
from automation.notices.house import roles_told
from automation.notices.occasions import (
    ASKED,
    CUSTOMER,
    FREE,
    MENTIONED,
    OCCASIONS,
    OWNER,
    QUEUE,
    RESPONSIBLE,
    SUBSTITUTE,
    WATCHER,
    Audience,
    Level,
    Levels,
)
from automation.notices.wishes import who_wants_more
from core.clock import now
from core.memo import remembered
from core.prepared import IDS, prepared
from tickets.models import Event, Mention, Queue, Ticket
from tickets.readers import customers_of
from tickets.rights import agents_with

# Colleagues stand in for these.
REPLACED = (OWNER, RESPONSIBLE, MENTIONED, ASKED)

# For each occasion the relations of each person.
Told = dict[str, dict[int, set[str]]]


@dataclass
class People:
    """`by_occasion` names people by number; `users` has each of them once."""

    by_occasion: Told = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    users: dict[int, User] = field(default_factory=dict)

    def add(self, occasion: str, relation: str, people: Iterable[int]) -> None:
        for pk in people:
            self.by_occasion[occasion][pk].add(relation)

    def keep_only(self, users: Iterable[User], *, of: Sequence[Happening]) -> None:
        """Of those that these occasions name, whoever may not see the ticket hears nothing."""
        allowed = {user.pk: user for user in users}
        self.users |= allowed
        for one in of:
            found = self.by_occasion[one.occasion]
            self.by_occasion[one.occasion] = defaultdict(set, {pk: found[pk] for pk in found if pk in allowed})


def people_of(event: Event, happenings: Sequence[Happening], levels: Mapping[str, Levels]) -> People:
    """In a bounded number of questions, however many they are."""
    for_agents = [one for one in happenings if OCCASIONS[one.occasion].audience == Audience.AGENTS]
    for_customers = [one for one in happenings if one not in for_agents]
    people = People()
    if for_agents:
        _agents(people, event, for_agents, levels)
    if for_customers:
        _customers(people, event.ticket, for_customers, levels)
    return people


def workers(ticket: Ticket, *, among: Iterable[int] | None = None) -> list[User]:
    """Whoever works in the queue: to read it is not enough."""
    return agents_with("write", ticket.queue, among=among) if among is not None else _workers_of(ticket.queue)


@remembered
def _workers_of(queue: Queue) -> list[User]:
    return agents_with("write", queue)


def _agents(people: People, event: Event, happenings: Sequence[Happening], levels: Mapping[str, Levels]) -> None:
    ticket = event.ticket
    of_ticket = _of_ticket(event, happenings)
    for one in happenings:
        for relation in one.relations:
            people.add(one.occasion, relation, of_ticket.get(relation, ()))
        for relation, named in one.named.items():
            people.add(one.occasion, relation, named)
    _add_substitutes(people)
    readers = _add_workers(people, ticket, happenings, levels)
    _add_roles(people, happenings, levels)
    known = {user.pk for user in readers}
    others = {pk for one in happenings for pk in people.by_occasion[one.occasion]} - known
    if others:
        readers = [*readers, *agents_with("read", ticket.queue, among=others)]
    people.keep_only(readers, of=happenings)


def _of_ticket(event: Event, happenings: Sequence[Happening]) -> Mapping[str, Sequence[int]]:
    ticket = event.ticket
    wanted = {relation for one in happenings for relation in one.relations}
    found: dict[str, Sequence[int]] = {
        OWNER: [ticket.owner_id] if ticket.owner_id else [],
        RESPONSIBLE: [ticket.responsible_id] if ticket.responsible_id else [],
    }
    if WATCHER in wanted:
        found[WATCHER] = list(ticket.watchers.values_list("user_id", flat=True))
    if MENTIONED in wanted:
        found[MENTIONED] = list(Mention.objects.filter(article=event.article_id).values_list("user_id", flat=True))
    return found


def _add_substitutes(people: People) -> None:
    """Of whoever is away, the substitute hears too: once, with the relation of one who stands in."""
    replaced = {
        occasion: [pk for pk, relations in found.items() if relations & {*REPLACED}]
        for occasion, found in people.by_occasion.items()
        if SUBSTITUTE in OCCASIONS[occasion].stock
    }
    ids = {pk for found in replaced.values() for pk in found}
    away = _away(ids) if ids else ()
    stand_ins = {user.pk: found.pk for user in away if (found := stand_in_of(user, now())) is not None}
    for occasion, missed in replaced.items():
        people.add(occasion, SUBSTITUTE, [stand_ins[pk] for pk in missed if pk in stand_ins])


@prepared(IDS)
def _away(people: Collection[int]) -> QuerySet[User]:
    return User.objects.filter(pk__among=people, away_from__isnull=False).select_related("substitute")


def _add_workers(
    people: People, ticket: Ticket, happenings: Sequence[Happening], levels: Mapping[str, Levels]
) -> list[User]:
    """Agents of the queue; all of them only where it is on for them, else whoever wants it himself. Gives those that
    were found, who may read it all the more."""
    relation, found = QUEUE if ticket.owner_id else FREE, dict[int, User]()
    for one in happenings:
        if relation not in one.relations:
            continue
        said = levels[one.occasion].get(relation, {}).values()
        if all(level == Level.NEVER for level in said):
            continue
        is_usual = any(level in (Level.ON, Level.ALWAYS) for level in said)
        among = None if is_usual else who_wants_more(one.occasion)
        if among is None or among:
            at_work = {user.pk: user for user in workers(ticket, among=among)}
            people.add(one.occasion, relation, at_work)
            found |= at_work
    return list(found.values())


def _add_roles(people: People, happenings: Sequence[Happening], levels: Mapping[str, Levels]) -> None:
    for one in happenings:
        told = roles_told(levels[one.occasion])
        if not told or not (one.relations or one.named):
            continue
        members = Role.objects.filter(pk__in=told).values_list("pk", "group__user")
        for role, pk in members:
            if pk is not None:
                people.add(one.occasion, told[role], [pk])


def _customers(people: People, ticket: Ticket, happenings: Sequence[Happening], levels: Mapping[str, Levels]) -> None:
    """Nobody is looked for as long as no customer is told of anything."""
    told = [one for one in happenings if _is_told(one.occasion, levels[one.occasion])]
    if not told:
        return
    sees = customers_of(ticket)
    for one in told:
        for relation in one.relations:
            own = relation == CUSTOMER
            people.add(one.occasion, relation, [user.pk for user in sees if (user.pk == ticket.customer_id) == own])
    people.keep_only(sees, of=told)


def _is_told(occasion: str, levels: Levels) -> bool:
    """Whether it is on for customers, or may be for one who wants it."""
    said = {level for by_channel in levels.values() for level in by_channel.values()}
    return bool(said & {Level.ON, Level.ALWAYS}) or Level.OFF in said and bool(who_wants_more(occasion))
