"""GET changes/: everything that happens, each once, and nothing missed while others write."""

import threading
import time
from urllib.parse import unquote

import pytest
from django.db import connection, transaction

from api.v1.exporting import ORDER
from core.pagination import cursor_behind
from tests.factories import TicketFactory
from tickets.actions.fields import set_title
from tickets.models import Event


def follow(program, address: str = "changes/") -> tuple[list[dict], str]:
    """All there is by now, and where to go on."""
    events = []
    while True:
        page = program.get(address).json()
        events += page["results"]
        address = page["next"]
        if page["is_complete"]:
            return events, address


def follow_until(count: int, program, address: str = "changes/") -> tuple[list[dict], str]:
    """As many events as there must be. They may be held back for a moment, by what ends just now in another database."""
    events, gives_up = [], time.monotonic() + 30
    while True:
        more, address = follow(program, address)
        events += more
        if len(events) >= count or time.monotonic() > gives_up:
            return events, address
        time.sleep(0.02)


@pytest.mark.django_db(transaction=True)
def test_whoever_goes_on_gets_what_is_new_and_nothing_twice(world, bea, program):
    tickets = [TicketFactory(queue=world.support) for _ in range(3)]
    hidden = TicketFactory(queue=world.billing)
    carlos = program(world.carlos)
    mine = list(Event.objects.filter(ticket__in=tickets).order_by("id").values_list("id", flat=True))
    events, address = follow_until(len(mine), carlos, "changes/?page_size=2")
    assert [event["id"] for event in events] == mine
    assert events[0]["ticket"] == tickets[0].number
    assert follow(carlos, address) == ([], address)
    set_title(tickets[1], "Another", by=world.bea)
    set_title(hidden, "Another", by=world.bea)
    later, _address = follow_until(1, carlos, address)
    assert [(event["ticket"], event["kind"]) for event in later] == [(tickets[1].number, "title.changed")]


@pytest.mark.django_db(transaction=True)
def test_from_now_on(world, bea):
    ticket = TicketFactory(queue=world.support)
    follow_until(ticket.events.count(), bea)
    first = bea.get("changes/?start=now").json()
    assert (first["results"], first["is_complete"]) == ([], True)
    set_title(ticket, "Another", by=world.bea)
    events, _address = follow_until(1, bea, first["next"])
    assert [event["kind"] for event in events] == ["title.changed"]


@pytest.mark.django_db(transaction=True)
def test_K_a_transaction_that_ends_late_is_not_missed(world, bea):
    """It has begun, and has its event, before another one that is finished first."""
    slow, quick = (TicketFactory(queue=world.support) for _ in range(2))
    _events, address = follow_until(Event.objects.count(), bea)
    written, go_on = threading.Event(), threading.Event()

    def write_slowly() -> None:
        try:
            with transaction.atomic():
                set_title(slow, "Slow", by=world.bea)
                written.set()
                go_on.wait(10)
        finally:
            connection.close()

    writer = threading.Thread(target=write_slowly)
    writer.start()
    assert written.wait(10)
    set_title(quick, "Quick", by=world.bea)
    meanwhile, address = follow(bea, address)
    go_on.set()
    writer.join()
    afterwards, _address = follow_until(2 - len(meanwhile), bea, address)
    titles = [event["data"]["title"]["now"] for event in meanwhile + afterwards]
    assert titles == ["Slow", "Quick"]


@pytest.mark.django_db
def test_K_from_another_server_or_after_a_step_back_in_time_one_begins_again(world, bea):
    """What is new there would stand before the place where one was."""
    here = bea.get("changes/?start=now").json()["next"]
    server, _mark, cursor = unquote(here.rpartition("=")[2]).partition("~")
    ahead = cursor_behind([2**40, 1], ORDER)
    assert bea.get("changes/", {"cursor": f"{server}~{cursor}"}).status_code == 200
    assert bea.get("changes/", {"cursor": cursor}).status_code == 200  # as addresses were before
    for other in (f"01234567~{cursor}", f"{server}~{ahead}", ahead):
        answer = bea.get("changes/", {"cursor": other})
        assert (answer.status_code, answer["Content-Type"]) == (410, "application/problem+json")
    assert bea.get("changes/", {"cursor": f"{server}~x"}).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["page_size=0", "cursor=x", "start=x", "since=1"])
def test_what_cannot_be_asked_is_refused(world, bea, query):
    assert bea.get(f"changes/?{query}").status_code == 400


def test_customers_have_no_history(world, program):
    assert program(world.dana).get("changes/").status_code == 404
