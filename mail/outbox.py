"""From an article to a message that is ready to be sent: composed once, stored, then only repeated."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.invitations import concealed_link, invitation_link
from accounts.people import system_actor
from core.blobs import store
from core.html import from_text
from core.prepared import prepared
from core.secrets import derived_key
from core.work import wake
from mail.addressing import is_ours, sender_for
from mail.compose import Attachment, BadAddress, Draft, Person, compose, envelope_recipients
from mail.holding import Limits, doubts_about, known_among
from mail.loops import MARK
from mail.marks import make_message_id, references_for, tag_subject
from mail.models import Address, Outgoing
from mail.pacing import domains_of
from mail.recipients import answered, customer_of
from mail.resending import note_recipients
from mail.rules import rules
from mail.sending import note_failure
from tickets.events import Refused
from tickets.models import Article
from tickets.models.article import Sender
from tickets.participation import copies, in_copy

IMPOSSIBLE = "No mail can be sent to this address."

People = list[dict[str, str]]


def enqueue(article: Article) -> Outgoing:
    """Compose the article's mail and put it into the outbox.

    Runs in the article's transaction: either both are there or none. Addresses to which no mail can be sent have
    failed from the start. Raises `Refused` when there is nowhere to send from or nobody to send to: who writes an
    email must not believe that it left.
    """
    ticket = article.ticket
    address = sender_for(ticket.queue)
    if address is None:
        raise Refused(_("This email cannot be sent, because no address is set up to send from."))
    if not (article.to or article.cc or article.bcc):
        # what the house says by itself goes to nobody but the customer
        article.to = [customer_of(ticket) if article.sender == Sender.SYSTEM else answered(ticket).to]
        article.cc = copies(in_copy(ticket))
    good, bad = _recipients(article)
    if not good and ticket.customer.is_system:
        raise Refused(_("This email cannot be sent, because nobody outside has asked for this ticket."))
    if not good and not bad:
        raise Refused(_("This email cannot be sent, because all its recipients are addresses of the helpdesk itself."))
    domain = address.address.rpartition("@")[2]
    article.message_id = make_message_id(derived_key("message ids"), article.uuid, domain, ticket.number)
    article.sent_from = {"name": address.name, "address": address.address}
    article.save(update_fields=["to", "cc", "message_id", "sent_from"])
    draft = _draft(article, address, good)
    raw = compose(draft)
    doubts = _doubts(article, good)
    waits = bool(good) and not doubts
    outgoing = Outgoing.objects.create(
        article=article,
        ticket=ticket,
        digest=store(raw),
        size=len(raw),
        message_id=article.message_id,
        # Automatic mail has no return path, so that no error about it can come back and be answered (RFC 3834).
        envelope_from="" if article.sender == Sender.SYSTEM else address.address,
        subject=draft.subject,
        recipients=[
            *({"address": r, "state": "queued", "answer": ""} for r in good.values()),
            *({"address": r, "state": "failed", "answer": IMPOSSIBLE, "told": True} for r in bad),
        ],
        domains=domains_of([*good.values(), *bad]),
        doubts=doubts,
        state=Outgoing.State.QUEUED if waits else Outgoing.State.HELD if good else Outgoing.State.FAILED,
        due_at=(article.send_at or timezone.now()) if waits else None,
    )
    if doubts:
        note_recipients(outgoing, "mail.held", by=system_actor("mail"))
    if bad:
        note_failure(outgoing, bad, IMPOSSIBLE)
    wake(outgoing)
    return outgoing


def _doubts(article: Article, good: dict[str, str]) -> list[dict[str, Any]]:
    """Only what a person has written is held: he can be asked."""
    if article.sender != Sender.AGENT or not good:
        return []
    house = rules()
    limits = Limits(most_new=house.hold_new_recipients, typos=house.hold_typos, never=house.never_send_to)
    addresses = list(good)
    return doubts_about(addresses, known=known_among(addresses), limits=limits)


def _recipients(article: Article) -> tuple[dict[str, str], list[str]]:
    """Everybody in the envelope, once: addresses as written with their form on the wire, and the impossible ones.

    Never an address of ours, which would only loop.
    """
    good: dict[str, str] = {}
    bad: list[str] = []
    for person in [*article.to, *article.cc, *article.bcc]:
        written = person.get("address", "")
        if not written or written in good or written in bad or is_ours(written):
            continue
        try:
            good[written] = _on_the_wire(written)
        except BadAddress:
            bad.append(written)
    return good, bad


def _on_the_wire(address: str) -> str:
    """Raises BadAddress when mail cannot be sent there."""
    nobody = Person("", "nobody@invalid.invalid")
    (wire,) = envelope_recipients(Draft(from_=nobody, to=[Person("", address)], message_id=""))
    return wire


def _draft(article: Article, address: Address, good: dict[str, str]) -> Draft:
    ticket = article.ticket
    chain = references_for(_earlier_ids(article))
    signature = _signature(article)
    secrets = _secrets(article)
    body = _with(article.body, secrets)
    text = f"{body}\n\n-- \n{signature}\n" if signature else body
    html = (_with(article.html, secrets) or from_text(body)) + (
        f"<p>-- </p>{from_text(signature)}" if signature else ""
    )
    return Draft(
        from_=Person(address.name, address.address),
        to=_persons(article.to, good),
        cc=_persons(article.cc, good),
        subject=tag_subject(article.subject or f"Re: {ticket.title}", ticket.number),
        text=text,
        html=html,
        attachments=_files(article),
        message_id=article.message_id,
        in_reply_to=chain[-1] if chain else "",
        references=chain,
        auto_submitted="auto-replied" if article.sender == Sender.SYSTEM else "",
        headers=_marks(article),
        date=article.created_at,
    )


def _files(article: Article) -> list[Attachment]:
    """The system writes words alone, so nobody looks for files of its. Whether they may leave is asked when the message
    does (mail/sending.py)."""
    kept = [] if article.sender == Sender.SYSTEM else article.attachments.all()
    return [Attachment(a.name, a.content_type, a.own_content(), a.is_inline, a.content_id) for a in kept]


def _marks(article: Article) -> dict[str, str]:
    """By these we know the message again when it comes back, and programs know not to answer automatic ones."""
    automatic = {"X-Auto-Response-Suppress": "All"} if article.sender == Sender.SYSTEM else {}
    return {MARK: article.message_id, **automatic}


def _signature(article: Article) -> str:
    """That of the person who wrote it, then that of the queue."""
    own = article.author.signature if article.sender == Sender.AGENT else ""
    return "\n".join(filter(None, (own.strip(), article.ticket.queue.signature.strip())))


def _secrets(article: Article) -> Mapping[str, str]:
    """What stands in the words for a secret, and the secret as the recipient gets it: a receipt's invitation is one
    between the house and the customer, and so are the links of `settings.CONCEALED`."""
    secrets: dict[str, str] = {}
    if article.sender == Sender.SYSTEM and concealed_link() in article.body:
        secrets[concealed_link()] = invitation_link(article.ticket.customer, host=article.ticket.queue.host)
    for reveal in _revealers():
        secrets |= reveal(article)
    return secrets


def _with(words: str, secrets: Mapping[str, str]) -> str:
    for sign, secret in secrets.items():
        words = words.replace(sign, secret)
    return words


@cache
def _revealers() -> Sequence[Callable[[Article], Mapping[str, str]]]:
    return [import_string(name) for name in settings.CONCEALED]


def _persons(people: People, good: dict[str, str]) -> list[Person]:
    return [Person(p.get("name", ""), p["address"]) for p in people if p.get("address") in good]


def _earlier_ids(article: Article) -> list[str]:
    """Message-IDs of what the customer has seen before, oldest first; his own last one, which we answer, at the end."""
    ids = _ids_before(article.ticket_id, article.pk)
    answered = [message_id for message_id, sender in ids if sender == Sender.CUSTOMER][-1:]
    return [message_id for message_id, _sender in ids] + answered


@prepared(int, int)
def _ids_before(ticket: int, article: int) -> QuerySet[Article, tuple[str, str]]:
    seen = Article.objects.filter(ticket=ticket, visible_to_customer=True, pk__lt=article).exclude(message_id="")
    return seen.order_by("pk").values_list("message_id", "sender")
