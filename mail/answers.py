"""Automatic answers as they are set up: which events a queue answers by itself, and with which words.

What a queue leaves open comes from the queue above, at last from the house's rules. Of the texts the nearest place
counts that has one in the customer's language or for all languages; where nobody has written one, the stock text does.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import override

from accounts.audit import save_audited
from accounts.invitations import concealed_link
from accounts.models import User
from core.links import request_in_portal
from core.liquid import TemplateError, render
from core.memo import remembered
from core.text import clean_line
from mail.addressing import sender_for
from mail.loops import DISPROVEN, Verdict, codes_of, would_answer
from mail.models import AutomaticText, QueueAnswers
from mail.rules import lists, rules
from mail.texts import CONTINUED, FOLLOW_UP, RECEIPT, REFUSED, Text, fill
from tickets.models import Article, Queue, Ticket
from tickets.models.ticket import Channel
from tickets.placeholders import Reader, examples_of, extended

STOCK: Mapping[str, Text] = {
    AutomaticText.Event.NEW: RECEIPT,
    AutomaticText.Event.FOLLOW_UP: FOLLOW_UP,
    AutomaticText.Event.REJECTED: REFUSED,
    AutomaticText.Event.CONTINUED: CONTINUED,
}
# What placeholders may say, with an example each. Nothing of it is the sender's choice (T31), and no name of a queue
# or an agent is among it (T38).
PLACEHOLDERS: Mapping[str, str] = {
    "number": "#48213",
    "link": "https://help.example.com/requests/48213/",
    "invitation": "https://help.example.com/invitation/…",
    "days": "7",
    "site": "Helpdesk",
}


def is_on(event: str, queue: Queue) -> bool:
    """Whether this queue answers `event` by itself."""
    return bool(standing_of(queue)[event][0])


@remembered
def standing_of(queue: Queue) -> dict[str, tuple[bool, int | None]]:
    """For each event whether it is answered, and by which queue that is said; None: by the rules of the house."""
    near = queue.line
    known = {row.pk: row for row in QueueAnswers.objects.filter(pk__in=near)}
    house = rules()
    found: dict[str, tuple[bool, int | None]] = {}
    for event in QueueAnswers.EVENTS:
        said = ((getattr(known[pk], event), pk) for pk in near if pk in known)
        nearest = next(((value, pk) for value, pk in said if value is not None), None)
        found[event] = nearest or (bool(getattr(house, f"answers_{event}")), None)
    return found


def forecast(event: str, article: Article, *, is_automatic: bool) -> Verdict:
    """Whether a customer's message would be answered by itself now, and if not, why. Nothing is changed."""
    ticket, recipient = article.ticket, recipient_of(article)
    if not is_on(event, ticket.queue):
        return Verdict(may=False, code="off")
    if lists(rules().never_send_to, recipient):
        return Verdict(may=False, code="never")
    # Who writes in the portal has signed in.
    proven = article.channel == Channel.WEB or is_proven(article)
    forged = DISPROVEN in codes_of(article)
    # A request that has just come in has had no answer yet.
    answered = None if event == AutomaticText.Event.NEW else ticket
    verdict = would_answer(recipient, is_automatic=is_automatic, is_proven=proven, is_disproven=forged, ticket=answered)
    if verdict.may and sender_for(ticket.queue) is None:
        return Verdict(may=False, code="unsendable")
    return verdict


def recipient_of(article: Article) -> str:
    return article.sent_from.get("address") or article.ticket.customer.email


def is_proven(article: Article) -> bool:
    """Whether the servers in between have proven who sent it; mail/trust.py marks what they found."""
    return any(mark.get("code") == "proven" for mark in article.marks)


def words(event: str, ticket: Ticket, *, is_invited: bool) -> tuple[str, str]:
    """Subject and body of the answer to `event` on this ticket, in the customer's language."""
    written = text_for(event, ticket.queue, ticket.language)
    known = values_for(ticket.number, is_invited=is_invited, queue=ticket.queue)
    values = extended(known, Reader(ticket.language, ticket.queue))
    if written is not None:
        try:
            return filled(written.subject, written.body, values, language=ticket.language)
        except TemplateError:  # saved before the language of templates changed
            pass
    return fill(STOCK[event], ticket.language, **values)


def text_for(event: str, queue: Queue, language: str) -> AutomaticText | None:
    """The nearest text for this language or for all; its own language counts first within one place."""
    near: list[int | None] = [*queue.line, None]
    fitting = [text for text in _texts(event, language) if text.queue_id in near]
    fitting.sort(key=lambda text: (near.index(text.queue_id), not text.language))
    return next(iter(fitting), None)


@remembered
def _texts(event: str, language: str) -> list[AutomaticText]:
    return list(AutomaticText.objects.filter(event=event, is_active=True, language__in=(language, "")))


def filled(subject: str, body: str, values: Mapping[str, Any], *, language: str) -> tuple[str, str]:
    """Raises `TemplateError`."""
    with override(language):
        return clean_line(render(subject, dict(values)), 200), render(body, dict(values))


def values_shown(ticket: Ticket | None, language: str) -> Mapping[str, Any]:
    """For a preview: on a ticket, or (None) the examples, for somebody who reads this language."""
    if ticket is None:
        return examples_of(PLACEHOLDERS, language)
    return extended(values_for(ticket.number, is_invited=False, queue=ticket.queue), Reader(language, ticket.queue))


def values_for(number: str, *, is_invited: bool, queue: Queue | None = None) -> dict[str, Any]:
    """What placeholders stand for on the ticket with this number, in the name of its queue's brand."""
    return {
        "number": f"#{number}",
        "link": request_in_portal(number, host=queue.host if queue else ""),
        # Agents read the article, so it only says that there was a link; None, because "" counts as true in Liquid.
        "invitation": concealed_link() if is_invited else None,
        "days": settings.INVITATION_DAYS,
        "site": queue.brand.name if queue and queue.brand else settings.SITE_NAME,
    }


def save_answers(answers: QueueAnswers, *, by: User) -> None:
    """Save what a queue says; where it says nothing there is no row to keep."""
    known = QueueAnswers.objects.filter(pk=answers.pk).exists()
    if known or any(getattr(answers, event) is not None for event in QueueAnswers.EVENTS):
        with transaction.atomic():
            if not known:
                answers._state.adding = True
            save_audited(answers, by=by)
