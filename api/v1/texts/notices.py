"""Notices: who hears of what by which channel, and what the mails say."""

from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Role
from api import examples
from api.schema import IF_SAME
from api.v1.fields import StrictSerializer, TextField
from api.v1.kinds import Administration, etag_of
from automation.models import NoticeRule, NoticeText
from automation.notices.house import known_levels, languages_written, levels_of, save_levels, save_text, text_written
from automation.notices.occasions import OCCASIONS, ROLE_KEY, Audience, Level, Levels, Occasion
from automation.notices.wordings import WORDINGS, Wording
from core.database import hold
from core.liquid import TemplateError, in_words, render
from core.text import clean_line
from tickets.placeholders import examples_of

TAG = "Texts"
ALL = "all"
LEVELS = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "additionalProperties": {"type": "string", "enum": Level.values},
    },
    "examples": [{"owner": {"bell": "on", "mail": "never"}, "role:3": {"bell": "on"}}],
}
LEVELS_HELP = "By relation and channel. A role is a relation of its own: `role:3`."
KEY = OpenApiParameter("key", OpenApiTypes.STR, OpenApiParameter.PATH, description="Such as `assigned`.")
TEXT_KEY = OpenApiParameter(
    "key", OpenApiTypes.STR, OpenApiParameter.PATH, description="Of a notice, or `many` and `many_requests`."
)
LANGUAGE = OpenApiParameter(
    "language", OpenApiTypes.STR, OpenApiParameter.PATH, description="`all`: in every one that has no text of its own."
)


@extend_schema_field(LEVELS)
class LevelsField(serializers.JSONField):
    """Levels by relation and channel."""


class ChangedNoticeForm(StrictSerializer):
    """Laid over the levels that hold."""

    levels = LevelsField(help_text=LEVELS_HELP)


class NoticeShape(serializers.Serializer):
    key = serializers.CharField()
    label = serializers.CharField(help_text="In the language of the token's person.")
    about = serializers.CharField()
    audience = serializers.ChoiceField([(each.value, each.value) for each in Audience])
    channels = serializers.ListField(child=serializers.CharField())
    levels = LevelsField(help_text=LEVELS_HELP)
    texts = serializers.ListField(
        child=serializers.CharField(), help_text="Languages with a text of the house, by name; empty: all languages."
    )


class ChangedNoticeTextForm(StrictSerializer):
    """Both, the subject and the text, with placeholders as Liquid."""

    subject = TextField(min_length=1, max_length=200)
    body = TextField(min_length=1, max_length=20_000, trim_whitespace=False)


class NoticeTextShape(serializers.Serializer):
    language = serializers.CharField(help_text="Empty: all languages.")
    subject = serializers.CharField()
    body = serializers.CharField()
    is_own = serializers.BooleanField(help_text="false: the stock text, or that of all languages.")
    placeholders = serializers.ListField(child=serializers.CharField())


class NoticeList(Administration):
    pagination_class = None

    @extend_schema(operation_id="listNotices", summary="List notices", responses=NoticeShape(many=True), tags=[TAG])
    def get(self, request: Request) -> Response:
        """Every occasion with who hears of it, the most important first. For administrators."""
        return Response(self.shaped(_told_all(), NoticeShape, many=True).data)


class _Notice(Administration):
    def occasion(self, key: str) -> Occasion:
        if key not in OCCASIONS:
            raise NotFound
        return OCCASIONS[key]


class NoticeDetail(_Notice):
    @extend_schema(
        operation_id="showNotice", summary="Show a notice", parameters=[KEY], responses=NoticeShape, tags=[TAG]
    )
    def get(self, request: Request, key: str) -> Response:
        """Who hears of it, by which channel."""
        return self.now(self.occasion(key))

    @extend_schema(
        operation_id="changeNotice",
        summary="Change who hears of it",
        parameters=[KEY, IF_SAME],
        request=ChangedNoticeForm,
        responses=NoticeShape,
        examples=[examples.NOTICE],
        tags=[TAG],
    )
    @transaction.atomic
    def patch(self, request: Request, key: str) -> Response:
        """`never`, `off`, `on` or `always`: people may change what is off or on for themselves."""
        occasion = self.occasion(key)
        hold(f"notice {key}")
        self.require_same(_rule(key))
        said = _checked(occasion, self.read(ChangedNoticeForm)["levels"])
        save_levels(occasion, _laid_over(occasion, said), by=self.person)
        return self.now(occasion)

    def now(self, occasion: Occasion) -> Response:
        told = _told(occasion, levels_of(occasion), languages_written()[occasion.key])
        shown = self.shaped(told, NoticeShape).data
        return Response(shown, headers={"ETag": etag_of(_rule(occasion.key))})


class NoticeTextDetail(Administration):
    def wording(self, key: str) -> Wording:
        """That of an occasion, or of the mails about many tickets."""
        if key not in WORDINGS:
            raise NotFound
        return WORDINGS[key]

    @extend_schema(
        operation_id="showNoticeText",
        summary="Show the text of a notice",
        parameters=[TEXT_KEY, LANGUAGE],
        responses=NoticeTextShape,
        tags=[TAG],
    )
    def get(self, request: Request, key: str, language: str) -> Response:
        """What a mail about it says in one language: the text of the house, else the stock text."""
        return self.now(self.wording(key), _code(language))

    @extend_schema(
        operation_id="changeNoticeText",
        summary="Write the text of a notice",
        parameters=[TEXT_KEY, LANGUAGE, IF_SAME],
        request=ChangedNoticeTextForm,
        responses=NoticeTextShape,
        examples=[examples.NOTICE_TEXT],
        tags=[TAG],
    )
    @transaction.atomic
    def patch(self, request: Request, key: str, language: str) -> Response:
        """In place of the stock text."""
        wording, code = self.wording(key), _code(language)
        hold(f"notice {key}")
        self.require_same(_text(key, code))
        values = self.read(ChangedNoticeTextForm)
        _refuse_unreadable(wording, values)
        subject = clean_line(values["subject"], 200)
        save_text(wording.key, code, subject=subject, body=values["body"].strip(), by=self.person)
        return self.now(wording, code)

    @extend_schema(
        operation_id="removeNoticeText",
        summary="Go back to the stock text",
        parameters=[TEXT_KEY, LANGUAGE, IF_SAME],
        responses={204: None},
        tags=[TAG],
    )
    @transaction.atomic
    def delete(self, request: Request, key: str, language: str) -> Response:
        """Where nothing was written, nothing happens."""
        wording, code = self.wording(key), _code(language)
        hold(f"notice {key}")
        self.require_same(_text(key, code))
        save_text(wording.key, code, subject="", body="", by=self.person)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def now(self, wording: Wording, code: str) -> Response:
        own = _text(wording.key, code)
        headers = {"ETag": etag_of(own)}
        return Response(self.shaped(_told_text(wording, code), NoticeTextShape).data, headers=headers)


def _told_all() -> list[dict[str, Any]]:
    levels, texts = known_levels(OCCASIONS), languages_written()
    return [_told(one, levels[key], texts[key]) for key, one in OCCASIONS.items()]


def _told(occasion: Occasion, levels: Levels, texts: list[str]) -> dict[str, Any]:
    return {
        "key": occasion.key,
        "label": occasion.label,
        "about": occasion.about,
        "audience": occasion.audience,
        "channels": occasion.channels,
        "levels": levels,
        "texts": texts,
    }


def _told_text(wording: Wording, code: str) -> dict[str, Any]:
    written = text_written(wording.key, code)
    with override(code or settings.LANGUAGE_CODE):
        stock = wording.stock
        words = written or NoticeText(subject=str(stock.subject), body=str(stock.body))
    return {
        "language": code,
        "subject": words.subject,
        "body": words.body,
        "is_own": written is not None and written.language == code,
        "placeholders": list(wording.placeholders),
    }


def _rule(key: str) -> models.Model:
    """The row, or one that is not there: of that the audit may tell, too."""
    return NoticeRule.objects.filter(occasion=key).first() or NoticeRule(pk=0)


def _text(key: str, code: str) -> models.Model:
    return NoticeText.objects.filter(occasion=key, language=code).first() or NoticeText(pk=0)


def _code(language: str) -> str:
    if language != ALL and language not in dict(settings.LANGUAGES):
        raise NotFound
    return "" if language == ALL else language


def _checked(occasion: Occasion, levels: Any) -> dict[str, dict[str, str]]:
    """Levels that fit the occasion; what does not is named by its place."""
    if not isinstance(levels, dict):
        raise serializers.ValidationError({"levels": [_("Enter an object.")]})
    known, wrong = {*occasion.relations, *_roles(occasion)}, _("There is nothing with this name or id to choose.")
    for relation, said in levels.items():
        if relation not in known or not isinstance(said, dict):
            raise serializers.ValidationError({"levels": {relation: [wrong]}})
        for channel, level in said.items():
            if channel not in occasion.channels or level not in Level.values:
                raise serializers.ValidationError({"levels": {relation: {channel: [wrong]}}})
    return levels


def _roles(occasion: Occasion) -> list[str]:
    if occasion.audience != Audience.AGENTS:
        return []
    return [f"{ROLE_KEY}{pk}" for pk in Role.objects.values_list("pk", flat=True)]


def _laid_over(occasion: Occasion, said: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """With what holds; roles for which nothing is on are left out."""
    off = dict.fromkeys(occasion.channels, Level.OFF.value)
    found = {key: dict(levels) for key, levels in levels_of(occasion).items()}
    for relation, levels in said.items():
        found[relation] = {**found.get(relation, off), **levels}
    return {key: levels for key, levels in found.items() if not (key.startswith(ROLE_KEY) and _is_silent(levels))}


def _is_silent(levels: dict[str, str]) -> bool:
    return {Level.OFF.value, Level.NEVER.value} >= {*levels.values()}


def _refuse_unreadable(wording: Wording, values: dict[str, str]) -> None:
    for name, text in values.items():
        try:
            render(text, examples_of(wording.placeholders))
        except TemplateError as error:
            raise serializers.ValidationError({name: [in_words(error)]}) from error
