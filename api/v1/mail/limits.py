"""The house's figures about mail: automatic replies, storms, pace, what is held back."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.schema import IF_SAME
from api.v1.administration import AdminDoor, etag, require_same
from api.v1.fields import FlagField, StrictSerializer
from api.v1.setup import examples
from api.v1.setup.fields import LineField
from core.database import hold
from mail.models import MailRules
from mail.rules import save_rules

MOST_ENTRIES = 2_000
# One per line on the row.
LISTS = ("storm_never", "never_send_to")
ENTRY = "An address or a domain each; all of them."


def _figure(least: int, most: int, help_text: str = "") -> serializers.IntegerField:
    return serializers.IntegerField(min_value=least, max_value=most, required=False, help_text=help_text)


class EntryField(LineField):
    """An address or a domain."""

    default_error_messages = {"entry": _("Write an address or a domain.")}  # noqa: RUF012

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if " " in text or "." not in text:
            self.fail("entry")
        return text


def _entries(help_text: str) -> serializers.ListField:
    return serializers.ListField(
        child=EntryField(max_length=254), max_length=MOST_ENTRIES, required=False, help_text=help_text
    )


class ChangedMailLimitsForm(StrictSerializer):
    """Any of these; what is not named stays as it is."""

    answers_new = FlagField(required=False, help_text="Reply to a new ticket.")
    answers_follow_up = FlagField(required=False, help_text="To a further message.")
    answers_rejected = FlagField(required=False, help_text="To a refused message on a closed ticket.")
    answers_continued = FlagField(required=False, help_text="When a closed ticket continues in a new one.")
    answers_per_hour = _figure(1, 1_000, "Automatic replies to one address.")
    answers_per_day = _figure(1, 10_000)
    answers_authenticated = FlagField(required=False, help_text="Only to senders who are proven.")
    storm_minutes = _figure(1, 1_440, "That are looked at.")
    storm_of_sender = _figure(0, 100_000, "Messages in that time; 0: no limit.")
    storm_of_ticket = _figure(0, 100_000, "Messages in that time; 0: no limit.")
    storm_never = _entries(f"Senders without a limit. {ENTRY}")
    domain_parallel = _figure(1, 100, "Connections to one domain at once.")
    domain_per_minute = _figure(0, 10_000, "Messages to one domain; 0: no limit.")
    hold_new_recipients = _figure(0, 1_000, "More new recipients of one message wait; 0: no limit.")
    hold_typos = FlagField(required=False, help_text="Addresses that look mistyped wait.")
    never_send_to = _entries(f"They get no mail. {ENTRY}")


class MailLimitsShape(ChangedMailLimitsForm):
    def to_representation(self, row: MailRules) -> dict[str, Any]:
        lists = {name: [line for line in getattr(row, name).splitlines() if line.strip()] for name in LISTS}
        return {name: lists[name] if name in LISTS else getattr(row, name) for name in self.fields}


class MailLimits(AdminDoor):
    @extend_schema(
        operation_id="showMailLimits", summary="Show the limits of mail", responses=MailLimitsShape, tags=["Mail"]
    )
    def get(self, request: Request) -> Response:
        """Of replies, storms, pace and recipients. For administrators."""
        return self.answer(_row())

    @extend_schema(
        operation_id="changeMailLimits",
        summary="Change the limits of mail",
        parameters=[IF_SAME],
        request=ChangedMailLimitsForm,
        responses=MailLimitsShape,
        examples=[examples.MAIL_LIMITS],
        tags=["Mail"],
    )
    @transaction.atomic
    def patch(self, request: Request) -> Response:
        """They count from the next message on."""
        hold("mail limits")
        row = _row()
        require_same(request.headers.get("If-Match"), row, MailLimitsShape(row).data)
        form = self.shaped(None, ChangedMailLimitsForm, data=request.data)
        form.is_valid(raise_exception=True)
        for name, value in form.validated_data.items():
            setattr(row, name, "\n".join(value) if name in LISTS else value)
        return self.answer(save_rules(row, by=self.person))

    def answer(self, row: MailRules) -> Response:
        shown = MailLimitsShape(row).data
        return Response(shown, headers={"ETag": etag(row, shown)})


def _row() -> MailRules:
    return MailRules.objects.order_by("pk").first() or MailRules()
