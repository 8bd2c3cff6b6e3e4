"""A ticket's page: what its parts need, drawn whole or in parts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from accounts.models import User
from automation.macros import offered_on
from automation.notices.bell import mark_seen, to_be_seen
from core.addresses import address
from core.clock import now
from core.links import ticket_in_desk
from core.prepared import prepared_figures
from tickets.changes import Stale
from tickets.models import Article, Attachment, ReadMark, StateType, Ticket
from tickets.reading import mark_read
from tickets.sentences import sentence_of
from tickets.wordings import offer_of
from web.desk.deadlines import with_deadlines
from web.desk.forms.writing import NEXT, Forward, Note, Reply
from web.desk.knowledge.offers import offer_of_article
from web.desk.panel import panel_of
from web.desk.timeline import timeline_of
from web.desk.undelivered import last_said, unreached
from web.desk.unsent import drafts_of
from web.desk.wishes import KINDS, Wish

LAST_NEXT = "desk_next"


@dataclass(frozen=True)
class Conflict:
    """Somebody was faster: what was changed meanwhile, as sentences, or the messages that came."""

    sentences: Sequence[str] = ()
    articles: Sequence[Any] = ()
    # The newest article that is now known: sending anyway overlooks nothing else.
    newest: int | None = None
    then: str = ""
    wait: str = ""
    # Warnings that were overlooked already.
    overlook: Sequence[str] = ()


@dataclass(frozen=True)
class Written:
    """The forms of the composer as they were sent, with their errors."""

    reply: Reply | None = None
    note: Note | None = None
    forward: Forward | None = None
    conflict: Conflict | None = None


@dataclass(frozen=True)
class Shown:
    """How the page is answered."""

    status: int = 200
    written: Written = field(default_factory=Written)
    # A property that could not be changed because it was another one already.
    conflict: Conflict | None = None


@dataclass(frozen=True)
class Known:
    """How far the agent has read a ticket, whether the bell has something of it that is new, how many messages and
    files it has, and what became of the last mail: one query."""

    read_at: datetime | None
    is_told: bool
    messages: int
    files: int
    # Of the mail of what was said last; None where it is none.
    last_mail: str | None = None


def conversation(request: HttpRequest, ticket: Ticket, shown: Shown | None = None) -> HttpResponse:
    """The whole page. To have opened it is to have read it; a refusal changes nothing."""
    shown = shown or Shown()
    known = known_of(ticket, request.user)
    timeline = timeline_of(ticket, read_at=known.read_at, reader=request.user, wish=wish_of(request))
    context = head(ticket, request.user, tab="conversation", known=known) | composer(
        request, ticket, shown.written, newest=timeline.newest if not timeline.wish.kind else None
    )
    context |= {"panel": panel_of(ticket, request.user), "timeline": timeline, "conflict": shown.conflict}
    if shown.status == HTTPStatus.OK and (known.read_at is None or known.read_at < ticket.changed_at):
        mark_read(ticket, by=request.user)
    if shown.status == HTTPStatus.OK and known.is_told:
        mark_seen(ticket, by=request.user)
    response = render(request, "desk/ticket.html", context, status=shown.status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def head(ticket: Ticket, agent: User, *, tab: str = "", known: Known | None = None) -> dict[str, Any]:
    """What the header needs, whatever stands below it."""
    known = known or known_of(ticket, agent)
    survivor = ticket.merged_into
    with_deadlines([ticket])
    is_final = ticket.state.type in (StateType.MERGED, StateType.REMOVED)
    return {
        "ticket": ticket,
        "is_final": is_final,
        "macros": offered_on(ticket, agent),
        "may_reply": ticket.allows(agent, "write") and not is_final and not ticket.customer.is_system,
        "may_note": ticket.allows(agent, "note") and not is_final,
        "section": "tickets",
        "palette_about": f"#{ticket.number}",
        "tab": tab,
        "counts": {"messages": known.messages, "files": known.files, "events": ticket.version},
        "link": ticket_in_desk(ticket.number),
        "unreached": unreached(ticket, known.last_mail),
        "survivor": survivor if survivor and survivor.allows(agent, "read") else None,
        "may_unmerge": survivor is not None and all(one.allows(agent, "write") for one in (ticket, survivor)),
    }


def wish_of(request: HttpRequest) -> Wish:
    """What of the conversation the address asks for."""
    kind = request.GET.get("show", "")
    at = request.GET.get("at", "")
    return Wish(
        kind=kind if kind in KINDS else "",
        events=request.GET.get("events") != "off",
        at=int(at) if at.isdecimal() and len(at) < 19 else None,
    )


def composer(request: HttpRequest, ticket: Ticket, written: Written, *, newest: int | None = None) -> dict[str, Any]:
    """The forms the agent may write into, with what was typed and not sent. `newest` is the article that an answer is
    based on, when it is known already."""
    about: dict[str, Any] = {"ticket": ticket, "agent": request.user}
    drafts = drafts_of(request.user, ticket)
    newest = newest or ticket.articles.order_by("-id").values_list("pk", flat=True).first()
    reply = Reply(**about, newest=newest, draft=drafts.content("reply"), auto_id="reply-%s")
    wording = request.GET.get("wording", "")
    if offer := offer_of(request.user, ticket, wording) or offer_of_article(request.user, ticket, wording):
        typed = reply.fields["text"].initial
        reply.fill(text=f"{typed}\n\n{offer.text}" if typed else offer.text, html="")
    forward = drafts.content("forward")
    return {
        "reply": written.reply or reply,
        "note": written.note or Note(**about, draft=drafts.content("note"), auto_id="note-%s"),
        "forward": written.forward or (Forward(**about, draft=forward, auto_id="forward-%s") if forward else None),
        "is_forwarding": written.forward is not None,
        "answer_url": address("desk:reply", ticket.number),
        "drafts": drafts,
        "reply_conflict": written.conflict,
        "ways": ways_to_send(request, ticket),
        "max_bytes": settings.ATTACHMENT_MAX_BYTES,
    }


def ways_to_send(request: HttpRequest, ticket: Ticket) -> list[dict[str, Any]]:
    """The last choice in this queue comes first."""
    last = request.session.get(LAST_NEXT, {}).get(str(ticket.queue_id), "wait")
    order = sorted(NEXT, key=lambda key: key != last)
    return [{"name": "then", "value": key, "label": NEXT[key][1], "icon": NEXT[key][2]} for key in order]


def remember_way(request: HttpRequest, ticket: Ticket, then: str) -> None:
    known = request.session.get(LAST_NEXT, {})
    if then and known.get(str(ticket.queue_id), "wait") != then:
        request.session[LAST_NEXT] = known | {str(ticket.queue_id): then}


def conflict_of(stale: Stale) -> Conflict:
    return Conflict(sentences=[sentence_of(event) for event in stale.events])


def known_of(ticket: Ticket, agent: User) -> Known:
    found = _figures(ticket.pk, agent.pk, now())
    return Known(found["read_at"], bool(found["told"]), found["messages"] or 0, found["files"] or 0, found["last_mail"])


@prepared_figures(int, int, datetime, limit=1)
def _figures(pk: int, agent: int, now: datetime) -> tuple[dict[str, QuerySet], dict[str, QuerySet]]:
    real = Attachment.objects.filter(article__ticket=pk, is_inline=False)
    firsts: dict[str, QuerySet] = {
        "read_at": ReadMark.objects.filter(ticket=pk, user=agent).values_list("read_at"),
        "messages": _number(Article.objects.filter(ticket=pk), "ticket"),
        "files": _number(real, "article__ticket"),
        "last_mail": last_said(pk).values_list("outgoing__state"),
    }
    return {"told": to_be_seen(pk, agent, now)}, firsts


def _number(rows: QuerySet, of: str) -> QuerySet:
    """How many there are, as the one value of a queryset."""
    return rows.order_by().values(of).annotate(number=Count("pk")).values_list("number")
