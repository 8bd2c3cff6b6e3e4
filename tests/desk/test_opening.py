"""New tickets from the desk: after a call, as an email, as a note."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import User
from accounts.people import person_with_address
from mail.models import Address, Outgoing
from tests import factories
from tests.desk.conftest import part, text_of
from tickets.models import FieldDefinition, Priority, Ticket, TicketType

NEW = "/desk/tickets/new/"


def form(world, **changes) -> dict:
    return {
        "submission": str(uuid4()),
        "channel": "phone",
        "queue": world.support.pk,
        "customer": "dana@acme.example",
        "title": "Phone does not ring",
        "text": "She says it only blinks.",
        **changes,
    }


def test_a_call_is_written_down(bea, world):
    answer = bea.post(NEW, form(world, take="on"))
    ticket = Ticket.objects.get()
    assert answer.headers["Location"] == f"/desk/tickets/{ticket.number}/"
    assert (ticket.title, ticket.queue, ticket.customer) == ("Phone does not ring", world.support, world.dana)
    assert (ticket.owner, ticket.channel, ticket.organisation) == (world.bea, "phone", world.acme)
    article = ticket.articles.get()
    assert (article.sender, article.author, article.visible_to_customer) == ("customer", world.bea, True)
    assert not Outgoing.objects.exists()
    page = text_of(bea.get(answer.headers["Location"]))
    assert "by phone, noted by Bea Costa" in page


def test_an_email_goes_out_to_the_customer(bea, world):
    bea.post(NEW, form(world, channel="email"))
    article = Ticket.objects.get().articles.get()
    assert article.sender == "agent"
    assert [r["address"] for r in article.outgoing.recipients] == ["dana@acme.example"]


def test_an_email_with_no_address_to_send_from_is_refused_and_makes_nobody(bea, world):
    Address.objects.all().delete()
    answer = part(bea, NEW, form(world, channel="email", customer="frida@nova.example"))
    assert answer.status_code == 422
    assert "This email cannot be sent, because no address is set up to send from." in text_of(answer)
    assert "She says it only blinks." in text_of(answer)
    assert not Ticket.objects.exists()
    assert person_with_address("frida@nova.example") is None


def test_a_note_stays_inside(bea, world):
    bea.post(NEW, form(world, channel="note"))
    article = Ticket.objects.get().articles.get()
    assert (article.sender, article.visible_to_customer) == ("agent", False)
    assert not Outgoing.objects.exists()


def test_somebody_new_becomes_a_customer(bea, world):
    bea.post(NEW, form(world, customer="Frida@Nova.example", name="Frida Nova"))
    frida = person_with_address("frida@nova.example")
    assert (frida.name, frida.is_customer, frida.is_agent) == ("Frida Nova", True, False)
    assert Ticket.objects.get().customer == frida


def test_everything_else_can_be_chosen(bea, world):
    FieldDefinition.objects.create(key="model", label="Model", kind="dropdown", options=["Tour 7", "Cargo 2"])
    high, incident = Priority.objects.get(level=4), TicketType.objects.get(name="Incident")
    file = SimpleUploadedFile("photo.png", b"\x89PNG", content_type="image/png")
    bea.post(NEW, form(world, priority=high.pk, type=incident.pk, field_model="Tour 7", files=[file]))
    ticket = Ticket.objects.get()
    assert (ticket.priority, ticket.type, ticket.owner) == (high, incident, None)
    assert ticket.custom_fields == {"model": "Tour 7"}
    assert ticket.has_files


def test_a_double_click_opens_one_ticket(bea, world):
    sent = form(world)
    assert bea.post(NEW, sent).headers["Location"] == bea.post(NEW, sent).headers["Location"]
    assert Ticket.objects.count() == 1


def test_the_page_is_told_where_to_go(bea, world):
    answer = part(bea, NEW, form(world))
    assert answer.headers["HX-Redirect"] == f"/desk/tickets/{Ticket.objects.get().number}/"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"customer": "nobody"}, "Enter a valid email address."),
        ({"customer": ""}, "This field is required."),
        ({"customer": "mail@system.invalid"}, "belongs to the helpdesk itself"),
        ({"title": " \u200b"}, "This field is required."),
        ({"text": ""}, "This field is required."),
        ({"queue": ""}, "This field is required."),
        ({"queue": "{billing}"}, "Select a valid choice."),
        ({"channel": "web"}, "Select a valid choice."),
        ({"priority": "0"}, "Select a valid choice."),
        ({"field_model": "Spaceship"}, "Select a valid choice."),
    ],
)
def test_what_does_not_fit_comes_back_with_the_reason(carlos, world, changes, words):
    FieldDefinition.objects.create(key="model", label="Model", kind="dropdown", options=["Tour 7"])
    factories.create_person(email="mail@system.invalid", system_key="mail", is_active=False)
    people = User.objects.count()
    changes = {key: value.format(billing=world.billing.pk) for key, value in changes.items()}
    sent = {"customer": "new@nova.example"} | changes
    for answer in (carlos.post(NEW, form(world, **sent)), part(carlos, NEW, form(world, **sent))):
        assert answer.status_code == 422
        assert words in text_of(answer)
    assert (Ticket.objects.count(), User.objects.count()) == (0, people)


def test_queues_without_the_right_are_not_offered(carlos, world):
    page = text_of(carlos.get(NEW))
    assert "Hardware" in page
    assert "Billing" not in page


def test_who_may_create_but_not_see_is_led_back_to_the_list(world, signed_in):
    agent = factories.AgentFactory()
    factories.role("Openers", agent, create=world.support)
    answer = signed_in(agent).post(NEW, form(world, take="on"))
    assert answer.headers["Location"] == reverse("desk:view", args=["open"])
    assert Ticket.objects.get().owner is None


def test_a_known_address_shows_whose_it_is(bea, world):
    assert "Dana Miller" in text_of(part(bea, "/desk/tickets/new/person/", customer="Dana@ACME.example"))
    unknown = text_of(part(bea, "/desk/tickets/new/person/", customer="who@nova.example"))
    assert 'name="name"' in unknown


def test_customers_open_no_tickets_here(world, signed_in):
    dana = signed_in(world.dana)
    assert dana.get(NEW).status_code == 404
    assert dana.post(NEW, form(world)).status_code == 404
    assert dana.get("/desk/tickets/new/person/", {"customer": "bea@demo.example"}).status_code == 404
    assert Ticket.objects.count() == 0
