"""One article: to read, to begin, what is said about it, and its files."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_http_methods, require_POST, require_safe

from knowledge.actions.drafting import start_article
from knowledge.actions.settling import set_facts
from knowledge.changes import Refused, Stale
from knowledge.models import ArticleFile
from knowledge.rights import may_write
from knowledge.writing import Words
from web.common.access import agent_required
from web.common.files import as_download, as_picture, is_picture
from web.desk.forms.articles import ArticleFacts, NewArticle, facts_of
from web.desk.knowledge.bodies import shown
from web.desk.knowledge.fetch import (
    article_or_404,
    article_to_write_or_404,
    language_or_404,
    page_of,
    writers_only,
)
from web.desk.knowledge.languages import preferred

# When somebody has found an article still right, it is looked at again after so long.
PUT_OFF = timedelta(days=180)


@require_safe
@agent_required
def article(request: HttpRequest, number: int) -> HttpResponse:
    """`?lang=` is another language than the reader's; writers see the newest words, or with `?version=published` those
    that readers see."""
    found = article_or_404(request, number)
    rows = found.translations.all()
    known = list(rows if may_write(request.user) else rows.filter(published__isnull=False))
    wanted = request.GET.get("lang", "")
    one = preferred(found, known, wanted)
    if one is None or (wanted and language_or_404(wanted) != one.language):
        raise Http404
    page = page_of(request, found, one.language)
    assert page.one is not None
    only_published = not page.writes or (request.GET.get("version") == "published" and page.one.published_id)
    revision = page.one.published if only_published else page.one.latest
    context = page.context(
        "preview",
        revision=revision,
        body=shown(revision, page.all_files),
        shows_published=only_published,
    )
    return render(request, "desk/knowledge/article.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@agent_required
def new(request: HttpRequest) -> HttpResponse:
    """Title and place; the words come on the next page. `?category=` and `?q=` begin it."""
    writers_only(request)
    begun = {
        "title": request.GET.get("q", "")[:200],
        "category": request.GET.get("category", ""),
        "language": request.GET.get("lang", "") or get_language(),
    }
    form = NewArticle(request.POST if request.method == "POST" else None, initial=begun)
    if form.is_bound and form.is_valid():
        language = form.cleaned_data["language"]
        words = Words(title=form.cleaned_data["title"], body="")
        made = start_article(form.facts(request.user), language, words, by=request.user)
        return redirect("desk:knowledge_write", made.number, language)
    context = {"form": form, "section": "articles"}
    return render(request, "desk/knowledge/new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@agent_required
def settings(request: HttpRequest, number: int) -> HttpResponse:
    """409 when somebody else has changed the same meanwhile."""
    found = article_to_write_or_404(request, number)
    form = ArticleFacts(request.POST if request.method == "POST" else None, article=found, reader=request.user)
    context: dict[str, Any] = {"form": form, "article": found, "section": "articles", "seen": found.version}
    context["title"] = page_of(request, found, found.language).title
    status = 200
    if form.is_bound and form.is_valid():
        try:
            set_facts(found, form.facts(), by=request.user, seen=_seen(request))
        except Stale:
            context["stale"], status = True, 409
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The article is saved."))
            return redirect("desk:knowledge_article", number)
    if form.errors:
        status = 422
    return render(request, "desk/knowledge/settings.html", context, status=status)


@require_POST
@agent_required
def reviewed(request: HttpRequest, number: int) -> HttpResponse:
    """Somebody has looked at it and found it right: the date is put off."""
    found = article_to_write_or_404(request, number)
    day = timezone.localdate() + PUT_OFF
    set_facts(found, facts_of(found, review_at=day), by=request.user)
    words = {"day": date_format(day, "SHORT_DATE_FORMAT")}
    messages.success(request, _("It will come up again on %(day)s.") % words)
    return redirect("desk:knowledge_article", number)


@require_safe
@conditional_page
@agent_required
def file(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A file of an article: pictures to be seen, everything else as a download."""
    found = ArticleFile.objects.filter(uuid=uuid).first()
    mine = ArticleFile.objects.editable_by(request.user) | ArticleFile.objects.visible_to(request.user)
    if found is None or not mine.filter(pk=found.pk).exists():
        raise Http404
    return as_picture(found) if found.is_inline and is_picture(found) else as_download(found)


def _seen(request: HttpRequest) -> int | None:
    value = request.POST.get("seen", "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else None
