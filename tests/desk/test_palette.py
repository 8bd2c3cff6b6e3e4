"""What the command palette finds: tickets, people, organisations, places, settings; only what may be seen."""

import re

import pytest

from accounts.models import User
from tests.desk.conftest import part, text_of
from tests.factories import AgentFactory, CustomerFactory, TicketFactory, organisation, role
from tickets.models import SavedView
from tickets.saved import save_view

PALETTE = "/desk/palette/"


def found(browser, words: str) -> list[str]:
    """Addresses in their order."""
    return re.findall(r'role="option"[^>]*href="([^"]+)"', text_of(part(browser, PALETTE, q=words)))


def test_the_palette_finds_tickets_by_words_and_number(bea, world, ticket):
    assert "Printer hums" in text_of(part(bea, PALETTE, q="printer"))
    assert f"/desk/tickets/{ticket.number}/" in text_of(part(bea, PALETTE, q=f"#{ticket.number}"))
    assert "Printer hums" not in text_of(part(bea, PALETTE, q="zebra"))
    assert "Printer hums" not in text_of(part(bea, PALETTE, q=">printer"))


def test_tickets_with_the_words_in_their_title_come_first(bea, world, ticket):
    others = [TicketFactory(queue=world.support, title="Help", body="My printer hums.") for _one in range(2)]
    addresses = [f"/desk/tickets/{one.number}/" for one in (ticket, *reversed(others))]
    assert found(bea, "#printers hum") == found(bea, "#hums") == addresses
    assert found(bea, "#blinks help -zebra") == []
    assert found(bea, "#help") == addresses[1:]


def test_the_palette_finds_views_and_queues(bea, world):
    shown = text_of(part(bea, PALETTE, q="hard"))
    assert f"/desk/queues/{world.hardware.pk}/" in shown
    assert "/desk/views/unassigned/" in text_of(part(bea, PALETTE, q="unass"))


def test_the_palette_keeps_foreign_tickets_and_queues_to_itself(carlos, world):
    hidden = TicketFactory(queue=world.billing, title="Invoice is wrong")
    for words in ("invoice", hidden.number, "billing"):
        shown = text_of(part(carlos, PALETTE, q=words))
        assert "Invoice" not in shown
        assert "/desk/queues/" not in shown


def test_people_and_organisations_are_found_by_the_beginnings_of_words(bea, world):
    assert f"/desk/people/{world.dana.pk}/" in found(bea, "mill")
    assert f"/desk/people/{world.dana.pk}/" in found(bea, "dana@acme")
    assert f"/desk/organisations/{world.acme.pk}/" in found(bea, "acm")
    assert found(bea, "iller") == []


def test_the_first_character_narrows(bea, world, ticket):
    world.dana.name = "Printer Miller"
    world.dana.save()
    person, page = f"/desk/people/{world.dana.pk}/", f"/desk/tickets/{ticket.number}/"
    assert {person, page} <= set(found(bea, "printer"))
    assert found(bea, "@printer") == [person]
    assert found(bea, "#printer") == [page]
    assert found(bea, ">printer") == []
    assert f"/desk/queues/{world.support.pk}/" in found(bea, ">supp")


def test_without_words_there_are_the_tickets_looked_at_last(bea, carlos, world, ticket):
    other = TicketFactory(queue=world.support, customer=world.erik)
    for seen in (ticket, other, ticket):
        bea.get(f"/desk/tickets/{seen.number}/")
    assert found(bea, "")[:2] == [f"/desk/tickets/{ticket.number}/", f"/desk/tickets/{other.number}/"]
    assert not any("tickets" in url for url in found(carlos, ""))


def test_a_ticket_that_moved_out_of_sight_is_recent_no_more(carlos, world, ticket):
    carlos.get(f"/desk/tickets/{ticket.number}/")
    type(ticket).objects.filter(pk=ticket.pk).update(queue=world.billing)
    assert not any("tickets" in url for url in found(carlos, ""))


def test_settings_are_found_by_administrators(bea, world, signed_in):
    assert "/admin/audit/" in found(signed_in(world.alex), "audit")
    assert found(bea, "audit") == []


def test_saved_views_are_found_by_those_who_have_them(bea, carlos, world):
    own = save_view(SavedView(name="Printers on fire", condition={"all": []}), roles=[], by=world.bea)
    assert found(bea, "fire") == found(bea, ">fire") == [f"/desk/saved/{own.pk}/"]
    assert found(carlos, "fire") == []


def test_an_administrator_who_works_no_tickets_finds_settings_alone(world, ticket, signed_in):
    User.objects.filter(pk=world.alex.pk).update(is_agent=False)
    browser = signed_in(world.alex)
    for words in ("", "@dana", "#", f"#{ticket.number}", "dana", "printer", "unassigned"):
        assert found(browser, words) == []
    assert set(found(browser, "audit")) == set(found(browser, ">audit")) == {"/admin/audit/"}


def test_who_opens_no_tickets_finds_only_the_customers_of_what_they_read(world, ticket, signed_in):
    agent = AgentFactory()
    role("Readers", agent, read=world.support)
    browser = signed_in(agent)
    assert found(browser, "@miller") == [f"/desk/people/{world.dana.pk}/"]
    assert found(browser, "@olsen") == []
    assert found(browser, "@globex") == []


def test_neither_actors_nor_merged_nor_inactive_people_are_found(bea, world):
    User.objects.filter(pk=world.dana.pk).update(merged_into=world.erik)
    User.objects.filter(pk=world.erik.pk).update(is_active=False)
    for words in ("@dana", "@erik", "@system", "@mail"):
        assert not [url for url in found(bea, words) if "people" in url]


@pytest.mark.parametrize("words", ["a", "@", "@d", "#", "' & | :*", "x" * 500, "\x00", "%", "\\"])
def test_odd_words_find_nothing_and_break_nothing(bea, world, ticket, words):
    assert part(bea, PALETTE, q=words).status_code == 200


def test_the_palette_asks_few_questions_whatever_there_is(bea, world, ticket, queries):
    def cost() -> int:
        with queries() as counted:
            part(bea, PALETTE, q="printer")
        return len(counted)

    def more(numbers: range) -> None:
        for number in numbers:
            customer = CustomerFactory(name=f"Printer {number}")
            organisation(f"Printer {number}", customer)
            TicketFactory(queue=world.support, customer=customer)

    bea.get(f"/desk/tickets/{ticket.number}/")
    more(range(1))
    cost()
    before = cost()
    more(range(1, 9))
    assert cost() == before <= 18
