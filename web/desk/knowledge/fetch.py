"""Fetching articles through the right: what an agent may not read, or may not write, is not there."""

from django.conf import settings
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from knowledge.models import Article, Translation
from knowledge.rights import may_write
from web.desk.knowledge.page import ArticlePage

SHOWN_WITH = ("category", "owner")


def article_or_404(request: HttpRequest, number: int) -> Article:
    """An article to read."""
    return get_object_or_404(Article.objects.for_agent(request.user).select_related(*SHOWN_WITH), number=number)


def article_to_write_or_404(request: HttpRequest, number: int) -> Article:
    return get_object_or_404(Article.objects.editable_by(request.user).select_related(*SHOWN_WITH), number=number)


def article_to_publish_or_404(request: HttpRequest, number: int) -> Article:
    return get_object_or_404(Article.objects.publishable_by(request.user).select_related(*SHOWN_WITH), number=number)


def writers_only(request: HttpRequest) -> None:
    if not may_write(request.user):
        raise Http404


def language_or_404(language: str) -> str:
    if language not in dict(settings.LANGUAGES):
        raise Http404
    return language


def translation_or_404(article: Article, language: str) -> Translation:
    """A language that somebody has begun."""
    rows = article.translations.select_related("published", "latest__author", "approved_by").with_outdated()
    one = get_object_or_404(rows, language=language, latest__isnull=False)
    one.article = article
    return one


def page_of(request: HttpRequest, article: Article, language: str) -> ArticlePage:
    """The page of one language, whether somebody has begun it or not."""
    one = article.translations.select_related("published__author", "latest__author", "approved_by").defer("words")
    found = one.filter(language=language).first()
    if found is not None:
        found.article = article
    return ArticlePage(article, found, language, request.user)
