"""What of an agent's mail may reach customers: his own words and files, and nothing of what he answers (T38).

In doubt it stays with the agents, as a note that says why.
"""

from collections.abc import Sequence
from typing import Any

from accounts.models import User
from core.html import to_text
from core.links import concealed
from core.secrets import derived_key
from mail.disclosing import discloses
from mail.marks import own_messages
from mail.own_words import Unsure, own_words
from mail.parse import Attachment
from mail.parse import Message as Mail
from mail.recipients import answered, everybody_sure
from mail.spoken import files_of
from tickets.messages import Message
from tickets.models import Article, Ticket

INTERNAL, WHOLE_MESSAGE, REFUSED = "internal", "message", "refused"
# On an article: it was meant for the customer, and why it was not sent (`why` is one of the codes).
NOT_SENT = "not_sent"
# On an article: so many pictures of the mail were not sent along.
LEFT_OUT = "left_out"
# On a message that an agent sent like a customer: it may quote what only agents may read.
MAY_DISCLOSE = {"code": "may_disclose"}
MAX_IDS = 20


def for_customer(ticket: Ticket, text: str, mail: Mail, *, marks: Sequence[dict[str, Any]], by: User) -> Message:
    """The answer, to whom the desk would send it. Raises `Unsure` with the code why there is none."""
    words = own_words(text)
    if discloses(words, ticket, by=by):
        raise Unsure(INTERNAL)
    if any(_is_message(file) for file in mail.attachments):
        raise Unsure(WHOLE_MESSAGE)
    # Pictures inside belong to a signature or to what he quotes; the answer has no place for them anyway.
    files = [file for file in files_of(mail) if not file.is_inline]
    missing = len(mail.attachments) - len(files)
    more = [{"code": LEFT_OUT, "files": missing}] if missing else []
    to = [answered(ticket).to]
    return Message(text=concealed(words), files=files, to=to, cc=everybody_sure(ticket), marks=[*marks, *more])


def may_disclose(ticket: Ticket, mail: Mail, agent: User) -> bool:
    """Whether what an agent sends like a customer must not be read by customers.

    What answers a notice quotes it; only what answers a message that they have read themselves may join.
    """
    if discloses(f"{mail.text}\n{to_text(mail.html)}", ticket, by=agent):
        return True
    return ticket.customer_id != agent.pk and not _answers_what_they_read(mail)


def _answers_what_they_read(mail: Mail) -> bool:
    ids = [one for one in (mail.in_reply_to, *reversed(mail.references)) if one][:MAX_IDS]
    ours = {own.article for own in own_messages(derived_key("message ids"), ids)}
    read = Article.objects.filter(visible_to_customer=True)
    if ours:
        return read.filter(uuid__in=ours).count() == len(ours)
    return read.filter(message_id__in=ids).exists()


def _is_message(file: Attachment) -> bool:
    return file.content_type.startswith("message/") or file.name.lower().endswith((".eml", ".msg"))
