"""The agent's own page, and what the command palette finds."""

from tests.desk.conftest import part, text_of
from tests.factories import TicketFactory

PROFILE, PALETTE = "/desk/profile/", "/desk/palette/"


def test_an_agent_says_who_he_is_and_where(bea, world):
    sent = {"name": "Bea C.", "language": "pt", "time_zone": "America/Sao_Paulo", "theme": "dark"}
    assert bea.post(PROFILE, sent).headers["Location"] == PROFILE
    world.bea.refresh_from_db()
    assert (world.bea.name, world.bea.language) == ("Bea C.", "pt")
    assert (world.bea.time_zone, world.bea.theme) == ("America/Sao_Paulo", "dark")
    page = text_of(bea.get(PROFILE))
    assert '<html lang="pt"' in page
    assert 'data-theme="dark"' in page
    assert 'data-zone="America/Sao_Paulo"' in page


def test_a_profile_cannot_be_nonsense(bea, world):
    sent = {"name": "", "language": "xx", "time_zone": "Mars/Base", "theme": "pink", "is_administrator": "on"}
    answer = bea.post(PROFILE, sent)
    assert answer.status_code == 422
    world.bea.refresh_from_db()
    assert (world.bea.name, world.bea.language, world.bea.time_zone) == ("Bea Costa", "", "UTC")


def test_only_what_the_form_shows_can_be_changed(bea, world):
    sent = {"name": "Bea", "language": "", "time_zone": "UTC", "theme": "auto"}
    bea.post(PROFILE, sent | {"is_administrator": "on", "email": "x@y.example", "is_superuser": "on"})
    world.bea.refresh_from_db()
    assert (world.bea.is_administrator, world.bea.is_superuser) == (False, False)
    assert world.bea.email == "bea@demo.example"


def test_the_profile_leads_to_the_password_and_out(bea, world):
    page = text_of(bea.get(PROFILE))
    assert 'href="/password/change/"' in page
    assert 'action="/logout/"' in page


def test_the_palette_finds_tickets_by_words_and_number(bea, world, ticket):
    assert "Printer hums" in text_of(part(bea, PALETTE, q="printer"))
    assert f"/desk/tickets/{ticket.number}/" in text_of(part(bea, PALETTE, q=f"#{ticket.number}"))
    assert "Printer hums" not in text_of(part(bea, PALETTE, q="zebra"))
    assert "Printer hums" not in text_of(part(bea, PALETTE, q=">printer"))


def test_the_palette_finds_views_and_queues(bea, world):
    found = text_of(part(bea, PALETTE, q="hard"))
    assert f"/desk/queues/{world.hardware.pk}/" in found
    assert "/desk/views/unassigned/" in text_of(part(bea, PALETTE, q="unass"))


def test_the_palette_keeps_foreign_tickets_and_queues_to_itself(carlos, world):
    hidden = TicketFactory(queue=world.billing, title="Invoice is wrong")
    for words in ("invoice", hidden.number, "billing"):
        found = text_of(part(carlos, PALETTE, q=words))
        assert "Invoice" not in found
        assert "/desk/queues/" not in found
