"""K07: a POST with an Idempotency-Key happens once, however often and however parallel it is sent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import close_old_connections, connection, transaction
from django.utils import timezone

from accounts.tokens import issue_token, rotate_token
from api.models import KeptAnswer
from tests.api.conftest import Program
from tests.factories import TicketFactory
from tickets.models import Article, Ticket

REQUEST = {"title": "Disk full", "queue": "Support", "customer": "new@acme.example", "body": "Nothing can be saved."}


def sent(program, key: str, path: str = "tickets/", body: dict | None = None):
    return program.post(path, REQUEST if body is None else body, headers={"Idempotency-Key": key})


def test_a_repeat_gets_the_first_answer(world, bea):
    first, second = sent(bea, "a"), sent(bea, "a")
    assert (first.status_code, second.status_code) == (201, 201)
    assert (first.content, first["Location"]) == (second.content, second["Location"])
    assert first["Content-Type"] == second["Content-Type"] == "application/json"
    assert Ticket.objects.count() == 1
    assert sent(bea, "b").json()["number"] != first.json()["number"]


def test_a_key_belongs_to_one_request_of_one_token(world, program, bea, ticket):
    sent(bea, "a")
    other = sent(bea, "a", body={**REQUEST, "title": "Another"})
    assert (other.status_code, other["Content-Type"]) == (422, "application/problem+json")
    note = {"channel": "note", "body": "x"}
    assert sent(bea, "a", path=f"tickets/{ticket.number}/articles/", body=note).status_code == 422
    assert sent(program(world.bea), "a").status_code == 201
    assert Ticket.objects.filter(title="Disk full").count() == 2


def test_a_key_goes_on_when_the_token_is_renewed(world):
    token, secret = issue_token(world.bea, name="robot")
    first = sent(Program(secret), "a")
    for _time in range(2):
        token, secret = rotate_token(token, by=world.bea)
        assert sent(Program(secret), "a").content == first.content
    assert Ticket.objects.count() == 1


def test_what_was_refused_may_be_mended_under_the_same_key(world, bea):
    assert sent(bea, "a", body={**REQUEST, "queue": "Nowhere"}).status_code == 400
    assert not KeptAnswer.objects.exists()
    assert sent(bea, "a").status_code == 201


def test_articles_are_added_once_too(world, bea, ticket):
    path, note = f"tickets/{ticket.number}/articles/", {"channel": "note", "body": "x"}
    assert sent(bea, "a", path, note).content == sent(bea, "a", path, note).content
    assert Article.objects.filter(ticket=ticket, channel="note").count() == 1


@pytest.mark.parametrize("key", ["", " ", "ä", "x" * 256, "a b"])
def test_keys_that_are_none_are_refused(world, bea, key):
    assert sent(bea, key).status_code == 400
    assert not Ticket.objects.exists()


def test_answers_are_kept_for_two_days(world, bea):
    first, old = sent(bea, "a"), timezone.now() - timedelta(hours=49)
    KeptAnswer.objects.update(created_at=old)
    assert sent(bea, "a").json()["number"] != first.json()["number"]
    assert KeptAnswer.objects.count() == 1
    KeptAnswer.objects.update(created_at=old)
    sent(bea, "b")
    assert list(KeptAnswer.objects.values_list("key", flat=True)) == ["b"]


@pytest.mark.django_db(transaction=True)
def test_K07_five_at_once_make_one_effect_and_five_equal_answers(world, program):
    robots, start = [program(world.bea)] * 5, Barrier(5)

    def post(robot):
        start.wait()
        try:
            return sent(robot, "together")
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(post, robots))
    assert [answer.status_code for answer in answers] == [201] * 5
    assert len({answer.content for answer in answers}) == 1
    assert Ticket.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_repeat_while_the_first_still_runs_is_told_so(world, program):
    """The first transaction holds its key longer than anybody waits for a lock."""
    robot = program(world.bea)
    sent(robot, "warm")
    token = KeptAnswer.objects.get().token

    def repeat():
        close_old_connections()
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        try:
            return sent(robot, "slow")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        KeptAnswer.objects.create(token=token, key="slow", request_digest="x")
        answer = pool.submit(repeat).result()
    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
    assert Ticket.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_ticket_that_somebody_holds_is_busy_and_nothing_is_lost(world, program):
    robot, ticket = program(world.bea), TicketFactory(queue=world.support, customer=world.dana)

    def change():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        try:
            return robot.patch(f"tickets/{ticket.number}/", {"title": "x"})
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        Ticket.objects.select_for_update().get(pk=ticket.pk)
        answer = pool.submit(change).result()
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
