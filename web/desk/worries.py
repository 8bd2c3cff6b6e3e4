"""What is asked once before a message leaves: words of an internal note in it, a file it promises and has not got."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tickets.actions.replying import TAKEN_BACK
from tickets.enclosures import promised_file
from tickets.models import Ticket
from tickets.models.article import Sender
from tickets.secrecy import internal_passage

INTERNAL, FILES = "internal", "files"
# So many messages are looked at; what is older is quoted by nobody.
MOST = 100


@dataclass(frozen=True)
class Worry:
    """`words` are those of the text that it is about, `anyway` is the button that sends it as it is."""

    kind: str
    words: str
    title: str
    text: str
    anyway: str


def worry_of(ticket: Ticket, text: str, *, has_files: bool, overlooked: Collection[str]) -> Worry | None:
    """The first thing to ask that was not asked yet."""
    if INTERNAL not in overlooked and (words := _internal_words(ticket, text)):
        return Worry(
            INTERNAL,
            words,
            title=_("These words stand in an internal note"),
            text=_("Nothing was sent. Whoever gets this email will read them."),
            anyway=_("Send it with these words"),
        )
    if FILES not in overlooked and not has_files and (words := promised_file(text)):
        return Worry(
            FILES,
            words,
            title=_("Your text speaks of an attachment, but there is none"),
            text=_("Nothing was sent yet. Add the file below, or send the message without it."),
            anyway=_("Send it without a file"),
        )
    return None


def _internal_words(ticket: Ticket, text: str) -> str:
    """A passage of an internal note that stands in a text for the customer; empty when there is none."""
    said = ticket.articles.exclude(sender=Sender.SYSTEM).exclude(marks__contains=[TAKEN_BACK]).order_by("-id")
    notes = list(said.filter(visible_to_customer=False).values_list("body", flat=True)[:MOST])
    if not notes:
        return ""
    public = said.filter(visible_to_customer=True).values_list("body", flat=True)[:MOST]
    return internal_passage(text, notes, public)
