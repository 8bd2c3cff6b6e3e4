"""Which language a passage is in: a page says it of itself, and marks what is in another one."""

from html.parser import HTMLParser

import pytest

from tests.factories import TicketFactory

pytestmark = pytest.mark.django_db
VOID = {"meta", "link", "input", "br", "hr", "img"}


class Passages(HTMLParser):
    """The texts of a page by the language they are said to be in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.languages = [""]
        self.found: dict[str, set[str]] = {}
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.languages.append(dict(attrs).get("lang") or self.languages[-1])

    def handle_endtag(self, tag):
        if tag not in VOID:
            self.languages.pop()

    def handle_data(self, data):
        if data.strip():
            self.found.setdefault(self.languages[-1], set()).add(data.strip())


def test_the_description_for_programs_is_english_and_the_words_around_it_are_not(client):
    page = client.get("/api/v1/docs/", headers={"accept-language": "de"}).content.decode()
    found = Passages(page).found
    assert {"List and search tickets", "This moment or later."} <= found["en"]
    assert {"Schnittstelle für Programme", "Liefert", "Name", "Bedeutung"} <= found["de"]
    assert not {"Liefert", "Name", "Bedeutung", "Pflicht"} & found["en"]


def test_the_history_names_its_days_in_the_readers_language(world, signed_in):
    """The month and the weekday are written out, as the language has them."""
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    world.bea.language = "de"
    world.bea.save(update_fields=["language"])
    page = signed_in(world.bea).get(f"/desk/tickets/{ticket.number}/history/").content.decode()
    days = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
    assert any(f'<div class="daymark">{day}, ' in page for day in days)
