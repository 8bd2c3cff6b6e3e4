"""Texts in several languages, which other texts take in by their key."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.models import User
from api import examples
from api.problems import CannotBe
from api.v1.fields import FlagField, StrictSerializer, TextField
from api.v1.kinds import Kind, Values, detail_of, list_of, put
from api.v1.shapes import RowShape
from api.v1.texts.wordings import LONGEST_TEXT
from automation.contents import check_text, save_content
from automation.leaning import taking_in
from automation.models import Content, SurveyRule

LANGUAGES = dict(settings.LANGUAGES)
MOST_NAMED = 20


class NewContentForm(StrictSerializer):
    """One text in several languages."""

    name = TextField(min_length=1, max_length=100)
    key = TextField(
        min_length=1, max_length=40, help_text="Taken in as `{{ content.KEY }}`; it cannot be changed later."
    )
    language = serializers.ChoiceField(
        settings.LANGUAGES, required=False, help_text="Of the original: when that changes, the others are marked."
    )
    texts = serializers.DictField(
        child=TextField(max_length=LONGEST_TEXT, allow_blank=True, trim_whitespace=False),
        help_text="By language, laid over those that are there; an empty one goes.",
    )
    still_right = serializers.ListField(
        child=serializers.ChoiceField(settings.LANGUAGES),
        required=False,
        max_length=len(LANGUAGES),
        help_text="Languages whose text still fits although the original has changed.",
    )
    is_liquid = FlagField(required=False, help_text="Placeholders in it are filled in.")
    is_active = FlagField(required=False, help_text="Where an inactive text is taken in, nothing stands.")
    confirmed = FlagField(required=False, help_text="true: out of use although others lean on it.")

    def validate_texts(self, texts: dict[str, str]) -> dict[str, str]:
        if unknown := [code for code in texts if code not in LANGUAGES]:
            raise serializers.ValidationError({code: [_("This language is not offered here.")] for code in unknown})
        return texts


class ContentShape(RowShape):
    key = serializers.CharField()
    language = serializers.CharField(help_text="Of the original.")
    texts = serializers.DictField(child=serializers.CharField())
    missing = serializers.ListField(child=serializers.CharField(), help_text="Languages that it has no text in.")
    outdated = serializers.ListField(
        child=serializers.CharField(), help_text="Languages whose text is older than the last change of the original."
    )
    is_liquid = serializers.BooleanField()
    is_active = serializers.BooleanField()


def _save(content: Content, values: Values, by: User) -> None:
    confirmed, still_right = values.pop("confirmed", False), frozenset(values.pop("still_right", ()))
    was_active = content.pk is not None and content.is_active
    if content.pk is not None and values.get("key", content.key) != content.key:
        raise ValidationError({"key": _("It cannot be changed later.")})
    content.texts = {code: text for code, text in {**content.texts, **values.pop("texts", {})}.items() if text}
    put(content, values)
    _check(content)
    if was_active and not content.is_active and not confirmed and (named := taking_in(content)):
        raise CannotBe(_("Something leans on it: %(names)s") % {"names": "; ".join(map(_told, named[:MOST_NAMED]))})
    save_content(content, by=by, still_right=still_right)


def _check(content: Content) -> None:
    content.clean_fields(exclude=["texts", "made_from"])
    content.validate_unique()
    if not content.original:
        raise ValidationError({"texts": _("Write the original first, in its language.")})
    for code, text in content.texts.items() if content.is_liquid else ():
        try:
            check_text(text, key=content.key, language=code)
        except ValidationError as error:
            raise serializers.ValidationError({"texts": {code: error.messages}}) from error


def _told(row: Any) -> str:
    if isinstance(row, SurveyRule):
        return _("Customers of %(queue)s are asked with it") % {"queue": row.queue.place}
    return _("“%(name)s” takes it in") % {"name": row}


CONTENTS = Kind(
    name="Content",
    many="Contents",
    one="a text in several languages",
    some="texts in several languages",
    tag="Texts",
    shape=ContentShape,
    form=NewContentForm,
    rows=lambda: Content.objects.all(),
    save=_save,
    about={
        "list": "Also those that are out of use. For administrators.",
        "change": "What is not named stays as it is. `is_active` takes it out of use: 409 names what leans on it, and "
        "with `confirmed` it goes all the same.",
    },
    examples=[examples.CONTENT],
)
ContentList, ContentDetail = list_of(CONTENTS), detail_of(CONTENTS)
