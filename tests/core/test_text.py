"""Names, addresses and lines that strangers wrote."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.text import clean_filename, clean_line, fold, normalise_address, strip_nul


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("report.pdf", "report.pdf"),
        ("../../x", "x"),
        ("..\\..\\x", "x"),
        ("/etc/x", "x"),
        ("C:\\Users\\me\\x.doc", "x.doc"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("COM1.tar.gz", "_COM1.tar.gz"),
        ("\u200b.htaccess", "htaccess"),
        (".htaccess\u3164", "htaccess"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("a\r\nContent-Type: x.txt", "a Content-Type_ x.txt"),
        ("a\0b\x1b[31m.txt", "ab[31m.txt"),
        ("x.txt:evil.exe", "x.txt_evil.exe"),
        ("a" * 5_000, "a" * 150),
        ("a" * 5_000 + ".pdf", "a" * 146 + ".pdf"),
        ("  many   blanks .txt ", "many blanks .txt"),
        ("日本語 ü.txt", "日本語 ü.txt"),
        ("%0d%0a.txt", "%0d%0a.txt"),
        ("...", "file"),
        ("/", "file"),
        ("", "file"),
    ],
)
def test_T05_file_names_are_harmless_and_never_empty(name, cleaned):
    assert clean_filename(name) == cleaned


def test_T05_an_empty_name_takes_the_fallback():
    assert clean_filename("\u200b", fallback="image.png") == "image.png"


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400))
def test_T05_cleaning_a_name_twice_changes_nothing(name):
    cleaned = clean_filename(name)
    assert clean_filename(cleaned) == cleaned
    assert 0 < len(cleaned) <= 151
    assert not set(cleaned) & set("/\\\0\r\n")
    assert not cleaned.startswith(".")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mike@x.de", "mıke@x.de"),
        ("mike@x.de", "m\u0456ke@x.de"),
        ("kate@x.de", "\u212aate@x.de"),
        ("a@kelvin.de", "a@\u212aelvin.de"),
        ("a@strasse.de", "a@straße.de"),
        ("ab@x.de", "a\u200bb@x.de"),
        ("ab@x.de", "a\0b@x.de"),
        ("a@x.de", "a@\uff58.de"),
    ],
)
def test_T29_look_alikes_stay_different(one, other):
    assert normalise_address(one) != normalise_address(other)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Dana@ACME.Example", "dana@acme.example"),
        (" dana@acme.example. ", "dana@acme.example"),
        ("dana@MÜNCHEN.example", "dana@xn--mnchen-3ya.example"),
        ("dana@xn--mnchen-3ya.example", "dana@xn--mnchen-3ya.example"),
        ("DÄNA@x.de", "dÄna@x.de"),
        ("nobody", "nobody"),
    ],
)
def test_T29_an_address_has_one_key(written, key):
    assert normalise_address(written) == key
    assert normalise_address(key) == key


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\r\nBcc: evil@e.test", "a Bcc: evil@e.test"),
        ("a\u2028b\u2029c\x85d\ve\ff", "a b c d e f"),
        ("a\0b\x07c", "abc"),
        ("\ud800x", "\ufffdx"),
        ("safe\u202egnp.exe", "safegnp.exe"),
        ("  much   air  ", "much air"),
        ("👨\u200d👩\u200d👧 می\u200cخواهم", "👨\u200d👩\u200d👧 می\u200cخواهم"),
    ],
)
def test_T35_a_line_is_one_line(text, line):
    assert clean_line(text) == line


def test_a_long_line_is_cut_visibly():
    assert clean_line("a" * 300, 10) == "aaaaaaaaa…"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Straße, Łódź", "strasse, lodz"),
        ("ÉCOLE Ñandú", "ecole nandu"),
        ("ガ 한국", "ガ 한국"),
        ("ﬁn Ø", "fin o"),
        ("İ ı", "i i"),
    ],
)
def test_folding_for_search_and_sort(text, key):
    assert fold(text) == key
    assert fold(key) == key


def test_T16_nul_and_surrogates_cannot_reach_the_database():
    assert strip_nul("a\0b\udfffc") == "ab\ufffdc"
    strip_nul("é" * 10 + "\udc00").encode()
