"""The conversation of a ticket: what was said, and between it what was done, in blocks from the newest backwards."""

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.clock import now
from core.html import excerpt
from core.pagination import page_from, page_of
from core.prepared import prepared
from core.text import clean_line
from mail.models import Outgoing
from mail.replies import split_reply
from mail.ways import is_anything_set_up
from tickets.actions.replying import TAKEN_BACK
from tickets.models import Article, Event, Mention, Ticket
from tickets.models.article import Sender
from tickets.models.ticket import Channel
from tickets.scanning import look_up
from web.common.bodies import Body, body_of, whole_body_of
from web.desk.chips import with_chips
from web.desk.delivery import Delivery, delivery_of
from web.desk.envelope import SHOWN, Line, envelope_of, our_addresses
from web.desk.happened import Done, line_of
from web.desk.warnings import Warn, known_to, proof_of, warnings_of
from web.desk.wishes import KINDS, Wish

# The newest block is a short one, so that a long conversation opens as quickly as a short one.
FIRST_BLOCK, BLOCK = 10, 20
# On the page of one message this many later ones are shown too.
AFTER = 3
NEWEST = ("-created_at", "-id")
# These happenings are the messages themselves.
SPOKEN = ("ticket.created", "article.added", "article.held")
MOST_EVENTS = 200
# Before everything.
BEGINNING = datetime(1, 1, 2, tzinfo=UTC)
MOST_PRINTED = 2000


@dataclass(frozen=True)
class Said:
    article: Article
    name: str
    about: str
    body: Body
    warnings: Sequence[Warn]
    delivery: Delivery | None
    envelope: Sequence[Line] = ()
    is_folded: bool = False
    # Its mail can still be stopped by who wrote it, who is the reader.
    may_take_back: bool = False
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
    def is_taken_back(self) -> bool:
        return _is_taken_back(self.article)

    @property
    def is_forwarded(self) -> bool:
        """It left by mail to somebody else; the customer does not see it."""
        mailed = self.article.channel == Channel.EMAIL and self.article.sender == Sender.AGENT
        return mailed and self.is_note and not self.is_taken_back

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
    def proof(self) -> str:
        """What a trusted server has found out about its sender; a forged one is warned of (web/desk/warnings.py)."""
        return proof_of(self.article.marks)

    @property
    def excerpt(self) -> str:
        return excerpt(split_reply(self.article.body).visible, 120)


Item = Said | Done


@dataclass(frozen=True)
class Timeline:
    items: Sequence[Item]
    # The cursor of the block before this one; empty when it begins with the first message.
    earlier: str
    # The newest article that is shown.
    newest: int | None
    wish: Wish


def timeline_of(
    ticket: Ticket, *, read_at: datetime | None, reader: User, cursor: str = "", wish: Wish | None = None
) -> Timeline:
    """One block, oldest first. Messages read before `read_at` are folded, but for the first and the last."""
    wish = wish or Wish()
    if cursor or wish.kind in KINDS:
        wanted = _articles(ticket).filter(KINDS[wish.kind]) if wish.kind in KINDS else _articles(ticket)
        page = page_of(wanted, order=NEWEST, cursor=cursor, size=BLOCK if cursor else FIRST_BLOCK)
    else:
        page = page_from(_newest(ticket.pk), order=NEWEST, size=FIRST_BLOCK)
    articles = list(reversed(page.rows))
    said = _all_said(articles, reader)
    if not cursor:
        said = _opened_at(wish.at, _with_start(said, read_at, reader, begins=not page.next))
    elif said:
        said = [replace(one, is_folded=one.article.pk != articles[0].pk or bool(page.next)) for one in said]
    done = _between(ticket, articles, is_last=not cursor, is_first=not page.next) if wish.events else []
    newest = articles[-1].pk if articles and not cursor else None
    return Timeline(_in_order(said, done), page.next, newest, wish)


def is_among_newest(article: Article) -> bool:
    """Whether the conversation shows it at once."""
    later = Q(created_at=article.created_at, pk__gt=article.pk) | Q(created_at__gt=article.created_at)
    return article.ticket.articles.filter(later)[:FIRST_BLOCK].count() < FIRST_BLOCK


def around(article: Article, *, reader: User) -> Timeline:
    """The block that ends a little after one message, which is where reading starts."""
    everything = _articles(article.ticket)
    here = Q(created_at=article.created_at, pk__gte=article.pk) | Q(created_at__gt=article.created_at)
    until = list(everything.filter(here).order_by("created_at", "id")[: AFTER + 1])[-1]
    older = Q(created_at=until.created_at, pk__lte=until.pk) | Q(created_at__lt=until.created_at)
    page = page_of(everything.filter(older), order=NEWEST, size=BLOCK)
    articles = list(reversed(page.rows))
    said = [
        replace(one, is_folded=one.article.pk != article.pk, is_start=one.article.pk == article.pk)
        for one in _all_said(articles, reader)
    ]
    done = _between(article.ticket, articles, is_last=False, is_first=not page.next)
    return Timeline(_in_order(said, done), page.next, None, Wish())


def everything_said(ticket: Ticket, *, reader: User, with_notes: bool) -> Sequence[Said]:
    """All messages, oldest first, for paper."""
    articles = _articles(ticket) if with_notes else _articles(ticket).filter(KINDS["public"])
    return _all_said(articles.order_by("created_at", "id")[:MOST_PRINTED], reader, words=whole_body_of)


def said_by(article: Article, *, reader: User) -> Said:
    """One message as it is now."""
    return _all_said(_articles(article.ticket).filter(pk=article.pk), reader)[0]


def whole_said(article: Article, *, reader: User) -> Said:
    """One message with all its words, however many."""
    return _all_said(_articles(article.ticket).filter(pk=article.pk), reader, words=whole_body_of)[0]


def since(ticket: Ticket, version: int, *, reader: User) -> Sequence[Item]:
    """What has come after `version` of the ticket, oldest first: at most a block."""
    events = list(_events(ticket).filter(version__gt=version).order_by("-id")[:MOST_EVENTS])
    spoken = [event.article_id for event in events if event.kind in SPOKEN][:BLOCK]
    said = _all_said(_articles(ticket).filter(pk__in=spoken), reader) if spoken else []
    return _in_order(said, [event for event in events if event.kind not in SPOKEN])


def _articles(ticket: Ticket) -> QuerySet[Article]:
    return _with_neighbours(ticket.articles.all())


def _with_neighbours(articles: QuerySet[Article]) -> QuerySet[Article]:
    named = Prefetch("mentions", Mention.objects.select_related("user"))
    return articles.select_related("author", "incoming", "outgoing").prefetch_related("attachments", named)


@prepared(int)
def _newest(pk: int) -> QuerySet[Article]:
    return _with_neighbours(Article.objects.filter(ticket=pk)).order_by(*NEWEST)[: FIRST_BLOCK + 1]


def _events(ticket: Ticket) -> QuerySet[Event]:
    return ticket.events.select_related("actor", "on_behalf_of", "article")


@prepared(int, datetime)
def _done_since(pk: int, at: datetime) -> QuerySet[Event]:
    done = Event.objects.select_related("actor", "on_behalf_of", "article").exclude(kind__in=SPOKEN)
    return done.filter(ticket=pk, at__gte=at).order_by("-id")[:MOST_EVENTS]


def _between(ticket: Ticket, articles: Sequence[Article], *, is_first: bool, is_last: bool) -> list[Event]:
    """What was done from the block's first message (or the beginning) to its last one (or now)."""
    if not articles:
        return []
    if is_last:
        return _done_since(ticket.pk, BEGINNING if is_first else articles[0].created_at)
    window = Q() if is_first else Q(at__gte=articles[0].created_at)
    window &= Q(at__lte=articles[-1].created_at)
    return list(_events(ticket).filter(window).exclude(kind__in=SPOKEN).order_by("-id")[:MOST_EVENTS])


def _in_order(said: Sequence[Said], events: Iterable[Event]) -> list[Item]:
    """By time, a message before what was done with it; lines that follow each other are one item."""
    lines = [line_of(event) for event in events]
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
    kept |= {one.article.pk for one in said if one.delivery and one.delivery.kind == "held"}
    return [
        replace(
            one,
            is_folded=one.is_folded
            or one.is_automatic
            or (bool(read_at) and one.at <= read_at and one.article.pk not in kept),
            is_first_new=bool(new) and one.article.pk == new[0],
            is_start=one.article.pk == start,
        )
        for one in said
    ]


def _opened_at(pk: int | None, said: list[Said]) -> list[Said]:
    if pk not in [one.article.pk for one in said]:
        return said
    return [
        replace(one, is_start=one.article.pk == pk, is_folded=one.is_folded and one.article.pk != pk) for one in said
    ]


def _is_news(one: Said, reader: User) -> bool:
    return one.article.author_id != reader.pk and not one.is_automatic


def _all_said(articles: Iterable[Article], reader: User, words: Callable[[Article], Body] = body_of) -> list[Said]:
    articles = list(articles)
    known, ours = known_to(reader, articles), our_addresses(articles)
    look_up(file for article in articles for file in article.attachments.all())
    said = [_said(article, words(article), known, ours, reader) for article in articles]
    kept = {one.article.pk for one in said if one.delivery and one.delivery.kind == "kept"}
    # where nothing is set up no message leaves, and none needs to say so
    return [_left(one) if one.article.pk in kept else one for one in said] if kept and is_anything_set_up() else said


def _said(article: Article, body: Body, known: Container[str], ours: Container[str], reader: User) -> Said:
    if named := [str(mention.user) for mention in article.mentions.all()]:
        named += [mention.user.email for mention in article.mentions.all()]
        body = replace(body, html=with_chips(body.html, named))
    return Said(
        article,
        name=_name(article),
        about=_about(article),
        body=body,
        warnings=warnings_of(article, body, known=known),
        delivery=delivery_of(article),
        envelope=envelope_of(article, ours=ours),
        is_folded=_is_taken_back(article),
        may_take_back=_may_take_back(article, reader),
    )


def _left(said: Said) -> Said:
    return replace(said, delivery=replace(said.delivery, is_left=True)) if said.delivery else said


def _is_taken_back(article: Article) -> bool:
    outgoing: Outgoing | None = getattr(article, "outgoing", None)
    return TAKEN_BACK in article.marks or (outgoing is not None and outgoing.state == Outgoing.State.WITHDRAWN)


def _may_take_back(article: Article, reader: User) -> bool:
    waits = article.send_at is not None and article.send_at > now()
    return waits and article.author_id == reader.pk and not _is_taken_back(article)


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
        return _to_people([*article.to, *article.cc, *article.bcc])
    address = article.sent_from.get("address", "")
    if article.sender == Sender.CUSTOMER and address and address.lower() != article.author.email.lower():
        return _("by email from %(address)s") % {"address": address}
    return article.get_channel_display()


def _to_people(people: Sequence[dict[str, str]]) -> str:
    first = ", ".join(clean_line(one.get("name") or one.get("address", ""), 100) for one in people[:SHOWN])
    more = len(people) - SHOWN
    if more < 1:
        return _("by email to %(people)s") % {"people": first}
    text = ngettext("by email to %(people)s and %(number)s more", "by email to %(people)s and %(number)s more", more)
    return text % {"people": first, "number": more}
