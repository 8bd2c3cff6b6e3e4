"""What the command palette finds."""

from tests.desk.conftest import part, text_of
from tests.factories import TicketFactory

PALETTE = "/desk/palette/"


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
