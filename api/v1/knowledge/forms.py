"""What programs may write of an article."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from api.v1.fields import FlagField, RowField, StrictSerializer, TextField
from knowledge.models import Category, Visibility
from knowledge.writing import Words

LONGEST = 500_000
EXAMPLE = OpenApiExample(
    "A draft in German",
    request_only=True,
    value={
        "category": "Battery and charging",
        "language": "de",
        "title": "Den Akku über den Winter lagern",
        "summary": "Halb voll, trocken, zwischen 10 und 15 Grad.",
        "html": "<p>Nehmen Sie ihn aus dem Rad.</p>",
        "keywords": ["Winter"],
    },
)


def _categories(_context: dict[str, Any]) -> Iterable[Category]:
    return Category.objects.filter(is_active=True)


class WordsForm(StrictSerializer):
    title = TextField(min_length=1, max_length=200)
    html = TextField(max_length=LONGEST, allow_blank=True, trim_whitespace=False)
    summary = TextField(max_length=500, allow_blank=True, required=False)
    keywords = serializers.ListField(child=TextField(max_length=60), max_length=30, required=False)

    def words(self, **other: Any) -> Words:
        found = self.validated_data
        return Words(found["title"], found["html"], found.get("summary", ""), tuple(found.get("keywords", ())), **other)


class NewKnowledgeForm(WordsForm):
    """A draft. `publish` shows it to readers at once, for who may publish and where no review is asked for."""

    category = RowField(_categories)
    language = serializers.ChoiceField(settings.LANGUAGES, required=False, help_text="`en` when left out.")
    visibility = serializers.ChoiceField(Visibility.choices, required=False, help_text="`internal` when left out.")
    publish = FlagField(required=False)


class ChangedKnowledgeForm(WordsForm):
    """The words of one language, which may be new to the article; what is left out stays as it is."""

    title = TextField(min_length=1, max_length=200, required=False)
    html = TextField(max_length=LONGEST, allow_blank=True, trim_whitespace=False, required=False)
    language = serializers.ChoiceField(settings.LANGUAGES, required=False, help_text="The original when left out.")
    category = RowField(_categories, required=False)
    visibility = serializers.ChoiceField(Visibility.choices, required=False)
    publish = FlagField(required=False)
