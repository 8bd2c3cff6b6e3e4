"""Keeping the words of a ticket where the search finds them: a row for what customers can read, one for the rest.

A search means a ticket, not a single message, so the words of all messages come together. A row that has grown long is
followed by another one: each message then costs the same, however long the conversation is. Each row has the title.
"""

from collections.abc import Sequence

from django.db import connection

from core.text import fold
from tickets.models import Article, Passage, Ticket
from tickets.models.article import Sender

# The stemmers PostgreSQL brings for our languages.
STEMMERS = {"en": "english", "es": "spanish", "pt": "portuguese", "de": "german"}
# A row of the search holds at most a megabyte; nobody searches for what comes after this many characters.
SEARCHED_CHARACTERS = 100_000
# A row longer than this takes no further message.
LONG = 20_000

# Stems in the ticket's language, and the folded words as they are (for names, codes, other languages).
VECTOR = "to_tsvector({stemmer}::regconfig, {text}) || to_tsvector('simple', {folded})"

_ADD = f"""
WITH newest AS (
    SELECT id FROM tickets_passage WHERE ticket_id = %(ticket)s AND is_public = %(is_public)s ORDER BY id DESC LIMIT 1
), grown AS (
    UPDATE tickets_passage AS passage
    SET size = passage.size + %(size)s,
        words = passage.words || {VECTOR.format(stemmer="%(stemmer)s", text="%(text)s", folded="%(folded)s")}
    FROM newest WHERE passage.id = newest.id AND passage.size + %(size)s <= %(long)s
    RETURNING passage.id
)
INSERT INTO tickets_passage (ticket_id, is_public, size, words)
SELECT %(ticket)s, %(is_public)s, %(size)s,
    {VECTOR.format(stemmer="%(stemmer)s", text="%(title)s || %(text)s", folded="%(folded_title)s || %(folded)s")}
WHERE NOT EXISTS (SELECT FROM grown)
"""  # noqa: S608 - constants of this file


def add_words(ticket: Ticket, article: Article, *, file_names: Sequence[str]) -> None:
    """Let the search find a new article of a locked ticket."""
    text, title = said(article.subject, article.body, file_names, title=ticket.title), f"{ticket.title} "
    values: dict[str, str | int] = {
        "ticket": ticket.pk,
        "is_public": article.visible_to_customer,
        "stemmer": stemmer_of(ticket.language),
        "title": title,
        "folded_title": fold(title),
        "text": text,
        "folded": fold(text),
        "size": len(text),
        "long": LONG,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ADD, values)


def rewrite(ticket: Ticket) -> None:
    """Take the words of a locked ticket anew from what is there: after another title, or another set of articles."""
    Passage.objects.filter(ticket=ticket).delete()
    said_by_people = ticket.articles.exclude(sender=Sender.SYSTEM).prefetch_related("attachments").order_by("id")
    for article in said_by_people.iterator(chunk_size=100):
        add_words(ticket, article, file_names=[file.name for file in article.attachments.all()])


def said(subject: str, body: str, file_names: Sequence[str], *, title: str) -> str:
    """What is searched of one message; the title stands in the row already."""
    parts = [subject if subject != title else "", *file_names, body]
    return " ".join(filter(None, parts))[:SEARCHED_CHARACTERS].replace("\x00", " ")


def stemmer_of(language: str) -> str:
    return STEMMERS.get(language, "simple")
