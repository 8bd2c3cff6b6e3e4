"""Merging by hand: another ticket is chosen, what will happen is shown, it happens, and it can be undone."""

import pytest
from django.urls import reverse

from tests.desk.conftest import colleague_notes, part, text_of
from tests.factories import TicketFactory
from tickets.actions import effort
from tickets.actions.merging import merge
from tickets.actions.removing import trash
from tickets.models import Ticket


@pytest.fixture
def other(world) -> Ticket:
    return TicketFactory(queue=world.support, customer=world.dana, title="Printer blinks")


@pytest.fixture
def invoice(world) -> Ticket:
    return TicketFactory(queue=world.billing, customer=world.dana, title="Printer invoice")


def url(ticket, name: str = "merge") -> str:
    return reverse(f"desk:{name}", args=[ticket.number])


def others(client, ticket, words: str = "", purpose: str = "merge") -> str:
    return text_of(part(client, url(ticket, "others"), q=words, **{"for": purpose}))


# ---- choosing -----------------------------------------------------------------------------------


def test_tickets_that_lie_near_are_offered(bea, ticket, other):
    asked = text_of(part(bea, url(ticket)))
    assert "<dialog" in asked
    assert "Of the same customer" in asked
    assert "Printer blinks" in asked
    assert "Printer hums" not in asked


def test_a_ticket_is_found_by_number_and_by_words(bea, ticket, other):
    assert "Printer blinks" in others(bea, ticket, other.number)
    assert "Printer blinks" in others(bea, ticket, f"#{other.number}")
    assert "Printer blinks" in others(bea, ticket, "blinks")
    assert "Printer hums" not in others(bea, ticket, "printer")


@pytest.mark.parametrize("purpose", ["merge", "link"])
def test_T48_tickets_of_other_queues_are_not_found(carlos, ticket, invoice, purpose):
    for words in ("", "invoice", invoice.number):
        assert "invoice" not in others(carlos, ticket, words, purpose)


def test_what_cannot_take_part_is_not_found(bea, world, ticket, other):
    trash(other, by=world.bea)
    assert "blinks" not in others(bea, ticket, "blinks")
    assert "blinks" in others(bea, ticket, "blinks", "link")


def test_there_are_two_purposes(bea, ticket):
    assert part(bea, url(ticket, "others"), q="", **{"for": "stealing"}).status_code == 404


# ---- what will happen ---------------------------------------------------------------------------


def test_first_it_is_shown_what_will_happen(bea, world, ticket, other):
    colleague_notes(ticket, "Look at the drum", by=world.bea)
    effort.spend(ticket, 15, by=world.bea)
    answer = part(bea, url(ticket), {"other": other.number})
    shown = text_of(answer)
    assert answer.status_code == 200
    assert answer.headers["HX-Reswap"] == "outerHTML"
    assert f"{ticket.articles.count()} messages move to #{other.number}." in shown
    assert "15 minutes of work move along." in shown
    assert f"Merge into #{other.number}" in shown
    assert "two customers" not in shown
    ticket.refresh_from_db()
    assert ticket.merged_into is None


def test_two_customers_are_worth_a_warning(bea, world, ticket):
    other = TicketFactory(queue=world.support, customer=world.erik)
    shown = text_of(part(bea, url(ticket), {"other": other.number}))
    assert "Erik Olsen will be able to read what Dana Miller wrote." in shown


def test_without_script_words_that_find_one_ticket_are_enough(bea, ticket, other):
    shown = bea.post(url(ticket), {"q": "blinks"})
    assert shown.status_code == 200
    assert f"Merge into #{other.number}" in text_of(shown)


@pytest.mark.parametrize("chosen", ["", "999999", "{self}", "{invoice}"])
def test_what_may_not_be_chosen_is_refused(carlos, ticket, invoice, chosen):
    number = chosen.format(self=ticket.number, invoice=invoice.number)
    for sure in ({}, {"sure": "1"}):
        answer = part(carlos, url(ticket), {"other": number} | sure)
        assert answer.status_code == 422
        assert "Choose a ticket you may change." in text_of(answer)
    ticket.refresh_from_db()
    assert ticket.merged_into is None


# ---- doing it and undoing it --------------------------------------------------------------------


def test_both_are_one_and_the_agent_is_led_to_it(bea, world, ticket, other):
    form = {"other": other.number, "sure": "1"}
    answer = part(bea, url(ticket), form)
    assert answer.headers["HX-Redirect"] == url(other, "ticket")
    ticket.refresh_from_db()
    assert ticket.merged_into == other
    page = text_of(bea.get(url(other, "ticket")))
    assert f"#{ticket.number} is merged into this ticket." in page
    assert "It hums and blinks." in page
    again = part(bea, url(ticket), form)
    assert again.status_code == 422 or "HX-Redirect" in again.headers
    assert ticket.events.filter(kind="ticket.merged").count() == 1


def test_the_old_page_says_where_it_went_and_takes_it_back(bea, world, ticket, other):
    said = ticket.articles.count()
    merge(ticket, other, by=world.carlos)
    page = text_of(bea.get(url(ticket, "ticket")))
    assert f"This ticket was merged into #{other.number} Printer blinks" in page
    assert "Undo the merge" in page
    answer = part(bea, url(ticket, "unmerge"), {})
    assert answer.headers["HX-Redirect"] == url(ticket, "ticket")
    ticket.refresh_from_db()
    assert (ticket.merged_into, ticket.state.name) == (None, "new")
    assert "The merge is undone." in text_of(bea.get(url(ticket, "ticket")))
    assert ticket.articles.count() == said


def test_the_surviving_ticket_can_undo_it_too(bea, world, ticket, other):
    merge(ticket, other, by=world.carlos)
    panel = text_of(bea.get(url(other, "ticket")))
    assert "merged into this one" in panel
    assert url(ticket, "unmerge") in panel


def test_T46_what_was_merged_elsewhere_is_not_told(carlos, world, ticket, invoice):
    merge(ticket, invoice, by=world.bea)
    page = text_of(carlos.get(url(ticket, "ticket")))
    assert "This ticket was merged into another one" in page
    assert "Printer invoice" not in page
    assert "Undo the merge" not in page
    assert part(carlos, url(ticket, "unmerge"), {}).status_code == 422
    ticket.refresh_from_db()
    assert ticket.merged_into == invoice


def test_a_merge_of_a_merge_is_undone_from_the_end(bea, world, ticket, other, invoice):
    merge(ticket, other, by=world.bea)
    merge(other, invoice, by=world.bea)
    answer = part(bea, url(ticket, "unmerge"), {})
    assert answer.status_code == 422
    assert "One of the two is part of another ticket already." in text_of(answer)


def test_undoing_nothing_is_nothing(bea, ticket):
    assert part(bea, url(ticket, "unmerge"), {}).headers["HX-Redirect"] == url(ticket, "ticket")
    assert not ticket.events.filter(kind="ticket.unmerged").exists()
