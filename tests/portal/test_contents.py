"""The body of an article as it is read: headings, pictures, tables, minutes."""

import pytest

from web.portal.contents import Heading, contents_of


def read(body: str, *, words: int = 100, **pictures: str):
    return contents_of(body, words=words, pictures=pictures)


def test_headings_get_addresses_and_are_listed():
    shown = read("<p>First.</p><h2>Reset the <b>battery</b></h2><p>x</p><h3>Winter &amp; ice</h3>")
    assert shown.headings == [
        Heading("at-reset-the-battery", "Reset the battery", 2),
        Heading("at-winter-ice", "Winter & ice", 3),
    ]
    assert '<h2 id="at-reset-the-battery">Reset the <b>battery</b></h2>' in shown.html


@pytest.mark.parametrize(
    ("titles", "ids"),
    [
        (["Same", "Same", "Same"], ["at-same", "at-same-2", "at-same-3"]),
        (["Same 2", "Same", "Same"], ["at-same-2", "at-same", "at-same-3"]),
        (["???", "Überhitzt", "充電"], ["at-1", "at-überhitzt", "at-充電"]),
        (["x" * 90], ["at-" + "x" * 60]),
        (['"><script>'], ["at-script"]),
    ],
)
def test_no_two_headings_share_an_address(titles, ids):
    body = "".join(f"<h2>{title.replace('<', '&lt;').replace('>', '&gt;')}</h2>" for title in titles)
    assert [heading.id for heading in read(body).headings] == ids


def test_a_direction_stays_and_an_empty_heading_is_none():
    shown = read('<h2 dir="rtl">שלום</h2><h3> </h3>')
    assert shown.html == '<h2 id="at-שלום" dir="rtl">שלום</h2><h3> </h3>'
    assert len(shown.headings) == 1


def test_pictures_come_from_the_files_of_the_article_alone():
    shown = read('<p><img src="cid:one" alt="A"><img src="cid:two" alt="B"></p>', one="/kb/files/1/inline/")
    assert shown.html == '<p><img loading="lazy" src="/kb/files/1/inline/" alt="A"><img alt="B"></p>'


def test_what_is_too_wide_can_be_moved_by_keys():
    assert read("<pre><code>a</code></pre>").html == '<pre tabindex="0"><code>a</code></pre>'
    assert read("<table><tbody></tbody></table>").html.startswith('<div class="ptable" tabindex="0"><table>')


@pytest.mark.parametrize(
    ("words", "body", "minutes"), [(0, "", 1), (200, "", 1), (201, "", 2), (190, '<img src="cid:a">', 2), (1000, "", 5)]
)
def test_how_long_it_takes(words, body, minutes):
    assert read(body, words=words).minutes == minutes
