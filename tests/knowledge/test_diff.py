"""The readable difference of two versions, as tables."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.diff import Block, How, changed_blocks, changed_words, read


def told(blocks: list[Block]) -> list[str]:
    """`=p same`, `+li added`, `-li removed`, `~p a [-b-]{+c+}`."""
    signs = {How.SAME: "=", How.ADDED: "+", How.REMOVED: "-", How.CHANGED: "~"}
    return [f"{signs[block.how]}{block.tag} {words(block)}" for block in blocks]


def words(block: Block) -> str:
    if block.how != How.CHANGED:
        return "".join(piece.text for piece in block.pieces)
    shapes = {How.SAME: "{}", How.ADDED: "{{+{}+}}", How.REMOVED: "[-{}-]"}
    return "".join(shapes[piece.how].format(piece.text) for piece in block.pieces)


CASES = [
    ("<p>One</p>", "<p>One</p>", ["=p One"]),
    ("", "<p>New</p>", ["+p New"]),
    ("<p>Old</p>", "", ["-p Old"]),
    (
        "<p>It solves most cases.</p>",
        "<p>It solves four out of five cases.</p>",
        ["~p It solves [-most-]{+four out of five+} cases."],
    ),
    (
        "<ol><li>Hold the button for 5 seconds</li><li>Wait</li></ol>",
        "<ol><li>Hold the button for 10 seconds</li><li>Wait</li><li>Charge it</li></ol>",
        ["~li Hold the button for [-5-]{+10+} seconds", "=li Wait", "+li Charge it"],
    ),
    ("<p>Aaa bbb ccc</p>", "<p>Xxx yyy zzz</p>", ["+p Xxx yyy zzz", "-p Aaa bbb ccc"]),
    ("<h2>Reset</h2><p>Text</p>", "<h3>Reset</h3><p>Text</p>", ["+h3 Reset", "-h2 Reset", "=p Text"]),
    ("<p>A <b>word</b> here</p>", "<p>A word here</p>", ["~p A [-word-]{+word+} here"]),
    (
        '<p>See <a href="https://a.example">here</a> now</p>',
        '<p>See <a href="https://b.example">here</a> now</p>',
        ["~p See [-here-]{+here+} now"],
    ),
    (
        "<table><tr><td>E10</td><td>Off</td></tr></table>",
        "<table><tr><td>E10</td><td>On</td></tr></table>",
        ["=td E10", "+td On", "-td Off"],
    ),
    ('<p><img src="cid:a" alt="Lamp"></p>', '<p><img src="cid:b" alt="Lamp"></p>', ["~img [-Lamp-]{+Lamp+}"]),
    ("<pre>a\n  b</pre>", "<pre>a\n    b</pre>", ["~pre a[-\n  -]{+\n    +}b"]),
    ("<blockquote><p>Quote</p></blockquote>", "<p>Quote</p>", ["~p Quote"]),
    ("loose words", "loose words<br>and more", ["~p loose words{+\nand more+}"]),
]


@pytest.mark.parametrize(("old", "new", "expected"), CASES)
def test_blocks_and_words(old, new, expected):
    assert told(changed_blocks(old, new)) == expected


def test_blocks_know_where_they_stand():
    blocks = changed_blocks("", "<blockquote><ul><li>One</li></ul></blockquote><p>Two</p>")
    assert [(block.tag, block.within) for block in blocks] == [("li", ("blockquote", "ul")), ("p", ())]


def test_a_title_changes_word_by_word():
    pieces = changed_words("Battery stops early", "Battery stops charging early")
    assert [(piece.text, piece.how.value) for piece in pieces] == [
        ("Battery stops ", "same"),
        ("charging ", "added"),
        ("early", "same"),
    ]


paragraphs = st.lists(st.lists(st.sampled_from(["a", "b", "c", "dd", "ee"]), min_size=1, max_size=6), max_size=6)


@settings(max_examples=60, deadline=None)
@given(paragraphs, paragraphs)
def test_both_versions_can_be_read_from_the_difference(old, new):
    before, after = ("".join(f"<p>{' '.join(words)}</p>" for words in side) for side in (old, new))
    blocks = changed_blocks(before, after)

    def side(*ways: How) -> list[str]:
        texts = ["".join(piece.text for piece in block.pieces if piece.how in ways) for block in blocks]
        return [text for text in texts if text]

    def plain(html: str) -> list[str]:
        return ["".join(token.text for token in block.tokens) for block in read(html)]

    assert side(How.SAME, How.ADDED) == plain(after)
    assert sorted(side(How.SAME, How.REMOVED)) == sorted(plain(before))


def test_long_texts_take_a_short_time():
    words = " ".join(f"word{number}" for number in range(6_000))
    assert [block.how for block in changed_blocks(f"<p>{words}</p>", f"<p>{words} end</p>")] == [How.ADDED, How.REMOVED]
    many = "".join(f"<p>paragraph {number}</p>" for number in range(300))
    assert len(changed_blocks(many, f"{many}<p>end</p>")) == 301
