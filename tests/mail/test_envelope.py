"""Who else got a message, and where its answers go: on the page, in the original and on paper."""

import base64

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.desk.conftest import text_of
from tests.mail.mails import PNG, lines, mail, raw, raw_mail
from tickets.actions.replying import reply
from tickets.messages import Message
from tickets.models import Ticket
from web.desk.envelope import Line
from web.desk.timeline import everything_said

MANY = ", ".join(f"Person {n} <p{n}@globex.example>" for n in range(120))


@pytest.fixture
def bea(signed_in, world) -> Client:
    return signed_in(world.bea)


@pytest.fixture
def ticket(take_in) -> Ticket:
    return take_in(raw_mail()).article.ticket


def page(client, ticket) -> str:
    return text_of(client.get(reverse("desk:ticket", args=[ticket.number])))


def envelope(ticket, reader) -> list[tuple[str, list[str]]]:
    (said, *_rest) = everything_said(ticket, reader=reader, with_notes=True)
    return [(str(line.label), list(line.people)) for line in said.envelope]


def test_a_message_names_who_else_got_it_but_not_us(take_in, world):
    to = "support+x@demo.example, Carl <carl@acme.example>"
    cc = "billing@demo.example, erik@globex.example"
    ticket = take_in(raw_mail(to=to, cc=cc, reply_to="Lisa <lisa@kundin.example>")).article.ticket
    assert envelope(ticket, world.bea) == [
        ("To", ["Carl <carl@acme.example>"]),
        ("Cc", ["erik@globex.example"]),
        ("Answers to", ["Lisa <lisa@kundin.example>"]),
    ]


def test_a_message_to_us_alone_has_nothing_to_say(take_in, world, bea):
    ticket = take_in(raw_mail()).article.ticket
    assert envelope(ticket, world.bea) == []
    assert "msg__people" not in page(bea, ticket)


def test_a_blind_copy_to_us_names_whom_it_was_written_to(take_in, world):
    ticket = take_in(raw_mail(to="carl@acme.example"), "support@demo.example").article.ticket
    assert envelope(ticket, world.bea) == [("To", ["carl@acme.example"])]


def test_many_are_folded_away(take_in, bea):
    body = page(bea, take_in(raw_mail(cc=MANY)).article.ticket)
    assert "<dt>Cc</dt><dd><bdi>Person 0 &lt;p0@globex.example&gt;</bdi>" in body
    assert "and 117 more people</summary><bdi>Person 3 &lt;p3@globex.example&gt;</bdi>" in body


def test_names_are_text_and_only_text(take_in, bea):
    raw = lines("From: dana@acme.example", "To: support@demo.example", 'Cc: "<b onclick=x()>" <b@globex.example>')
    assert "<b onclick" not in page(bea, take_in(raw).article.ticket)


@pytest.mark.parametrize("number", [1, 120])
def test_many_recipients_take_no_more_queries(take_in, bea, number):
    cc = ", ".join(f"p{n}@globex.example" for n in range(number))
    first = take_in(raw_mail("1", cc=cc)).article.ticket
    page(bea, first)
    with CaptureQueriesContext(connection) as asked:
        page(bea, first)
    assert sum("mail_address" in one["sql"] for one in asked.captured_queries) == 2


def test_an_answer_to_many_names_some_and_folds_the_others(ticket, world):
    people = [{"name": f"P{n}", "address": f"p{n}@globex.example"} for n in range(5)]
    article = reply(ticket, Message(text="x", to=people[:1], cc=people[1:]), by=world.bea)
    said = next(one for one in everything_said(ticket, reader=world.bea, with_notes=True) if one.article == article)
    assert said.about == "by email to P0, P1, P2 and 2 more"
    assert said.envelope[1] == Line("Cc", [f"P{n} <p{n}@globex.example>" for n in range(1, 5)])


def test_paper_names_all_of_them(take_in, bea):
    ticket = take_in(raw_mail(cc=MANY)).article.ticket
    body = text_of(bea.get(reverse("desk:paper", args=[ticket.number])))
    assert "<bdi>Person 119 &lt;p119@globex.example&gt;</bdi>" in body
    assert "<summary" not in body


def test_the_original_begins_with_its_people(take_in, bea):
    text = take_in(raw_mail("Hi", cc="erik@globex.example", reply_to="lisa@kundin.example")).article
    body = text_of(bea.get(reverse("desk:original", args=[text.pk])))
    head = "From: Dana Miller <dana@acme.example>\nTo: support@demo.example\nCc: erik@globex.example\n"
    assert body.startswith(f"{head}Answers to: lisa@kundin.example\n\nHi")
    kind = "Content-Type: text/html; charset=utf-8"
    raw = lines("From: dana@acme.example", 'To: "</pre><script>" <a@b.example>', kind, body="<body class=a><p>x</p>")
    body = text_of(bea.get(reverse("desk:original", args=[take_in(raw).article.pk])))
    assert body.startswith('<body class=a><div style="all: initial !important"><template shadowrootmode="closed"><pre')
    assert "<script>" not in body


def test_pictures_of_the_original_are_told_apart_by_their_whole_names(take_in, bea):
    message = mail("x")
    message.add_alternative('<img src="cid:i1"><img src="cid:i10">', subtype="html")
    for name in ("i1", "i10"):
        message.get_payload()[1].add_related(PNG + name.encode(), "image", "png", cid=f"<{name}>")
    body = text_of(bea.get(reverse("desk:original", args=[take_in(raw(message)).article.pk])))
    first, tenth = (base64.b64encode(PNG + name).decode() for name in (b"i1", b"i10"))
    assert f'<img src="data:image/png;base64,{first}"><img src="data:image/png;base64,{tenth}">' in body


# ---- the composer -------------------------------------------------------------------------------


def test_the_composer_says_where_the_answer_goes_and_offers_both(take_in, bea):
    ticket = take_in(raw_mail(sender="mailer@shop.example", reply_to="Lisa <lisa@kundin.example>")).article.ticket
    body = page(bea, ticket)
    assert "Answers go to lisa@kundin.example, as the message asks." in body
    assert 'name="to" value="Lisa &lt;lisa@kundin.example&gt;"' in body
    assert 'data-to="Lisa &lt;lisa@kundin.example&gt;" aria-pressed="true"' in body
    assert 'data-to="mailer &lt;mailer@shop.example&gt;" aria-pressed="false"' in body
    assert "Reply to Lisa" in body


def test_of_a_doubtful_message_the_composer_warns(take_in, world, bea, ticket):
    take_in(raw_mail(subject=f"[#{ticket.number}]", reply_to="eve@stranger.example"))
    body = page(bea, Ticket.objects.get(pk=ticket.pk))
    assert "The message asks for answers to eve@stranger.example, but it is not proven who wrote it." in body
    assert 'name="to" value="Dana Miller &lt;dana@acme.example&gt;"' in body
    assert 'data-to="eve@stranger.example" aria-pressed="false"' in body


def test_without_reply_to_there_is_nothing_to_choose(take_in, bea):
    assert "data-to=" not in page(bea, take_in(raw_mail()).article.ticket)
