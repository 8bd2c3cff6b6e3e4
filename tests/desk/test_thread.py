"""Reading a conversation: filters, folds that lose nothing, addresses of single messages, the source, paper."""

import re

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from mail.replies import split_html, split_reply
from tests.desk.conftest import arrive, colleague_notes, customer_writes, part, put, text_of
from tests.factories import TicketFactory
from tickets.actions.fields import set_tags
from tickets.actions.replying import forward, reply
from tickets.messages import File, Message
from web.desk.source import SHOWN, source_of


def page_of(ticket, name: str = "ticket") -> str:
    return reverse(f"desk:{name}", args=[ticket.number])


def articles_in(response) -> list[int]:
    return [int(pk) for pk in re.findall(r'<article [^>]*id="a-(\d+)"', text_of(response))]


@pytest.fixture
def talk(world, ticket):
    """A message of each kind; returns them by their words."""
    note = colleague_notes(ticket, "Strange case.", by=world.carlos)
    sent = Message(text="Please see the manual.", files=[File("manual.pdf", "application/pdf", b"%PDF-1.4")])
    answer = reply(ticket, sent, by=world.bea)
    return {"first": ticket.articles.first(), "note": note, "answer": answer}


# ---- what is shown ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        ("public", {"first", "answer"}),
        ("internal", {"note"}),
        ("files", {"answer"}),
        ("nonsense", {"first", "note", "answer"}),
    ],
)
def test_the_conversation_can_be_narrowed(bea, ticket, talk, show, expected):
    found = articles_in(bea.get(page_of(ticket), {"show": show}))
    assert {name for name, article in talk.items() if article.pk in found} == expected


def test_what_was_done_can_be_hidden(bea, world, ticket, talk):
    set_tags(ticket, ["printer"], by=world.carlos)
    assert "changed the tags" in text_of(bea.get(page_of(ticket)))
    hidden = text_of(bea.get(page_of(ticket), {"events": "off"}))
    assert "changed the tags" not in hidden
    assert "Please see the manual." in hidden


def test_earlier_messages_keep_the_wish(bea, world, ticket):
    for number in range(12):
        colleague_notes(ticket, f"Note number {number}.", by=world.carlos)
        customer_writes(ticket, f"Message number {number}.")
    answer = bea.get(page_of(ticket), {"show": "internal", "events": "off"})
    assert len(articles_in(answer)) == 10
    link = re.search(r'hx-get="([^"]*/earlier/[^"]*)"', text_of(answer))[1].replace("&amp;", "&")
    rest = part(bea, link)
    assert len(articles_in(rest)) == 2
    assert "Message number" not in text_of(rest)


def test_an_answer_is_based_on_the_newest_message_though_another_kind_is_shown(bea, ticket, talk):
    page = text_of(bea.get(page_of(ticket), {"show": "internal"}))
    assert f'name="based_on" value="{talk["answer"].pk}"' in page


# ---- folds --------------------------------------------------------------------------------------


@given(st.text(alphabet="ab >:\n-@.OnwroteFm", max_size=400))
def test_a_fold_loses_no_words(text):
    split = split_reply(text)
    assert split.visible + split.quoted == text


@given(
    st.lists(
        st.sampled_from(
            [
                "<p>Hi</p>",
                "<blockquote><p>old</p></blockquote>",
                "<p>-- </p>",
                "<br>",
                "x",
                "<p>On 1 May a@b.de wrote:</p>",
            ]
        )
    )
)
def test_a_fold_of_html_loses_no_words(parts):
    html = "".join(parts)
    split = split_html(html)
    words = re.compile(r"<[^>]+>")
    assert words.sub("", split.visible) + words.sub("", split.quoted) == words.sub("", html)


def test_what_is_folded_is_in_the_page(bea, ticket):
    customer_writes(ticket, "Thanks!\n\n-- \nDana Miller\nAcme Ltd, 1 Long Road")
    page = text_of(bea.get(page_of(ticket)))
    assert page.index('<details class="quote">') < page.index("1 Long Road")


# ---- one message --------------------------------------------------------------------------------


def test_a_message_has_an_address_of_its_own(bea, world, ticket):
    pks = [colleague_notes(ticket, f"Note number {number}.", by=world.carlos).pk for number in range(30)]
    newest = bea.get(reverse("desk:article", args=[pks[-1]]))
    assert newest.headers["Location"] == f"{page_of(ticket)}?at={pks[-1]}#a-{pks[-1]}"
    page = text_of(bea.get(newest.headers["Location"]))
    assert f'id="a-{pks[-1]}" data-article="{pks[-1]}" data-scroll-start' in page
    old = bea.get(reverse("desk:article", args=[pks[5]]))
    shown = articles_in(old)
    assert pks[5] in shown
    assert len(shown) <= 20
    assert f'id="a-{pks[5]}" data-article="{pks[5]}" data-scroll-start' in text_of(old)
    # nobody can write on that page, so nothing there leads into a text
    assert "data-quote" not in text_of(old)


def test_T42_messages_of_others_have_no_address(carlos, world):
    hidden = TicketFactory(queue=world.billing).articles.first()
    for name in ("article", "quote", "source"):
        assert carlos.get(reverse(f"desk:{name}", args=[hidden.pk])).status_code == 404


# ---- the source ---------------------------------------------------------------------------------


def test_the_source_of_a_mail_can_be_read(bea):
    incoming = arrive(subject="=?utf-8?b?R3LDvMOfZQ==?= from us", text="Hello <b>there</b>")
    page = text_of(bea.get(reverse("desk:source", args=[incoming.article_id])))
    assert "Grüße from us" in page
    assert "Hello &lt;b&gt;there&lt;/b&gt;" in page
    assert reverse("desk:raw", args=[incoming.article_id]) in page


def test_a_note_has_no_source(bea, world, ticket):
    note = colleague_notes(ticket, "Strange case.", by=world.carlos)
    assert bea.get(reverse("desk:source", args=[note.pk])).status_code == 404


@pytest.mark.parametrize(
    ("raw", "headers", "text"),
    [
        (b"Subject: Hi\r\nTo: a@b.de\r\n\r\nBody\r\n", [("Subject", "Hi"), ("To", "a@b.de")], "Body\n"),
        (b"Subject: A\r\n folded line\r\n\r\nB", [("Subject", "A folded line")], "B"),
        (b"Subject: =?x-none?q?a?=\n\nB", [("Subject", "=?x-none?q?a?=")], "B"),
        (b"Subject: Gr\xfc\xdfe\n\n\xe4", [("Subject", "Grüße")], "ä"),
        (b"no header at all", [], ""),
        (b"", [], ""),
    ],
)
def test_whatever_the_bytes_are_they_can_be_read(raw, headers, text):
    source = source_of(raw)
    assert (source.headers, source.text, source.is_cut) == (headers, text, False)


def test_a_large_message_is_cut():
    assert source_of(b"A: b\n\n" + b"x" * SHOWN).is_cut


# ---- paper --------------------------------------------------------------------------------------


def test_paper_has_all_messages_and_notes_only_on_demand(bea, world, ticket, talk):
    for number in range(30):
        customer_writes(ticket, f"Message number {number}.")
    page = text_of(bea.get(page_of(ticket, "paper")))
    assert page.count("Message number") == 30
    assert "Strange case." not in page
    assert "manual.pdf" in page
    with_notes = text_of(bea.get(page_of(ticket, "paper") + "?notes"))
    assert "Strange case." in with_notes


def test_paper_costs_the_same_however_long_the_conversation(bea, ticket, queries):
    def cost() -> int:
        with queries() as counted:
            bea.get(page_of(ticket, "paper"))
        return len(counted)

    few = cost()
    for number in range(5):
        customer_writes(ticket, f"Message number {number}.")
    assert cost() == few


def test_paper_ends_somewhere_and_says_so(bea, world, ticket, talk, monkeypatch):
    assert "Only the first" not in text_of(bea.get(page_of(ticket, "paper")))
    for place in ("web.desk.timeline", "web.desk.views.ticket"):
        monkeypatch.setattr(f"{place}.MOST_PRINTED", 2)
    page = bea.get(page_of(ticket, "paper"))
    assert len(articles_in(page)) == 2
    assert "Only the first 2 messages are printed." in text_of(page)


# ---- what kind of message it is -----------------------------------------------------------------


def test_a_forwarded_message_is_told_from_a_note(bea, world, ticket):
    forward(ticket, Message(text="Please look.", to=[{"name": "", "address": "x@parts.example"}]), by=world.bea)
    page = text_of(bea.get(page_of(ticket)))
    assert "Forwarded, the customer does not see this" in page
    assert "Waiting to be sent" in page


def test_a_removed_ticket_offers_nothing_to_write_with(bea, world, ticket, talk):
    put(ticket, "removed", by=world.bea)
    page = text_of(bea.get(page_of(ticket)))
    assert "data-quote" not in page
    assert 'name="text"' not in page
