"""The knowledge base: its first page and its topics. Everybody may enter; what is there, the querysets decide."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.pagination import page_of
from web.common.access import found_or_sign_in
from web.portal.articles import articles_for, entries, path_to, read_most, reader_of, topics
from web.portal.requests import WAITING, listed, requests_of

MOST_READ = 6
PAGE = 50
ORDER = ("-views", "-number")


@require_safe
@found_or_sign_in
def home(request: HttpRequest) -> HttpResponse:
    articles = articles_for(request)
    tree = topics(articles, request.brand)
    brand = request.brand
    context = {
        "portal_section": "articles",
        "greeting": brand.said(brand.greeting),
        "intro": brand.said(brand.intro),
        "topics": tree,
        "number": sum(topic.number for topic in tree),
        "read_most": read_most(articles, MOST_READ),
        "waiting": _waiting(request),
    }
    return render(request, "portal/kb/home.html", context)


@require_safe
@found_or_sign_in
def topic(request: HttpRequest, pk: int) -> HttpResponse:
    articles = articles_for(request)
    path = path_to(topics(articles, request.brand), pk)
    if not path:
        raise Http404
    page = page_of(articles.filter(category=pk), order=ORDER, cursor=request.GET.get("after", ""), size=PAGE)
    context = {
        "portal_section": "articles",
        "topic": path[-1],
        "above": path[:-1],
        "entries": entries(page.rows),
        "next": page.next,
    }
    return render(request, "portal/kb/topic.html", context)


def _waiting(request: HttpRequest) -> int:
    """How many requests wait for who reads."""
    user = reader_of(request)
    if user is None:
        return 0
    return listed(requests_of(user, request.brand)).filter(WAITING, customer=user, closed_at__isnull=True).count()
