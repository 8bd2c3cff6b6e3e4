"""Two versions of an article drawn as one: what came, what went, and the words somebody commented on."""

import pytest

from knowledge.models import ArticleFile, Revision
from web.desk.knowledge.comparing import compare


def version(body: str, number: int = 2, title: str = "Battery", **facts) -> Revision:
    return Revision(number=number, title=title, body=body, **facts)


@pytest.mark.parametrize(
    ("old", "new", "drawn"),
    [
        ("<p>Five lights.</p>", "<p>Five lights.</p>", "<p>Five lights.</p>"),
        ("", "<p>New.</p>", '<p class="diff-add"><ins>New.</ins></p>'),
        ("<p>Old.</p>", "", '<p class="diff-del"><del>Old.</del></p>'),
        (
            "<p>Wait five minutes.</p>",
            "<p>Wait <strong>ten</strong> minutes.</p>",
            '<p>Wait <del class="diff-del">five</del><ins class="diff-add"><strong>ten</strong></ins> minutes.</p>',
        ),
        (
            "<ol><li>One</li></ol>",
            "<ol><li>One</li><li><p>Two &lt;b&gt;</p></li></ol>",
            '<ol><li>One</li><li class="diff-add"><ins>Two &lt;b&gt;</ins></li></ol>',
        ),
        (
            "<blockquote><p>Do not open it.</p></blockquote>",
            "<blockquote><p>Do not open it.</p></blockquote><h2>Why</h2>",
            '<blockquote><p>Do not open it.</p></blockquote>\n<h2 class="diff-add"><ins>Why</ins></h2>',
        ),
        (
            "<ul><li>Outer<ul><li>Inner</li></ul></li></ul>",
            "<ul><li>Outer<ul><li>Inner</li></ul></li></ul>",
            '<ul><li>Outer</li></ul>\n<ul><li class="diff-within"><ul><li>Inner</li></ul></li></ul>',
        ),
        (
            '<p><a href="https://a.example">Here</a></p>',
            '<p><a href="https://a.example">Here</a></p>',
            '<p><a href="https://a.example" rel="noopener noreferrer">Here</a></p>',
        ),
    ],
)
def test_blocks_are_drawn_with_what_came_and_went(old, new, drawn):
    assert compare(version(old, 1), version(new), []).body == drawn


def test_titles_and_keywords_are_compared_too():
    was = version("<p>Same.</p>", 1, "Battery dead", keywords=["akku"])
    shown = compare(was, version("<p>Same.</p>", 2, "Battery empty", keywords=["akku"]), [])
    assert shown.title == 'Battery <del class="diff-del">dead</del><ins class="diff-add">empty</ins>'
    assert shown.keywords == "akku"
    assert shown.has_changed
    assert shown.words == "Version 2 compared with version 1"


def test_versions_that_say_the_same_have_not_changed():
    assert not compare(version("<p>Same.</p>", 1), version("<p>Same.</p>"), []).has_changed


def test_the_words_somebody_commented_on_stand_out():
    shown = compare(None, version("<p>Plug it into the frame.</p>"), [], quotes=["into the frame", " "])
    assert '<span class="anchor-c">into the frame</span>' in shown.body


def test_pictures_are_shown_from_where_the_browser_may_fetch_them():
    file = ArticleFile(content_id="jam")
    shown = compare(None, version('<p><img src="cid:jam" alt="The jam"></p>'), [file])
    assert f'<img src="/desk/knowledge/files/{file.uuid}/" alt="The jam">' in shown.body
    gone = compare(None, version('<p><img src="cid:gone" alt="The jam"></p>'), [])
    assert "[The jam]" in gone.body
