"""What people read of an article: its new words with pictures in place, the quoted rest apart, files beside it."""

import pytest

from tests.factories import TicketFactory
from tickets.messages import File, Message
from web.common.bodies import Body, body_of, whole_body_of


@pytest.fixture
def body(world):
    """The body of a customer's message with this text or HTML."""

    def make(*, text: str = "", html: str = "", files: list[File] | None = None) -> Body:
        message = Message(text=text, html=html, files=files or [])
        ticket = TicketFactory(queue=world.support, customer=world.dana, message=message)
        return body_of(ticket.articles.get(sender="customer"))

    return make


def test_the_quoted_rest_of_a_text_stands_apart(body):
    shown = body(text="I <b>see</b>.\n\nOn Monday, 1 June 2026 Bea <b@x.example> wrote:\n> the mail before\n")
    assert "I &lt;b&gt;see&lt;/b&gt;." in shown.html
    assert "Bea" not in shown.html
    assert "Bea" in shown.quoted
    assert "the mail before" in shown.quoted


def test_the_quoted_rest_of_html_stands_apart(body):
    shown = body(html="<p>Yes.</p><blockquote><p>what was said before</p></blockquote>")
    assert shown.html == "<p>Yes.</p>"
    assert shown.quoted == "<blockquote><p>what was said before</p></blockquote>"


@pytest.mark.parametrize(
    "html",
    [
        "<p>Yes.</p>",
        "<blockquote><p>One?</p></blockquote><p>Yes.</p><blockquote><p>Two?</p></blockquote><p>No.</p>",
        "<blockquote><p>nothing but a quote</p></blockquote>",
    ],
)
def test_answers_between_quotes_and_lone_quotes_stay_whole(body, html):
    shown = body(html=html)
    assert (shown.html, shown.quoted) == (html, "")


def test_a_picture_of_the_mail_stands_where_it_belongs_and_other_files_beside(world):
    files = [
        File("logo.png", "image/png", b"\x89PNG\r\n\x1a\n1", is_inline=True, content_id="logo@x"),
        File("unused.png", "image/png", b"\x89PNG\r\n\x1a\n2", is_inline=True, content_id="unused@x"),
        File("plan.pdf", "application/pdf", b"%PDF"),
    ]
    html = '<p>See <img src="cid:logo@x" alt="logo"> and <img src="https://tracker.example/x.png"></p>'
    message = Message(text="See", html=html, files=files)
    article = TicketFactory(queue=world.support, customer=world.dana, message=message).articles.get(sender="customer")
    logo, unused, plan = article.attachments.all()
    shown = body_of(article)
    assert f'<img src="/files/{logo.uuid}/inline/" alt="logo">' in shown.html
    assert "tracker.example" not in shown.html
    assert shown.blocked == 1
    assert shown.files == [unused, plan]


def test_a_quote_that_only_stands_in_an_attribute_is_none(body):
    words = "<blockquote><script>alert(1)</script>" + "x" * 300 + "</blockquote>"
    html = f'<p>See <img src="cid:a@x" alt="{words}"> <a href="https://x.example/{words}">this</a></p>'
    shown = body(html=html, files=[File("a.png", "image/png", b"1", is_inline=True, content_id="a@x")])
    assert shown.quoted == ""
    assert "<script" not in shown.html


@pytest.mark.parametrize(("door", "page"), [("bea", "/desk/tickets/{}/"), ("dana", "/portal/requests/{}/")])
def test_every_door_folds_the_rest_away(world, signed_in, door, page):
    text = "It hums.\n\nOn Monday, 1 June 2026 Bea <b@x.example> wrote:\n> the mail before\n"
    ticket = TicketFactory(queue=world.support, customer=world.dana, body=text)
    shown = signed_in(getattr(world, door)).get(page.format(ticket.number)).content.decode()
    assert shown.index("It hums.") < shown.index('<details class="quote">') < shown.index("the mail before")
    assert "Show quoted text" in shown


# ---- huge texts ---------------------------------------------------------------------------------

LOG = "\n".join(f"{n:05d} it went on" for n in range(30_000))


def test_of_a_log_only_the_beginning_is_shown(world):
    article = TicketFactory(queue=world.support, customer=world.dana, message=Message(text=LOG)).articles.get(
        sender="customer"
    )
    shown = body_of(article)
    assert (shown.is_cut, "00199 it" in shown.html, "00200 it" in shown.html) == (True, True, False)
    whole = whole_body_of(article)
    assert (whole.is_cut, "29999 it" in whole.html) == (False, True)


def test_long_lines_count_by_their_characters_and_are_cut_between_words(body):
    shown = body(text="word " * 20_000)
    assert shown.is_cut
    assert 19_900 < len(shown.html) < 20_100
    assert shown.html.endswith("word</p>")


@pytest.mark.parametrize("text", ["line\n" * 299, "word " * 5_900])
def test_what_is_hardly_longer_is_shown_whole(body, text):
    assert not body(text=text).is_cut


def test_huge_html_is_cut_between_elements_and_keeps_its_pictures(body):
    html = '<div><p>See <img src="cid:a@x" alt="plan"></p><ul>' + "<li><b>one thing</b> &amp; another</li>" * 5_000
    shown = body(html=html, files=[File("a.png", "image/png", b"1", is_inline=True, content_id="a@x")])
    assert shown.is_cut
    assert len(shown.html) < 61_000
    assert '/inline/" alt="plan">' in shown.html
    assert shown.html.endswith("</ul></div>")
    assert shown.html.count("<li>") == shown.html.count("</li>")


def test_a_long_history_comes_with_its_message_and_a_huge_one_is_cut(body):
    intro = "Yes.\n\nOn Monday, 1 June 2026 Bea <b@x.example> wrote:\n"
    assert not body(text=intro + "> said before\n" * 3_000).is_cut
    shown = body(text=intro + "> said before\n" * 30_000)
    assert (shown.is_cut, "Yes." in shown.html, len(shown.quoted) < 25_000) == (True, True, True)
