"""Closing: by one key, and with what must be known before."""

import pytest
from django.urls import reverse

from accounts.tokens import issue_token
from tests.desk.conftest import part, put, state, text_of
from tickets.actions.fields import set_custom_fields
from tickets.models import FieldDefinition


@pytest.fixture
def ticket(ticket):
    ticket.refresh_from_db()
    return ticket


@pytest.fixture
def cause(db) -> FieldDefinition:
    return FieldDefinition.objects.create(
        key="cause", label="Cause", kind="dropdown", options=["Wear", "Accident"], to_close=True
    )


def url(ticket, name: str = "close") -> str:
    return reverse(f"desk:{name}", args=[ticket.number])


def test_without_such_fields_it_is_closed_at_once(bea, ticket):
    part(bea, url(ticket), {"seen": ticket.version})
    ticket.refresh_from_db()
    assert ticket.state.name == "closed successful"


@pytest.mark.parametrize("name", ["close", "state"])
def test_what_is_missing_is_asked_for(bea, ticket, cause, name):
    form = {"state": state("closed unsuccessful").pk, "seen": ticket.version}
    answer = part(bea, url(ticket, name), form)
    asked = text_of(answer)
    assert answer.status_code == 422
    assert 'hx-target="#ask"' in asked
    assert "data-autoopen" in asked
    assert 'name="field_cause"' in asked
    assert f'action="{url(ticket)}"' in asked
    # what had been chosen comes first
    assert asked.index("Closed without solution") < asked.index("Solved")
    ticket.refresh_from_db()
    assert ticket.is_open


def test_without_script_it_is_a_page(bea, ticket, cause):
    answer = bea.post(url(ticket), {"seen": ticket.version})
    assert answer.status_code == 422
    assert "<h1" in text_of(answer)
    assert 'name="field_cause"' in text_of(answer)


def test_the_answer_fills_in_and_closes(bea, ticket, cause):
    form = {"closing": "1", "ask": "1", "state": state("closed successful").pk, "field_cause": "Wear"}
    answer = part(bea, url(ticket), form | {"seen": ticket.version})
    ticket.refresh_from_db()
    assert (ticket.state.name, ticket.custom_fields) == ("closed successful", {"cause": "Wear"})
    assert answer.headers["HX-Trigger"] == "close-dialog"
    assert [event.kind for event in ticket.events.order_by("-id")[:2]] == ["ticket.closed", "fields.changed"]


@pytest.mark.parametrize("value", ["", "Magic"])
def test_an_answer_that_does_not_fit_changes_nothing(bea, ticket, cause, value):
    form = {"closing": "1", "state": state("closed successful").pk, "field_cause": value}
    answer = part(bea, url(ticket), form)
    assert answer.status_code == 422
    assert answer.headers["HX-Reswap"] == "outerHTML"
    ticket.refresh_from_db()
    assert ticket.is_open
    assert ticket.custom_fields == {}


def test_a_stale_answer_fills_in_nothing(bea, world, ticket, cause):
    seen = ticket.version
    put(ticket, "pending reminder", by=world.carlos)
    form = {"closing": "1", "state": state("closed successful").pk, "field_cause": "Wear", "seen": seen, "ask": "1"}
    answer = part(bea, url(ticket), form)
    assert answer.status_code == 409
    assert answer.headers["HX-Trigger"] == "close-dialog"
    assert "Carlos Díaz set the status to" in text_of(answer)
    ticket.refresh_from_db()
    assert ticket.custom_fields == {}


def test_a_field_that_is_filled_in_is_not_asked_for(bea, world, ticket, cause):
    set_custom_fields(ticket, {"cause": "Wear"}, by=world.bea)
    part(bea, url(ticket), {})
    ticket.refresh_from_db()
    assert not ticket.is_open


def test_an_unticked_box_is_an_answer(bea, ticket):
    FieldDefinition.objects.create(key="told", label="Customer was told", kind="checkbox", to_close=True)
    part(bea, url(ticket), {"closing": "1", "state": state("closed successful").pk})
    ticket.refresh_from_db()
    assert not ticket.is_open
    assert ticket.custom_fields == {"told": False}


def test_a_second_click_closes_once(bea, ticket):
    for _click in range(2):
        part(bea, url(ticket), {})
    assert ticket.events.filter(kind="ticket.closed").count() == 1


def test_an_answer_that_closes_says_what_is_missing_and_is_not_lost(bea, world, ticket, cause):
    form = {"text": "Mended.", "to": "dana@acme.example", "then": "close"}
    answer = part(bea, url(ticket, "reply"), form)
    assert answer.status_code == 422
    assert "Before it can be closed, fill in: Cause" in text_of(answer)
    assert "Mended." in text_of(answer)
    assert not ticket.articles.filter(body="Mended.").exists()


def test_customers_are_not_asked_for_it(signed_in, world, ticket, cause):
    answer = signed_in(world.dana).post(reverse("portal:solve", args=[ticket.number]), {"text": ""})
    assert answer.status_code == 302
    ticket.refresh_from_db()
    assert ticket.state.name == "closed successful"


def test_programs_learn_which_fields_are_missing(client, world, ticket, cause):
    _token, secret = issue_token(world.bea, name="robot")
    answer = client.patch(
        f"/api/v1/tickets/{ticket.number}/",
        {"state": "closed successful"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )
    assert answer.status_code == 400
    assert "must be filled in before" in text_of(answer)
    ticket.refresh_from_db()
    assert ticket.is_open
