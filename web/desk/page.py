"""A ticket's page: what its parts need, drawn whole or in parts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from accounts.models import User
from core.links import ticket_in_desk
from tickets.changes import Stale
from tickets.models import ReadMark, StateType, Ticket
from tickets.reading import mark_read
from tickets.sentences import sentence_of
from web.desk.forms.writing import NEXT, Note, Reply
from web.desk.panel import panel_of
from web.desk.timeline import timeline_of

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


@dataclass(frozen=True)
class Written:
    """The forms of the composer as they were sent, with their errors."""

    reply: Reply | None = None
    note: Note | None = None
    conflict: Conflict | None = None


@dataclass(frozen=True)
class Shown:
    """How the page is answered."""

    status: int = 200
    written: Written = field(default_factory=Written)
    # A property that could not be changed because it was another one already.
    conflict: Conflict | None = None


def conversation(request: HttpRequest, ticket: Ticket, shown: Shown | None = None) -> HttpResponse:
    """The whole page. To have opened it is to have read it."""
    shown = shown or Shown()
    read_at = _read_at(ticket, request.user)
    timeline = timeline_of(ticket, read_at=read_at, reader=request.user)
    context = head(ticket, request.user, tab="conversation") | composer(request, ticket, timeline.newest, shown.written)
    context |= {"panel": panel_of(ticket, request.user), "timeline": timeline, "conflict": shown.conflict}
    if read_at is None or read_at < ticket.changed_at:
        mark_read(ticket, by=request.user)
    response = render(request, "desk/ticket.html", context, status=shown.status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def head(ticket: Ticket, agent: User, *, tab: str = "") -> dict[str, Any]:
    """What the header needs, whatever stands below it."""
    real = Q(attachments__isnull=False, attachments__is_inline=False)
    counts = ticket.articles.aggregate(
        messages=Count("pk", distinct=True), files=Count("attachments", filter=real, distinct=True)
    )
    survivor = ticket.merged_into
    return {
        "ticket": ticket,
        "section": "tickets",
        "palette_about": f"#{ticket.number}",
        "tab": tab,
        "counts": counts | {"events": ticket.version},
        "link": ticket_in_desk(ticket.number),
        "survivor": survivor if survivor and survivor.allows(agent, "read") else None,
    }


def composer(request: HttpRequest, ticket: Ticket, newest: int | None, written: Written) -> dict[str, Any]:
    """Which boxes the agent may write into, and the forms in them."""
    may_write = ticket.allows(request.user, "write")
    is_final = ticket.state.type in (StateType.MERGED, StateType.REMOVED)
    return {
        "may_reply": may_write and not is_final,
        "may_note": ticket.allows(request.user, "note") and not is_final,
        "is_final": is_final,
        "reply": written.reply or Reply(ticket=ticket, newest=newest, auto_id="reply-%s"),
        "note": written.note or Note(auto_id="note-%s"),
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


def _read_at(ticket: Ticket, agent: User) -> Any:
    return ReadMark.objects.filter(ticket=ticket, user=agent).values_list("read_at", flat=True).first()
