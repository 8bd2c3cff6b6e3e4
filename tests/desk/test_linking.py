"""Links: chosen, read from both ends, removed, and never telling of tickets one may not see."""

import pytest
from django.urls import reverse

from tests.desk.conftest import part, text_of
from tests.factories import TicketFactory
from tickets.actions.linking import link
from tickets.models import Link, LinkKind


@pytest.fixture
def other(world):
    return TicketFactory(queue=world.support, customer=world.erik, title="Whole floor dark")


@pytest.fixture
def hidden(world):
    return TicketFactory(queue=world.billing, customer=world.erik, title="Salary list")


def url(ticket, name: str = "link", *more) -> str:
    return reverse(f"desk:{name}", args=[ticket.number, *more])


@pytest.mark.parametrize(
    ("way", "source", "kind", "here", "there"),
    [
        ("normal", "older", "normal", "related to", "related to"),
        ("parent", "ticket", "parent", "parent of", "child of"),
        ("parent_of", "other", "parent", "child of", "parent of"),
        ("duplicate", "ticket", "duplicate", "duplicate of", "original of"),
        ("caused", "ticket", "caused", "caused by", "cause of"),
    ],
)
def test_a_link_is_read_from_both_ends(bea, ticket, other, way, source, kind, here, there):
    answer = part(bea, url(ticket), {"way": way, "other": other.number, "ask": "1"})
    made = Link.objects.get()
    assert made.kind == kind
    assert made.source == {"older": ticket, "ticket": ticket, "other": other}[source]
    assert f"Linked with #{other.number}." in text_of(answer)
    assert answer.headers["HX-Trigger"] == "close-dialog"
    for one, words, title in ((ticket, here, "Whole floor dark"), (other, there, "Printer hums")):
        panel = text_of(bea.get(url(one, "ticket")))
        group = panel[panel.index('id="pg-links"') :].split("</section>")[0]
        assert words in group
        assert title in group


def test_a_second_click_links_once(bea, ticket, other):
    for _click in range(2):
        assert part(bea, url(ticket), {"way": "normal", "other": other.number}).status_code == 200
    assert Link.objects.count() == 1


@pytest.mark.parametrize("sent", [{}, {"other": "999999"}, {"other": "{hidden}"}, {"other": "{ok}", "way": "married"}])
def test_what_may_not_be_chosen_is_refused(carlos, ticket, other, hidden, sent):
    sent = {key: value.format(hidden=hidden.number, ok=other.number) for key, value in sent.items()}
    answer = part(carlos, url(ticket), sent)
    assert answer.status_code == 422
    assert "Choose a ticket you may see." in text_of(answer)
    assert not Link.objects.exists()


def test_no_circle_of_parents(bea, world, ticket, other):
    link(ticket, other, LinkKind.PARENT, by=world.bea)
    answer = part(bea, url(other), {"way": "parent", "other": ticket.number})
    assert answer.status_code == 422
    assert "above this one already" in text_of(answer)


def test_a_link_is_removed_once(bea, world, ticket, other):
    link(ticket, other, LinkKind.NORMAL, by=world.bea)
    pk = Link.objects.get().pk
    answer = part(bea, url(ticket, "unlink", pk), {})
    assert "The link is removed." in text_of(answer)
    assert not Link.objects.exists()
    assert part(bea, url(ticket, "unlink", pk), {}).status_code == 200
    assert ticket.events.filter(kind="link.removed").count() == 1


def test_T48_a_link_to_a_hidden_ticket_is_not_there(bea, carlos, world, ticket, hidden):
    link(ticket, hidden, LinkKind.CAUSED, by=world.bea)
    assert "Salary list" in text_of(bea.get(url(ticket, "ticket")))
    page = text_of(carlos.get(url(ticket, "ticket")))
    assert "Salary list" not in page
    assert part(carlos, url(ticket, "unlink", Link.objects.get().pk), {}).status_code == 404
    assert Link.objects.exists()


def test_a_link_of_other_tickets_is_not_removed_from_here(bea, world, ticket, other, hidden):
    link(other, hidden, LinkKind.NORMAL, by=world.bea)
    assert part(bea, url(ticket, "unlink", Link.objects.get().pk), {}).status_code == 404


def test_queries_do_not_grow_with_links(bea, world, ticket, queries):
    def page() -> int:
        with queries() as counted:
            bea.get(url(ticket, "ticket"))
        return len(counted)

    link(ticket, TicketFactory(queue=world.support, customer=world.erik), LinkKind.NORMAL, by=world.bea)
    page()
    few = page()
    for kind in (LinkKind.PARENT, LinkKind.CAUSED, LinkKind.NORMAL) * 3:
        link(ticket, TicketFactory(queue=world.support, customer=world.erik), kind, by=world.bea)
    page()
    assert page() == few
