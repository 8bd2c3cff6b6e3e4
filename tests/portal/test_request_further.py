"""What else a request and the lists offer: whose and in which order, paper, satisfaction; and the profile."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Membership, User
from automation.models import SurveyRule
from automation.surveying import answer, ask, plan
from tests.factories import PersonFactory, TicketFactory, organisation
from tests.portal.conftest import answered, closed
from tickets.actions import participants
from tickets.actions.progress import set_state
from tickets.actions.replying import add_note, receive, reply
from tickets.messages import Message
from tickets.models import State, Ticket
from tickets.models.ticket import Channel

pytestmark = pytest.mark.django_db
LIST = "/portal/requests/"


def listed(client: Client, **query: str) -> list[str]:
    text = client.get(LIST, query).content.decode()
    return [part.split("<")[0] for part in text.split('class="preq__t" dir="auto">')[1:]]


def page(client: Client, ticket: Ticket, rest: str = "") -> str:
    reply = client.get(f"{LIST}{ticket.number}/{rest}")
    assert reply.status_code == 200
    return reply.content.decode()


# ---- lists


def test_whose_requests_are_told_apart(world, dana, erik, ticket):
    theirs = TicketFactory(title="Of Erik", queue=world.support, customer=world.erik)
    participants.add(theirs, world.dana, by=world.erik)
    assert listed(dana) == ["Printer hums"]
    assert listed(dana, whose="copy") == ["Of Erik"]
    assert listed(erik, whose="copy") == []
    assert "With me in copy" not in erik.get(LIST).content.decode()


def test_each_organisation_that_opens_its_requests_is_a_choice(world, signed_in, ticket):
    chief = PersonFactory(email="chief@acme.example", is_customer=True)
    other = organisation("Second", chief)
    Membership.objects.filter(user=chief).update(sees_all=True)
    Membership.objects.create(user=chief, organisation=world.acme, sees_all=True, is_primary=False)
    TicketFactory(title="Of the second", queue=world.support, customer=chief)
    client = signed_in(chief)
    assert listed(client, whose=f"o{world.acme.pk}") == ["Printer hums"]
    assert listed(client, whose=f"o{other.pk}") == listed(client, whose="organisation") == ["Of the second"]
    Membership.objects.filter(user=chief, organisation=world.acme).update(sees_all=False)
    assert listed(client, whose=f"o{world.acme.pk}") == ["Of the second"]  # one's own, as for any unknown word


def test_what_waits_for_oneself_has_a_list_and_a_number(world, dana, ticket):
    answered(TicketFactory(title="My turn", queue=world.support, customer=world.dana), "Which one?", by=world.bea)
    assert listed(dana, show="waiting") == ["My turn"]
    text = dana.get(LIST).content.decode()
    assert re.findall(r">(Open \d+|Waiting for you \d+)<", text) == ["Open 2", "Waiting for you 1"]


def test_three_orders(world, dana):
    mine = {"queue": world.support, "customer": world.dana}
    first, _second = TicketFactory(title="First", **mine), TicketFactory(title="Second", **mine)
    reply(first, Message(text="News"), by=world.bea)
    assert listed(dana) == listed(dana, order="news") == ["First", "Second"]
    assert listed(dana, order="newest") == ["Second", "First"]
    assert listed(dana, order="oldest") == ["First", "Second"]


# ---- paper and satisfaction


def test_paper_has_all_public_words_and_nothing_to_fill_in(world, dana, ticket):
    add_note(ticket, Message(text="An internal word"), by=world.bea)
    for number in range(10):
        reply(ticket, Message(text=f"Word {number:02}"), by=world.bea)
    text = page(dana, ticket, "print/")
    assert len(re.findall(r"Word \d\d", text)) == 10
    assert "An internal word" not in text
    assert "<textarea" not in text


def test_a_solved_request_asks_how_satisfied_its_customer_is(world, dana, ticket):
    SurveyRule.objects.create(queue=world.support, is_on=True)
    reply(ticket, Message(text="Try it now."), by=world.bea)
    event = set_state(ticket, State.objects.get(name="closed successful"), by=world.bea)
    assert "How satisfied are you" not in page(dana, ticket)
    planned = plan(event.ticket, event=event, delay=timedelta(0))
    planned.save_work(*ask(planned))
    assert len(re.findall(r"/portal/survey/[\w-]+/\?score=[1-5]", page(dana, ticket))) == 5
    colleague = PersonFactory(email="boss@acme.example", is_customer=True)
    Membership.objects.create(user=colleague, organisation=world.acme, sees_all=True)
    client = Client()
    client.force_login(colleague)
    assert "/portal/survey/" not in page(client, ticket)
    answer(planned, score=4)
    assert "Your answer: Satisfied" in page(dana, ticket)


def test_a_solved_request_says_what_an_answer_does(world, dana, ticket):
    assert "Send and open it again" not in page(dana, ticket)
    closed(ticket, by=world.bea)
    assert "Send and open it again" in page(dana, ticket)


# ---- the profile


def test_a_customer_says_how_to_reach_him(world, dana):
    form = {"name": "Dana Miller", "language": "", "time_zone": "", "theme": "auto"}
    assert dana.post("/profile/", {**form, "phone": " +49 30  123 "}).status_code == 302
    assert User.objects.get(pk=world.dana.pk).phone == "+49 30 123"
    dana.post("/profile/", form)  # a page of yesterday
    assert User.objects.get(pk=world.dana.pk).phone == "+49 30 123"
    assert "Acme" in dana.get("/profile/").content.decode()


def test_signing_out_everywhere_ends_this_and_other_browsers(world, dana, signed_in):
    other = signed_in(world.dana)
    assert dana.post("/profile/sign-out/")["Location"] == "/"
    assert [client.get("/portal/").status_code for client in (dana, other)] == [302, 302]
    assert dana.get("/profile/sign-out/").status_code == 405


# ---- what is easily said wrongly


def test_a_number_may_be_that_of_an_invoice(world, dana, ticket):
    invoice = TicketFactory(title="Invoice 2210 is wrong", queue=world.support, customer=world.dana)
    receive(invoice, Message(text="Invoice 2210, please."), channel=Channel.WEB, by=world.dana)
    assert listed(dana, q="2210") == ["Invoice 2210 is wrong"]
    assert listed(dana, q=f"#{ticket.number}") == ["Printer hums"]


def test_who_searches_looks_at_solved_requests_too(world, dana, ticket):
    closed(ticket, by=world.bea)
    assert listed(dana, q="hums") == ["Printer hums"]
    assert listed(dana, q="hums", show="open") == []
    assert (
        "?show=all&amp;whose=mine&amp;order=news&amp;q=hums"
        in dana.get(LIST, {"q": "hums", "show": "open"}).content.decode()
    )


def test_words_beside_a_request_that_was_solved_meanwhile_are_given_back(world, dana, ticket):
    closed(ticket, by=world.bea)
    number = ticket.articles.count()
    answer = dana.post(f"{LIST}{ticket.number}/solved/", {"text": "One more thing"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "solved meanwhile" in text
    assert "One more thing" in text
    assert ticket.articles.count() == number
    assert dana.post(f"{LIST}{ticket.number}/solved/", {"text": ""}).status_code == 302


def test_who_is_only_in_copy_does_not_close_it(world, dana, erik, ticket):
    participants.add(ticket, world.erik, by=world.dana)
    assert "/solved/" in page(dana, ticket)
    assert "/solved/" not in page(erik, ticket)
    assert erik.post(f"{LIST}{ticket.number}/solved/", {"text": ""}).status_code == 404
    assert dana.post(f"{LIST}{ticket.number}/people/", {"address": world.dana.email}, follow=True).status_code == 200
    ticket.refresh_from_db()
    assert ticket.closed_at is None


def test_the_hidden_mark_of_a_form_is_nobodys_mistake(dana, ticket):
    answer = dana.post(f"{LIST}{ticket.number}/answer/", {"text": "Hello", "submission": "nonsense"})
    assert answer.status_code == 302
    assert ticket.articles.latest("pk").body == "Hello"
