"""The conversation of a ticket: what was said, and between it what was done, in blocks from the newest backwards."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.html import excerpt
from core.pagination import page_of
from core.text import clean_line
from mail.replies import split_reply
from tickets.models import Article, Event, Ticket
from tickets.models.article import Sender
from tickets.models.ticket import Channel
from tickets.sentences import icon_of, sentence_of
from web.common.bodies import Body, body_of
from web.desk.delivery import Delivery, delivery_of
from web.desk.warnings import Warn, known_to, warnings_of

BLOCK = 20
NEWEST = ("-created_at", "-id")
# These happenings are the messages themselves.
SPOKEN = ("ticket.created", "article.added", "article.held")
MOST_EVENTS = 200
# So many lines in a row are shown as one that can be opened.
GROUPED = 4


@dataclass(frozen=True)
class Said:
    article: Article
    name: str
    about: str
    body: Body
    warnings: Sequence[Warn]
    delivery: Delivery | None
    is_folded: bool = False
    # The first message since the last visit, and the one at which reading starts.
    is_first_new: bool = False
    is_start: bool = False

    @property
    def at(self) -> datetime:
        return self.article.created_at

    @property
    def is_note(self) -> bool:
        return not self.article.visible_to_customer

    @property
    def is_automatic(self) -> bool:
        """A receipt and the like: nobody needs to read it, so it is always folded."""
        return self.article.sender == Sender.SYSTEM

    @property
    def has_original(self) -> bool:
        """It came as an email, whose untouched form can be looked at."""
        incoming = getattr(self.article, "incoming", None)
        return incoming is not None and bool(incoming.digest)

    @property
    def has_raw(self) -> bool:
        return self.has_original or getattr(self.article, "outgoing", None) is not None

    @property
    def excerpt(self) -> str:
        return excerpt(split_reply(self.article.body).visible, 120)


@dataclass(frozen=True)
class Line:
    pk: int
    text: str
    icon: str
    at: datetime


@dataclass(frozen=True)
class Done:
    """What was done between two messages."""

    lines: Sequence[Line]

    @property
    def at(self) -> datetime:
        return self.lines[-1].at

    @property
    def summary(self) -> str:
        """One sentence for many lines, else empty."""
        number = len(self.lines)
        if number < GROUPED:
            return ""
        return ngettext("%(number)s change", "%(number)s changes", number) % {"number": number}


Item = Said | Done


@dataclass(frozen=True)
class Timeline:
    items: Sequence[Item]
    # The cursor of the block before this one; empty when it begins with the first message.
    earlier: str
    # The newest article: what an answer is based on.
    newest: int | None


def timeline_of(ticket: Ticket, *, read_at: datetime | None, reader: User, cursor: str = "") -> Timeline:
    """One block, oldest first. Messages read before `read_at` are folded, but for the first and the last."""
    page = page_of(_articles(ticket), order=NEWEST, cursor=cursor, size=BLOCK)
    articles = list(reversed(page.rows))
    said = _all_said(articles, reader)
    if not cursor:
        said = _with_start(said, read_at, reader, begins=not page.next)
    elif said:
        said = [replace(one, is_folded=one.article.pk != articles[0].pk or bool(page.next)) for one in said]
    done = _between(ticket, articles, is_last=not cursor, is_first=not page.next)
    return Timeline(_in_order(said, done), page.next, articles[-1].pk if articles and not cursor else None)


def since(ticket: Ticket, version: int, *, reader: User) -> Sequence[Item]:
    """What has come after `version` of the ticket, oldest first: at most a block."""
    events = list(_events(ticket).filter(version__gt=version).order_by("-id")[:MOST_EVENTS])
    spoken = [event.article_id for event in events if event.kind in SPOKEN][:BLOCK]
    said = _all_said(_articles(ticket).filter(pk__in=spoken), reader) if spoken else []
    return _in_order(said, [event for event in events if event.kind not in SPOKEN])


def _articles(ticket: Ticket) -> QuerySet[Article]:
    return ticket.articles.select_related("author", "incoming", "outgoing").prefetch_related("attachments")


def _events(ticket: Ticket) -> QuerySet[Event]:
    return ticket.events.select_related("actor", "on_behalf_of", "article")


def _between(ticket: Ticket, articles: Sequence[Article], *, is_first: bool, is_last: bool) -> list[Event]:
    """What was done from the block's first message (or the beginning) to its last one (or now)."""
    if not articles:
        return []
    window = Q() if is_first else Q(at__gte=articles[0].created_at)
    if not is_last:
        window &= Q(at__lte=articles[-1].created_at)
    return list(_events(ticket).filter(window).exclude(kind__in=SPOKEN).order_by("-id")[:MOST_EVENTS])


def _in_order(said: Sequence[Said], events: Iterable[Event]) -> list[Item]:
    """By time, a message before what was done with it; lines that follow each other are one item."""
    lines = [Line(event.pk, sentence_of(event), icon_of(event), event.at) for event in events]
    lines.sort(key=lambda line: (line.at, line.pk))
    items: list[Item] = []
    waiting = list(said)
    for line in lines:
        while waiting and waiting[0].at <= line.at:
            items.append(waiting.pop(0))
        last = items[-1] if items else None
        if isinstance(last, Done):
            items[-1] = Done([*last.lines, line])
        else:
            items.append(Done([line]))
    return [*items, *waiting]


def _with_start(said: list[Said], read_at: datetime | None, reader: User, *, begins: bool) -> list[Said]:
    """Fold what was read, mark what is new, and say where reading starts. Somebody's own messages are not new."""
    new = [one.article.pk for one in said if read_at and one.at > read_at and _is_news(one, reader)]
    start = new[0] if new else said[-1].article.pk if said and read_at else None
    kept = {said[0].article.pk} if begins and said else set()
    kept |= {one.article.pk for one in said[-2:]}
    return [
        replace(
            one,
            is_folded=one.is_automatic or (bool(read_at) and one.at <= read_at and one.article.pk not in kept),
            is_first_new=bool(new) and one.article.pk == new[0],
            is_start=one.article.pk == start,
        )
        for one in said
    ]


def _is_news(one: Said, reader: User) -> bool:
    return one.article.author_id != reader.pk and not one.is_automatic


def _all_said(articles: Iterable[Article], reader: User) -> list[Said]:
    articles = list(articles)
    known = known_to(reader, articles)
    return [_said(article, known) for article in articles]


def _said(article: Article, known: Container[str]) -> Said:
    body = body_of(article)
    warnings = warnings_of(article, body, known=known)
    return Said(article, _name(article), _about(article), body, warnings, delivery_of(article))


def _name(article: Article) -> str:
    if article.author.is_system:
        return _("Helpdesk")
    written = article.sent_from.get("name") if article.sender == Sender.CUSTOMER else ""
    return clean_line(written or "", 150) or str(article.author)


def _about(article: Article) -> str:
    """By which way, to whom, and from which address when that is not the person's usual one."""
    if article.channel == Channel.NOTE:
        return ""
    if article.channel == Channel.PHONE:
        return _("by phone, noted by %(agent)s") % {"agent": article.author}
    if article.channel == Channel.EMAIL and article.sender != Sender.CUSTOMER and article.to:
        return _("by email to %(people)s") % {"people": _people([*article.to, *article.cc, *article.bcc])}
    address = article.sent_from.get("address", "")
    if article.sender == Sender.CUSTOMER and address and address.lower() != article.author.email.lower():
        return _("by email from %(address)s") % {"address": address}
    return article.get_channel_display()


def _people(people: Iterable[dict[str, str]]) -> str:
    return ", ".join(clean_line(person.get("name") or person.get("address", ""), 100) for person in people)
