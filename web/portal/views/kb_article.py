"""One article: reading it, its files, and what readers say about it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from babel.numbers import format_decimal, format_percent
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_POST, require_safe

from core.clock import now
from core.moments import current_locale, day
from knowledge.actions.reading import as_logged, give_feedback, note_click, note_view
from knowledge.actions.using import note_deflected
from knowledge.models import Article, ArticleFile, Category, Feedback, Revision, SearchLog, Translation
from knowledge.rights import may_write
from tickets.scanning import look_up
from web.common.access import found_or_sign_in
from web.common.files import as_download, as_picture
from web.portal import kb_readers as readers
from web.portal.articles import Entry, address, articles_for, entries, in_best_language, reader_of
from web.portal.contents import Contents, contents_of
from web.portal.forms import ArticleFeedback

# How long after a search an article counts as found by it.
FOUND_WITHIN = timedelta(hours=1)
RELATED = 6
# So many readers must have said whether it helped before it is told.
TELLING = 10


@dataclass(frozen=True)
class Reading:
    """An article as one reader gets it. `others` are the other languages, as (code, name, address)."""

    article: Article
    shown: Translation
    revision: Revision
    contents: Contents
    files: list[ArticleFile]
    others: list[tuple[str, str, str]]
    # The reader's language is missing, so he gets another one.
    is_fallback: bool
    url: str


@require_safe
@found_or_sign_in
def article(request: HttpRequest, number: int, slug: str = "") -> HttpResponse:
    """`?language=` shows another language than that of the page; `?asked=` comes from a request being written."""
    found = _visible(request, number)
    reading = _reading(request, found)
    if slug and slug != reading.shown.slug:
        query = request.GET.urlencode()
        return redirect(f"{reading.url}?{query}" if query else reading.url)
    if readers.begins_to_read(request, found.pk):
        note_view(found, reading.shown.language)
        _note_search(request, found)
    return render(request, "portal/kb/article.html", _context(request, reading))


@require_POST
@found_or_sign_in
def feedback(request: HttpRequest, number: int) -> HttpResponse:
    """It helped or it did not, and why; who says it again changes it."""
    found = _visible(request, number)
    reading = _reading(request, found)
    form = ArticleFeedback(request.POST)
    mark = readers.mark_of(request) or readers.new_mark()
    said = None
    if form.is_valid() and readers.SAYING.take(readers.who(request)):
        said = give_feedback(
            found,
            reading.shown.language,
            helpful=form.cleaned_data["helpful"] == "yes",
            comment=form.cleaned_data["comment"],
            reader=mark,
            user=reader_of(request),
        )
    if request.htmx:
        context = {"reading": reading, "said": said, "thanks": bool(said), "article": found}
        response = render(request, "portal/kb/feedback.html", context, status=200 if said else 422)
    else:
        response = redirect(f"{reading.url}#helpful")
    if said and not request.user.is_authenticated:
        readers.remember_mark(response, mark)
    return response


@require_POST
@found_or_sign_in
def solved(request: HttpRequest, number: int) -> HttpResponse:
    """Whoever was writing a request needs none any more; once a day for each reader and article."""
    found = _visible(request, number)
    reading = _reading(request, found)
    if readers.SPARED.take(f"{readers.who(request)}:{found.pk}"):
        note_deflected(found, reading.shown.language, by=reader_of(request))
    messages.success(request, _("Good to hear. Your request was not sent."))
    return redirect(reading.url)


@require_safe
@conditional_page
@found_or_sign_in
def file(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return as_download(_file(request, uuid))


@require_safe
@conditional_page
@found_or_sign_in
def picture(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return as_picture(_file(request, uuid))


def _file(request: HttpRequest, uuid: UUID) -> ArticleFile:
    visible = ArticleFile.objects.visible_to(reader_of(request), request.brand)
    return get_object_or_404(visible, uuid=uuid)


def _visible(request: HttpRequest, number: int) -> Article:
    found = articles_for(request).filter(number=number).select_related("category").first()
    if found is None:
        raise Http404
    return found


def _reading(request: HttpRequest, found: Article) -> Reading:
    published = found.translations.filter(published__isnull=False).select_related("published").defer("words")
    translations = {one.language: one for one in published.with_outdated()}
    asked = request.GET.get("language", "") or request.POST.get("language", "")
    shown = in_best_language(translations.values(), found.language, wanted=asked if asked in translations else "")
    if shown is None or shown.published is None:
        raise Http404
    revision = shown.published
    files = list(found.files.filter(pk__in=revision.files)) if revision.files else []
    look_up(files)
    pictures = {one.content_id: reverse("kb:picture", args=[one.uuid]) for one in files if one.content_id}
    url = address(found.number, shown.slug)
    return Reading(
        article=found,
        shown=shown,
        revision=revision,
        contents=contents_of(revision.body, words=len(revision.text.split()), pictures=pictures),
        files=[one for one in files if not one.is_inline],
        others=[
            (code, name, f"{address(found.number, translations[code].slug)}?language={code}")
            for code, name in settings.LANGUAGES
            if code in translations and code != shown.language
        ],
        is_fallback=shown.language != get_language() and asked != shown.language,
        url=url if shown.language == get_language() or not asked else f"{url}?language={shown.language}",
    )


def _context(request: HttpRequest, reading: Reading) -> dict[str, Any]:
    found, mark = reading.article, readers.mark_of(request)
    original = next((url for code, _name, url in reading.others if code == found.language), "")
    return {
        "portal_section": "articles",
        "article": found,
        "reading": reading,
        "updated": day(reading.shown.published_at) if reading.shown.published_at else "",
        "language_name": dict(settings.LANGUAGES)[reading.shown.language],
        "original_url": original if reading.shown.is_outdated else "",
        "above": _above(request, found.category),
        "related": _related(request, found),
        "said": Feedback.objects.filter(article=found, reader=mark).first() if mark else None,
        "helped": _helped(found),
        "asked_url": _asked(request),
        "may_write": may_write(reader_of(request)),
        "absolute_url": request.build_absolute_uri(address(found.number, reading.shown.slug)),
    }


def _helped(found: Article) -> str:
    """How many said that it helped, once there are enough to say anything."""
    number = found.helpful + found.unhelpful
    if number < TELLING:
        return ""
    locale = current_locale()
    words = {
        "share": format_percent(found.helpful / number, locale=locale),
        "number": format_decimal(number, locale=locale),
    }
    return _("%(share)s of %(number)s readers said yes") % words


def _asked(request: HttpRequest) -> str:
    """The way back to the request that is being written: to the form of its service, or to the one without."""
    asked = request.GET.get("asked", "")
    if asked.isascii() and asked.isdecimal() and len(asked) < 19:
        return reverse("portal:service", args=[asked])
    return f"{reverse('portal:new')}?topic=other" if asked else ""


def _above(request: HttpRequest, category: Category) -> list[tuple[str, str]]:
    """The topics from the top down, as (name, address)."""
    known = {one.pk: one for one in Category.objects.open(request.brand)}
    path, at = [], known.get(category.pk)
    while at is not None:
        path.append((at.name_in(get_language() or ""), reverse("kb:topic", args=[at.pk])))
        at = known.get(at.parent_id) if at.parent_id else None
    return path[::-1]


def _related(request: HttpRequest, found: Article) -> list[Entry]:
    ids = found.related.order_by().values("pk")
    return entries(list(articles_for(request).filter(pk__in=ids).order_by("-views", "-number")[:RELATED]))


def _note_search(request: HttpRequest, found: Article) -> None:
    """Whoever comes from the results of a search has found this by it. The address says nothing about it, so that it
    can be passed on."""
    before = urlsplit(request.headers.get("Referer", ""))
    words = as_logged(parse_qs(before.query).get("q", [""])[0])
    if before.netloc != request.get_host() or before.path != reverse("kb:search") or not words:
        return
    searches = SearchLog.objects.filter(query=words, brand=request.brand, clicked=None, at__gt=now() - FOUND_WITHIN)
    if search := searches.order_by("-at", "-pk").first():
        note_click(search, found)
