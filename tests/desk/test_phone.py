"""Calls on a ticket, in and out."""

from uuid import uuid4

import pytest
from django.urls import reverse

from mail.models import Outgoing
from tests.desk.conftest import part, put, state, text_of
from tickets.actions.progress import set_state


def url(ticket) -> str:
    return reverse("desk:call", args=[ticket.number])


def call(**changes) -> dict:
    return {"submission": str(uuid4()), "caller": "customer", "text": "She says it hums again.", **changes}


@pytest.mark.parametrize(("caller", "name"), [("customer", "Dana Miller"), ("agent", "Bea Costa")])
def test_a_call_is_written_down(bea, world, ticket, caller, name):
    mails = Outgoing.objects.count()
    answer = part(bea, url(ticket), call(caller=caller, ask="1", shown=ticket.version))
    article = ticket.articles.latest("id")
    assert (article.channel, article.sender, article.author) == ("phone", caller, world.bea)
    assert article.visible_to_customer
    assert Outgoing.objects.count() == mails
    assert answer.headers["HX-Trigger"] == "close-dialog"
    page = text_of(answer)
    assert "She says it hums again." in page
    assert f'class="msg__name">{name}' in page
    assert "by phone, noted by Bea Costa" in page


def test_a_new_ticket_is_open_after_a_call(bea, ticket):
    part(bea, url(ticket), call())
    ticket.refresh_from_db()
    assert ticket.state.name == "open"


def test_the_status_may_be_chosen(bea, world, ticket):
    put(ticket, "pending reminder", by=world.bea)
    part(bea, url(ticket), call())
    ticket.refresh_from_db()
    assert ticket.state.name == "pending reminder"
    part(bea, url(ticket), call(state=state("open").pk))
    ticket.refresh_from_db()
    assert ticket.state.name == "open"


def test_the_time_it_took_is_written_down_and_a_double_click_counts_once(bea, ticket):
    form = call(minutes="1:05")
    for _click in range(2):
        part(bea, url(ticket), form)
    ticket.refresh_from_db()
    assert ticket.time_spent == 65
    assert ticket.articles.filter(channel="phone").count() == 1


@pytest.mark.parametrize(
    "changes", [{"text": " "}, {"caller": "system"}, {"minutes": "long"}, {"state": "0"}, {"state": "{closed}"}]
)
def test_what_does_not_fit_comes_back(bea, ticket, changes):
    changes = {key: value.format(closed=state("closed successful").pk) for key, value in changes.items()}
    answer = part(bea, url(ticket), call(**changes))
    assert answer.status_code == 422
    assert not ticket.articles.filter(channel="phone").exists()


def test_notes_are_not_enough(signed_in, noter, reader, ticket):
    for person in (noter, reader):
        assert part(signed_in(person), url(ticket), call()).status_code == 404


def test_a_call_on_a_closed_ticket_leaves_it_closed(bea, world, ticket):
    set_state(ticket, state("closed successful"), by=world.bea)
    part(bea, url(ticket), call())
    ticket.refresh_from_db()
    assert not ticket.is_open
