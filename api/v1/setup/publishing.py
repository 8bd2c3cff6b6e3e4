"""What readers of the portal find: categories of the knowledge base, and announcements."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.audit import save_with_rows
from accounts.models import Brand, User
from api.v1.fields import FlagField, RowField, StrictSerializer
from api.v1.setup import examples
from api.v1.setup.fields import LineField, LongTextsField, TextsField, rows
from api.v1.setup.kinds import Changing, Kind, Values, doors_of
from api.v1.shapes import RowShape
from knowledge.categories import move_category, remove_category, save_category
from knowledge.models import Announcement, Category
from knowledge.models.announcement import Audience, Level

TAG = "Knowledge base"
LONGEST_TITLE, LONGEST_TEXT = 150, 2_000


class CategorySettingShape(RowShape):
    names = TextsField(most=100)
    description = serializers.CharField()
    descriptions = TextsField(most=200)
    icon = serializers.CharField(help_text="Empty: a folder.")
    parent = RowShape(allow_null=True)
    position = serializers.IntegerField(help_text="Among those beside it.")
    needs_review = serializers.BooleanField(help_text="Somebody else approves before something is published.")
    brands = RowShape(many=True, source="brands.all", help_text="None: all.")
    is_active = serializers.BooleanField(help_text="Readers do not find what stands in one that is not.")


class NewCategoryForm(StrictSerializer):
    """A category, the last one of its place."""

    name = LineField(min_length=1, max_length=100)
    names = TextsField(most=100, required=False)
    description = LineField(max_length=200, allow_blank=True, required=False)
    descriptions = TextsField(most=200, required=False)
    icon = LineField(max_length=40, allow_blank=True, required=False)
    parent = RowField(lambda _context: Category.objects.all(), required=False, allow_null=True)
    needs_review = FlagField(required=False)
    brands = rows(lambda _context: Brand.objects.all(), required=False)
    is_active = FlagField(required=False)


class ChangedCategoryForm(Changing, NewCategoryForm):
    """Any of these; what is not named stays as it is."""

    position = serializers.IntegerField(
        min_value=1, max_value=1_000, help_text="Which of those beside it, from 1; the others follow."
    )


def _categories() -> QuerySet[Category]:
    return Category.objects.select_related("parent").prefetch_related("brands")


def _save_category(category: Any, values: Values, by: User) -> Category:
    place, brands = values.pop("position", None), _brands(category, values)
    for name, value in values.items():
        setattr(category, name, value)
    saved = save_category(category, brands=brands, by=by)
    if place is not None:
        beside = list(Category.objects.filter(parent=saved.parent_id).values_list("pk", flat=True))
        move_category(saved, place - 1 - beside.index(saved.pk), by=by)
    return saved


def _brands(row: Any, values: Values) -> list[Brand]:
    return values.pop("brands") if "brands" in values else (list(row.brands.all()) if row.pk else [])


CategoryRows, CategoryRow = doors_of(
    Kind(
        "Category",
        "categories of articles",
        TAG,
        rows=_categories,
        order=("name", "id"),
        shape=CategorySettingShape,
        new=NewCategoryForm,
        changed=ChangedCategoryForm,
        save=_save_category,
        about="Also those that are out of use. For administrators.",
        about_change="What is not named stays; lists and texts are replaced as a whole.",
        examples=[examples.CATEGORY],
        remove=lambda category, by: remove_category(category, by=by),
        about_removal="Only one with nothing in it; else 409.",
    )
)


class AnnouncementShape(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    language = serializers.CharField(help_text="Of the original, which others get whose own is missing.")
    titles = TextsField(most=LONGEST_TITLE)
    texts = LongTextsField(most=LONGEST_TEXT)
    level = serializers.ChoiceField(Level.choices)
    audience = serializers.ChoiceField(Audience.choices)
    brands = RowShape(many=True, source="brands.all", help_text="None: on all portals.")
    is_banner = serializers.BooleanField(help_text="Above every page.")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True, help_text="null: until it is taken away.")
    is_active = serializers.BooleanField()


class NewAnnouncementForm(StrictSerializer):
    """What the portal tells its readers for a while."""

    language = serializers.ChoiceField(settings.LANGUAGES, required=False)
    titles = TextsField(most=LONGEST_TITLE)
    texts = LongTextsField(most=LONGEST_TEXT, required=False)
    level = serializers.ChoiceField(Level.choices, required=False)
    audience = serializers.ChoiceField(Audience.choices, required=False)
    brands = rows(lambda _context: Brand.objects.all(), required=False)
    is_banner = FlagField(required=False)
    starts_at = serializers.DateTimeField(required=False)
    ends_at = serializers.DateTimeField(required=False, allow_null=True)
    is_active = FlagField(required=False)


class ChangedAnnouncementForm(Changing, NewAnnouncementForm):
    """Any of these; what is not named stays as it is."""


def _save_announcement(announcement: Any, values: Values, by: User) -> Announcement:
    brands = _brands(announcement, values)
    for name, value in values.items():
        setattr(announcement, name, value)
    if not announcement.titles.get(announcement.language):
        raise ValidationError({"titles": _("Write the original first, in its language.")})
    if any(code not in announcement.titles for code in announcement.texts):
        raise ValidationError({"texts": _("A text needs a title in the same language.")})
    if announcement.ends_at is not None and announcement.ends_at <= announcement.starts_at:
        raise ValidationError({"ends_at": _("The end is before the beginning.")})
    announcement.clean_fields()
    save_with_rows(announcement, {"brands": brands}, by=by)
    return announcement


AnnouncementRows, AnnouncementRow = doors_of(
    Kind(
        "Announcement",
        "announcements",
        TAG,
        rows=Announcement.objects.prefetch_related("brands").all,
        order=("-pk",),
        shape=AnnouncementShape,
        new=NewAnnouncementForm,
        changed=ChangedAnnouncementForm,
        save=_save_announcement,
        about="Also those whose time is over. For administrators.",
        about_change="What is not named stays; lists and texts are replaced as a whole.",
        examples=[examples.ANNOUNCEMENT],
    )
)
