"""One message becomes a ticket of its own."""

from dataclasses import replace
from uuid import UUID

from django.db import transaction

from accounts.models import User
from tickets.actions.linking import link
from tickets.actions.opening import Opening, open_ticket, submitted
from tickets.events import Cause
from tickets.messages import File, Message
from tickets.models import Article, LinkKind

# The cause of a copy: it was sent or received long ago, so no handler sends or answers it again.
SPLIT = "split"


def split(
    article: Article, opening: Opening, *, submission: UUID | None = None, by: User, cause: Cause | None = None
) -> Article:
    """A new ticket that begins with a copy of `article`, linked with the old one, which keeps everything.

    The copy has the words, files, sender and author of the original; nothing is sent. Asked for twice with the same
    `submission`, it makes one ticket.
    """
    copying = replace(cause or Cause(SPLIT), kind=SPLIT, reference=article.ticket.number)
    message = replace(_copied(article), submission=submission)
    with transaction.atomic():
        if earlier := submitted(message, by=article.author):
            return earlier
        copy = open_ticket(opening, message, sender=article.sender, author=article.author, by=by, cause=copying)
        link(article.ticket, copy.ticket, LinkKind.NORMAL, by=by, cause=cause)
        return copy


def _copied(article: Article) -> Message:
    return Message(
        text=article.body,
        html=article.html,
        subject=article.subject,
        files=[
            File(file.name, file.content_type, file.own_content(), is_inline=file.is_inline, content_id=file.content_id)
            for file in article.attachments.all()
        ],
        sent_from=article.sent_from,
        to=article.to,
        cc=article.cc,
    )
