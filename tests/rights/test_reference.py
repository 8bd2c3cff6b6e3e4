"""The querysets, the predicate and the choices agree with a slow reference, on random worlds.

`RIGHTS_WORLDS=2000 bin/test tests/rights/test_reference.py` looks at more of them.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Membership, Organisation, User
from accounts.roles import create_role
from core.clock import now
from tests.rights.reference import Facts, Person, Request, follows, may
from tickets import options, vocabulary
from tickets.models import (
    Participant,
    Priority,
    Queue,
    QueueGroupPermission,
    QueueUserPermission,
    State,
    StateType,
    Ticket,
    TicketType,
)
from tickets.readers import customers_of
from tickets.rights import RIGHTS, agents_with, holding

pytestmark = pytest.mark.django_db
WORLDS = int(os.environ.get("RIGHTS_WORLDS", "30"))


@st.composite
def worlds(draw: Callable) -> Facts:
    """Few of everything, so that what matters meets often."""
    queues = draw(st.integers(1, 6))
    parents = [draw(st.one_of(st.none(), st.integers(0, n - 1))) if n else None for n in range(queues)]
    roles, organisations, people = 3, 2, draw(st.integers(1, 5))
    place, right = st.integers(0, queues - 1), st.sampled_from(RIGHTS)
    person = st.builds(
        Person,
        is_active=st.sampled_from([True, True, True, False]),
        is_agent=st.booleans(),
        roles=st.sets(st.integers(0, roles - 1)),
        organisations=st.dictionaries(st.integers(0, organisations - 1), st.booleans()),
    )
    request = st.builds(
        Request,
        queue=place,
        customer=st.integers(0, people - 1),
        organisation=st.one_of(st.none(), st.integers(0, organisations - 1)),
        is_removed=st.sampled_from([False, False, False, True]),
        is_public=st.sampled_from([True, True, True, False]),
        copied=st.sets(st.integers(0, people - 1), max_size=2),
    )
    return Facts(
        parents=parents,
        people=draw(st.lists(person, min_size=people, max_size=people)),
        tickets=draw(st.lists(request, min_size=1, max_size=8)),
        personal=draw(st.lists(st.tuples(st.integers(0, people - 1), place, right), max_size=5, unique=True)),
        by_role=draw(st.lists(st.tuples(st.integers(0, roles - 1), place, right), max_size=6, unique=True)),
    )


@dataclass
class Rows:
    """The facts as rows, in the same order."""

    queues: list[Queue]
    people: list[User]
    tickets: list[Ticket]


@given(facts=worlds(), administrators=st.booleans())
@settings(max_examples=WORLDS, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_T41_sets_predicate_and_choices_agree_with_the_reference(facts, administrators):
    mark = transaction.savepoint()
    try:
        compare(facts, stored(facts, administrators=administrators))
    finally:
        transaction.savepoint_rollback(mark)


def compare(facts: Facts, rows: Rows) -> None:
    for index, person in enumerate(rows.people):
        allowed = {right: {q for q in range(len(rows.queues)) if may(facts, index, right, q)} for right in RIGHTS}
        newcomer = fresh(person)
        for right in RIGHTS:
            due = {
                row.pk for row, fact in zip(rows.tickets, facts.tickets, strict=True) if fact.queue in allowed[right]
            }
            assert found(Ticket.objects.allowing(newcomer, right)) == due
            assert {row.pk for row in rows.tickets if row.allows(newcomer, right)} == due
        due = {row.pk for n, row in enumerate(rows.tickets) if follows(facts, index, n)}
        assert found(Ticket.objects.of_customer(newcomer)) == due
        assert {row.pk for row in rows.tickets if person in customers_of(row)} == due
        assert found(options.queues_to_read(newcomer)) == {rows.queues[n].pk for n in allowed["read"]}
        assert found(options.queues_to_open_in(newcomer)) == {rows.queues[n].pk for n in allowed["create"]}
        assert found(options.queues_to_move_to(newcomer)) == {rows.queues[n].pk for n in allowed["move_into"]}

    for right in RIGHTS:
        for place, queue in enumerate(rows.queues):
            due = {row.pk for index, row in enumerate(rows.people) if may(facts, index, right, place)}
            assert {row.pk for row in agents_with(right, queue)} == due
            assert sorted(row.pk for row in holding(right, queue)) == sorted(due)


def found(rows) -> set[int]:
    return set(rows.values_list("pk", flat=True))


def fresh(person: User) -> User:
    """As a new request sees him: nothing is remembered."""
    return User.objects.get(pk=person.pk)


def stored(facts: Facts, *, administrators: bool) -> Rows:
    """The facts as rows. Written straight into the tables, as thousands of worlds are made: rights look at nothing else."""
    queues: list[Queue] = []
    for number, parent in enumerate(facts.parents):
        above = queues[parent] if parent is not None else None
        queues.append(Queue.objects.create(name=f"Q{number}", path=f"Q{number}", parent=above))
    groups = [create_role(name=f"R{number}") for number in range(3)]
    organisations = Organisation.objects.bulk_create([Organisation(name=f"O{number}") for number in range(2)])
    people = [
        _person(fact, f"p{number}@people.example", groups, organisations, administrators)
        for number, fact in enumerate(facts.people)
    ]
    rights = {row.codename: row for row in Permission.objects.filter(content_type__model="queue")}
    QueueUserPermission.objects.bulk_create(
        [
            QueueUserPermission(user=people[p], content_object=queues[q], permission=rights[r])
            for p, q, r in facts.personal
        ]
    )
    QueueGroupPermission.objects.bulk_create(
        [
            QueueGroupPermission(group=groups[g], content_object=queues[q], permission=rights[r])
            for g, q, r in facts.by_role
        ]
    )
    return Rows(queues, people, _tickets(facts, queues, people, organisations))


def _person(
    fact: Person, email: str, groups: list[Group], organisations: list[Organisation], administrator: bool
) -> User:
    person = User.objects.create(
        email=email,
        name=email,
        is_active=fact.is_active,
        is_agent=fact.is_agent,
        is_customer=not fact.is_agent,
        is_administrator=administrator,
        is_superuser=administrator,
    )
    person.groups.set([groups[number] for number in fact.roles])
    for number, sees_all in fact.organisations.items():
        Membership.objects.create(
            user=person, organisation=organisations[number], sees_all=sees_all, is_primary=number == 0
        )
    return person


def _tickets(facts: Facts, queues: list[Queue], people: list[User], organisations: list[Organisation]) -> list[Ticket]:
    removed, usual = State.objects.get(type=StateType.REMOVED), vocabulary.first_state(StateType.OPEN)
    kind, level = TicketType.objects.all()[0], Priority.objects.all()[0]
    tickets = Ticket.objects.bulk_create(
        [
            Ticket(
                number=f"W{number}",
                title="x",
                queue=queues[fact.queue],
                type=kind,
                state=removed if fact.is_removed else usual,
                priority=level,
                # the owner may be anybody: it grants nothing
                owner=people[number % len(people)],
                customer=people[fact.customer],
                organisation=organisations[fact.organisation] if fact.organisation is not None else None,
                channel="email",
                language="en",
                last_public_at=now() if fact.is_public else None,
            )
            for number, fact in enumerate(facts.tickets)
        ]
    )
    Participant.objects.bulk_create(
        Participant(ticket=ticket, user=people[one], added_by=people[0])
        for ticket, fact in zip(tickets, facts.tickets, strict=True)
        for one in fact.copied
    )
    return tickets
