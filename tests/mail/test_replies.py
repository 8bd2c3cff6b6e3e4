"""Separating what is new from what is quoted: in four languages, in text and in HTML, and never losing a word."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.html import clean, to_text
from mail.replies import split_html, split_reply

OUTLOOK = "{}: Bea <bea@demo.example>\n{}: 1. 6. 2026 17:03\n{}: Dana\n{}: Printer\n\nold words\n"


@pytest.mark.parametrize(
    "quoted",
    [
        "On Mon, Jun 1, 2026 at 5:03 PM Bea Costa <bea@demo.example> wrote:\n> old\n> words\n",
        "On Mon, Jun 1, 2026 at 5:03 PM Bea Costa via Demo Support for everybody <\nsupport@demo.example> wrote:\n\n> old\n>\n> words\n",
        "On 1 Jun 2026, at 17:03, Bea <bea@demo.example> wrote:\n\nold words without marks\n",
        "Am Mo., 1. Juni 2026 um 17:03 Uhr schrieb Bea <\nbea@demo.example>:\n\n> alt\n",
        "Am 01.06.26 um 17:03 schrieb Bea Costa:\n> alt\n",
        "El lun, 1 jun 2026 a las 17:03, Bea (<bea@demo.example>) escribió:\n\n> viejo\n",
        "El 1 jun 2026, a las 17:03, Bea <bea@demo.example> escribió:\n> \n> viejo\n",
        "Em seg., 1 de jun. de 2026 às 17:03, Bea <bea@demo.example> escreveu:\n\n> velho\n",
        "No dia 1 de jun. de 2026, às 17:03, Bea <bea@demo.example> escreveu:\n\nvelho\n",
        "2026-06-01 17:03 GMT+02:00 Bea <bea@demo.example>:\n\n> old\n",
        "-----Original Message-----\nFrom: Bea\nSent: Monday\n\nold\n",
        "-----Ursprüngliche Nachricht-----\nVon: Bea\n\nalt\n",
        "-----Mensaje original-----\nDe: Bea\n\nviejo\n",
        "-----Mensagem original-----\nDe: Bea\n\nvelho\n",
        OUTLOOK.format("From", "Sent", "To", "Subject"),
        OUTLOOK.format("Von", "Gesendet", "An", "Betreff"),
        OUTLOOK.format("De", "Enviado el", "Para", "Asunto"),
        OUTLOOK.format("De", "Enviada em", "Para", "Assunto"),
        "________________________________\n" + OUTLOOK.format("From", "Date", "To", "Subject"),
        "*From:* Bea <bea@demo.example>\n*Sent:* Monday\n*To:* Dana\n*Subject:* Printer\n\nold\n",
        "> only marks\n> tell the quote\n",
        "-- \nDana Acme\nPhone 123\n",
        "Sent from my iPhone\n\n> old\n",
        "Von meinem iPhone gesendet\n",
        "Enviado do meu iPhone\n",
    ],
)
def test_quotes_of_common_clients_are_separated(quoted):
    text = "Thank you, it works.\n\nDana\n\n" + quoted
    assert split_reply(text) == ("Thank you, it works.\n\nDana\n\n", quoted)


@pytest.mark.parametrize(
    "text",
    [
        "No quote at all.\n",
        "",
        "> quoted first\nanswer below\n",
        "> question one\nanswer one\n> question two\nanswer two\n",
        "On Mon, Jun 1, 2026 Bea wrote:\n> question\nanswer\n> question\nanswer\n",
        "The vendor wrote: it is broken.\nPlease help.\n",
        "I wrote to them on Monday.\nNothing happened since:\nno answer\n",
        "From: the heart\nwith love\n",
        "FYI\n\n---------- Forwarded message ---------\nFrom: X <x@y>\nDate: Mon\nSubject: s\nTo: z\n\nimportant\n",
        OUTLOOK.format("From", "Sent", "To", "Subject"),
        "> nothing but a quote\n",
        "-- \nnothing but a signature\n",
    ],
)
def test_when_in_doubt_everything_is_shown(text):
    assert split_reply(text) == (text, "")


def test_quotes_at_the_end_of_answers_in_between():
    text = "> question one\nanswer one\n> the rest\n> of it\n"
    assert split_reply(text) == ("> question one\nanswer one\n", "> the rest\n> of it\n")


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["> q", "words", "", "-- ", "On 1 Jun 2026 x@y wrote:", "From: a", "Sent: b", "To: c", "___", "\x0c", "\r"]
        ),
        max_size=30,
    )
)
def test_nothing_is_ever_lost(lines):
    for end in ("\n", "\r\n"):
        text = end.join(lines)
        visible, quoted = split_reply(text)
        assert visible + quoted == text
    html = clean("<br>".join(lines).replace("> q", "<blockquote>q</blockquote>"))
    visible, quoted = split_html(html)
    assert to_text(visible).split() + to_text(quoted).split() == to_text(html).split() or ">" in to_text(html)
    assert clean(visible) == visible
    assert clean(quoted) == quoted


@pytest.mark.parametrize(
    ("html", "visible", "quoted"),
    [
        (
            '<div dir="ltr">Thanks</div><br><div class="gmail_quote"><div>On Mon, Jun 1, 2026 Bea &lt;<a href="mailto:b@x.de">b@x.de</a>&gt; wrote:<br></div><blockquote>old</blockquote></div>',
            "Thanks",
            "On Mon, Jun 1, 2026 Bea <b@x.de> wrote:\n\n> old",
        ),
        (
            "<p>Danke</p><div>Am 01.06.26 um 17:03 schrieb Bea:<br></div><blockquote>alt</blockquote><br>",
            "Danke",
            "Am 01.06.26 um 17:03 schrieb Bea:\n\n> alt",
        ),
        (
            "Thanks<br><div><br><blockquote><div>On 1 Jun 2026, at 17:03, Bea &lt;b@x.de&gt; wrote:</div><br><div>old</div></blockquote></div>",
            "Thanks",
            "> On 1 Jun 2026, at 17:03, Bea <b@x.de> wrote:\n>\n> old",
        ),
        (
            "<div><p>Thanks</p><div><div><p><b>From:</b> Bea<br><b>Sent:</b> Monday<br><b>To:</b> me<br><b>Subject:</b> x</p></div></div><p>old</p></div>",
            "Thanks",
            "From: Bea\nSent: Monday\nTo: me\nSubject: x\n\nold",
        ),
        (
            "<div>Thanks</div><hr><div><b>De:</b> Bea<br><b>Enviado:</b> lunes<br><b>Para:</b> yo</div><div>viejo</div>",
            "Thanks",
            "---\nDe: Bea\nEnviado: lunes\nPara: yo\nviejo",
        ),
        ("<p>Thanks</p><p>-- <br>Dana<br>Phone</p>", "Thanks", "--\nDana\nPhone"),
        (
            "<table><tr><td>Thanks<br>-----Original Message-----<br>old</td></tr></table>",
            "Thanks",
            "-----Original Message-----\nold",
        ),
        ("<blockquote>question</blockquote><p>answer</p>", "> question\n\nanswer", ""),
        ("<blockquote>nothing but a quote</blockquote>", "> nothing but a quote", ""),
        ("", "", ""),
    ],
)
def test_html_is_split_into_two_sound_pieces(html, visible, quoted):
    pieces = split_html(clean(html))
    assert (to_text(pieces.visible), to_text(pieces.quoted)) == (visible, quoted)
    for piece in pieces:
        assert clean(piece) == piece


@pytest.mark.parametrize(
    "text",
    [
        "On " * 5_000,
        "On " * 300_000,
        "\n" * 50_000,
        ">\n" * 200_000,
        "> " * 300_000,
        "From: x\n" * 20_000,
        "On 1 @\n" * 50_000,
    ]
    + [
        "_____\n" * 50_000,
        "schrieb " * 100_000,
        "-- \n" * 50_000,
        "On 1 wrote:\n" * 50_000,
        "De: " * 300_000,
        "x <a@b> " * 50_000,
    ],
)
def test_T64_hostile_texts_take_no_time(text):
    began = time.process_time()
    visible, quoted = split_reply(text)
    html = clean(text.replace("\n", "<br>"))
    split_html(html)
    assert time.process_time() - began < 2
    assert visible + quoted == text
