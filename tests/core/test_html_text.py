"""Between HTML and text: what a reader would read, and back."""

import pytest

from core.html import excerpt, from_text, to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<div>one<br>two</div><div><br></div><div>three</div>", "one\ntwo\n\nthree"),
        ("a  lot\n of   blanks", "a lot of blanks"),
        ("&lt;b&gt; &amp; &nbsp;x&#8364; &#99999999999; &#xD800;", "<b> &  x€ \ufffd \ufffd"),
        ("<ul><li>a<li>b<ol><li>x<li>y</ol></ul>", "* a\n* b\n\n  1. x\n  2. y"),
        ("<table><tr><td>1<td>2<tr><td>3<td>4</table>", "1  2\n3  4"),
        ("<pre>  a\n\tb</pre>", "  a\n    b"),
        ("x<hr>y", "x\n---\ny"),
        ("Hi<blockquote>q1<blockquote>q2</blockquote>q3</blockquote>bye", "Hi\n\n> q1\n>\n> > q2\n>\n> q3\n\nbye"),
        ('<a href="https://x.de/">https://x.de</a>', "https://x.de"),
        ('<a href="https://x.de/a?b=1&amp;c=2">here</a>', "here <https://x.de/a?b=1&c=2>"),
        ('<a href="mailto:a@b.de">a@b.de</a>', "a@b.de"),
        ('<img src="cid:x" alt="Our logo">', "Our logo"),
        ("<style>p{}</style><script>x()</script><title>t</title>word", "word"),
        ("<style>not closed", "not closed"),
        ("2 <3 and 4> 3", "2 <3 and 4> 3"),
        ("steam&shy;ship&#847; line", "steamship line"),
        ('<div style="white-space:pre-wrap">a\n  b</div>c\nd', "a\n  b\nc d"),
        ("mail <dana@acme.example>", "mail <dana@acme.example>"),
        ("", ""),
    ],
)
def test_html_reads_as_text(html, text):
    assert to_text(html) == text


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One\ntwo\n\nthree", "<p>One<br>two</p><p>three</p>"),
        ("<b> & >", "<p>&lt;b&gt; &amp; &gt;</p>"),
        (
            "> quoted\n>> deeper\n> q\nown",
            "<blockquote><p>quoted</p><blockquote><p>deeper</p></blockquote><p>q</p></blockquote><p>own</p>",
        ),
        ("  indented  twice", "<p>&nbsp;&nbsp;indented &nbsp;twice</p>"),
        (
            "see https://x.de/(a). Or <www>",
            '<p>see <a href="https://x.de/(a)" rel="noopener noreferrer nofollow ugc">https://x.de/(a)</a>. Or &lt;www&gt;</p>',
        ),
        (
            "write to a.b@x.de!",
            '<p>write to <a href="mailto:a.b@x.de" rel="noopener noreferrer nofollow ugc">a.b@x.de</a>!</p>',
        ),
        ("javascript:alert(1) https://", "<p>javascript:alert(1) https://</p>"),
        ("C:\\new\\temp\\x41 \\\\server\\users", "<p>C:\\new\\temp\\x41 \\\\server\\users</p>"),
        ("", ""),
    ],
)
def test_text_becomes_html(text, html):
    assert from_text(text) == html


def test_text_survives_the_way_to_html_and_back():
    text = "Hello,\nthe printer & <scanner>.\n\n> old\n> words\n\nBye"
    assert to_text(from_text(text)) == "Hello,\nthe printer & <scanner>.\n\n> old\n> words\n\nBye"


def test_excerpt_is_one_line_of_own_words():
    text = "Hello,\n\nsee here <https://example.com/x>\n> quoted\nand more words"
    assert excerpt(text) == "Hello, see here and more words"
    assert excerpt(text, 10) == "Hello, se…"
    assert excerpt("> only a quote") == "> only a quote"
