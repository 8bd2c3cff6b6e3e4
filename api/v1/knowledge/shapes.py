"""How articles and categories are shown. Readers get what is published; writers the newest words, too."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from api.v1.shapes import RowShape, ScannedShape
from core.links import absolute
from knowledge.languages import best
from knowledge.models import Article, ArticleFile, Category, State, Translation, Visibility
from knowledge.rights import may_write


class CategoryShape(RowShape):
    description = serializers.SerializerMethodField()
    parent = serializers.IntegerField(source="parent_id", allow_null=True)

    def to_representation(self, category: Category) -> dict[str, Any]:
        return super().to_representation(category) | {"name": category.name_in(self.context["language"])}

    def get_description(self, category: Category) -> str:
        return category.description_in(self.context["language"])


class FileShape(ScannedShape):
    id = serializers.UUIDField(source="uuid")
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="In bytes.")
    is_inline = serializers.BooleanField(help_text="A picture of the text, which names it `cid:…`.")
    content_id = serializers.CharField()
    url = serializers.SerializerMethodField(help_text="Where the bytes are, for the same token.")

    def get_url(self, file: ArticleFile) -> OpenApiTypes.URI:
        return reverse("api:kb_file", [file.uuid], request=self.context["request"])


class BriefShape(serializers.Serializer):
    """An article in the language asked for, else the one its readers get."""

    number = serializers.IntegerField()
    title = serializers.SerializerMethodField()
    summary = serializers.SerializerMethodField()
    language = serializers.SerializerMethodField(help_text="Of these words.")
    languages = serializers.SerializerMethodField(help_text="In which it is published.")
    category = CategoryShape()
    visibility = serializers.ChoiceField(Visibility.choices)
    published_at = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField(help_text="The page for readers.")

    def get_title(self, article: Article) -> str:
        return self.chosen(article).title

    def get_summary(self, article: Article) -> str:
        words = self.chosen(article).published or self.chosen(article).latest
        return words.summary if words else ""

    def get_language(self, article: Article) -> str:
        return self.chosen(article).language

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_languages(self, article: Article) -> list[str]:
        return sorted(row.language for row in article.translations.all() if row.published_id)

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_published_at(self, article: Article) -> Any:
        at = self.chosen(article).published_at
        return serializers.DateTimeField().to_representation(at) if at else None

    def get_url(self, article: Article) -> OpenApiTypes.URI:
        return absolute(f"/kb/{article.number}/")

    def chosen(self, article: Article) -> Translation:
        """Of an article that nobody has published yet its original."""
        rows = list(article.translations.all())
        shown = best(rows, self.context["language"], article.language)
        return shown or next((row for row in rows if row.language == article.language), rows[0])


class WordsShape(serializers.Serializer):
    """One language as its writers see it: what is newest, and how far that is."""

    language = serializers.CharField()
    state = serializers.ChoiceField(State.choices)
    is_outdated = serializers.BooleanField(help_text="The original has been published anew since.")
    revision = serializers.IntegerField(source="latest.number", help_text="Counts the versions of this language.")
    title = serializers.CharField(source="latest.title")
    summary = serializers.CharField(source="latest.summary")
    html = serializers.CharField(source="latest.body")
    keywords = serializers.ListField(source="latest.keywords", child=serializers.CharField())
    publish_at = serializers.DateTimeField(allow_null=True)


class FullShape(BriefShape):
    """The published words; `drafts` are for writers alone."""

    html = serializers.SerializerMethodField(help_text="Cleaned of everything that could run or be fetched.")
    text = serializers.SerializerMethodField()
    keywords = serializers.SerializerMethodField()
    files = serializers.SerializerMethodField()
    version = serializers.IntegerField(help_text="Counts what has happened; the ETag.")
    drafts = serializers.SerializerMethodField(help_text="All languages with their newest words; for writers.")

    def get_html(self, article: Article) -> str:
        return self._published(article, "body")

    def get_text(self, article: Article) -> str:
        return self._published(article, "text")

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_keywords(self, article: Article) -> list[str]:
        words = self.chosen(article).published
        return words.keywords if words else []

    @extend_schema_field(FileShape(many=True))
    def get_files(self, article: Article) -> list[dict[str, Any]]:
        words = self.chosen(article).published
        files = article.files.filter(pk__in=words.files) if words else []
        return list(FileShape(files, many=True, context=self.context).data)

    @extend_schema_field(WordsShape(many=True))
    def get_drafts(self, article: Article) -> list[dict[str, Any]]:
        if not may_write(self.context["request"].user):
            return []
        rows = article.translations.select_related("latest").defer("words").with_outdated().filter(latest__isnull=False)
        return list(WordsShape(rows, many=True).data)

    def _published(self, article: Article, name: str) -> str:
        words = self.chosen(article).published
        return getattr(words, name) if words else ""
