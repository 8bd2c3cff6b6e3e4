"""Before an email leaves: a text that speaks of an attachment without having one is asked about once."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.desk.conftest import colleague_notes, customer_writes, part, text_of
from tickets.enclosures import promised_file

ASKED = "Your text speaks of an attachment, but there is none"
TEXT = "Dear Dana,\n\nthe invoice is attached.\n\nBea"


def url(ticket, name: str = "reply") -> str:
    return reverse(f"desk:{name}", args=[ticket.number])


def form(ticket, **changes) -> dict:
    return {"text": TEXT, "to": ticket.customer.email, "then": "open", **changes}


def answers(ticket) -> int:
    return ticket.articles.filter(sender="agent").count()


def test_a_promised_file_that_is_missing_is_asked_about_once(bea, ticket):
    for answer in (part(bea, url(ticket), form(ticket)), bea.post(url(ticket), form(ticket))):
        assert answer.status_code == 422
        assert ASKED in text_of(answer)
        assert '<p dir="auto">the invoice is attached.</p>' in text_of(answer)
        assert "Dear Dana," in text_of(answer)
        assert 'name="then" value="open"' in text_of(answer)
    assert answers(ticket) == 0
    assert part(bea, url(ticket), form(ticket, overlook="files")).status_code == 200
    assert answers(ticket) == 1


def test_with_a_file_or_a_picture_nothing_is_asked(bea, ticket):
    file = SimpleUploadedFile("invoice.pdf", b"%PDF-1.4", content_type="application/pdf")
    assert part(bea, url(ticket), form(ticket, files=file)).status_code == 200
    picture = form(ticket, html='<p>It is attached: <img src="https://other.example/x.png" alt="x"></p>')
    assert part(bea, url(ticket), picture).status_code == 200
    assert answers(ticket) == 2


def test_a_message_passed_on_is_asked_about_as_well(bea, ticket):
    sent = form(ticket, to="maker@parts.example", subject="Look")
    assert ASKED in text_of(part(bea, url(ticket, "forward"), sent))
    assert part(bea, url(ticket, "forward"), sent | {"overlook": "files"}).status_code == 200


def test_a_note_is_nobodys_letter(bea, ticket):
    assert part(bea, url(ticket, "note"), {"text": TEXT}).status_code == 200


def test_one_question_after_the_other(bea, world, ticket):
    secret = "The batch 2209 will be recalled in January."
    colleague_notes(ticket, secret, by=world.carlos)
    sent = form(ticket, text=f"{secret} See the attachment.")
    assert "These words stand in an internal note" in text_of(part(bea, url(ticket), sent))
    second = text_of(part(bea, url(ticket), sent | {"overlook": "internal"}))
    assert ASKED in second
    assert '<input type="hidden" name="overlook" value="internal">' in second
    assert part(bea, url(ticket), sent | {"overlook": ["internal", "files"]}).status_code == 200


def test_what_was_overlooked_is_not_asked_again_when_the_customer_wrote_meanwhile(bea, ticket):
    based_on = ticket.articles.latest("id").pk
    customer_writes(ticket, "One more thing.")
    stale = part(bea, url(ticket), form(ticket, overlook="files", based_on=based_on))
    assert stale.status_code == 409
    assert '<input type="hidden" name="overlook" value="files">' in text_of(stale)


def test_a_warning_that_does_not_exist_overlooks_nothing(bea, ticket):
    assert part(bea, url(ticket), form(ticket, overlook="everything")).status_code == 422
    assert answers(ticket) == 0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The invoice is attached.", True),
        ("See the attachment.", True),
        ("I attach the form. Thanks", True),
        ("Enclosed you find it", True),
        ("Die Rechnung ist angehängt.", True),
        ("Im Anhang finden Sie die Anleitung.", True),
        ("Anbei das Formular", True),
        ("Ich habe die Rechnung beigefügt", True),
        ("Das Formular liegt als Anlage bei", True),
        ("Le envío adjunta la factura", True),
        ("Adjunto el formulario.", True),
        ("Segue em anexo a fatura", True),
        ("Anexei o formulário.", True),
        ("Thank you for your attachment.", False),
        ("Your mail came without attachment.", False),
        ("Ihr Anhang ist leider leer.", False),
        ("Deine Anlage läuft wieder.", False),
        ("Su adjunto no se abre", False),
        ("O seu anexo está vazio", False),
        ("> The invoice is attached.\nThank you", False),
        ("Turn it off and on.", False),
        ("", False),
    ],
)
def test_what_promises_a_file(text, found):
    assert bool(promised_file(text)) is found
