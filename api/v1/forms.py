"""What may be written, and what it becomes: `Opening`, `Message`, or the changes of a ticket."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from api.v1.fields import (
    AgentField,
    Base64Field,
    CustomerField,
    CustomFieldsField,
    FlagField,
    RowField,
    StrictSerializer,
    TextField,
)
from core.text import clean_line
from sla.models import Policy
from tickets import options
from tickets.actions.opening import Opening
from tickets.messages import File, Message
from tickets.models import Queue, State
from tickets.models.article import Sender
from tickets.models.ticket import Channel

LONGEST_TEXT = 1_000_000
LARGEST_FILES = 25 * 1024 * 1024
MOST_FILES = MOST_PEOPLE = MOST_TAGS = 50
LONGEST_WAIT = timedelta(days=3660)
# "api" is how other interfaces of ours may mark their tickets; here the program says what it stands for.
CHANNELS = [
    (Channel.EMAIL, "sent by mail to the customer"),
    (Channel.NOTE, "an internal note"),
    (Channel.PHONE, "what was said on the phone"),
    (Channel.WEB, "shown to the customer, not sent"),
]


class NewFileForm(StrictSerializer):
    """A file, 25 MiB together with the others of its message."""

    name = TextField(min_length=1, max_length=1000)
    content_type = TextField(max_length=150, default="application/octet-stream")
    content = Base64Field()


class RecipientForm(StrictSerializer):
    name = TextField(max_length=150, allow_blank=True, default="")
    address = serializers.EmailField(max_length=254)


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string", "format": "email"},
            {
                "type": "object",
                "required": ["address"],
                "properties": {"name": {"type": "string"}, "address": {"type": "string", "format": "email"}},
                "additionalProperties": False,
            },
        ]
    }
)
class RecipientField(serializers.Field):
    """An address, or an address with a name."""

    def to_internal_value(self, data: Any) -> dict[str, str]:
        form = RecipientForm(data=data if isinstance(data, dict) else {"address": data})
        form.is_valid(raise_exception=True)
        return {"name": clean_line(form.validated_data["name"], 150), "address": form.validated_data["address"]}


class MessageForm(StrictSerializer):
    """The words of a message."""

    body = TextField(min_length=1, max_length=LONGEST_TEXT, trim_whitespace=False, help_text="Plain text.")
    html = TextField(max_length=LONGEST_TEXT, allow_blank=True, default="", help_text="The same with form; is cleaned.")
    attachments = NewFileForm(many=True, default=list, max_length=MOST_FILES)

    def validate_body(self, text: str) -> str:
        if not text.strip():
            raise serializers.ValidationError(_("Write something."))
        return text

    def validate_attachments(self, files: Sequence[dict[str, Any]]) -> list[File]:
        if sum(len(file["content"]) for file in files) > LARGEST_FILES:
            raise serializers.ValidationError(_("The files are larger than 25 MiB together."))
        return [File(**file) for file in files]

    def message(self, **more: Any) -> Message:
        data = self.validated_data
        return Message(text=data["body"], html=data["html"], files=data["attachments"], **more)


class NewArticleForm(MessageForm):
    """What an agent says."""

    channel = serializers.ChoiceField(CHANNELS)
    visible_to_customer = FlagField(required=False, help_text="As the channel: a note is not, everything else is.")
    subject = TextField(max_length=500, allow_blank=True, default="")
    to = serializers.ListField(
        child=RecipientField(),
        default=list,
        max_length=MOST_PEOPLE,
        help_text="When left out, the customer, or the address in Reply-To of their newest message.",
    )
    cc = serializers.ListField(child=RecipientField(), default=list, max_length=MOST_PEOPLE)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        channel = attrs["channel"]
        visible = attrs.setdefault("visible_to_customer", channel != Channel.NOTE)
        if channel == Channel.NOTE and visible:
            message = _("A note is never shown to the customer. Use the channel “web” for what they may read.")
            raise serializers.ValidationError({"visible_to_customer": message})
        if channel == Channel.EMAIL and not visible:
            raise serializers.ValidationError({"visible_to_customer": _("The customer sees what is sent to them.")})
        if channel != Channel.EMAIL and (unsent := [name for name in ("to", "cc") if attrs[name]]):
            raise serializers.ValidationError(dict.fromkeys(unsent, _("Only mail has recipients.")))
        return attrs

    def message(self, **more: Any) -> Message:
        data = self.validated_data
        return super().message(subject=data["subject"], to=data["to"], cc=data["cc"], **more)


class CustomerMessageForm(MessageForm):
    """A customer writes to us; everything else about the message follows from that."""

    channel = serializers.ChoiceField([(Channel.WEB, "")], default=Channel.WEB)


class TicketForm(StrictSerializer):
    """Fields that a new ticket and a changed one have in common."""

    def agent_in(self, queue: Queue, attrs: dict[str, Any], name: str) -> None:
        person = attrs.get(name)
        if person is not None and person not in options.owners_in(queue):
            raise serializers.ValidationError({name: _("This person may not work tickets in this queue.")})

    @property
    def person(self) -> User:
        return self.context["request"].user


def _priorities(_context: dict[str, Any]) -> Iterable:
    return options.priorities()


def _types(_context: dict[str, Any]) -> Iterable:
    return options.types()


def _services(_context: dict[str, Any]) -> Iterable:
    return options.services()


def queues_to_open_in(context: dict[str, Any]) -> Iterable[Queue]:
    return options.queues_to_open_in(context["request"].user)


def _queues_to_move_to(context: dict[str, Any]) -> Iterable[Queue]:
    return options.queues_to_move_to(context["request"].user, context["ticket"])


def _slas(_context: dict[str, Any]) -> Iterable[Policy]:
    return Policy.objects.active()


def _states(context: dict[str, Any]) -> Iterable[State]:
    return [*options.states(context["ticket"]), context["ticket"].state]


def _tags(**options: Any) -> serializers.ListField:
    return serializers.ListField(child=TextField(min_length=1, max_length=50), max_length=MOST_TAGS, **options)


class OpeningForm(MessageForm, TicketForm):
    """A new ticket and its first message.

    The channel says whose words these are: `web` and `phone` the customer's, `email` a mail of ours to the customer,
    which is sent, `note` an internal ticket of which the customer sees no message.
    """

    title = TextField(min_length=1, max_length=300)
    queue = RowField(
        queues_to_open_in,
        required=False,
        help_text="Path (`Support::Hardware`), name if unambiguous, or id; only with a service it may be left out.",
    )
    service = RowField(
        _services,
        required=False,
        allow_null=True,
        help_text="Path (`Workplace::New laptop`), name if unambiguous, or id. Queue, type and priority that are left "
        "out are those of the service.",
    )
    customer = CustomerField(help_text="Address or id; an unknown address makes a customer.")
    priority = RowField(_priorities, required=False)
    type = RowField(_types, required=False)
    owner = AgentField(required=False, allow_null=True)
    channel = serializers.ChoiceField(CHANNELS, default=Channel.WEB)
    tags = _tags(default=list)
    custom_fields = CustomFieldsField(default=dict)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        self._follow_service(attrs)
        self.agent_in(attrs["queue"], attrs, "owner")
        return attrs

    def _follow_service(self, attrs: dict[str, Any]) -> None:
        """What is left out is as the service says; the right to open tickets in its queue is needed all the same."""
        service = attrs.get("service")
        if service is not None:
            for name in ("type", "priority"):
                attrs.setdefault(name, getattr(service, name))
            if "queue" not in attrs and service.queue in queues_to_open_in(self.context):
                attrs["queue"] = service.queue
        if "queue" not in attrs:
            field = self.fields["queue"]
            raise serializers.ValidationError({"queue": field.error_messages["unknown" if service else "required"]})

    def opening(self) -> Opening:
        names = ("title", "queue", "customer", "channel", "priority", "type", "service", "owner", "custom_fields")
        chosen = {name: self.validated_data.get(name) for name in names}
        return Opening(**chosen, tags=tuple(self.validated_data["tags"]))

    def first_message(self) -> Message:
        customer = self.validated_data["customer"]
        if self.sender == Sender.CUSTOMER:
            return self.message(sent_from={"name": customer.name, "address": customer.email})
        return self.message(subject=self.validated_data["title"])

    @property
    def sender(self) -> str:
        spoken = self.validated_data["channel"] in (Channel.WEB, Channel.PHONE)
        return Sender.CUSTOMER if spoken else Sender.AGENT


class ChangeForm(TicketForm):
    """Any of these; what is not named stays as it is."""

    title = TextField(min_length=1, max_length=300, required=False)
    queue = RowField(_queues_to_move_to, required=False)
    type = RowField(_types, required=False)
    service = RowField(_services, required=False, allow_null=True, help_text="null: none.")
    state = RowField(_states, required=False)
    pending_until = serializers.DateTimeField(
        required=False, help_text="Until when a pending state waits; such a state needs it."
    )
    priority = RowField(_priorities, required=False)
    owner = AgentField(required=False, allow_null=True)
    responsible = AgentField(required=False, allow_null=True)
    customer = CustomerField(required=False)
    sla = RowField(
        _slas, required=False, allow_null=True, help_text="Chosen by hand; null: none, whatever the conditions say."
    )
    sla_by_hand = FlagField(required=False, help_text="false: the conditions decide again.")
    is_locked = FlagField(
        required=False, help_text="true: its owner works it now; where nobody is named and it has none, you do."
    )
    tags = _tags(required=False, help_text="Exactly these.")
    custom_fields = CustomFieldsField(required=False, help_text="Laid over the present values; null removes one.")

    def validate_pending_until(self, moment: datetime) -> datetime:
        known = moment == self.context["ticket"].pending_until
        if not known and not timezone.now() < moment < timezone.now() + LONGEST_WAIT:
            raise serializers.ValidationError(_("Choose a time in the next ten years."))
        return moment

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        ticket = self.context["ticket"]
        queue = attrs.get("queue", ticket.queue)
        for name in ("owner", "responsible"):
            self.agent_in(queue, attrs, name)
        if "sla_by_hand" in attrs and attrs["sla_by_hand"] != ("sla" in attrs):
            text = _("Name the SLA that you choose, or send false alone to let the conditions decide.")
            raise serializers.ValidationError({"sla_by_hand": text})
        if "state" in attrs or "pending_until" in attrs:
            state = attrs.setdefault("state", ticket.state)
            if state.is_pending and "pending_until" not in attrs:
                text = _("This status needs a time until which it waits.")
                raise serializers.ValidationError({"pending_until": text})
            if not state.is_pending and "pending_until" in attrs:
                raise serializers.ValidationError({"pending_until": _("Only a status that waits takes a time.")})
        return attrs
