"""New tickets from the desk: after a call, as an email, as a note."""

import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import User
from accounts.people import person_with_address
from mail.models import Address, Outgoing
from tests import factories
from tests.desk.conftest import part, text_of
from tickets.models import FieldDefinition, Priority, ReplyTemplate, Ticket, TicketType

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
        ({"customer": "nobody"}, "is not an email address"),
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


# ---- several customers, and templates -----------------------------------------------------------


def test_each_of_several_customers_gets_a_ticket_once(bea, world):
    sent = form(world, customer="dana@acme.example, Frida Nova <frida@nova.example>", each="each", channel="email")
    answers = [part(bea, NEW, sent) for _click in range(2)]
    assert {ticket.customer.name for ticket in Ticket.objects.all()} == {"Dana Miller", "Frida Nova"}
    assert Ticket.objects.count() == 2
    assert {answer.headers["HX-Redirect"] for answer in answers} == {reverse("desk:view", args=["open"])}
    for ticket in Ticket.objects.all():
        assert [person["address"] for person in ticket.articles.get().to] == [ticket.customer.email]
    page = text_of(bea.get(answers[0].headers["HX-Redirect"]))
    assert all(f"#{ticket.number}" in page for ticket in Ticket.objects.all())


def test_one_ticket_with_all_of_them_sends_copies(bea, world):
    bea.post(NEW, form(world, customer="dana@acme.example, erik@globex.example", each="together", channel="email"))
    ticket = Ticket.objects.get()
    article = ticket.articles.get()
    assert ticket.customer == world.dana
    assert [person["address"] for person in article.cc] == ["erik@globex.example"]
    assert len(article.outgoing.recipients) == 2


def test_none_is_opened_when_one_cannot_be(bea, world):
    factories.create_person(email="mail@system.invalid", system_key="mail", is_active=False)
    answer = part(bea, NEW, form(world, customer="dana@acme.example, mail@system.invalid"))
    assert answer.status_code == 422
    assert Ticket.objects.count() == 0


def test_several_people_are_asked_about(bea, world):
    shown = text_of(part(bea, "/desk/tickets/new/person/", customer="dana@acme.example, who@nova.example"))
    assert "Dana Miller" in shown
    assert "A ticket for each of them" in shown
    assert 'name="name"' not in shown


def test_a_template_is_put_below_what_was_written(bea, world):
    body = "Dear {{ customer.first_name }}, welcome to {{ ticket.queue }}."
    template = ReplyTemplate.objects.create(name="Welcome", body=body)
    sent = form(world, template=template.pk, insert="1", title="", text="Hello.")
    for answer in (part(bea, NEW, sent), bea.post(NEW, sent)):
        page = text_of(answer)
        assert answer.status_code == 200
        assert "Hello.\n\nDear Dana, welcome to Support." in page
        assert 'value="Welcome"' in page
    assert Ticket.objects.count() == 0


def test_a_template_without_a_customer_leaves_a_gap(bea, world):
    template = ReplyTemplate.objects.create(name="Welcome", body="Dear {{ customer.first_name }},")
    page = text_of(part(bea, NEW, form(world, template=template.pk, insert="1", customer="", queue="")))
    assert "Dear ," in page


def test_the_fields_are_those_of_the_queue_that_is_chosen(bea, world):
    everywhere = FieldDefinition.objects.create(key="order", label="Order number", kind="text")
    there = FieldDefinition.objects.create(key="invoice", label="Invoice number", kind="text", is_required=True)
    there.queues.add(world.billing)
    assert "Invoice number" not in text_of(bea.get(NEW))
    chosen = part(bea, f"{NEW}?refresh=1", form(world, queue=world.billing.pk, title="Which one"))
    assert chosen.status_code == 200
    assert "Invoice number" in text_of(chosen)
    assert everywhere.label in text_of(chosen)
    assert 'value="Which one"' in text_of(chosen)
    assert bea.post(NEW, form(world, queue=world.billing.pk)).status_code == 422
    assert bea.post(NEW, form(world)).status_code == 302
    assert Ticket.objects.get().queue == world.support


def test_without_script_the_fields_of_the_queue_are_shown_before_the_ticket_is_open(bea, world):
    note = FieldDefinition.objects.create(key="note", label="Delivery note", kind="text")
    note.queues.add(world.billing)
    offered = re.search(r'name="offered" value="([^"]*)"', text_of(bea.get(NEW)))[1]
    sent = form(world, queue=world.billing.pk, offered=offered)
    answer = bea.post(NEW, sent)
    assert answer.status_code == 422
    assert "Delivery note" in text_of(answer)
    assert "fields of its own" in text_of(answer)
    assert not Ticket.objects.exists()
    sent["offered"] = re.search(r'name="offered" value="([^"]*)"', text_of(answer))[1]
    assert bea.post(NEW, sent | {"field_note": "D-17"}).status_code == 302
    assert Ticket.objects.get().custom_fields == {"note": "D-17"}


@pytest.mark.parametrize(
    ("begun", "name"),
    [
        ({}, "customer"),
        ({"customer": "dana@acme.example"}, "title"),
        ({"customer": "dana@acme.example", "title": "Again"}, "text"),
        ({"customer": "dana@acme.example", "title": "Again", "text": "It hums."}, "queue"),
    ],
)
def test_one_begins_in_the_first_field_that_has_to_be_filled(bea, begun, name):
    page = text_of(bea.get(NEW, begun))
    fields = re.findall(r"<(?:input|textarea|select)[^>]*>", page.split('id="new-ticket"')[1].split("</form>")[0])
    assert [re.search(r'name="([^"]*)"', field)[1] for field in fields if "autofocus" in field] == [name]


def test_a_form_that_is_filled_in_further_keeps_the_focus_where_it_is(bea):
    assert "autofocus" not in text_of(part(bea, f"{NEW}?refresh=1", {"customer": "dana@acme.example"}))
    assert "autofocus" not in text_of(bea.post(NEW, {"customer": ""})).split('id="new-ticket"')[1].split("</form>")[0]
