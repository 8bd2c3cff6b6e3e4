"""Whether words for customers hold what only agents may read: a net below mail/own_words.py, which looks at form.

Programs quote in ways that nobody can know; but what our notices say is known (T38).
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from accounts.models import User
from tickets.models import Ticket
from tickets.models.article import Sender

MOST_NOTES = 50
# Shorter sentences are said to everybody.
LEAST = 20

# Pages of agents, and the one that every notice ends with; whatever a filter on the way has made of the link.
_PAGES = re.compile(r"/desk/tickets/\w|/profile/notices/")


def discloses(text: str, ticket: Ticket, *, by: User) -> bool:
    """Whether the text names a page of the desk, or repeats a line of an internal note that somebody else wrote."""
    if names_desk(text):
        return True
    said = _folded(text)
    return any(secret in said for secret in _internal_lines(ticket, by))


def names_desk(text: str) -> bool:
    return _PAGES.search(unquote(text)) is not None


def _internal_lines(ticket: Ticket, by: User) -> Iterator[str]:
    notes = ticket.articles.filter(visible_to_customer=False).exclude(author=by).exclude(sender=Sender.CUSTOMER)
    for body in notes.order_by("-pk").values_list("body", flat=True)[:MOST_NOTES]:
        yield from (line for line in map(_folded, body.splitlines()) if len(line) >= LEAST)


def _folded(text: str) -> str:
    """On one line without quote marks, because programs wrap what they quote."""
    return " ".join(text.replace(">", " ").replace("|", " ").split()).casefold()
