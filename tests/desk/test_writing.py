"""Answering and noting: one message per form, no answer over somebody's head, nothing lost on the way."""

from datetime import timedelta
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from mail.models import Address, Outgoing
from tests.desk.conftest import colleague_notes, customer_writes, part, put, text_of
from tests.factories import TicketFactory
from tickets.actions.routing import assign
from tickets.models import Article, ReadMark


def url(ticket, name: str = "reply") -> str:
    return reverse(f"desk:{name}", args=[ticket.number])


def form(ticket, **changes) -> dict:
    """The reply form as the page shows it."""
    return {
        "submission": str(uuid4()),
        "based_on": ticket.articles.order_by("-id").first().pk,
        "to": "Dana Miller <dana@acme.example>",
        "text": "Please switch it off and on.",
        "then": "open",
        "wait": "3",
        **changes,
    }


def written(ticket) -> list[Article]:
    """What agents have written."""
    return list(ticket.articles.filter(sender="agent"))


def nothing_happened(ticket) -> bool:
    before = ticket.version
    ticket.refresh_from_db()
    return ticket.version == before and not written(ticket)


# ---- replies ------------------------------------------------------------------------------------


def test_an_answer_goes_to_the_customer(bea, world, ticket):
    answer = bea.post(url(ticket), form(ticket))
    [article] = written(ticket)
    assert answer.headers["Location"] == f"/desk/tickets/{ticket.number}/#a-{article.pk}"
    assert article.body == "Please switch it off and on."
    assert article.author == world.bea
    assert article.visible_to_customer
    assert article.to == [{"name": "Dana Miller", "address": "dana@acme.example"}]
    assert [r["address"] for r in article.outgoing.recipients] == ["dana@acme.example"]
    assert "Your answer is on its way." in text_of(bea.get(f"/desk/tickets/{ticket.number}/"))


def test_copies_go_to_others(bea, ticket):
    bea.post(url(ticket), form(ticket, cc='"Olsen, Erik" <erik@globex.example>; x@y.example', bcc="boss@demo.example"))
    [article] = written(ticket)
    assert article.cc == [
        {"name": "Olsen, Erik", "address": "erik@globex.example"},
        {"name": "", "address": "x@y.example"},
    ]
    assert article.bcc == [{"name": "", "address": "boss@demo.example"}]
    assert len(article.outgoing.recipients) == 4


def test_files_go_along(bea, ticket):
    file = SimpleUploadedFile("manual.pdf", b"%PDF-1.4", content_type="application/pdf")
    bea.post(url(ticket), form(ticket, text="", files=[file]))
    [article] = written(ticket)
    [attachment] = article.attachments.all()
    assert (attachment.name, attachment.content()) == ("manual.pdf", b"%PDF-1.4")


@pytest.mark.parametrize(("then", "state"), [("open", "open"), ("close", "closed successful"), ("", "open")])
def test_the_button_says_what_becomes_of_the_ticket(bea, ticket, then, state):
    bea.post(url(ticket), form(ticket, then=then))
    ticket.refresh_from_db()
    assert ticket.state.name == state
    assert ticket.pending_until is None


@pytest.mark.parametrize(("days", "expected"), [("7", 7), ("", 3)])
def test_waiting_has_an_end(bea, ticket, days, expected):
    bea.post(url(ticket), form(ticket, then="wait", wait=days))
    ticket.refresh_from_db()
    assert ticket.state.name == "pending reminder"
    left = ticket.pending_until - timezone.now()
    assert timedelta(days=expected, minutes=-1) < left <= timedelta(days=expected)


def test_the_last_choice_of_a_queue_comes_first_the_next_time(bea, world, ticket):
    page = f"/desk/tickets/{ticket.number}/"
    assert text_of(bea.get(page)).index("Send, wait for customer") < text_of(bea.get(page)).index("Send and close")
    bea.post(url(ticket), form(ticket, then="close"))
    assert text_of(bea.get(page)).index("Send and close") < text_of(bea.get(page)).index("Send, wait for customer")
    elsewhere = text_of(bea.get(f"/desk/tickets/{TicketFactory(queue=world.billing).number}/"))
    assert elsewhere.index("Send, wait for customer") < elsewhere.index("Send and close")


def test_a_double_click_makes_one_message(bea, ticket):
    sent = form(ticket)
    bea.post(url(ticket), sent)
    bea.post(url(ticket), sent)
    assert len(written(ticket)) == 1
    assert Outgoing.objects.filter(article__in=written(ticket)).count() == 1


def test_the_page_gets_the_message_and_a_fresh_box(bea, world, ticket):
    ticket.refresh_from_db()
    sent = form(ticket, then="close", shown=str(ticket.version))
    answer = part(bea, url(ticket), sent)
    [article] = written(ticket)
    page = text_of(answer)
    assert answer.status_code == 200
    assert 'id="reply-form"' in page
    assert sent["submission"] not in page
    assert f'name="based_on" value="{article.pk}"' in page
    assert f'id="a-{article.pk}"' in page
    assert "Your answer is on its way." in page
    assert "Solved" in page
    assert 'id="note-form"' not in page
    ticket.refresh_from_db()
    assert ReadMark.objects.get(ticket=ticket, user=world.bea).read_at == ticket.changed_at


# ---- nowhere to send from ------------------------------------------------------------------------


@pytest.fixture
def no_address(ticket):
    """The only addresses of ours have been switched off."""
    Address.objects.update(is_active=False)


def test_an_answer_with_no_address_to_send_from_is_refused_and_kept_in_the_box(bea, ticket, no_address):
    sent = form(ticket, then="close", cc="x@y.example")
    for answer in (bea.post(url(ticket), sent), part(bea, url(ticket), sent)):
        page = text_of(answer)
        assert answer.status_code == 422
        assert "This email cannot be sent, because no address is set up to send from." in page
        assert "Please switch it off and on." in page
        assert "x@y.example" in page
        assert nothing_happened(ticket)
    Address.objects.update(is_active=True)
    assert bea.post(url(ticket), sent).status_code == 302
    assert len(written(ticket)) == 1


def test_an_answer_to_ourselves_alone_is_refused(bea, ticket):
    answer = part(bea, url(ticket), form(ticket, to="support@demo.example", bcc="billing@demo.example"))
    assert answer.status_code == 422
    assert "all its recipients are addresses of the helpdesk itself" in text_of(answer)
    assert nothing_happened(ticket)


def test_a_note_needs_no_address(bea, ticket, no_address):
    bea.post(url(ticket, "note"), {"text": "Nobody can be answered now."})
    assert len(written(ticket)) == 1


# ---- somebody was faster ------------------------------------------------------------------------


def test_an_answer_stops_when_the_customer_wrote_meanwhile(bea, ticket):
    sent = form(ticket)
    came = customer_writes(ticket, "Forget it, it works again.")
    ticket.refresh_from_db()
    answer = part(bea, url(ticket), sent)
    page = text_of(answer)
    assert answer.status_code == 409
    assert "Dana Miller wrote while you were writing" in page
    assert "Forget it, it works again." in page
    assert f'name="anyway" value="{came.pk}"' in page
    # the form itself is not in the answer: what was typed stays where it is
    assert 'id="reply-form"' not in page
    assert nothing_happened(ticket)


def test_without_script_the_text_is_kept_too(bea, ticket):
    sent = form(ticket, cc="x@y.example", then="close")
    came = customer_writes(ticket, "Forget it, it works again.")
    answer = bea.post(url(ticket), sent)
    page = text_of(answer)
    assert answer.status_code == 409
    assert "Please switch it off and on." in page
    assert "x@y.example" in page
    assert "Forget it, it works again." in page
    assert f'name="anyway" value="{came.pk}"' in page
    assert '<input type="hidden" name="then" value="close">' in page
    assert sent["submission"] in page


def test_it_can_be_sent_anyway(bea, ticket):
    sent = form(ticket)
    came = customer_writes(ticket, "Forget it, it works again.")
    assert part(bea, url(ticket), sent | {"anyway": came.pk}).status_code == 200
    assert len(written(ticket)) == 1


def test_sending_anyway_overlooks_only_what_was_shown(bea, ticket):
    sent = form(ticket)
    came = customer_writes(ticket, "Forget it.")
    customer_writes(ticket, "No, wait!")
    answer = part(bea, url(ticket), sent | {"anyway": came.pk})
    assert answer.status_code == 409
    assert "No, wait!" in text_of(answer)
    assert "Forget it." not in text_of(answer)


def test_notes_of_colleagues_do_not_stop_an_answer(bea, world, ticket):
    sent = form(ticket)
    colleague_notes(ticket, "I am on it.", by=world.carlos)
    assert part(bea, url(ticket), sent).status_code == 200


# ---- refusals change nothing --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text": "   "}, "Write something or add a file."),
        ({"to": ""}, "Say who gets the answer."),
        ({"to": "not an address"}, "is not an email address"),
        ({"cc": "a@b.example, broken"}, "“broken” is not an email address."),
        ({"to": ", ".join(f"a{n}@b.example" for n in range(51))}, "at most 50 people"),
        ({"text": "x" * 100_001}, "at most 100000 characters"),
        ({"then": "explode"}, ""),
        ({"wait": "9999"}, ""),
    ],
)
def test_what_cannot_be_sent_comes_back_with_the_reason(bea, ticket, changes, words):
    for answer in (part(bea, url(ticket), form(ticket, **changes)), bea.post(url(ticket), form(ticket, **changes))):
        assert answer.status_code == 422
        assert words in text_of(answer)
    assert nothing_happened(ticket)


def test_what_was_typed_comes_back(bea, ticket):
    page = text_of(part(bea, url(ticket), form(ticket, to="nobody", text="My <long> answer")))
    assert "My &lt;long&gt; answer" in page
    assert 'value="nobody"' in page


def test_answering_needs_the_right_to_write(signed_in, reader, noter, ticket):
    for agent in (reader, noter):
        assert part(signed_in(agent), url(ticket), form(ticket)).status_code == 404
    assert nothing_happened(ticket)


def test_T74_messages_are_posted_only(bea, ticket):
    assert bea.get(url(ticket)).status_code == 405
    assert bea.get(url(ticket, "note")).status_code == 405


def test_T74_a_form_without_a_token_is_refused(signed_in, world, ticket):
    strict = signed_in(world.bea, enforce_csrf_checks=True)
    assert strict.post(url(ticket), form(ticket)).status_code == 403
    assert nothing_happened(ticket)


def test_signed_out_while_writing_is_said_to_the_page(client, ticket):
    assert part(client, url(ticket), form(ticket)).status_code == 401
    assert nothing_happened(ticket)


# ---- notes --------------------------------------------------------------------------------------


def test_a_note_stays_inside(signed_in, noter, ticket):
    answer = part(signed_in(noter), url(ticket, "note"), {"submission": str(uuid4()), "text": "Strange case."})
    [article] = written(ticket)
    assert answer.status_code == 200
    assert (article.channel, article.visible_to_customer) == ("note", False)
    assert not Outgoing.objects.filter(article=article).exists()
    assert "Your note is added." in text_of(answer)
    assert 'id="note-form"' in text_of(answer)


def test_a_note_changes_no_state(bea, world, ticket):
    put(ticket, "closed successful", by=world.bea)
    bea.post(url(ticket, "note"), {"text": "For the record."})
    ticket.refresh_from_db()
    assert ticket.state.name == "closed successful"


def test_a_note_is_made_once(bea, ticket):
    sent = {"submission": str(uuid4()), "text": "Twice?"}
    bea.post(url(ticket, "note"), sent)
    bea.post(url(ticket, "note"), sent)
    assert len(written(ticket)) == 1


def test_an_empty_note_is_none(bea, ticket):
    answer = part(bea, url(ticket, "note"), {"text": ""})
    assert answer.status_code == 422
    assert "Write something or add a file." in text_of(answer)
    assert nothing_happened(ticket)


def test_noting_needs_its_right(signed_in, reader, ticket):
    assert part(signed_in(reader), url(ticket, "note"), {"text": "Hello"}).status_code == 404
    assert nothing_happened(ticket)


# ---- whose it is then ---------------------------------------------------------------------------


def owner_after(client, ticket, **changes):
    client.post(url(ticket), form(ticket, **changes))
    assert len(written(ticket)) == 1
    ticket.refresh_from_db()
    return ticket.owner


def test_who_answers_a_ticket_of_nobody_takes_it(bea, world, ticket):
    shown = text_of(bea.get(url(ticket, "ticket")))
    assert '<input type="checkbox" name="take" value="on" checked>' in shown
    assert owner_after(bea, ticket, take="on") == world.bea
    assert 'name="take"' not in text_of(bea.get(url(ticket, "ticket")))


def test_who_does_not_want_it_leaves_it_to_nobody(bea, ticket):
    assert owner_after(bea, ticket) is None


def test_a_ticket_that_somebody_has_stays_theirs(bea, world, ticket):
    assign(ticket, world.carlos, by=world.carlos)
    assert 'name="take"' not in text_of(bea.get(url(ticket, "ticket")))
    assert owner_after(bea, ticket, take="on") == world.carlos


def test_a_wish_that_is_not_offered_takes_nothing(bea, ticket):
    with patch("tickets.guidance.may_choose", return_value=False):
        assert 'name="take"' not in text_of(bea.get(url(ticket, "ticket")))
        assert owner_after(bea, ticket, take="on") is None


def test_the_ticket_is_nobodys_again_when_the_answer_is_taken_back(bea, world, ticket):
    bea.post(url(ticket), form(ticket, take="on", then="close"))
    [article] = written(ticket)
    bea.post(reverse("desk:take_back", args=[article.pk]))
    ticket.refresh_from_db()
    assert ticket.owner is None and ticket.is_open


def test_whoever_was_given_it_meanwhile_keeps_it(bea, world, ticket):
    bea.post(url(ticket), form(ticket, take="on"))
    [article] = written(ticket)
    assign(ticket, world.carlos, by=world.carlos)
    bea.post(reverse("desk:take_back", args=[article.pk]))
    ticket.refresh_from_db()
    assert ticket.owner == world.carlos
