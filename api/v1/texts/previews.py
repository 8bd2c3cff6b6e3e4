"""How a text would read: on a ticket that the token's person sees, or with examples."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from api import examples
from api.v1.fields import StrictSerializer, TextField
from api.v1.kinds import Administration
from api.v1.texts.wordings import LONGEST_TEXT, TAG
from automation.notices.previewing import known_values, typed_text
from automation.notices.wordings import WORDINGS
from mail.answers import values_shown
from tickets.models import Ticket
from tickets.previewing import Known, Typed, languages_for, preview, values_in, with_subject

REPLY, AUTOMATIC, NOTICE = "reply", "automatic", "notice"


class AskedTextForm(StrictSerializer):
    """A text as it would be saved."""

    kind = serializers.ChoiceField(
        [REPLY, AUTOMATIC, NOTICE],
        default=REPLY,
        help_text="`reply`: templates, snippets and texts in several languages.",
    )
    notice = serializers.ChoiceField(sorted(WORDINGS), required=False, help_text="Of a notice its key.")
    subject = TextField(max_length=300, allow_blank=True, required=False, help_text="Not of replies.")
    body = TextField(max_length=LONGEST_TEXT, allow_blank=True, trim_whitespace=False)
    language = serializers.ChoiceField(settings.LANGUAGES, required=False, help_text="Left out: in all of the house.")
    ticket = TextField(max_length=40, required=False, help_text="Its number; left out: with examples.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["kind"] == NOTICE and "notice" not in attrs:
            raise serializers.ValidationError({"notice": [_("Say of which notice it is the text.")]})
        return attrs


class PreviewVersionShape(serializers.Serializer):
    languages = serializers.ListField(child=serializers.CharField(), help_text="Empty: all read the same.")
    text = serializers.CharField(help_text="The subject first, where there is one.")


class PreviewPlaceShape(serializers.Serializer):
    line = serializers.IntegerField()
    column = serializers.IntegerField()


class TextPreviewShape(serializers.Serializer):
    """How it reads, or why it cannot be read."""

    versions = PreviewVersionShape(many=True)
    error = serializers.CharField(help_text="What cannot be read; empty: all can.")
    place = PreviewPlaceShape(allow_null=True, help_text="Where, if that is known.")
    note = serializers.CharField(help_text="Why the ticket asked for is not the one that was used.")
    missing = serializers.ListField(child=serializers.CharField(), help_text="Placeholders that stay empty.")


class TextPreview(Administration):
    @extend_schema(
        operation_id="previewText",
        summary="Show how a text would read",
        request=AskedTextForm,
        responses={200: TextPreviewShape},
        examples=[examples.PREVIEW],
        tags=[TAG],
    )
    def post(self, request: Request) -> Response:
        """With all placeholders filled in. Nothing is saved or sent; of tickets by the right to read them."""
        said = self.read(AskedTextForm)
        typed, known = _asked(said, self.person)
        languages = languages_for(said.get("language", ""))
        number = said.get("ticket", "").strip(" #")
        found = preview(typed, known, languages, number=number, by=self.person)
        return Response(self.shaped(found, TextPreviewShape).data)


def _asked(said: Mapping[str, Any], by: User) -> tuple[Typed, Known]:
    subject, body = said.get("subject", ""), said["body"]
    if said["kind"] == NOTICE:
        wording = WORDINGS[said["notice"]]
        return typed_text(wording, subject, body), known_values(wording, by)
    if said["kind"] == AUTOMATIC:
        return lambda _language: with_subject(subject, body), values_shown

    def known(ticket: Ticket | None, language: str) -> Mapping[str, Any]:
        return values_in(ticket, language, by)

    return lambda _language: body, known
