"""The history of an article: its versions, what changed between two of them, an old one brought back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.pagination import page_of as rows_of_page
from knowledge.actions.drafting import restore_revision
from knowledge.changes import Refused, Stale
from knowledge.history import sentence
from knowledge.models import Revision, Translation
from web.common.access import agent_required
from web.desk.knowledge.comparing import compare
from web.desk.knowledge.fetch import article_to_write_or_404, language_or_404, page_of, translation_or_404
from web.desk.people import following

VERSIONS = 100
LINES = 50


@require_safe
@agent_required
def history(request: HttpRequest, number: int, language: str) -> HttpResponse:
    """Versions of one language, and everything that happened to the article."""
    found = article_to_write_or_404(request, number)
    page = page_of(request, found, language_or_404(language))
    rows = Revision.objects.filter(translation=page.one).select_related("author").defer("body", "text")
    versions = list(rows.order_by("-number")[:VERSIONS]) if page.one else []
    events = found.events.select_related("actor", "translation", "revision")
    shown = rows_of_page(events, order=("-version",), cursor=request.GET.get("after", ""), size=LINES)
    published = page.one.published.number if page.one and page.one.published else 0
    context = page.context(
        "history",
        versions=versions,
        was=published if published != page.seen else page.seen - 1,
        lines=[
            {"actor": event.actor, "at": event.at, "sentence": _said(event.actor, sentence(event))}
            for event in shown.rows
        ],
        next=following(request, shown.next),
    )
    return render(request, "desk/knowledge/history.html", context)


@require_safe
@agent_required
def changes(request: HttpRequest, number: int, language: str) -> HttpResponse:
    """What the newest words change of what readers see; `?was=` and `?now=` are versions to compare instead."""
    found = article_to_write_or_404(request, number)
    one = translation_or_404(found, language_or_404(language))
    page = page_of(request, found, language)
    was = _version(one, request.GET.get("was", "")) or _before(one)
    now = _version(one, request.GET.get("now", "")) or one.latest
    quotes = [said.comment.quote for said in page.comments if said.comment.quote and not said.comment.done_at]
    context = page.context("changes", compared=compare(was, now, page.all_files, quotes=quotes))
    return render(request, "desk/knowledge/changes.html", context)


@require_POST
@agent_required
def use_version(request: HttpRequest, number: int, language: str) -> HttpResponse:
    """The words of an old version as the newest draft; what readers see stays."""
    one = translation_or_404(article_to_write_or_404(request, number), language_or_404(language))
    old = _version(one, request.POST.get("version", ""))
    revision = get_object_or_404(one.revisions, pk=old.pk if old else 0)
    seen = request.POST.get("seen", "")
    try:
        restore_revision(revision, by=request.user, seen=int(seen) if seen.isdecimal() and len(seen) < 10 else None)
    except Stale:
        messages.warning(request, _("Somebody has saved newer words meanwhile. Look at them first."))
    except Refused as refused:
        messages.warning(request, str(refused))
    else:
        words = {"number": revision.number}
        messages.success(request, _("Version %(number)s is the newest draft now.") % words)
    return redirect("desk:knowledge_history", number, language)


def _said(actor: object, words: str) -> str:
    return _("%(name)s %(what)s") % {"name": actor, "what": words}


def _version(one: Translation, text: str) -> Revision | None:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        return None
    return one.revisions.filter(number=int(text)).first()


def _before(one: Translation) -> Revision | None:
    """What readers see, else the version before the newest."""
    if one.published_id and one.published_id != one.latest_id:
        return one.published
    return one.revisions.filter(number__lt=one.latest.number).order_by("-number").first() if one.latest else None
