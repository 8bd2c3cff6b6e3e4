"""A message of thousands of lines: pages show its beginning, all of it is one click away, and paper has everything."""

import pytest
from django.urls import reverse

from tests.desk.conftest import text_of
from tests.factories import TicketFactory
from tickets.messages import Message
from tickets.models import Article

LAST = "29999 it went on"
LOG = "\n".join(f"{n:05d} it went on" for n in range(30_000))


@pytest.fixture
def log(world) -> Article:
    message = Message(text=LOG)
    return TicketFactory(queue=world.support, customer=world.dana, message=message).articles.get(sender="customer")


def test_the_desk_shows_the_beginning_and_where_the_rest_is(log, world, signed_in):
    body = text_of(signed_in(world.bea).get(reverse("desk:ticket", args=[log.ticket.number])))
    assert ("00199 it" in body, "00200 it" in body, len(body) < 150_000) == (True, False, True)
    words = reverse("desk:words", args=[log.pk])
    assert f'href="{words}" hx-get="{words}" hx-target="closest .words"' in body


def test_all_words_are_a_part_and_a_page(log, world, signed_in):
    bea, words = signed_in(world.bea), reverse("desk:words", args=[log.pk])
    found, page = bea.get(words, headers={"HX-Request": "true"}), bea.get(words)
    assert text_of(found).startswith('<div class="words">\n<div class="prose msg__words"')
    assert LAST in text_of(found)
    assert (LAST in text_of(page), "<html" in text_of(page), "Show all" in text_of(page)) == (True, True, False)


def test_the_portal_shows_the_beginning_and_all_of_it(log, world, signed_in):
    dana, url = signed_in(world.dana), reverse("portal:request", args=[log.ticket.number])
    body = text_of(dana.get(url))
    assert (LAST in body, len(body) < 60_000) == (False, True)
    assert f'href="{url}?all&amp;words={log.pk}"' in body
    opened = text_of(dana.get(url, {"all": "", "words": log.pk}))
    assert (LAST in opened, "Show all" in opened) == (True, False)
    assert f"&amp;words={log.pk}" in opened
    assert LAST not in text_of(dana.get(url, {"words": "x"}))
    assert LAST not in text_of(dana.get(url, {"words": 10**20}))


def test_paper_has_everything(log, world, signed_in):
    assert LAST in text_of(signed_in(world.bea).get(reverse("desk:paper", args=[log.ticket.number])))
    assert LAST in text_of(signed_in(world.dana).get(reverse("portal:print", args=[log.ticket.number])))
