"""Tags: listed once used, renamed, made one, retired and taken off, on all their tickets."""

import pytest
from django.urls import reverse

from tests.factories import TicketFactory
from tickets.actions.fields import set_tags
from tickets.chores import run_chore
from tickets.models import Chore, Event, Tag, Ticket
from tickets.tags import count_tickets, offered_tags, register_all, rename_tag


@pytest.fixture
def tickets(world) -> list[Ticket]:
    return [TicketFactory(queue=world.support, tags=tags) for tags in (["bill"], ["bill", "urgent"], ["invoice"])]


@pytest.fixture
def bill(tickets) -> Tag:
    return Tag.objects.get(name="bill")


def work() -> None:
    for pk in Chore.objects.unfinished().order_by("pk").values_list("pk", flat=True):
        run_chore(pk)


def tags_of(tickets) -> list[list[str]]:
    return [Ticket.objects.get(pk=ticket.pk).tags for ticket in tickets]


def test_a_tag_is_listed_once_it_has_been_used(world, tickets, door, text_of):
    set_tags(tickets[0], ["bill", "printer"], by=world.bea)
    page = text_of(door.get(reverse("setup:tags")))
    assert sorted(Tag.objects.values_list("name", flat=True)) == ["bill", "invoice", "printer", "urgent"]
    assert "bill 2 " in page
    assert "printer 1 " in page
    assert "urgent" not in text_of(door.get(reverse("setup:tags"), {"q": "BILL"})).partition("Known since")[2]


def test_loaded_tickets_have_their_tags_listed_too(world, tickets):
    Tag.objects.all().delete()
    register_all()
    assert sorted(Tag.objects.values_list("name", flat=True)) == ["bill", "invoice", "urgent"]


def test_a_new_name_is_on_all_tickets_and_in_their_history(world, tickets, bill, door, last_change):
    places = list(Ticket.objects.order_by("pk").values_list("changed_at", flat=True))
    answer = door.post(reverse("setup:tag", args=[bill.pk]), {"name": " money ", "is_active": "on"})
    assert answer.status_code == 302
    assert (last_change().kind, last_change().before, last_change().after) == (
        "tickets.tag",
        {"name": "bill"},
        {"name": "money"},
    )
    work()
    assert tags_of(tickets) == [["money"], ["money", "urgent"], ["invoice"]]
    event = Event.objects.filter(ticket=tickets[0]).latest("pk")
    assert (event.kind, event.actor, event.cause_kind) == ("tags.changed", world.alex, "setup")
    assert event.data == {"tags": {"was": ["bill"], "now": ["money"]}}
    assert list(Ticket.objects.order_by("pk").values_list("changed_at", flat=True)) == places
    assert not Tag.objects.filter(name="bill").exists()


def test_two_tags_become_one_only_when_that_is_said(world, tickets, bill, door, text_of):
    path, data = reverse("setup:tag", args=[bill.pk]), {"name": "invoice", "is_active": "on"}
    asked = door.post(path, data)
    assert asked.status_code == 422
    assert "All tickets of “bill” (2) would get “invoice” (1)." in text_of(asked)
    assert not Chore.objects.exists()
    assert door.post(path, data | {"confirmed": "invoice"}).status_code == 302
    work()
    assert tags_of(tickets) == [["invoice"], ["invoice", "urgent"], ["invoice"]]
    assert Tag.objects.filter(name__in=["bill", "invoice"]).count() == 1


def test_a_retired_tag_stays_on_its_tickets_and_is_offered_no_more(world, tickets, bill, door, last_change, text_of):
    assert offered_tags("B") == ["bill"]
    door.post(reverse("setup:tag", args=[bill.pk]), {"name": "bill"})
    assert (last_change().before["is_active"], last_change().after["is_active"]) == (True, False)
    assert offered_tags("b") == []
    assert tags_of(tickets[:1]) == [["bill"]]
    assert "bill" in text_of(door.get(reverse("setup:tags"), {"show": "retired"}))


def test_a_tag_is_taken_off_all_tickets(world, tickets, bill, door):
    assert door.post(reverse("setup:tag_remove", args=[bill.pk])).status_code == 302
    work()
    assert tags_of(tickets) == [[], ["urgent"], ["invoice"]]


@pytest.mark.parametrize("name", ["", "  ", "x" * 51])
def test_a_tag_needs_a_name_and_what_was_typed_stays(world, bill, door, name):
    answer = door.post(reverse("setup:tag", args=[bill.pk]), {"name": name, "is_active": "on"})
    assert answer.status_code == 422
    assert f'value="{name}"' in answer.content.decode()
    assert Tag.objects.filter(name="bill").exists()


def test_a_stale_page_renames_nothing(world, tickets, bill, door):
    first = {"name": "bill", "seen": "0"}
    door.post(reverse("setup:tag", args=[bill.pk]), first)
    answer = door.post(reverse("setup:tag", args=[bill.pk]), first | {"name": "money"})
    assert answer.status_code == 409
    assert 'value="money"' in answer.content.decode()
    assert not Tag.objects.filter(name="money").exists()
    door.post(reverse("setup:tag_remove", args=[bill.pk]), {"seen": "0"})
    assert Tag.objects.filter(pk=bill.pk).exists()


def test_a_long_way_is_gone_in_steps(world, tickets, bill, monkeypatch):
    monkeypatch.setattr("tickets.chores.BATCH", 1)
    monkeypatch.setattr("tickets.chores.BUDGET", -1.0)
    rename_tag(bill, "money", by=world.alex)
    chore = Chore.objects.get()
    assert run_chore(chore.pk)
    chore.refresh_from_db()
    assert (chore.done, chore.attempts, chore.parked_at) == (1, 0, None)
    for _step in range(3):
        Chore.objects.update(due_at=chore.created_at)
        run_chore(chore.pk)
    chore.refresh_from_db()
    assert (chore.done, chore.due_at) == (2, None)
    assert tags_of(tickets) == [["money"], ["money", "urgent"], ["invoice"]]


def test_there_and_back_comes_to_an_end(world, tickets, bill):
    """Two workers would else push the tickets to and fro for ever."""
    money = rename_tag(bill, "money", by=world.alex)
    rename_tag(money, "bill", by=world.alex)
    first, second = Chore.objects.order_by("pk")
    run_chore(second.pk)
    second.refresh_from_db()
    assert second.due_at is not None
    run_chore(first.pk)
    Chore.objects.filter(pk=second.pk).update(due_at=first.created_at)
    run_chore(second.pk)
    assert tags_of(tickets) == [["bill"], ["bill", "urgent"], ["invoice"]]


def test_tags_are_counted_in_one_query(world, tickets, queries):
    with queries() as made:
        assert count_tickets(["bill", "nothing"]) == {"bill": 2, "nothing": 0}
    assert len(made) == 1


def test_T07_hostile_tags_are_text(world, door):
    ticket = TicketFactory(queue=world.support, tags=['"><img src=x>'])
    tag = Tag.objects.get(name=ticket.tags[0])
    for path in (reverse("setup:tags"), reverse("setup:tag", args=[tag.pk])):
        assert "<img" not in door.get(path).content.decode()
