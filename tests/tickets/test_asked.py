"""What words become as a query: any variant of each, the last one as a beginning, and nothing a text can break."""

import pytest
from django.db import connection

from tickets import asked
from tickets.asked import as_query, variants

pytestmark = pytest.mark.django_db


def meaning(text: str) -> str:
    """The query as PostgreSQL writes it."""
    (query,) = as_query(text).values
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::tsquery::text", [query])
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("bikes", "'bikes' | 'bike' | 'bik' | 'bikes':*"),
        # each word by itself, whatever language the other one is of
        ("Räder bikes", "( 'rader' | 'räder' | 'rad' ) & ( 'bikes' | 'bike' | 'bik' | 'bikes':* )"),
        ("red or blue", "'red' | 'blue' | 'blu' | 'blue':*"),
        ('"paper jam" box', "( 'paper' <-> 'jam' | 'pap' <-> 'jam' ) & ( 'box' | 'box':* )"),
        # two letters are no beginning, nor is a word in quotation marks
        ("bo", "'bo'"),
        ('box "paper', "'box' & ( 'paper' | 'pap' )"),
        ("manual.pdf", "'manual.pdf'"),
        # what only joins others is left out where there are others
        ("the box", "'box' | 'box':*"),
        ("der die", "'der' & ( 'die' | 'die':* )"),
        ("or", ""),
        ("!!!", ""),
        ("", ""),
    ],
)
def test_what_is_asked(text, query):
    assert meaning(text) == query


@pytest.mark.parametrize(
    "text", ["ab⑴c", "x'y\"z", "a & | ! b", "C:\\temp\\ ':*", "box':* | 'a", "--x", '"', "ﬃ:*", "_ __ ___", "'); --"]
)
def test_no_text_breaks_it(text):
    assert "NULL" not in meaning(text)
    assert ":*" not in variants(text).values[0]


def test_words_are_asked_for_once(queries, monkeypatch):
    monkeypatch.setattr(asked, "_known", {})
    with queries() as first:
        as_query("several words here")
    with queries() as again:
        as_query("words several here")
    assert (len(first), len(again)) == (1, 0)


def test_not_every_word_is_remembered_for_ever(monkeypatch):
    monkeypatch.setattr(asked, "_known", {})
    monkeypatch.setattr(asked, "_REMEMBERED", 3)
    for word in ("one", "two", "three", "four", "five"):
        as_query(word)
    assert set(asked._known) == {"five"}
