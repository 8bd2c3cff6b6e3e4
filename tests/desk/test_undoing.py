"""Undo: a change of a property is taken back from its toast, unless somebody has changed the same since."""

import re

import pytest
from django.urls import reverse

from tests import factories
from tests.desk.conftest import part, put, state, text_of
from tickets.actions import fields, progress, routing
from tickets.models import Event, FieldDefinition, Priority, TicketType

_UNDO = re.compile(r'action="(/desk/tickets/\d+/changes/\d+/undo/)"')


def url(ticket, name: str, *more: str) -> str:
    return reverse(f"desk:{name}", args=[ticket.number, *more])


def undo_of(answer) -> str:
    return _UNDO.search(text_of(answer))[1]


def facts(ticket) -> dict:
    """Everything about it but its history and the time of its last change."""
    ticket.refresh_from_db()
    told = {"version", "chain", "changed_at"}
    return {f.name: getattr(ticket, f.attname) for f in ticket._meta.concrete_fields if f.name not in told}


@pytest.fixture
def ticket(ticket, world):
    """With something in each property that can be put back."""
    FieldDefinition.objects.create(key="model", label="Model", kind="text")
    routing.assign(ticket, world.alex, by=world.alex)
    fields.set_tags(ticket, ["printer", "second floor"], by=world.alex)
    put(ticket, "pending reminder", by=world.alex)
    ticket.refresh_from_db()
    return ticket


CHANGES = {
    "take": {},
    "owner": {"owner": ""},
    "responsible": {"responsible": "{carlos}"},
    "move": {"move": "{billing}"},
    "state": {"state": "{open}"},
    "close": {},
    "later": {"state": "{pending}", "when": "tomorrow"},
    "priority": {"priority": "{high}"},
    "rating": {"cell": "3x3"},
    "type": {"type": "{incident}"},
    "title": {"title": "Another title"},
    "tags": {"tags": "printer, loud"},
    "customer": {"customer": "erik@globex.example"},
    "field": {"field_model": "Tour 7"},
}


@pytest.mark.parametrize("name", CHANGES)
def test_every_change_of_a_property_can_be_taken_back(bea, world, ticket, name):
    ids = {
        "carlos": world.carlos.pk,
        "billing": world.billing.pk,
        "open": state("open").pk,
        "pending": state("pending reminder").pk,
        "high": Priority.objects.get(level=4).pk,
        "incident": TicketType.objects.get(name="Incident").pk,
    }
    data = {key: value.format(**ids) for key, value in CHANGES[name].items()}
    before = facts(ticket)
    changed = part(bea, url(ticket, name, *(["model"] if name == "field" else [])), data | {"seen": ticket.version})
    assert facts(ticket) != before
    answer = part(bea, undo_of(changed), {"shown": ticket.version})
    assert answer.status_code == 200
    assert "The change is undone." in text_of(answer)
    assert 'hx-target="#props"' in text_of(answer)
    assert not _UNDO.search(text_of(answer))
    assert facts(ticket) == before


def test_what_was_chosen_before_counts_even_when_nobody_may_choose_it_now(bea, ticket):
    before = facts(ticket)
    high, incident = Priority.objects.get(level=4), TicketType.objects.get(name="Incident")
    undo = [
        undo_of(part(bea, url(ticket, "priority"), {"priority": high.pk})),
        undo_of(part(bea, url(ticket, "type"), {"type": incident.pk})),
    ]
    Priority.objects.filter(pk=before["priority"]).update(is_active=False)
    TicketType.objects.filter(pk=before["type"]).update(is_active=False)
    for address in undo:
        part(bea, address, {})
    assert facts(ticket) == before


def test_an_undo_does_not_go_over_somebody_elses_change(bea, world, ticket):
    high, low = Priority.objects.get(level=4), Priority.objects.get(level=2)
    undo = undo_of(part(bea, url(ticket, "priority"), {"priority": high.pk}))
    progress.set_priority(ticket, low, by=world.carlos)
    before = facts(ticket)
    answer = part(bea, undo, {})
    assert answer.status_code == 409
    assert "Carlos Díaz changed the priority from High to Low" in text_of(answer)
    assert bea.post(undo).status_code == 409
    assert facts(ticket) == before


def test_what_others_did_to_other_properties_does_not_matter(bea, world, ticket):
    undo = undo_of(part(bea, url(ticket, "title"), {"title": "Renamed"}))
    routing.assign(ticket, world.carlos, by=world.carlos)
    part(bea, undo, {})
    assert (facts(ticket)["title"], ticket.owner) == ("Printer hums", world.carlos)


def test_an_undo_that_is_not_possible_any_more_says_so(bea, carlos, world, ticket):
    gone = factories.AgentFactory(name="Gone Gomez")
    role = factories.role("Gone", gone, read=world.support)
    routing.assign(ticket, gone, by=world.alex)
    undo = undo_of(part(bea, url(ticket, "owner"), {"owner": world.carlos.pk}))
    role.user_set.clear()
    before = facts(ticket)
    answer = part(bea, undo, {})
    assert answer.status_code == 422
    assert "What was chosen is not possible for this ticket." in text_of(answer)
    assert facts(ticket) == before


def test_only_own_changes_that_have_a_way_back_are_undone(bea, carlos, world, ticket):
    undo = undo_of(part(bea, url(ticket, "title"), {"title": "Renamed"}))
    before = facts(ticket)
    assert part(carlos, undo, {}).status_code == 404
    assert bea.get(undo).status_code == 405
    locked = part(bea, url(ticket, "lock"), {})
    assert not _UNDO.search(text_of(locked))
    lock = Event.objects.filter(kind="lock.changed").get()
    assert part(bea, f"/desk/tickets/{ticket.number}/changes/{lock.pk}/undo/", {}).status_code == 404
    assert facts(ticket) | {"is_locked": False, "owner": before["owner"]} == before


def test_without_script_the_next_page_offers_it(bea, ticket):
    page = bea.post(url(ticket, "title"), {"title": "Renamed"}, follow=True)
    back = bea.post(undo_of(page), follow=True)
    assert "The change is undone." in text_of(back)
    assert facts(ticket)["title"] == "Printer hums"


def test_nothing_changed_nothing_to_undo(bea, ticket):
    assert not _UNDO.search(text_of(part(bea, url(ticket, "priority"), {"priority": ticket.priority_id})))
