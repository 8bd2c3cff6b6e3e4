"""Cleaning of strangers' HTML: nothing that could run, nothing lost, always the same."""

import resource
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.html import blocked_images, clean, from_text, to_text
from core.html_tidy import KEPT_ELEMENTS, MAX_DEPTH
from tests.core.xss import PAYLOADS

IMAGES = {"logo@x": "/files/logo", "b": "https://files.example/b?a=1&b=2"}
ATTRIBUTES = {
    "a": {"href", "rel"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start", "dir"},
    "td": {"colspan", "rowspan", "dir"},
    "th": {"colspan", "rowspan", "dir"},
}


class Inspector(HTMLParser):
    """Reads HTML as a second opinion and collects everything that is not on the list."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in KEPT_ELEMENTS:
            self.wrong.append(f"<{tag}>")
        for name, value in attrs:
            if name not in ATTRIBUTES.get(tag, {"dir"}):
                self.wrong.append(f"<{tag} {name}>")
            if name == "href" and not (value or "").lower().startswith(("http://", "https://", "mailto:", "tel:")):
                self.wrong.append(f"link to {value}")
            if name == "src" and value not in IMAGES.values():
                self.wrong.append(f"picture from {value}")
            if name == "dir" and value not in {"ltr", "rtl"}:
                self.wrong.append(f"dir={value}")

    def handle_comment(self, data: str) -> None:
        self.wrong.append("comment")

    handle_decl = handle_pi = unknown_decl = handle_comment


def wrong_in(html: str) -> list[str]:
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()
    return inspector.wrong


def test_T01_the_corpus_is_large_enough():
    assert len(set(PAYLOADS)) >= 500


@pytest.mark.parametrize(
    "surround", ["{}", "<p>before {} after</p>", "<table><tr><td>{}</table>", "<pre>\n{}", "<a href=https://e.x>{}"]
)
def test_T01_nothing_that_could_run_survives(surround):
    for payload in PAYLOADS:
        cleaned = clean(surround.replace("{}", payload), images=IMAGES)
        assert wrong_in(cleaned) == [], payload
        assert clean(cleaned, images=IMAGES) == cleaned, payload


def test_T01_text_form_of_a_payload_is_text():
    for payload in PAYLOADS:
        assert wrong_in(clean(from_text(payload))) == [], payload


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        ("plain words", "plain words"),
        ("a < b && c > d", "a &lt; b &amp;&amp; c &gt; d"),
        ("<p>One<p>Two", "<p>One</p><p>Two</p>"),
        ("<P CLASS=MsoNormal><SPAN>x<o:p></o:p></SPAN></P>", "<p>x</p>"),
        ("<section>a</section><section>b</section>", "<div>a</div><div>b</div>"),
        ("<b><i>x</b>y</i>", "<b><i>x</i></b>y"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        (
            "<table><td>a<td>b<tr><td>c</table>",
            "<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></tbody></table>",
        ),
        ("<table>lost?<tr><td>x</table>", "<table><tbody><tr><td>lost?</td></tr><tr><td>x</td></tr></tbody></table>"),
        ("<td>alone</td><td>cells</td>", "<div>alone</div><div>cells</div>"),
        ("x<br>y<br/>z</br>", "x<br>y<br>z<br>"),
        ('<p dir="rtl">x</p><p dir=evil>y</p>', '<p dir="rtl">x</p><p>y</p>'),
        ('<td colspan="2">x', "<div>x</div>"),
        (
            '<table><td colspan="2" rowspan=999>x</table>',
            '<table><tbody><tr><td colspan="2">x</td></tr></tbody></table>',
        ),
        ('<ol start="5"><li>x</ol>', '<ol start="5"><li>x</li></ol>'),
        ("<pre>\n\n  a\n b</pre>", "<pre>  a\n b</pre>"),
        ("<!-- hidden -->shown<!-- not closed", "shown not closed"),
        ("<style>p{color:red}</style>x<script>y()</script>z", "xz"),
        ("<style>the rest is not lost", "the rest is not lost"),
        ("<title>Subject</title>x", "x"),
        ("I am <not closed", "I am &lt;not closed"),
        ("<a name=top>anchor</a>", "anchor"),
        ("<a href=javascript:x>l<b>i</b>nk</a>", "l<b>i</b>nk"),
        ('<a href="http://[">broken</a>', "broken"),
        (
            "write to <dana@acme.example> or <https://acme.example/a?b=c>",
            "write to &lt;dana@acme.example&gt; or &lt;https://acme.example/a?b=c&gt;",
        ),
        (
            '<div style="white-space: pre-wrap">one\n  two<b>\nthree</b></div>\nfour',
            "<div>one<br>&nbsp;&nbsp;two<b><br>three</b></div>\nfour",
        ),
        ('<p style="white-space:pre-line">a\nb<i style="white-space:normal">c\nd</i></p>', "<p>a<br>b<i>c\nd</i></p>"),
        ("nul\0byte \ud800 surrogate", "nulbyte \ufffd surrogate"),
    ],
)
def test_words_are_kept_and_markup_is_put_in_order(html, cleaned):
    assert clean(html) == cleaned


@pytest.mark.parametrize(
    "html",
    [
        "<style>@import url(https://canary.example/x.css); body { background: url(https://canary.example/y) }</style>",
        "<style>input[value^=a] { background: url(//canary.example/a) }</style>",
        '<div style="position:fixed;inset:0;z-index:9999;background:url(https://canary.example/z)">Sign in again</div>',
        '<link rel="stylesheet" href="https://canary.example/x.css"><p style="@import \'//canary.example\'">x</p>',
        '<svg><style>@import "//canary.example"</style></svg><table background="https://canary.example/t"><td>x</table>',
        '<p class="composer dialog" id="setup-form" hidden>x</p>',
    ],
)
def test_T02_styles_neither_ask_anybody_nor_leave_the_message(html):
    cleaned = clean(html)
    assert wrong_in(cleaned) == []
    for forbidden in ("canary", "style", "position", "@import", "background", "class=", "id="):
        assert forbidden not in cleaned


def test_T10_links_say_nothing_about_us_and_open_nothing():
    cleaned = clean('<a href="https://example.com/?a=1&b=2" target="_blank" rel="opener" ping="x">x</a>')
    assert cleaned == '<a href="https://example.com/?a=1&amp;b=2" rel="noopener noreferrer nofollow ugc">x</a>'
    assert (
        clean("<form action=x><input value=y><button>Go</button></form><base href=x><meta http-equiv=refresh>")
        == "<div>Go</div>"
    )


def test_T08_pictures_come_from_our_attachments_or_not_at_all():
    html = (
        '<img src="cid:logo@x" alt="Logo" width="20"><img src="CID:logo%40x"><img src="https://canary.example/x.png" alt="Far">'
        '<img src="/files/other"><img src="data:image/png;base64,AAAA"><img src="cid:unknown">'
    )
    cleaned = clean(html, images=IMAGES)
    assert cleaned == (
        '<img src="/files/logo" alt="Logo" width="20"><img src="/files/logo" alt=""><img alt="Far">'
        '<img alt=""><img alt=""><img alt="">'
    )
    assert blocked_images(cleaned) == 4
    assert clean(cleaned, images=IMAGES) == cleaned
    assert blocked_images(clean(cleaned)) == 6


def test_T08_tracking_pixels_leave_nothing():
    assert clean('x<img src="https://canary.example/p" width="1" height="1">y') == "xy"


def test_T08_remote_pictures_only_through_the_proxy_when_asked_for():
    asked = []

    def proxy(address: str) -> str:
        asked.append(address)
        return "/proxy/token"

    html = '<img src="https://canary.example/x.png"><img src="javascript:x"><img src="/etc">'
    assert clean(html, remote=proxy) == '<img src="/proxy/token" alt=""><img alt=""><img alt="">'
    assert asked == ["https://canary.example/x.png"]


def test_pictures_may_keep_their_content_id_as_address():
    kept = clean('<img src="cid:logo@x">', images={"logo@x": "cid:logo@x"})
    assert kept == '<img src="cid:logo@x" alt="">'
    assert clean(kept, images=IMAGES) == '<img src="/files/logo" alt="">'


_WORDS = """
<p> </p> <div> </div> <b> </b> <i> </a> <table> </table> <tr> <td> </td> <th> <tbody> <ul> <ol> <li> </li> <pre> </pre>
<h1> <h2> </h1> <br> <hr> <blockquote> </blockquote> <dl> <dt> <dd> <script> </script> <style> </style> <svg> <math>
<mtext> <select> <option> <textarea> </textarea> <xmp> <noscript> <template> <title> <form> <font> <center> <!-- -->
<![CDATA[ ]]> <a< </ > & &amp; &lt; &#13; &NewLine; &nbsp; " ' = word
"""
_PIECES = st.sampled_from(
    _WORDS.split()
    + [
        '<a href="https://e.x/?a&b">',
        "<a href=mailto:x@y>",
        '<a href="http://[">',
        '<img src=cid:b alt="\'&quot;">',
        "<p dir=rtl>",
        '<td colspan=3 x="<b>">',
        "<a@b.de>",
        "<https://x.de>",
        '<div style="white-space:pre">',
    ]
    + ["\n", "\r", "\r\n", "\t", " ", "\x0c", "\0", "é", "\u2028", "\ud800"]
)


@settings(max_examples=1_000, deadline=None)
@given(st.lists(_PIECES, max_size=40).map("".join))
def test_T11_cleaning_twice_changes_nothing(html):
    cleaned = clean(html, images=IMAGES)
    assert clean(cleaned, images=IMAGES) == cleaned
    assert wrong_in(cleaned) == []


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300) | st.lists(_PIECES, max_size=20).map("".join))
def test_T11_html_made_from_text_is_clean_already(text):
    html = from_text(text)
    assert clean(html) == html


HOSTILE = {
    "200,000 nested div": "<div>" * 200_000,
    "125,000 open comments": "<!--" * 125_000,
    "20,000 open quotes": "<blockquote>" * 20_000,
    "50,000 attributes": "<p " + " ".join(f"a{n}=1" for n in range(50_000)) + ">",
    "50,000 attributes of a link": "<a " + " ".join(f"a{n}=1" for n in range(50_000)) + ">",
    "open formatting before many paragraphs": "".join(f"<b><font color={n}><i>" for n in range(2_000)) + "<p>" * 90_000,
    "open tags that never end": "<a " * 600_000,
    "quotes around tags": '<a ="<a" ' * 200_000,
    "open styles": "<style>" * 300_000,
    "nested tables": "<table><td>" * 100_000,
    "text in tables": "<table>x" * 100_000,
    "ampersands": "&" * 2_000_000,
    "a reference of a million digits": "&#" + "9" * 1_000_000 + ";",
    "a long link": '<a href="https://x/&#' + "9" * 50_000 + ';">',
    "lists": "<ul><li>" * 200_000,
    "blank lines": "<br>" * 500_000,
    "brackets": "<" * 1_000_000,
    "line feeds in pre": "<pre>" + "\n" * 2_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_T12_hostile_html_is_bounded_and_its_text_is_not_lost(name):
    html = HOSTILE[name] + "<p>the message</p>"
    began = time.process_time()
    cleaned, text = clean(html), to_text(html)
    assert time.process_time() - began < 4  # two seconds on an idle machine; bin/bench holds the figure
    assert len(cleaned) < 6_000_000
    assert wrong_in(cleaned[:100_000]) == []
    assert "the message" in text or text.endswith("[…]")
    assert "the message" in to_text(cleaned) or "[…]" in cleaned
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 2_000_000


def test_T12_depth_is_bounded_and_everything_inside_is_kept():
    cleaned = clean("<div>" * 5_000 + "deep" + "</div>" * 5_000 + "<p>after</p>")
    assert cleaned.count("<div>") == MAX_DEPTH
    assert cleaned.endswith("</div><p>after</p>") or "<p>after</p>" in cleaned
    assert to_text(cleaned).split() == ["deep", "after"]


def test_T12_what_is_too_big_to_show_is_shown_as_text():
    html = "".join(f"<p><b>Line</b> {number}</p>" for number in range(40_000))
    cleaned = clean(html)
    assert cleaned.startswith("<p>Line 0</p><p>Line 1</p>")
    assert cleaned.endswith("<p>Line 39999</p>") or "[…]" in cleaned
