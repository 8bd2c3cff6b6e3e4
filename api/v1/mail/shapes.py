"""How mail is shown. Of a message on a ticket that its reader may not see, words and numbers stay hidden."""

from collections.abc import Iterable, Sequence
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.utils.serializer_helpers import ReturnDict

from accounts.models import User
from api.v1.shapes import RowShape
from mail.holding import in_words
from mail.ledger import reason_shown
from mail.mailboxes import mailbox_names
from mail.models import Incoming, Outgoing
from mail.plain_words import in_plain_words
from mail.resending import may_be_sent_again
from mail.withdrawing import may_be_withdrawn
from tickets.models import Ticket

HIDDEN = "On a ticket that the token's person may not see: its words and the number of the ticket stay out."
# What the steps of a trace or a journal say; other facts are none of a program's business, or name people.
OF_STEPS = ("step", "found", "result", "by", "at", "ms", "error", "reason", "outcome", "again", "released", "peer")
TELLING = frozenset({"found"})


class MailStepShape(serializers.Serializer):
    """One step of a decision, or of the way through the house; what it has nothing to say about is left out."""

    step = serializers.CharField()
    at = serializers.CharField(required=False, help_text="When it happened.")
    found = serializers.CharField(required=False, help_text="What was looked at; hidden with the ticket.")
    result = serializers.CharField(required=False, help_text="What came of it.")
    by = serializers.CharField(required=False)
    ms = serializers.IntegerField(required=False, help_text="How long it took, in milliseconds.")
    error = serializers.CharField(required=False)
    reason = serializers.CharField(required=False)
    outcome = serializers.CharField(required=False)
    again = serializers.CharField(required=False, help_text="Who had it looked at again.")
    released = serializers.CharField(required=False, help_text="Who made a ticket of it by hand.")
    peer = serializers.CharField(required=False, help_text="The machine that handed it over.")


class IncomingShape(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    received_at = serializers.DateTimeField()
    source = serializers.ChoiceField(Incoming.Source.choices)
    mailbox = serializers.CharField(help_text="As filters name it: `account:3`, an address of ours, or nothing.")
    mailbox_name = serializers.CharField(source="in_mailbox")
    state = serializers.ChoiceField(Incoming.State.choices)
    outcome = serializers.ChoiceField(Incoming.Outcome.choices, allow_blank=True)
    reason_code = serializers.ChoiceField(Incoming.Reason.choices, allow_blank=True)
    reason = serializers.CharField(source="reason_words", help_text="Why it is no ticket, in words.")
    sender = serializers.CharField()
    envelope_from = serializers.CharField()
    envelope_to = serializers.ListField(child=serializers.CharField())
    subject = serializers.CharField(allow_null=True, help_text="null when it is hidden.")
    message_id = serializers.CharField()
    size = serializers.IntegerField(help_text="In bytes.")
    attempts = serializers.IntegerField()
    last_error = serializers.CharField()
    has_raw = serializers.BooleanField(help_text="Its bytes are still here.")
    is_hidden = serializers.BooleanField(help_text=HIDDEN)
    ticket = serializers.SerializerMethodField(help_text="The number of the ticket it is on.")

    def get_ticket(self, row: Incoming) -> str | None:
        return row.article.ticket.number if row.article and not row.is_hidden else None  # type: ignore[attr-defined]

    def to_representation(self, row: Incoming) -> dict[str, Any]:
        shown = super().to_representation(row)
        return shown | {"subject": None} if row.is_hidden else shown  # type: ignore[attr-defined]


class TracedShape(IncomingShape):
    """With the steps by which it found its place, and its way through the house."""

    trace = serializers.SerializerMethodField(help_text="What was looked at to find its ticket, in order.")
    journal = serializers.SerializerMethodField(help_text="Its way through the house, step by step.")

    @extend_schema_field(MailStepShape(many=True))
    def get_trace(self, row: Incoming) -> list[ReturnDict]:
        return steps_shown(row, row.trace)

    @extend_schema_field(MailStepShape(many=True))
    def get_journal(self, row: Incoming) -> list[ReturnDict]:
        return steps_shown(row, row.journal)


class RecipientShape(serializers.Serializer):
    address = serializers.CharField()
    state = serializers.CharField(help_text="`queued`, `sent`, `failed` or `withdrawn`.")
    answer = serializers.SerializerMethodField(help_text="What the server said.")
    meaning = serializers.SerializerMethodField(help_text="The same in plain words.")
    is_late = serializers.SerializerMethodField(help_text="A server has reported a delay.")
    has_arrived = serializers.SerializerMethodField(help_text="A server has reported its arrival.")

    def get_answer(self, one: dict[str, Any]) -> str:
        return one.get("delay") or one.get("answer", "")

    def get_meaning(self, one: dict[str, Any]) -> str:
        return str(in_plain_words(self.get_answer(one)) or "")

    def get_is_late(self, one: dict[str, Any]) -> bool:
        return bool(one.get("delay"))

    def get_has_arrived(self, one: dict[str, Any]) -> bool:
        return bool(one.get("arrived"))


class OutgoingShape(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    created_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True, help_text="When it is tried next; null when nothing is left.")
    state = serializers.ChoiceField(Outgoing.State.choices)
    subject = serializers.CharField(allow_null=True, help_text="null when it is hidden.")
    message_id = serializers.CharField()
    envelope_from = serializers.CharField()
    size = serializers.IntegerField(help_text="In bytes.")
    attempts = serializers.IntegerField()
    last_error = serializers.CharField()
    recipients = RecipientShape(many=True)
    doubts = serializers.SerializerMethodField(help_text="Why it is held back, a sentence each.")
    may_be_sent_again = serializers.SerializerMethodField()
    may_be_withdrawn = serializers.SerializerMethodField(help_text="Nobody has got it, and nobody is sending it.")
    is_hidden = serializers.BooleanField(help_text=HIDDEN)
    ticket = serializers.SerializerMethodField(help_text="The number of the ticket it is on.")

    def get_doubts(self, row: Outgoing) -> list[str]:
        return [in_words(doubt) for doubt in row.doubts] if row.state == Outgoing.State.HELD else []

    def get_may_be_sent_again(self, row: Outgoing) -> bool:
        return may_be_sent_again(row) and any(one["state"] in ("failed", "queued") for one in row.recipients)

    def get_may_be_withdrawn(self, row: Outgoing) -> bool:
        return may_be_withdrawn(row)

    def get_ticket(self, row: Outgoing) -> str | None:
        return None if row.is_hidden else row.ticket.number  # type: ignore[attr-defined]

    def to_representation(self, row: Outgoing) -> dict[str, Any]:
        shown = super().to_representation(row)
        return shown | {"subject": None} if row.is_hidden else shown  # type: ignore[attr-defined]


class OurAddressShape(serializers.Serializer):
    """An address of ours."""

    id = serializers.IntegerField(source="pk")
    address = serializers.EmailField()
    name = serializers.CharField(help_text="The name of the sender in replies.")
    queue = RowShape()
    is_active = serializers.BooleanField()


def mark_incoming(rows: Sequence[Any], user: User) -> Sequence[Any]:
    """What shapes need beside the rows: what is hidden, its words, its mailbox; two queries."""
    seen = _seen((row.article.ticket_id for row in rows if row.article_id), user)
    names = mailbox_names({row.mailbox for row in rows})
    for row in rows:
        row.is_hidden = row.article_id is not None and row.article.ticket_id not in seen
        row.reason_words = reason_shown(row)
        row.in_mailbox = names[row.mailbox]
        row.has_raw = bool(row.digest) and row.raw_removed_at is None
    return rows


def mark_outgoing(rows: Sequence[Any], user: User) -> Sequence[Any]:
    seen = _seen((row.ticket_id for row in rows), user)
    for row in rows:
        row.is_hidden = row.ticket_id not in seen
    return rows


def _seen(tickets: Iterable[int], user: User) -> set[int]:
    return set(Ticket.objects.allowing(user, "read").filter(pk__in=set(tickets)).values_list("pk", flat=True))


def steps_shown(row: Incoming, steps: Sequence[Any]) -> list[ReturnDict]:
    hidden = TELLING if row.is_hidden else frozenset()  # type: ignore[attr-defined]
    kept = [name for name in OF_STEPS if name not in hidden]
    return [
        MailStepShape({name: _plain(name, step[name]) for name in kept if name in step}).data
        for step in steps
        if isinstance(step, dict) and "step" in step
    ]


def _plain(name: str, value: Any) -> Any:
    """Journals of long ago hold other things, too."""
    if name == "ms":
        return value if isinstance(value, int) else 0
    return value if isinstance(value, str) else str(value)
