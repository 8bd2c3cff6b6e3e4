"""The tester: what would become of a message, without any effect."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1.administration import AdminDoor
from api.v1.fields import Base64Field, RowField, StrictSerializer, TextField
from api.v1.mail.shapes import MailStepShape, steps_shown
from api.v1.setup import examples
from mail.ledger import reason_shown
from mail.models import Account, Incoming
from mail.trial import MAX_BYTES, Arrival, Outcome, try_out

RECEIVER, PIPE = "receiver", "pipe"
# Nobody: whoever hands a message over says who sends it.
SENDER = "somebody@example.invalid"


class MailTrialForm(StrictSerializer):
    """A message, and how it is said to come in."""

    message = Base64Field(help_text="The source, as mail programs save it (.eml).")
    by = serializers.ChoiceField([RECEIVER, PIPE], default=RECEIVER, help_text="The door; not with a mailbox.")
    mailbox = RowField(lambda _context: Account.objects.all(), required=False, help_text="From which it is fetched.")
    recipient = TextField(max_length=320, required=False, help_text="In the envelope, where there is one.")

    def validate_message(self, message: bytes) -> bytes:
        if len(message) > MAX_BYTES:
            raise serializers.ValidationError(_("It is larger than a message may be here."))
        return message

    @property
    def arrival(self) -> Arrival:
        said = self.validated_data
        if account := said.get("mailbox"):
            return Arrival(account=account, source=Incoming.Source.IMAP)
        recipients = (said["recipient"],) if said.get("recipient") else ()
        if said["by"] == PIPE:
            return Arrival(source=Incoming.Source.PIPE, recipients=recipients)
        return Arrival(source=Incoming.Source.SMTP, recipients=recipients, sender=SENDER)


class TriedTicketShape(serializers.Serializer):
    """The ticket as it would be; one that the token's person may not see has no words."""

    is_hidden = serializers.BooleanField()
    number = serializers.CharField(help_text="Empty: a new one.")
    title = serializers.CharField()
    queue = serializers.CharField()
    type = serializers.CharField()
    priority = serializers.CharField()
    state = serializers.CharField()
    owner = serializers.CharField()
    customer = serializers.CharField()
    is_new_customer = serializers.BooleanField()
    tags = serializers.ListField(child=serializers.CharField())
    custom_fields = serializers.DictField(source="fields")


class TriedAnswerShape(serializers.Serializer):
    subject = serializers.CharField()
    body = serializers.CharField()
    why_none = serializers.CharField(help_text="Why no automatic reply would leave.")


class MailOutcomeShape(serializers.Serializer):
    """What would become of it."""

    state = serializers.ChoiceField(Incoming.State.choices, source="incoming.state")
    outcome = serializers.ChoiceField(Incoming.Outcome.choices, allow_blank=True, source="incoming.outcome")
    reason_code = serializers.ChoiceField(Incoming.Reason.choices, allow_blank=True, source="incoming.reason_code")
    reason = serializers.SerializerMethodField(help_text="Why it would be no ticket, in words.")
    error = serializers.CharField(help_text="Why it cannot be read.")
    article = serializers.CharField(source="article_kind", help_text="message, held, reply, note, or empty: none.")
    ticket = TriedTicketShape(allow_null=True)
    answer = TriedAnswerShape(allow_null=True)
    trace = serializers.SerializerMethodField(help_text="What was looked at to find its ticket, in order.")
    further = serializers.IntegerField(help_text="In so many other queues it becomes a ticket, too.")

    def get_reason(self, outcome: Outcome) -> str:
        return reason_shown(outcome.incoming)

    @extend_schema_field(MailStepShape(many=True))
    def get_trace(self, outcome: Outcome) -> Any:
        incoming: Any = outcome.incoming
        incoming.is_hidden = False  # what may not be seen was taken out already
        return steps_shown(incoming, incoming.trace)


class MailTrial(AdminDoor):
    @extend_schema(
        operation_id="tryMail",
        summary="Try out a message",
        request=MailTrialForm,
        responses={200: MailOutcomeShape},
        examples=[examples.MAIL_TRIAL],
        tags=["Mail"],
    )
    def post(self, request: Request) -> Response:
        """The whole way through filters, matching and answers in earnest; then all is undone and nothing is sent."""
        form = self.shaped(None, MailTrialForm, data=request.data)
        form.is_valid(raise_exception=True)
        outcome = try_out(form.validated_data["message"], form.arrival, by=self.person)  # type: ignore[attr-defined]
        return Response(MailOutcomeShape(outcome).data)
