"""Articles for programs: find, read, write, publish."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Case, QuerySet, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken
from api.base import Door
from api.once import once
from api.schema import IDEMPOTENCY_KEY, IF_SAME
from api.v1.knowledge import access
from api.v1.knowledge.changing import change, start
from api.v1.knowledge.forms import EXAMPLE, ChangedKnowledgeForm, NewKnowledgeForm
from api.v1.knowledge.shapes import BriefShape, CategoryShape, FullShape
from knowledge.languages import with_published
from knowledge.models import Article, ArticleFile
from knowledge.search import MOST, find
from tickets.search import MAX_QUERY
from web.common.files import as_download

NUMBER = OpenApiParameter("number", OpenApiTypes.INT, OpenApiParameter.PATH, description="The number of the article.")
LANGUAGE = OpenApiParameter("language", description="Of what is shown; the person's when left out.")
WORDS = OpenApiParameter("q", description=f"Words; the best {MOST} come on one page.")
CATEGORY = OpenApiParameter("category", OpenApiTypes.INT, description="Its id.")


class _Knowledge(Door):
    area = ApiToken.Area.KNOWLEDGE

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "language": self.language}

    @property
    def language(self) -> str:
        wanted = self.request.query_params.get("language", "") if self.request else ""
        if wanted and wanted not in dict(settings.LANGUAGES):
            raise ValidationError({"language": [_("This language is not offered here.")]})
        return wanted or get_language() or "en"


class CategoryList(_Knowledge):
    order = ("position", "id")
    parameters = ("language",)

    @extend_schema(
        operation_id="listArticleCategories",
        summary="List categories of articles",
        parameters=[LANGUAGE],
        responses=CategoryShape(many=True),
        tags=["Knowledge base"],
    )
    def get(self, request: Request) -> Response:
        """Categories that readers find, those above before the ones in them by `parent`."""
        return self.listing(access.categories(request), CategoryShape)


class ArticleList(_Knowledge):
    order = ("-number",)
    parameters = ("q", "language", "category")

    @extend_schema(
        operation_id="listKnowledge",
        summary="Find articles of the knowledge base",
        parameters=[WORDS, LANGUAGE, CATEGORY],
        responses=BriefShape(many=True),
        tags=["Knowledge base"],
    )
    def get(self, request: Request) -> Response:
        """Published articles that the token's person may read, the newest first; with `q` the best first."""
        articles = access.readable(request).select_related("category")
        if category := request.query_params.get("category", ""):
            if not (category.isascii() and category.isdecimal() and len(category) < 19):
                raise ValidationError({"category": [_("Enter a whole number, 1 or more.")]})
            articles = articles.filter(category=int(category))
        if words := request.query_params.get("q", "")[:MAX_QUERY]:
            return self._found(words, articles)
        return self.listing(with_published(articles), BriefShape)

    def _found(self, words: str, articles: QuerySet[Article]) -> Response:
        self._refuse_unknown_parameters()
        brand = access.brand_of(self.request)
        found = find(words, user=self.person, brand=brand, language=self.language, limit=MOST)
        numbers = [hit.article.pk for hit in found.hits]
        order = Case(*(When(pk=pk, then=place) for place, pk in enumerate(numbers)), default=len(numbers))
        rows = with_published(articles.filter(pk__in=numbers).order_by(order))
        return Response({"results": self.shaped(rows, BriefShape, many=True).data, "next": None})

    @extend_schema(
        operation_id="addKnowledge",
        summary="Write an article",
        parameters=[IDEMPOTENCY_KEY],
        request=NewKnowledgeForm,
        responses={201: FullShape},
        examples=[EXAMPLE],
        tags=["Knowledge base"],
    )
    @once
    def post(self, request: Request) -> Response:
        """A draft, unless `publish` is true."""
        access.require_writer(self.person)
        form = NewKnowledgeForm(data=request.data)
        form.is_valid(raise_exception=True)
        with transaction.atomic(), access.refusals():
            article = start(form, by=self.person)
        return answer(self, access.article_of(request, article.number), status.HTTP_201_CREATED)


class ArticleDetail(_Knowledge):
    parameters = ("language",)

    @extend_schema(
        operation_id="showKnowledge",
        summary="Read an article",
        parameters=[NUMBER, LANGUAGE],
        responses=FullShape,
        tags=["Knowledge base"],
    )
    def get(self, request: Request, number: int) -> Response:
        """In `language`, else as readers get it; writers also get what is not published."""
        self._refuse_unknown_parameters()
        return answer(self, access.article_of(request, number))

    @extend_schema(
        operation_id="changeKnowledge",
        summary="Change an article",
        parameters=[NUMBER, IF_SAME],
        request=ChangedKnowledgeForm,
        responses=FullShape,
        tags=["Knowledge base"],
    )
    @transaction.atomic
    def patch(self, request: Request, number: int) -> Response:
        """A new version of one language, a draft until it is published; and where it stands and who reads it."""
        article = access.article_to_change(request, number)
        access.require_seen(request.headers.get("If-Match"), article)
        form = ChangedKnowledgeForm(data=request.data)
        form.is_valid(raise_exception=True)
        with access.refusals():
            change(article, form, by=self.person)
        return answer(self, access.article_of(request, number))


class FileDetail(Door):
    area = ApiToken.Area.KNOWLEDGE

    @extend_schema(
        operation_id="downloadKnowledgeFile",
        summary="Download a file of an article",
        responses={(200, "*/*"): OpenApiTypes.BINARY},
        tags=["Knowledge base"],
    )
    def get(self, request: Request, uuid: str) -> HttpResponse:
        """The bytes, for whoever may read the article they are published with; 403 and 409 as for files of tickets."""
        files = ArticleFile.objects.visible_to(self.person, access.brand_of(request))
        return as_download(get_object_or_404(files, uuid=uuid))


def answer(door: _Knowledge, article: Article, code: int = status.HTTP_200_OK) -> Response:
    shown = door.shaped(article, FullShape).data
    return Response(shown, code, headers={"ETag": access.etag(article)})
