"""Links that open one request without signing in: made while a mail is composed, for the one person it goes to.

Only a digest is kept, so nobody finds a link in the database; only the mail carries it, while the message that agents
read has the plain address of the request. A link ends when its time is over, when an agent revokes it, when the address
is no longer that person's (T80), when he signs out everywhere, and with his right to see the request.
"""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import EmailAddress, User
from accounts.people import person_with_address
from core.clock import now
from core.links import request_by_link, request_in_portal
from core.text import normalise_address
from tickets.changes import locked
from tickets.events import Cause, record
from tickets.models import Article, Event, SecretLink, Ticket
from tickets.models.article import Sender
from tickets.models.ticket import Channel

REVOKED = "link.revoked"
# What is done by a link, with the link's id as its reference.
CAUSE = "link"
# 256 bits: nobody guesses one (T22).
BYTES = 32
LONGEST = 100


def make(ticket: Ticket, person: User, *, address: str, article: Article | None = None) -> str:
    """The absolute address of a new link, as it stands in a mail to `address`."""
    token = secrets.token_urlsafe(BYTES)
    SecretLink.objects.create(
        ticket=ticket,
        user=person,
        address=address,
        article=article,
        digest=_digest(token),
        expires_at=timezone.now() + timedelta(days=ticket.queue.secret_link_days),
    )
    return request_by_link(token, host=_host(ticket))


def may_have_one(ticket: Ticket, person: User) -> bool:
    """People of the house sign in; a queue may want that of everybody."""
    if not ticket.queue.secret_link_days or person.is_agent or person.is_administrator or person.is_superuser:
        return False
    return Ticket.objects.of_customer(person).filter(pk=ticket.pk).exists()


def revealed(article: Article) -> Mapping[str, str]:
    """The plain address of the request in a mail, and the link instead of it (settings.CONCEALED).

    A mail to several people has none: whoever else gets it would speak as the first one.
    """
    if article.channel != Channel.EMAIL or article.sender not in (Sender.AGENT, Sender.SYSTEM):
        return {}
    ticket = article.ticket
    written = [address for address in _plain(ticket) if address in article.body or address in article.html]
    people = [one.get("address", "") for one in (*article.to, *article.cc, *article.bcc)]
    person = person_with_address(people[0]) if written and len(people) == 1 else None
    if person is None or not may_have_one(ticket, person):
        return {}
    address = normalise_address(people[0])
    return dict.fromkeys(written, make(ticket, person, address=address, article=article))


def with_link(text: str, ticket: Ticket, person: User) -> str:
    """A text that goes to this person alone by mail, with a link instead of the plain address of the request."""
    plain = [address for address in _plain(ticket) if address in text]
    if not plain or not may_have_one(ticket, person):
        return text
    link = make(ticket, person, address=person.email)
    for address in plain:
        text = text.replace(address, link)
    return text


def link_with(token: str) -> SecretLink | None:
    """The link with this token; None when it is forged or over, or what it led to may not be seen any more."""
    if not token or len(token) > LONGEST:
        return None
    return _opening(usable().filter(digest=_digest(token)).first())


def link_numbered(pk: int) -> SecretLink | None:
    """The same for a link that has been opened before."""
    return _opening(usable().filter(pk=pk).first())


def usable(at: datetime | None = None) -> QuerySet[SecretLink]:
    """Those whose time is not over, now or `at` a moment; what each of them opens is another question (`opened_by`)."""
    theirs = EmailAddress.objects.filter(user=OuterRef("user"), address=OuterRef("address"))
    signed_out = Q(user__signed_out_at__gte=F("created_at"))
    links = SecretLink.objects.select_related("user", "ticket__queue")
    in_time = links.filter(revoked_at__isnull=True, expires_at__gt=at or timezone.now())
    return in_time.filter(Exists(theirs), ticket__queue__secret_link_days__gt=0).exclude(signed_out)


def opened_by(link: SecretLink) -> Ticket | None:
    """The request, or the one it was merged into, as long as its person may see that."""
    requests = Ticket.objects.of_customer(link.user)
    if link.ticket.merged_into_id is None:
        return requests.filter(pk=link.ticket_id).first()
    return requests.survivor_of(link.ticket)


def note_use(link: SecretLink) -> None:
    SecretLink.objects.filter(pk=link.pk).update(uses=F("uses") + 1, used_at=timezone.now())


def cause_of(link: SecretLink) -> Cause:
    """Why something happened that was done by this link."""
    return Cause(CAUSE, reference=str(link.pk))


def revoke(link: SecretLink, *, by: User, cause: Cause | None = None) -> Event | None:
    """It opens nothing from now on. None when that was so already."""
    with locked(link.ticket) as ticket:
        found = SecretLink.objects.filter(pk=link.pk, revoked_at__isnull=True)
        if not found.update(revoked_at=now(), revoked_by=by):
            return None
        data = {"link": {"was": {"id": link.pk, "name": link.address}, "now": None}}
        return record(ticket, REVOKED, by=by, cause=cause, data=data)


def forget_old(*, days: int = 90) -> int:
    """Links that have been over for so long say nothing any more."""
    deleted, _rows = SecretLink.objects.filter(expires_at__lt=timezone.now() - timedelta(days=days)).delete()
    return deleted


def _opening(link: SecretLink | None) -> SecretLink | None:
    if link is None or not link.user.is_active or link.user.is_agent or link.user.is_administrator:
        return None
    return link if opened_by(link) is not None else None


def _plain(ticket: Ticket) -> set[str]:
    """The addresses of the request in the portal, as texts give them."""
    return {request_in_portal(ticket.number), request_in_portal(ticket.number, host=_host(ticket))}


def _host(ticket: Ticket) -> str:
    """Under which name the portal of its brand is met; nothing for the usual one."""
    return ticket.queue.host


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
