"""The conversation of a ticket: what was said, and between it what was done, in blocks from the newest backwards."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import User
from core.pagination import page_from, page_of
from core.prepared import prepared
from tickets.models import Article, Event, Mention, Ticket
from web.common.bodies import whole_body_of
from web.desk.happened import Done, line_of
from web.desk.said import Said, all_said
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
    said = all_said(articles, reader)
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
        for one in all_said(articles, reader)
    ]
    done = _between(article.ticket, articles, is_last=False, is_first=not page.next)
    return Timeline(_in_order(said, done), page.next, None, Wish())


def everything_said(ticket: Ticket, *, reader: User, with_notes: bool) -> Sequence[Said]:
    """All messages, oldest first, for paper."""
    articles = _articles(ticket) if with_notes else _articles(ticket).filter(KINDS["public"])
    return all_said(articles.order_by("created_at", "id")[:MOST_PRINTED], reader, words=whole_body_of)


def said_by(article: Article, *, reader: User) -> Said:
    """One message as it is now."""
    return all_said(_articles(article.ticket).filter(pk=article.pk), reader)[0]


def whole_said(article: Article, *, reader: User) -> Said:
    """One message with all its words, however many."""
    return all_said(_articles(article.ticket).filter(pk=article.pk), reader, words=whole_body_of)[0]


def since(ticket: Ticket, version: int, *, reader: User) -> Sequence[Item]:
    """What has come after `version` of the ticket, oldest first: at most a block."""
    events = list(_events(ticket).filter(version__gt=version).order_by("-id")[:MOST_EVENTS])
    spoken = [event.article_id for event in events if event.kind in SPOKEN][:BLOCK]
    said = all_said(_articles(ticket).filter(pk__in=spoken), reader) if spoken else []
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
