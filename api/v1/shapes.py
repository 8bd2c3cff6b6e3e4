"""How things are shown. Related rows are `{id, name}`; of a ticket, customers see what the portal would show them."""

from typing import Any

from django.db.models import Manager
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from tickets.models import Article, Attachment, Event, FieldDefinition, ServiceField, Ticket
from tickets.models.article import Sender
from tickets.models.ticket import Channel
from tickets.scanning import Scan, look_up
from tickets.sentences import sentence_of

# What the desk says about a ticket among itself, and what a customer is given in its place.
INTERNAL: dict[str, Any] = {
    "queue": None,
    "type": None,
    "service": None,
    "priority": None,
    "owner": None,
    "is_locked": None,
    "time_spent": None,
    "merged_into": None,
    "responsible": None,
    "tags": [],
    "due_at": None,
    "sla": None,
    "sla_by_hand": False,
    "version": None,
}


class RowShape(serializers.Serializer):
    """A related thing."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField(source="__str__")


class PersonShape(RowShape):
    email = serializers.EmailField()


class TicketShape(serializers.Serializer):
    number = serializers.CharField()
    title = serializers.CharField()
    queue = RowShape(allow_null=True)
    type = RowShape(allow_null=True)
    service = RowShape(allow_null=True)
    state = RowShape()
    priority = RowShape(allow_null=True)
    owner = PersonShape(allow_null=True)
    responsible = PersonShape(allow_null=True)
    customer = PersonShape()
    organisation = RowShape(allow_null=True)
    channel = serializers.ChoiceField(Channel.choices)
    language = serializers.CharField()
    tags = serializers.ListField(child=serializers.CharField())
    custom_fields = serializers.DictField(help_text="Values by the key of the field.")
    is_open = serializers.BooleanField()
    is_locked = serializers.BooleanField(allow_null=True, help_text="Its owner works it just now.")
    time_spent = serializers.IntegerField(allow_null=True, help_text="In minutes.")
    merged_into = serializers.CharField(
        source="merged_into.number", allow_null=True, default=None, help_text="Where it goes on."
    )
    pending_until = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True, help_text="The earliest of what is promised and still runs.")
    sla = RowShape(source="targets.policy", allow_null=True, default=None)
    sla_by_hand = serializers.SerializerMethodField(help_text="A person chose the SLA, or that there is none.")
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField(help_text="For customers: the last message they can see.")
    closed_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(allow_null=True, help_text="Counts what has happened; the ETag.")

    def get_sla_by_hand(self, ticket: Ticket) -> bool:
        return hasattr(ticket, "targets") and ticket.targets.is_chosen

    def to_representation(self, ticket: Ticket) -> dict[str, Any]:
        shown = super().to_representation(ticket)
        if not self.context["request"].user.is_agent:
            known = portal_keys(self.context)
            shown |= INTERNAL
            shown["changed_at"] = self.fields["changed_at"].to_representation(ticket.last_public_at)
            shown["custom_fields"] = {key: value for key, value in ticket.custom_fields.items() if key in known}
        return shown


class _Files(serializers.ListSerializer):
    """What the virus scanner found out about all of them is asked at once; so it is for the files of many articles."""

    def to_representation(self, data: Any) -> list[Any]:
        files = list(data.all() if isinstance(data, Manager) else data)
        look_up(files)
        return super().to_representation(files)


class _Articles(serializers.ListSerializer):
    def to_representation(self, data: Any) -> list[Any]:
        articles = list(data.all() if isinstance(data, Manager) else data)
        look_up(file for article in articles for file in article.attachments.all())
        return super().to_representation(articles)


class ScannedShape(serializers.Serializer):
    """What files of tickets and of the knowledge base have in common."""

    scan = serializers.ChoiceField(
        Scan.choices,
        source="verdict.scan",
        help_text="What the virus scanner says. An infected file is not given out (403); one that is waiting, or too "
        "large to be checked, as this server is set up.",
    )

    class Meta:
        list_serializer_class = _Files


class AttachmentShape(ScannedShape):
    id = serializers.UUIDField(source="uuid")
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="In bytes.")
    is_inline = serializers.BooleanField(help_text="A picture inside the HTML.")
    content_id = serializers.CharField(help_text="Under which the HTML names it: `cid:…`.")
    url = serializers.SerializerMethodField(help_text="Where the bytes are, for the same token.")

    def get_url(self, attachment: Attachment) -> OpenApiTypes.URI:
        return reverse("api:attachment", [attachment.uuid], request=self.context["request"])


class AddressShape(serializers.Serializer):
    name = serializers.CharField()
    address = serializers.CharField()


class ArticleShape(serializers.Serializer):
    id = serializers.IntegerField()
    ticket = serializers.CharField(source="ticket.number", help_text="The number of the ticket it is on.")
    channel = serializers.ChoiceField(Channel.choices)
    sender = serializers.ChoiceField(Sender.choices)
    author = RowShape(help_text="Of agents, customers learn the first name.")
    visible_to_customer = serializers.BooleanField()
    to = AddressShape(many=True)
    cc = AddressShape(many=True)
    subject = serializers.CharField()
    body = serializers.CharField(help_text="Plain text.")
    html = serializers.CharField(help_text="Cleaned of everything that could run or be fetched; empty for plain text.")
    created_at = serializers.DateTimeField()
    send_at = serializers.DateTimeField(
        allow_null=True, help_text="Until when its author may take it back; null: it left at once, or was never sent."
    )
    attachments = AttachmentShape(many=True, source="attachments.all")

    class Meta:
        list_serializer_class = _Articles

    def to_representation(self, article: Article) -> dict[str, Any]:
        shown = super().to_representation(article)
        if article.sender == Sender.AGENT and not self.context["request"].user.is_agent:
            shown["author"]["name"] = shown["author"]["name"].partition(" ")[0]
        return shown


class CauseShape(serializers.Serializer):
    kind = serializers.CharField(source="cause_kind", help_text="desk, portal, mail, token ...")
    reference = serializers.CharField(
        source="cause_reference", help_text="The name of the token with its beginning, for example."
    )


class EventShape(serializers.Serializer):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    kind = serializers.CharField(help_text="Such as `state.changed`; new kinds may appear.")
    actor = RowShape()
    on_behalf_of = RowShape(allow_null=True)
    cause = CauseShape(source="*")
    data = serializers.DictField(help_text='By field: `{"was": value, "now": value}`, rows as `{id, name}`.')
    article = serializers.IntegerField(source="article_id", allow_null=True)
    version = serializers.IntegerField(help_text="The version of the ticket after it.")
    sentence = serializers.SerializerMethodField(help_text="For people, in the language of the token's person.")

    def get_sentence(self, event: Event) -> str:
        return sentence_of(event)


class QueueShape(RowShape):
    name = serializers.CharField(source="path")
    rights = serializers.ListField(
        child=serializers.CharField(), help_text="What the token's person may do there: read, create, move_into ..."
    )


class StateShape(RowShape):
    type = serializers.CharField(help_text="What it means: new, open, pending_reminder, pending_auto, closed ...")


class PriorityShape(RowShape):
    level = serializers.IntegerField(help_text="1 (very low) to 5 (very high).")


class FieldShape(serializers.Serializer):
    """A custom field; its values stand in `custom_fields` under its key."""

    id = serializers.IntegerField(source="pk")
    key = serializers.CharField()
    label = serializers.CharField(source="shown_label", help_text="In the language of the token's person.")
    kind = serializers.CharField(help_text="text, number, checkbox, dropdown, multiselect or date.")
    options = serializers.ListField(child=serializers.CharField(), help_text="Of lists.")
    is_required = serializers.BooleanField()
    to_close = serializers.BooleanField(help_text="A ticket is not closed without it.")
    in_portal = serializers.BooleanField(help_text="Customers see it.")
    queues = RowShape(many=True, source="queues.all", help_text="With those below them; none: everywhere.")
    types = RowShape(many=True, source="types.all", help_text="None: all.")

    def to_representation(self, field: FieldDefinition) -> dict[str, Any]:
        """Customers know neither queues nor types."""
        shown = super().to_representation(field)
        return shown if self.context["request"].user.is_agent else {**shown, "queues": [], "types": []}


class QuestionShape(serializers.Serializer):
    key = serializers.CharField(source="field.key", help_text="Of the custom field that holds the answer.")
    label = serializers.CharField(source="field.shown_label")
    kind = serializers.CharField(source="field.kind")
    options = serializers.ListField(source="field.options", child=serializers.CharField())
    required = serializers.SerializerMethodField(help_text="Where it is asked.")
    hint = serializers.CharField(source="shown_help")
    condition = serializers.DictField(allow_null=True, help_text="Asked only when this holds; null: always.")

    def get_required(self, question: ServiceField) -> bool:
        return question.is_required or question.field.is_required


class ServiceShape(RowShape):
    """`name` is the path; the texts are in the language of the token's person."""

    title = serializers.CharField(source="shown_name")
    description = serializers.CharField(source="shown_description")
    instructions = serializers.CharField(source="shown_instructions")
    questions = QuestionShape(many=True, source="questions.all")


class FoundPersonShape(PersonShape):
    is_agent = serializers.BooleanField()
    is_customer = serializers.BooleanField()


class TokenShape(serializers.Serializer):
    name = serializers.CharField()
    scope = serializers.CharField()
    areas = serializers.ListField(child=serializers.CharField(), help_text="Which parts it opens; empty: all.")
    queues = serializers.ListField(
        child=serializers.IntegerField(), help_text="Ids of the queues it is kept to, with those below; empty: all."
    )
    per_minute = serializers.IntegerField(help_text="Requests it may send within a minute.")
    expires_at = serializers.DateTimeField()


class MeShape(FoundPersonShape):
    is_administrator = serializers.BooleanField()
    language = serializers.CharField(help_text="Empty: as the request asks.")
    time_zone = serializers.CharField(help_text="Empty: that of the installation.")
    token = serializers.SerializerMethodField()

    @extend_schema_field(TokenShape)
    def get_token(self, _person: Any) -> dict[str, Any]:
        return TokenShape(self.context["request"].auth).data


def portal_keys(context: dict[str, Any]) -> set[str]:
    """Keys of the custom fields that customers see, asked for once per answer."""
    if "portal_keys" not in context:
        fields = FieldDefinition.objects.filter(in_portal=True, is_active=True)
        context["portal_keys"] = set(fields.values_list("key", flat=True))
    return context["portal_keys"]
