"""K07 under pressure: programs that send the same thing many times at once, over and over, make it happen once."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client

from accounts.tokens import issue_token
from api.models import KeptAnswer
from tests.factories import TicketFactory
from tickets.models import Article, Ticket
from tickets.rights import revoke

pytestmark = pytest.mark.django_db(transaction=True)

OPENING = {"title": "Disk full", "queue": "Support", "customer": "new@acme.example", "body": "Nothing can be saved."}
TIMES, ROUNDS = 5, 4


@pytest.fixture
def robot(world) -> Client:
    _token, secret = issue_token(world.bea, name="robot")
    return Client(headers={"Authorization": f"Bearer {secret}"}, raise_request_exception=False)


def at_once(number: int, act: Callable[[int], object]) -> list:
    """`act(0) … act(number - 1)`, each in a thread, all starting together."""
    start = Barrier(number)

    def run(n: int) -> object:
        start.wait()
        try:
            return act(n)
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def post(robot: Client, path: str, body: dict, key: str):
    return robot.generic("POST", path, json.dumps(body), "application/json", headers={"Idempotency-Key": key})


def test_K07_each_of_many_posts_happens_once_whatever_comes_together(world, robot):
    """Each round sends two openings and a note, five times each, all at the same moment."""
    ticket = TicketFactory(queue=world.support)
    sent = [
        ("/api/v1/tickets/", OPENING, "first"),
        ("/api/v1/tickets/", {**OPENING, "title": "Disk empty"}, "second"),
        (f"/api/v1/tickets/{ticket.number}/articles/", {"channel": "note", "body": "x"}, "note"),
    ]
    for turn in range(ROUNDS):

        def act(n: int, turn: int = turn):
            path, body, key = sent[n % len(sent)]
            return key, post(robot, path, body, f"{key}-{turn}")

        answers = at_once(TIMES * len(sent), act)
        for _path, _body, key in sent:
            same = [answer for name, answer in answers if name == key]
            assert [answer.status_code for answer in same] == [201] * TIMES
            assert len({(answer.content, answer.get("Location")) for answer in same}) == 1
    assert Ticket.objects.filter(title="Disk full").count() == ROUNDS
    assert Ticket.objects.filter(title="Disk empty").count() == ROUNDS
    assert Article.objects.filter(ticket=ticket, channel="note").count() == ROUNDS
    assert Ticket.objects.filter(customer__email="new@acme.example").values("customer").distinct().count() == 1
    assert KeptAnswer.objects.count() == ROUNDS * len(sent)


def test_K07_two_different_requests_race_for_one_key_and_one_happens(world, robot):
    for turn in range(ROUNDS):

        def act(n: int, turn: int = turn):
            return post(robot, "/api/v1/tickets/", {**OPENING, "title": f"Title {n % 2}"}, f"race-{turn}")

        statuses = sorted(answer.status_code for answer in at_once(6, act))
        assert statuses == [201] * 3 + [422] * 3
    assert Ticket.objects.count() == ROUNDS


def test_K07_what_is_refused_at_once_keeps_nothing_and_may_be_sent_again(world, robot):
    wrong = {**OPENING, "queue": "Nowhere"}
    answers = at_once(TIMES, lambda _n: post(robot, "/api/v1/tickets/", wrong, "again"))
    assert [answer.status_code for answer in answers] == [400] * TIMES
    assert not KeptAnswer.objects.exists()
    assert post(robot, "/api/v1/tickets/", OPENING, "again").status_code == 201
    assert Ticket.objects.count() == 1


def test_K07_a_token_that_may_not_any_more_gets_no_new_effect(world, robot):
    ticket = TicketFactory(queue=world.billing)
    path, note = f"/api/v1/tickets/{ticket.number}/articles/", {"channel": "note", "body": "x"}
    revoke(world.billing_role, world.billing, "write")
    answers = at_once(TIMES, lambda _n: post(robot, path, note, "late"))
    assert [answer.status_code for answer in answers] == [404] * TIMES
    assert not Article.objects.filter(channel="note").exists()
