"""The service of a ticket at the desk: beside the conversation, in the history, in searches, by rules."""

import pytest

from automation.effects import Context, known_effects
from tests.factories import TicketFactory
from tickets.completion import complete
from tickets.events import DESK
from tickets.finding import condition_of, narrowed
from tickets.models import Service, Ticket
from tickets.sentences import sentence_of
from tickets.servicedefinitions import save_service
from tickets.wordings import fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def laptop(world) -> Service:
    topic = save_service(Service(name="Workplace"), {}, by=world.alex)
    names = {"de": "Neues Notebook"}
    return save_service(Service(name="New laptop", names=names, parent=topic, queue=world.support), {}, by=world.alex)


@pytest.fixture
def ticket(world) -> Ticket:
    return TicketFactory(queue=world.support, customer=world.dana)


def test_it_is_chosen_and_taken_away(world, laptop, ticket, signed_in):
    client, path = signed_in(world.bea), f"/desk/tickets/{ticket.number}/service/"
    assert "Workplace › New laptop" in client.get(path).content.decode()
    assert client.post(path, {"service": laptop.pk}).status_code == 302
    ticket.refresh_from_db()
    assert ticket.service == laptop
    assert "Workplace › New laptop" in client.get(f"/desk/tickets/{ticket.number}/").content.decode()
    client.post(path, {"service": ""})
    ticket.refresh_from_db()
    assert ticket.service is None
    told = [sentence_of(event) for event in ticket.events.filter(kind="service.changed").order_by("pk")]
    assert told == [
        "Bea Costa set the service to Workplace › New laptop",
        "Bea Costa took the service Workplace › New laptop away",
    ]


def test_one_that_is_out_of_use_cannot_be_chosen(world, laptop, ticket, signed_in):
    Service.objects.update(is_active=False)
    signed_in(world.bea).post(f"/desk/tickets/{ticket.number}/service/", {"service": laptop.pk})
    ticket.refresh_from_db()
    assert ticket.service is None


@pytest.mark.parametrize("words", ['service:"New laptop"', 'service:"neues notebook"', "service:workplace"])
def test_it_is_found(world, laptop, ticket, words):
    Ticket.objects.filter(pk=ticket.pk).update(service=laptop)
    TicketFactory(queue=world.support)
    assert list(narrowed(Ticket.objects.all(), condition_of(words, world.bea), world.bea)) == [ticket]


def test_it_is_offered_while_somebody_types(world, laptop):
    found = complete("service:lap", len("service:lap"), world.bea)
    assert [item.text for item in found.items] == ['"Workplace::New laptop"']


def test_a_rule_sets_it_and_texts_name_it(world, laptop, ticket):
    effect = known_effects()["service"]
    context = Context(by=world.bea, cause=DESK)
    assert effect.run(ticket, {"to": laptop.pk}, context).data["service"]["now"]["id"] == laptop.pk
    ticket.refresh_from_db()
    assert fill("{{ ticket.service }}", ticket, world.bea) == "New laptop"
    ticket.language = "de"
    assert fill("{{ ticket.service }}", ticket, world.bea) == "Neues Notebook"
    assert effect.run(ticket, {"to": None}, context).data["service"]["now"] is None
