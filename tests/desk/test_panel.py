"""Beside the conversation: the customer, properties in place, and who can see the ticket."""

import pytest
from django.urls import reverse

from tests import factories
from tests.desk.conftest import part, text_of
from tickets.actions import fields, progress, removing
from tickets.models import FieldDefinition, Ticket
from tickets.readers import customers_of


def url(ticket, name: str = "ticket") -> str:
    return reverse(f"desk:{name}", args=[ticket.number])


def test_fields_of_other_queues_and_types_are_not_shown(bea, world, ticket):
    here = FieldDefinition.objects.create(key="model", label="Model", kind="text")
    here.queues.add(world.support)
    elsewhere = FieldDefinition.objects.create(key="invoice", label="Invoice number", kind="text")
    elsewhere.queues.add(world.billing)
    page = text_of(bea.get(url(ticket)))
    assert "Model" in page
    assert "Invoice number" not in page
    assert part(bea, reverse("desk:field", args=[ticket.number, "invoice"])).status_code == 404


def test_tags_in_use_are_suggested(bea, carlos, world, ticket):
    secret = factories.TicketFactory(queue=world.billing, customer=world.erik)
    fields.set_tags(secret, ["layoffs"], by=world.bea)
    other = factories.TicketFactory(queue=world.support, customer=world.erik)
    fields.set_tags(other, ["printer", "floor 2"], by=world.bea)
    assert '<option value="floor 2">' in text_of(part(carlos, url(ticket, "tags")))
    assert "layoffs" in text_of(part(bea, url(ticket, "tags")))
    assert "layoffs" not in text_of(part(carlos, url(ticket, "tags")))


def test_a_vip_is_marked(bea, world, ticket):
    assert "VIP" not in text_of(bea.get(url(ticket)))
    world.dana.is_vip = True
    world.dana.save()
    assert "VIP" in text_of(bea.get(url(ticket)))


def test_a_readers_panel_changes_nothing(signed_in, reader, ticket):
    page = text_of(signed_in(reader).get(url(ticket)))
    for name in ("link", "checklist", "time", "watchers", "customer", "state"):
        assert url(ticket, name) not in page


def test_impact_and_urgency_are_shown_in_words(bea, world, ticket):
    progress.rate(ticket, 2, 3, by=world.bea)
    assert "medium, high" in text_of(bea.get(url(ticket)))


# ---- who can see it -----------------------------------------------------------------------------


def test_who_can_see_a_ticket_and_why(bea, world, ticket, reader):
    page = text_of(bea.get(url(ticket, "readers")))
    assert "Rita Read" in page
    assert "As Readers in Support" in page
    assert "As Support team in Support" in page
    assert "does everything" in page
    assert "It is their request." in page
    assert "Erik Olsen" not in page


def test_rights_from_above_are_named(bea, world, reader):
    below = factories.TicketFactory(queue=world.hardware, customer=world.dana)
    assert "As Readers in Support" in text_of(bea.get(url(below, "readers")))


def test_of_a_note_no_customer_knows(bea, world):
    silent = factories.TicketFactory(queue=world.support, customer=world.dana, channel="note", by=world.bea)
    assert "No customer can see it" in text_of(bea.get(url(silent, "readers")))


@pytest.mark.parametrize("sees_all", [True, False])
@pytest.mark.parametrize("removed", [True, False])
def test_customers_are_those_of_the_one_rule(world, ticket, sees_all, removed):
    colleague = factories.CustomerFactory(name="Carl Miles")
    world.acme.memberships.create(user=colleague, sees_all=sees_all)
    if removed:
        removing.trash(ticket, by=world.bea)
        ticket.refresh_from_db()
    found = {
        person
        for person in (world.dana, world.erik, colleague)
        if Ticket.objects.of_customer(person).filter(pk=ticket.pk).exists()
    }
    assert set(customers_of(ticket)) == found


def test_queries_do_not_grow_with_agents(bea, world, ticket, queries):
    def cost() -> int:
        with queries() as counted:
            bea.get(url(ticket, "readers"))
        return len(counted)

    cost()
    few = cost()
    for number in range(5):
        factories.role(f"Team {number}", factories.AgentFactory(), read=world.support)
    assert cost() == few
