"""How webhooks and alert sources are shown, and what became of their messages. Secrets are told once, headers never."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.v1.automation.shapes import ConditionShown
from api.v1.shapes import PersonShape, RowShape
from automation.alert_reading import SEVERITIES
from automation.alert_words import outcome
from automation.models import AlertPost, AlertSource, Endpoint, WebhookDelivery
from automation.webhook_troubles import sentence, trouble_of

TOLD_ONCE = "Told this once: keep it now."


class EndpointStateShape(serializers.Serializer):
    last_success_at = serializers.DateTimeField(allow_null=True)
    failing_since = serializers.DateTimeField(allow_null=True, help_text="null while it works.")
    failures = serializers.IntegerField(help_text="In a row.")
    last_error = serializers.SerializerMethodField(help_text="For people.")
    rests_until = serializers.DateTimeField(allow_null=True, help_text="Until then it is not called.")
    given_up_at = serializers.DateTimeField(allow_null=True, help_text="When it was switched off by itself.")

    def get_last_error(self, state: Any) -> str:
        return trouble_of(state.last_error) if state.last_error else ""


class WebhookShape(RowShape):
    url = serializers.CharField()
    is_active = serializers.BooleanField()
    events = serializers.ListField(
        child=serializers.CharField(), help_text="`anything` for all; empty: only what automations send to it."
    )
    condition = ConditionShown()
    queues = RowShape(many=True, source="queues.all", help_text="With those below them; none: all.")
    sends_text = serializers.BooleanField()
    sends_internal = serializers.BooleanField()
    body = serializers.CharField(help_text="Liquid; empty: the documented JSON.")
    content_type = serializers.CharField(help_text="Of the own body.")
    has_headers = serializers.SerializerMethodField(help_text="There are own headers, which nobody reads again.")
    give_up_days = serializers.IntegerField()
    old_secret_until = serializers.DateTimeField(allow_null=True, help_text="Until then the secret before signs, too.")
    state = EndpointStateShape(allow_null=True, default=None, help_text="null: it was never called.")

    def get_has_headers(self, endpoint: Endpoint) -> bool:
        return bool(endpoint.sealed_header_secrets)


class WebhookWithSecretShape(WebhookShape):
    """A webhook with the secret that signs its messages."""

    secret = serializers.CharField(help_text=TOLD_ONCE)


class WebhookSecretShape(serializers.Serializer):
    secret = serializers.CharField(help_text=TOLD_ONCE)
    old_secret_until = serializers.DateTimeField(help_text="Until then the one before signs, too.")


class WebhookAttemptShape(serializers.Serializer):
    at = serializers.DateTimeField()
    status = serializers.IntegerField(allow_null=True, help_text="null: nothing came back.")
    ms = serializers.IntegerField()
    answer = serializers.CharField(help_text="How it began; empty on a ticket that the token's person may not see.")
    trouble = serializers.SerializerMethodField(help_text="For people; empty when it went well.")

    def get_trouble(self, attempt: Any) -> str:
        return sentence(attempt.trouble)


class WebhookMessageShape(serializers.Serializer):
    id = serializers.IntegerField()
    message_id = serializers.CharField(help_text="As the receiver has it in `webhook-id`.")
    kind = serializers.CharField()
    state = serializers.ChoiceField(WebhookDelivery.State.choices)
    ticket = serializers.SerializerMethodField(help_text="Its number; null without one, or where it may not be seen.")
    reason = serializers.CharField(help_text="What called it, such as `rule 7`; empty: it listens.")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True, help_text="When it is tried next.")
    attempts = serializers.IntegerField()
    last_error = serializers.SerializerMethodField(help_text="For people.")

    def get_ticket(self, row: Any) -> str | None:
        return row.ticket.number if row.ticket and not row.is_hidden else None

    def get_last_error(self, row: Any) -> str:
        return trouble_of(row.last_error) if row.last_error else ""


class WebhookMessageDetailShape(WebhookMessageShape):
    """With what was sent and every try."""

    content_type = serializers.CharField()
    body = serializers.SerializerMethodField(help_text="null on a ticket that the token's person may not see.")
    tries = serializers.SerializerMethodField()

    def get_body(self, row: Any) -> str | None:
        return None if row.is_hidden else row.body

    @extend_schema_field(WebhookAttemptShape(many=True))
    def get_tries(self, row: Any) -> list[dict[str, Any]]:
        shown = WebhookAttemptShape(row.tries.all(), many=True).data
        return [{**one, "answer": ""} for one in shown] if row.is_hidden else list(shown)


class ReplayedShape(serializers.Serializer):
    replayed = serializers.IntegerField(help_text="How many are on their way again.")


class AlertSourceShape(RowShape):
    system = serializers.ChoiceField(AlertSource.System.choices)
    is_active = serializers.BooleanField()
    queue = RowShape()
    type = RowShape(allow_null=True, help_text="null: the usual one.")
    customer = PersonShape()
    priorities = serializers.SerializerMethodField(help_text="By severity; the usual one where none is named.")
    when_resolved = serializers.ChoiceField(AlertSource.WhenResolved.choices)
    wait_hours = serializers.IntegerField()
    again_minutes = serializers.IntegerField()
    mapping = serializers.DictField(child=serializers.CharField(), help_text="Where things are in its JSON.")
    secret_begins = serializers.CharField(source="token_start", help_text="To know the secret by.")

    @extend_schema_field(
        {"type": "object", "additionalProperties": {"type": "integer"}, "examples": [{SEVERITIES[0]: 5}]}
    )
    def get_priorities(self, source: AlertSource) -> dict[str, int]:
        return dict(source.priorities)


class AlertSecretShape(serializers.Serializer):
    secret = serializers.CharField(help_text=TOLD_ONCE)
    address = serializers.CharField(help_text="Where it posts, with the secret in it.")


class AlertSourceWithSecretShape(AlertSourceShape):
    """An alert source with its secret."""

    secret = serializers.CharField(help_text=TOLD_ONCE)
    address = serializers.CharField(help_text="Where it posts, with the secret in it.")


class AlertOutcomeShape(serializers.Serializer):
    title = serializers.CharField()
    outcome = serializers.SerializerMethodField(help_text="For people; empty while it waits.")
    ticket = serializers.CharField(help_text="Its number; empty without one, or where it may not be seen.")

    def get_outcome(self, one: dict[str, str]) -> str:
        return outcome(one["outcome"])


class AlertPostShape(serializers.Serializer):
    id = serializers.IntegerField()
    received_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    refusal = serializers.CharField(help_text="Why it was refused; empty when it was read.")
    excerpt = serializers.CharField(help_text="How a refused one began.")
    alerts = AlertOutcomeShape(many=True, source="told")


class AlertTrialShape(serializers.Serializer):
    fingerprint = serializers.CharField(source="reading.fingerprint")
    status = serializers.CharField(source="reading.status", help_text="firing, resolved or remark.")
    title = serializers.CharField(source="reading.title")
    severity = serializers.CharField(source="reading.severity", help_text="Empty where nothing is said.")
    priority = serializers.CharField()
    would = serializers.CharField(help_text="What it would do, for people.")
    ticket = serializers.CharField(source="ticket.number", allow_null=True, default=None)


def told_posts(posts: list[AlertPost], visible: set[str]) -> None:
    """`told`: each alert with what came of it; numbers only of tickets in sight."""
    for post in posts:
        found = post.outcomes or [{"title": one["title"], "outcome": "", "ticket": ""} for one in post.alerts]
        post.told = [{**one, "ticket": one["ticket"] if one["ticket"] in visible else ""} for one in found]
