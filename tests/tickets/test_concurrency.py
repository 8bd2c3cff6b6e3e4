"""Many at once: numbers stay unique, people stay one, no change is lost."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from accounts.models import EmailAddress, User
from accounts.people import customer_for_address
from tests.factories import TicketFactory
from tickets.actions.opening import Opening, open_ticket
from tickets.actions.progress import set_state
from tickets.actions.replying import add_note
from tickets.actions.routing import assign, move
from tickets.events import broken_links
from tickets.messages import Message
from tickets.models import Event, State, Ticket

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(number: int, act: Callable[[int], object]) -> list[object]:
    """Run `act(0) … act(number - 1)` in as many threads that start together; returns what they return."""
    results: list[object] = [None] * number
    start = threading.Barrier(number)

    def run(n: int) -> None:
        start.wait()
        try:
            results[n] = act(n)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_K03_numbers_are_unique_when_many_open_at_once(world):
    def open_five(n: int) -> None:
        for _time in range(5):
            opening = Opening(title=f"From {n}", queue=world.support, customer=world.dana, channel="web")
            open_ticket(opening, Message(text="x"), by=User.objects.get(pk=world.dana.pk))

    at_once(8, open_five)
    numbers = list(Ticket.objects.values_list("number", flat=True))
    assert len(numbers) == len(set(numbers)) == 40


def test_K09_a_new_customer_who_mails_many_times_at_once_is_one_person(world):
    people = at_once(10, lambda _n: customer_for_address("New.Person@Example.com", name="New").pk)
    assert len(set(people)) == 1
    assert EmailAddress.objects.filter(address="new.person@example.com").count() == 1


def test_events_of_one_ticket_are_counted_without_a_gap(world):
    ticket = TicketFactory(queue=world.support)
    at_once(8, lambda n: add_note(ticket, Message(text=f"note {n}"), by=User.objects.get(pk=world.bea.pk)))
    versions = list(Event.objects.filter(ticket=ticket).values_list("version", flat=True))
    assert versions == list(range(1, len(versions) + 1))
    assert Ticket.objects.get(pk=ticket.pk).version == len(versions)


def test_K01_whoever_waited_for_the_ticket_finds_it_as_it_is_now(world):
    """State, owner and queue change while others wait: joined rows are those of the new ticket, never of the old."""
    ticket = TicketFactory(queue=world.support)
    states = list(State.objects.filter(type__in=("open", "closed")))

    def act(n: int) -> None:
        by = User.objects.get(pk=world.bea.pk)
        for round_ in range(4):
            set_state(ticket, states[(n + round_) % len(states)], by=by)
            assign(ticket, [None, world.bea, world.carlos][(n + round_) % 3], by=by)
            move(ticket, [world.support, world.hardware][(n + round_) % 2], by=by)

    at_once(6, act)
    ticket.refresh_from_db()
    last = {}
    for event in ticket.events.order_by("version"):
        for name, change in event.data.items():
            assert change["was"] == last.get(name, change["was"])
            last[name] = change["now"]
    assert broken_links(ticket) == []
    assert last["state"]["id"] == ticket.state_id
    assert (last["owner"] or {}).get("id") == ticket.owner_id
    assert last["queue"]["id"] == ticket.queue_id
