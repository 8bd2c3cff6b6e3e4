"""What happens when somebody sends a form that stands in a website: a ticket, or one that is held."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction

from accounts.people import customer_for_address, system_actor
from core.text import clean_line
from tickets.actions.opening import Opening, open_ticket
from tickets.events import Cause
from tickets.messages import File, Message
from tickets.models import WebForm, WebFormPost
from tickets.models.ticket import Channel
from tickets.options import junk_queue
from tickets.webform_judging import INACTIVE

# Marks of the first message: that it came through a form, and that it looked like spam.
CAME, HELD = "web_form", "held"
TITLE = 80


@dataclass(frozen=True)
class Entry:
    """What somebody has filled in. `address` is what was written there: nobody has checked that it is theirs."""

    address: str
    text: str
    name: str = ""
    subject: str = ""
    language: str = ""
    consent: str = ""
    files: Sequence[File] = ()
    custom_fields: Mapping[str, Any] = field(default_factory=dict)
    # By label, for people: what is written below the text where the ticket cannot hold it.
    answers: Mapping[str, str] = field(default_factory=dict)


def receive_form(form: WebForm, entry: Entry, *, nonce: str, held: Sequence[str] = ()) -> WebFormPost:
    """A ticket with what somebody sent; the same stamp twice gives the ticket of the first time.

    What is `held` lies in the queue for unwanted messages, where there is one, and nobody gets a receipt. Raises
    `ValidationError` by key for custom fields that do not fit.
    """
    try:
        with transaction.atomic():
            if earlier := WebFormPost.objects.filter(nonce=nonce).first():
                return earlier
            return _received(form, entry, nonce, held)
    except IntegrityError:
        earlier = WebFormPost.objects.filter(nonce=nonce).first()
        if earlier is None:
            raise
        return earlier


def _received(form: WebForm, entry: Entry, nonce: str, held: Sequence[str]) -> WebFormPost:
    customer = customer_for_address(entry.address, name=entry.name, language=entry.language)
    if not customer.is_active:
        held = [*held, INACTIVE]
    queue = (held and junk_queue()) or form.queue
    is_elsewhere = queue != form.queue
    title = clean_line(entry.subject, 300) or _beginning(entry.text)
    opening = Opening(
        title=title,
        queue=queue,
        customer=customer,
        channel=Channel.WEB,
        type=form.type,
        priority=form.priority,
        language=entry.language,
        # the queue for unwanted messages may not have the fields of the form
        custom_fields={} if is_elsewhere else dict(entry.custom_fields),
    )
    marks: list[dict[str, Any]] = [{"code": CAME, "form": form.name}]
    if held:
        marks.append({"code": HELD, "why": list(held)})
    message = Message(
        text=_with_answers(entry) if is_elsewhere else entry.text,
        subject=title,
        files=entry.files,
        sent_from={"name": clean_line(entry.name, 150), "address": entry.address},
        marks=marks,
    )
    # Nobody has shown that the address is theirs, so it is not the customer who acts.
    article = open_ticket(
        opening, message, author=customer, by=system_actor("forms"), cause=Cause("web form", str(form.pk))
    )
    return WebFormPost.objects.create(
        form=form, ticket=article.ticket, nonce=nonce, held=list(held), consent=entry.consent
    )


def _beginning(text: str) -> str:
    return clean_line(text.strip().partition("\n")[0], TITLE)


def _with_answers(entry: Entry) -> str:
    lines = [f"{label}: {answer}" for label, answer in entry.answers.items() if answer]
    return "\n\n".join(filter(None, [entry.text, "\n".join(lines)]))
