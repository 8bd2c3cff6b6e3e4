"""Merging while others write: every message arrives exactly once, and nobody waits for each other in a circle."""

import random

import pytest

from accounts.models import User
from tests.factories import TicketFactory
from tests.tickets.test_concurrency import at_once
from tickets.actions.merging import NotMergeable, merge, unmerge
from tickets.actions.replying import receive
from tickets.bulk import progress_of, run_item, start_job
from tickets.events import broken_links
from tickets.guidance import take_next
from tickets.messages import Message
from tickets.models import Article, Ticket

pytestmark = pytest.mark.django_db(transaction=True)


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_k04_mail_during_a_merge_arrives_once_and_on_the_survivor(world):
    for number in range(12):
        pair = [TicketFactory(queue=world.support, customer=world.dana) for _one in range(2)]
        old, kept = pair if number % 2 else reversed(pair)

        def act(n: int, old=old, kept=kept) -> None:
            if n == 0:
                merge(old, kept, by=again(world.bea))
            else:
                receive(old, Message(text=f"mail {n}"), channel="email", by=again(world.dana))

        at_once(4, act)
        bodies = list(Article.objects.filter(ticket=kept, body__startswith="mail").values_list("body", flat=True))
        assert sorted(bodies) == ["mail 1", "mail 2", "mail 3"]
        assert not Article.objects.filter(ticket=old).exists()


def test_k04_mail_during_merging_and_undoing_is_never_lost_nor_blocked(world):
    one, other = (TicketFactory(queue=world.support, customer=world.dana) for _one in range(2))
    chance = random.Random(4)
    waits = [chance.random() for _n in range(8)]

    def act(n: int) -> None:
        for round_ in range(4):
            if n == 0:
                merge(one, other, by=again(world.bea))
                unmerge(Ticket.objects.get(pk=one.pk), by=again(world.bea))
            else:
                target = one if waits[n] < 0.5 else other
                receive(target, Message(text=f"mail {n}.{round_}"), channel="email", by=again(world.dana))

    at_once(5, act)
    bodies = list(Article.objects.filter(body__startswith="mail").values_list("body", flat=True))
    assert sorted(bodies) == sorted(f"mail {n}.{round_}" for n in range(1, 5) for round_ in range(4))
    assert [broken_links(ticket) for ticket in Ticket.objects.all()] == [[], []]


def test_k05_merging_both_ways_at_once_makes_no_circle(world):
    for _round in range(6):
        pair = [TicketFactory(queue=world.support, customer=world.dana) for _one in range(2)]

        def act(n: int, pair=pair) -> bool:
            try:
                return merge(pair[n], pair[1 - n], by=again(world.bea)) is not None
            except NotMergeable:
                return False

        assert sorted(at_once(2, act)) == [False, True]
        assert Ticket.objects.filter(pk__in=[t.pk for t in pair], merged_into=None).count() == 1


def test_k06_a_job_and_other_hands_on_the_same_tickets_end_without_an_error(world):
    tickets = [TicketFactory(queue=world.support, customer=world.dana) for _one in range(12)]
    job = start_job(tickets, [{"do": "tag", "tags": ["swept"]}], by=world.bea)
    items = list(job.items.values_list("pk", flat=True))

    def act(n: int) -> None:
        if n < 2:
            for pk in items if n else reversed(items):
                run_item(pk)
        else:
            for ticket in tickets if n == 2 else reversed(tickets):
                receive(ticket, Message(text="Hurry"), channel="email", by=again(world.dana))

    at_once(4, act)
    assert progress_of(job)["done"] == 12
    assert {tuple(tags) for tags in Ticket.objects.values_list("tags", flat=True)} == {("swept",)}


def test_two_agents_who_ask_at_once_and_twice_get_one_ticket_each(world):
    for _one in range(4):
        TicketFactory(queue=world.support, customer=world.dana)
    agents = [world.bea, world.carlos]
    offers = at_once(4, lambda n: take_next(again(agents[n % 2])).ticket.pk)
    assert len(set(offers)) == 2
    assert Ticket.objects.filter(is_locked=True).count() == 2
