"""The bell: how many notices are new, the latest, and all of them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from automation.notices.bell import (
    latest,
    lines,
    mark_all_read,
    mark_read,
    mark_unread,
    new_lines,
    news_of,
    wave,
)
from automation.notices.folding import folded
from core.pagination import page_of
from web.common.access import agent_required
from web.common.bell import badge_of
from web.desk.bell import lines_of, told_news

IN_PANEL = 10
ROWS = 50


@require_safe
@agent_required
def notices(request: HttpRequest) -> HttpResponse:
    """`?show=unread` leaves out what is no news any more; `?wave=` are all that one line stands for."""
    only_new, number = request.GET.get("show") == "unread", _number(request.GET.get("wave", ""))
    rows = new_lines(request.user) if only_new else wave(request.user, number) if number else lines(request.user)
    page = page_of(rows, order=("-id",), cursor=request.GET.get("after", ""), size=ROWS)
    query = {"after": page.next, **({"show": "unread"} if only_new else {}), **({"wave": number} if number else {})}
    context = {
        "lines": lines_of(page.rows, request.user),
        "newest": page.rows[0].pk if page.rows else 0,
        "news": [] if number or only_new or "after" in request.GET else told_news(news_of(request.user)[:IN_PANEL]),
        "next": f"?{urlencode(query)}" if page.next else "",
        "tabs": _tabs(only_new=only_new),
        "only_new": only_new,
        "section": "notices",
    }
    is_more = request.htmx and "after" in request.GET and not request.htmx.history_restore_request
    response = render(request, "desk/notices_more.html" if is_more else "desk/notices.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@agent_required
def notices_panel(request: HttpRequest) -> HttpResponse:
    """The latest few, for the panel behind the bell."""
    rows = list(lines(request.user)[:IN_PANEL])
    context = {
        "lines": lines_of(rows, request.user),
        "newest": rows[0].pk if rows else 0,
        "news": told_news(news_of(request.user).filter(read_at=None)[:IN_PANEL]),
    }
    return render(request, "desk/notices_panel.html", context)


@require_safe
@agent_required
def notices_count(request: HttpRequest) -> HttpResponse:
    return render(request, "base/bell_count.html", {"badge": badge_of(request.user)})


@require_POST
@agent_required
def notice_mark(request: HttpRequest, pk: int) -> HttpResponse:
    """`as=read` or `as=unread`; the answer is the line as it is now."""
    notice = get_object_or_404(latest(request.user), pk=pk)
    if request.POST.get("as") == "unread":
        mark_unread(notice)
    elif request.POST.get("as") == "read":
        mark_read(notice)
    else:
        raise Http404
    if not request.htmx:
        return redirect("desk:notices")
    (line,) = lines_of([folded(latest(request.user).filter(pk=pk)).get()], request.user)
    return render(request, "desk/notice_changed.html", {"line": line, "badge": badge_of(request.user)})


@require_POST
@agent_required
def notices_read(request: HttpRequest) -> HttpResponse:
    """All that somebody has seen so far: `up_to` is the newest of them."""
    newest = request.POST.get("up_to", "")
    if not (newest.isascii() and newest.isdecimal() and len(newest) < 19):
        raise Http404
    mark_all_read(request.user, up_to=int(newest))
    if not request.htmx:
        return redirect("desk:notices")
    rows = list(lines(request.user)[:IN_PANEL])
    context = {"lines": lines_of(rows, request.user), "newest": newest, "badge": badge_of(request.user)}
    return render(request, "desk/notices_read.html", context)


def _number(text: str) -> int:
    plain = text.removeprefix("-")
    return int(text) if plain.isascii() and plain.isdecimal() and len(plain) < 20 else 0


def _tabs(*, only_new: bool) -> list[dict]:
    url = reverse("desk:notices")
    return [
        {"label": pgettext("notices", "All"), "url": url, "current": not only_new},
        {"label": pgettext("notices", "Unread"), "url": f"{url}?show=unread", "current": only_new},
    ]
