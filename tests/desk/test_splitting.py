"""One message becomes a ticket of its own."""

from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.people import person_with_address
from mail.models import Outgoing
from tests import factories
from tests.desk.conftest import customer_writes, part, text_of
from tickets.models import Link, Ticket


@pytest.fixture
def article(ticket):
    return customer_writes(ticket, "By the way, the coffee machine leaks.")


def url(article) -> str:
    return reverse("desk:split_message", args=[article.pk])


def form(article, world, **changes) -> dict:
    facts = {"title": "Coffee machine", "queue": world.support.pk, "customer": "dana@acme.example"}
    return {"submission": str(uuid4()), **facts, **changes}


def test_the_messages_of_a_ticket_are_offered(bea, ticket, article):
    offered = text_of(part(bea, reverse("desk:split", args=[ticket.number])))
    assert "the coffee machine leaks" in offered
    assert f'hx-get="{url(article)}"' in offered


def test_the_question_knows_what_it_can(bea, ticket, article):
    asked = text_of(part(bea, url(article)))
    assert "By the way, the coffee machine leaks." in asked
    assert 'value="dana@acme.example"' in asked
    assert 'value="Printer hums"' in asked


def test_a_message_becomes_a_linked_ticket_and_nothing_is_sent(bea, world, ticket, article):
    sent, mails = form(article, world, take="on"), Outgoing.objects.count()
    answers = [part(bea, url(article), sent) for _click in range(2)]
    new = Ticket.objects.exclude(pk=ticket.pk).get()
    assert {answer.headers["HX-Redirect"] for answer in answers} == {f"/desk/tickets/{new.number}/"}
    assert (new.title, new.customer, new.owner) == ("Coffee machine", world.dana, world.bea)
    assert new.articles.get().body == "By the way, the coffee machine leaks."
    assert ticket.articles.filter(pk=article.pk).exists()
    assert Link.objects.get().kind == "normal"
    assert Outgoing.objects.count() == mails


def test_without_script_too(bea, world, ticket, article):
    assert "<h1" in text_of(bea.get(url(article)))
    assert bea.post(url(article), form(article, world)).status_code == 302
    assert Ticket.objects.count() == 2


def test_somebody_new_may_be_its_customer(bea, world, ticket, article):
    part(bea, url(article), form(article, world, customer="frida@nova.example"))
    assert Ticket.objects.exclude(pk=ticket.pk).get().customer == person_with_address("frida@nova.example")


@pytest.mark.parametrize("changes", [{"title": " "}, {"queue": "0"}, {"customer": "nobody"}])
def test_what_does_not_fit_comes_back(bea, world, article, changes):
    assert part(bea, url(article), form(article, world, **changes)).status_code == 422
    assert Ticket.objects.count() == 1


def test_only_for_those_who_may_write_there(signed_in, carlos, world, reader, noter, article):
    for person in (reader, noter, world.dana):
        assert signed_in(person).post(url(article), form(article, world)).status_code == 404
    hidden = customer_writes(factories.TicketFactory(queue=world.billing, customer=world.erik), "Invoice")
    assert carlos.post(url(hidden), form(hidden, world)).status_code == 404
    assert part(carlos, url(article), form(article, world, queue=world.billing.pk)).status_code == 422
    assert Ticket.objects.count() == 2
