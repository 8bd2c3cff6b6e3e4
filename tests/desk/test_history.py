"""The history of a ticket: sentences, filters by kind, person and field, and pages without a day told twice."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from core.clock import pretend
from tests.desk.conftest import customer_writes, part, put, text_of
from tests.factories import TicketFactory
from tickets.actions import effort, fields, linking, routing, taking_part
from tickets.actions.replying import log_call
from tickets.messages import Message
from tickets.models import FieldDefinition


@pytest.fixture
def page(bea, ticket):
    """The history as Bea sees it, narrowed by what is given."""
    url = reverse("desk:history", args=[ticket.number])
    return lambda **narrowed: text_of(bea.get(url, narrowed))


@pytest.fixture
def busy(world, ticket):
    """A bit of everything."""
    FieldDefinition.objects.create(key="model", label="Model", kind="text")
    FieldDefinition.objects.create(key="colour", label="Colour", kind="text")
    routing.assign(ticket, world.carlos, by=world.bea)
    fields.set_custom_fields(ticket, {"model": "Tour 7"}, by=world.carlos)
    fields.set_custom_fields(ticket, {"colour": "red"}, by=world.bea)
    effort.spend(ticket, 1, by=world.carlos)
    effort.spend(ticket, 20, by=world.carlos)
    linking.link(ticket, TicketFactory(queue=world.support, customer=world.erik), "normal", by=world.bea)
    customer_writes(ticket, "It stopped.")
    return ticket


@pytest.mark.parametrize(
    ("narrowed", "there", "gone"),
    [
        ({}, ["assigned it to Carlos", "Model = Tour 7", "worked 1 minute on it", "linked it", "wrote an email"], []),
        ({"show": "messages"}, ["opened the ticket", "wrote an email"], ["assigned it", "worked"]),
        ({"show": "changes"}, ["assigned it", "worked 20 minutes on it"], ["wrote an email", "opened the ticket"]),
        ({"show": "joined"}, ["linked it with"], ["assigned it", "worked"]),
        ({"show": "work"}, ["worked 1 minute on it"], ["linked it", "assigned it"]),
        ({"field": "owner"}, ["assigned it"], ["Tour 7", "worked"]),
        ({"field": "field.model"}, ["Model = Tour 7"], ["Colour = red", "assigned it"]),
        ({"field": "field.colour"}, ["Colour = red"], ["Model = Tour 7"]),
        ({"person": "{carlos}"}, ["Model = Tour 7", "worked 20"], ["Colour = red", "assigned it"]),
        ({"person": "{carlos}", "show": "work"}, ["worked 20"], ["Model = Tour 7"]),
        ({"show": "nonsense", "person": "x", "field": "chain"}, ["assigned it", "Model = Tour 7"], []),
    ],
)
def test_it_is_narrowed(page, world, busy, narrowed, there, gone):
    shown = page(**{key: value.format(carlos=world.carlos.pk) for key, value in narrowed.items()})
    log = shown[shown.index('id="history"') : shown.index('class="side-props"')]
    assert [words for words in there if words not in log] == []
    assert [words for words in gone if words in log] == []


def test_filters_are_kept_together(page, world, busy):
    shown = page(person=world.carlos.pk, field="owner")
    assert f'href="?show=work&amp;person={world.carlos.pk}&amp;field=owner"' in shown
    assert f'<option value="{world.carlos.pk}" selected>' in shown
    assert '<option value="owner" selected>' in shown


def test_only_those_who_did_something_are_offered(page, world, busy):
    people = page().split('id="hist-person"')[1].split("</select>")[0]
    assert "Carlos Díaz" in people
    assert "Alex Berger" not in people


def test_a_day_is_told_once_however_the_pages_fall(bea, world, ticket):
    url = reverse("desk:history", args=[ticket.number])
    for number in range(70):
        with pretend(datetime(2026, 11, 20, 8, tzinfo=UTC) + timedelta(minutes=number)):
            fields.set_tags(ticket, [f"tag{number}"], by=world.bea)
    first = text_of(bea.get(url, {"show": "changes"}))
    link = first.split('id="pager"')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    assert "show=changes" in link
    more = text_of(part(bea, url + link))
    assert first.count("Friday, 20 November 2026") == 1
    assert "20 November 2026" not in more.replace('title="', "")
    assert more.count('class="hist__row"') == 20


def test_a_new_day_on_the_next_page_is_told(bea, world, ticket):
    url = reverse("desk:history", args=[ticket.number])
    start = datetime(2026, 11, 20, 8, tzinfo=UTC)
    for number in range(55):
        with pretend(start if number < 5 else start + timedelta(days=1)):
            fields.set_tags(ticket, [f"tag{number}"], by=world.bea)
    first = text_of(bea.get(url, {"show": "changes"}))
    assert 'class="daymark">Friday' not in first
    link = first.split('id="pager"')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    assert text_of(part(bea, url + link)).count('class="daymark">Friday, 20 November 2026') == 1


def test_queries_do_not_grow_with_events(bea, world, ticket, queries):
    url = reverse("desk:history", args=[ticket.number])

    def cost() -> int:
        with queries() as counted:
            bea.get(url)
        return len(counted)

    fields.set_tags(ticket, ["one"], by=world.bea)
    cost()
    few = cost()
    for number in range(30):
        fields.set_tags(ticket, [f"tag{number}"], by=world.carlos if number % 2 else world.alex)
    assert cost() == few


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (lambda t, w: effort.spend(t, 1, by=w.bea), "Bea Costa worked 1 minute on it"),
        (lambda t, w: effort.spend(t, 2, by=w.bea), "Bea Costa worked 2 minutes on it"),
        (lambda t, w: routing.lock(t, by=w.bea), "Bea Costa took it and locked it"),
        (lambda t, w: taking_part.watch(t, w.carlos, by=w.bea), "Bea Costa added Carlos Díaz as a watcher"),
        (
            lambda t, w: log_call(t, Message(text="Hi"), caller="customer", by=w.bea),
            "Bea Costa noted a call from the customer",
        ),
        (lambda t, w: log_call(t, Message(text="Hi"), caller="agent", by=w.bea), "Bea Costa noted a call"),
        (lambda t, w: put(t, "closed successful", by=w.bea), "Bea Costa closed it as “Solved”"),
    ],
)
def test_sentences_read_well(page, world, ticket, act, sentence):
    act(ticket, world)
    assert sentence in page()


def test_time_taken_back_is_said(page, world, ticket):
    effort.spend(ticket, 1, by=world.bea)
    effort.remove_time(ticket.time_entries.get(), by=world.bea)
    assert "Bea Costa took 1 minute of work back" in page()
