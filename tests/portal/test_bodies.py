"""What people read of an article: pictures in place, long quotes folded, files beside it."""

import pytest

from tests.factories import TicketFactory
from tickets.messages import File, Message
from web.portal.bodies import body_of, fold_quotes

LONG = "<p>" + "what was said before " * 20 + "</p>"


@pytest.mark.parametrize(
    ("html", "folds"),
    [
        (f"<p>Yes.</p><blockquote>{LONG}</blockquote>", 1),
        (f"<blockquote>{LONG}</blockquote><p>Yes.</p><blockquote>{LONG}</blockquote><p>No.</p>", 2),
        (f"<p>Yes.</p><blockquote>{LONG}<blockquote>{LONG}</blockquote></blockquote>", 1),
        ("<p>Yes.</p><blockquote><p>short</p></blockquote>", 0),
        (f"<blockquote>{LONG}</blockquote>", 0),
        (f"<div><br></div><blockquote dir='ltr'>{LONG}</blockquote><p> </p>", 0),
        ("<p>Yes.</p>", 0),
        ("", 0),
    ],
)
def test_long_quotes_are_folded_where_they_stand(html, folds):
    folded = fold_quotes(html)
    assert folded.count("<details") == folded.count("</details>") == folds
    plain = folded.replace("</details>", "")
    for opening in ('<details class="quote"><summary>Show the quoted text</summary>',):
        plain = plain.replace(opening, "")
    assert plain == html


def test_text_is_escaped_and_its_quote_folded(world):
    text = "I <b>see</b>.\n\nOn Monday Bea wrote:\n" + "> a line of the mail before\n" * 20
    ticket = TicketFactory(queue=world.support, customer=world.dana, body=text)
    html = body_of(ticket.articles.get(sender="customer")).html
    assert "I &lt;b&gt;see&lt;/b&gt;." in html
    assert html.index("Bea wrote") < html.index("<details") < html.index("a line of the mail before")


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
    body = body_of(article)
    assert f'<img src="/files/{logo.uuid}/inline/" alt="logo">' in body.html
    assert "tracker.example" not in body.html
    assert body.files == [unused, plan]


def test_a_quote_that_only_stands_in_an_attribute_is_none(world):
    """Folding looks for tags in cleaned HTML: there, no attribute holds a bare bracket."""
    words = "<blockquote><script>alert(1)</script>" + "x" * 300 + "</blockquote>"
    html = f'<p>See <img src="cid:a@x" alt="{words}"> <a href="https://x.example/{words}">this</a></p>'
    files = [File("a.png", "image/png", b"1", is_inline=True, content_id="a@x")]
    ticket = TicketFactory(queue=world.support, customer=world.dana, message=Message(text="", html=html, files=files))
    shown = body_of(ticket.articles.get(sender="customer")).html
    assert "<details" not in shown
    assert "<script" not in shown
