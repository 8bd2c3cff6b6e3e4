"""Addresses, accounts, the ledger of what came in, the outbox of what goes out."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import takewhile
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, HashIndex
from django.db import models
from django.db.models import Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Brand
from core.work import WorkRow
from mail.models.accounts import Account
from mail.models.ledger import Incident
from mail.models.sending import Storm
from tickets.models import Article, Queue, Ticket


class Address(models.Model):
    """An address of ours: mail to it opens tickets in the queue, replies from the queue leave from it."""

    address = models.EmailField(_("address"), unique=True)  # normalised
    name = models.CharField(_("sender name"), max_length=100, blank=True)
    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="mail_addresses", verbose_name=_("queue"))
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering: ClassVar = ["address"]

    def __str__(self) -> str:
        return self.address


class Incoming(WorkRow):
    """One message as it came, from the moment it is durable; the ledger shows every one of them."""

    task = "mail.tasks.process_incoming"
    # What `enter` changes. A journal holds the latest steps, however often somebody tries again.
    ENTERED: ClassVar[Sequence[str]] = ("state", "state_since", "journal")
    MOST_STEPS = 40
    BEGUN = "begun"
    backoff: ClassVar[Sequence[timedelta]] = (
        timedelta(minutes=1),
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=2),
    )

    class Source(models.TextChoices):
        SMTP = "smtp", "SMTP"
        LMTP = "lmtp", "LMTP"
        PIPE = "pipe", _("pipe")
        IMAP = "imap", "IMAP"
        POP3 = "pop3", "POP3"

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        TICKETED = "ticketed", _("on a ticket")
        IGNORED = "ignored", _("ignored")
        QUARANTINED = "quarantined", _("quarantined")

    class Outcome(models.TextChoices):
        NEW = "new", _("new ticket")
        FOLLOW_UP = "follow_up", _("joined a ticket")
        REJECTED = "rejected", _("refused, the ticket is closed")

    class Reason(models.TextChoices):
        """Why it is ignored or in quarantine; `reason` adds what a server or a library said, or the number of a row."""

        NO_SENDER = "no_sender", _("It names no sender.")
        BAD_SENDER = "bad_sender", _("The address of its sender cannot be answered.")
        DEACTIVATED = "deactivated", _("Its sender has been deactivated.")
        NO_QUEUE = "no_queue", _("No address is set up, so no queue can be found for it.")
        TOO_COMPLEX = "too_complex", _("It is built in too complicated a way to be read safely.")
        UNREADABLE = "unreadable", _("Reading it took too much time or memory, or broke off.")
        TROUBLE = "trouble", _("Every try to make a ticket of it failed.")
        NOT_FETCHED = "not_fetched", _("It has not been fetched yet. The next visit to the mailbox tries again.")
        UNFETCHABLE = "unfetchable", _("It could not be fetched.")
        TOO_LARGE = "too_large", _("It is larger than a message may be here, so it stays in its mailbox.")
        GONE = "gone", _("It is no longer on the server.")
        COPY = "copy", _("The same message came before.")
        OWN = "own", _("It is a message of our own that came back.")
        REPORT = "report", _("It is a report about the delivery of a message of ours.")
        STORM = "storm", _("There are too many like it at once.")
        DENIED = "denied", _("Mail of its sender is not wanted here.")
        FILTERED = "filtered", _("A filter ignores such messages.")
        OWN_SENDER = "own_sender", _("It bears one of our own addresses as its sender, so nobody could be answered.")
        NOT_ALLOWED = "not_allowed", _("Its sender is an agent who may not do this on the ticket it answers.")
        ANSWERED = "answered", _("It answered a question of ours, and the answer was taken.")
        DISCARDED = "discarded", _("Set aside by an administrator")
        DELETED = "deleted", _("Deleted by an administrator")

    source = models.CharField(max_length=4, choices=Source.choices)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="incoming")
    # The folder it was fetched from, with user and server (`Account.place`): UIDs mean something only there.
    place = models.CharField(max_length=750, blank=True, default="", db_default="")
    uidvalidity = models.BigIntegerField(null=True, blank=True)
    uid = models.BigIntegerField(null=True, blank=True)
    uidl = models.CharField(max_length=100, blank=True, default="", db_default="")  # what POP3 has instead
    digest = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    # Which mailbox and what content: the same message handed over twice is one message (not the Message-ID alone,
    # which anybody can choose).
    identity = models.CharField(max_length=64, db_index=True)
    envelope_from = models.CharField(max_length=320, blank=True)
    envelope_to = ArrayField(models.CharField(max_length=320), default=list)
    received_at = models.DateTimeField(default=timezone.now)
    # Which of our mailboxes it came into: "account:3", else an address of ours, else nothing (mail/mailboxes.py).
    mailbox = models.CharField(max_length=320, blank=True, default="", db_default="")

    state = models.CharField(max_length=11, choices=State.choices, default=State.RECEIVED)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    reason_code = models.CharField(max_length=11, choices=Reason.choices, blank=True, default="", db_default="")
    reason = models.CharField(max_length=200, blank=True)
    # Each step of the decision where it belongs, for people: [{"step": ..., "found": ...}]
    trace = models.JSONField(default=list)
    # Its way through the house, a step each: [{"step": "parsed", "at": ..., "ms": 38}], saved with what brought it on.
    journal = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    # Since when it is in this state; empty on rows from before there was such a field.
    state_since = models.DateTimeField(null=True, blank=True, default=timezone.now)
    # The bytes were let go, by an administrator or after their time: the row alone stays.
    raw_removed_at = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=250, blank=True)
    sender = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    is_automatic = models.BooleanField(default=False)
    # What a trusted server has found out about its sender (mail/authentication.py); empty where none was asked.
    authentication = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    article = models.OneToOneField(Article, on_delete=models.PROTECT, null=True, blank=True, related_name="incoming")
    # The storm that it was part of; once released it is no longer held for that.
    storm = models.ForeignKey(
        Storm, on_delete=models.PROTECT, null=True, blank=True, related_name="messages", db_index=False
    )

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["storm"], name="incoming_of_storm", condition=models.Q(storm__isnull=False)),
            models.Index(fields=["due_at"], name="incoming_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["state", "-id"], name="incoming_state"),
            # The days of the ledger are counted, and its pages are chosen, in this index alone.
            models.Index(
                fields=["-received_at", "-id"],
                include=["mailbox", "state", "outcome", "reason_code"],
                name="incoming_by_day",
            ),
            models.Index(fields=["sender", "-received_at", "-id"], name="incoming_of_sender"),
            HashIndex(fields=["digest"], name="incoming_digest"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "place", "uidvalidity", "uid"],
                condition=models.Q(uid__isnull=False),
                name="each_message_of_a_folder_once",
            ),
            models.UniqueConstraint(
                fields=["account", "place", "uidl"],
                condition=~models.Q(uidl=""),
                name="each_message_of_a_maildrop_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.sender}"

    def fail(self, reason: str) -> None:
        self.note("failed", error=reason[:200])
        super().fail(reason)

    def park(self) -> None:
        super().park()
        self.set_aside(self.State.QUARANTINED, self.Reason.TROUBLE, self.error_said)

    def set_aside(self, state: "Incoming.State", reason: "Incoming.Reason", more: str = "") -> None:
        """It becomes no ticket, at least not now. Saving is up to the caller."""
        self.reason_code, self.reason = reason, more[:200]
        self.enter(state, reason=reason.value)

    def enter(self, state: "Incoming.State", **facts: object) -> None:
        """From now on it is in this state; `facts` go into its journal. Saving is up to the caller (`ENTERED`)."""
        self.state, self.state_since = state, timezone.now()
        self.note(state.value, **facts)

    def note(self, step: str, **facts: object) -> None:
        """One more step of its journal, with the time. Saving is up to the caller."""
        self.journal = [*self.journal[1 - self.MOST_STEPS :], self.line(step, **facts)]

    @property
    def begun_in_vain(self) -> int:
        """How many tries were noted as begun and nothing came of them: whoever began them was killed."""
        return len(list(takewhile(lambda line: line.get("step") == self.BEGUN, reversed(self.journal))))

    @staticmethod
    def line(step: str, **facts: object) -> dict[str, object]:
        """A step as the journal keeps it; of the facts those that say something."""
        at = timezone.now().isoformat(timespec="milliseconds")
        return {"step": step, "at": at, **{name: value for name, value in facts.items() if value != ""}}


class Outgoing(WorkRow):
    """One message to be sent: final text, envelope and what became of each recipient."""

    task = "mail.tasks.send_outgoing"
    neighbours = ("article", "ticket__queue")
    backoff: ClassVar[Sequence[timedelta]] = tuple(
        timedelta(minutes=m) for m in (1, 2, 5, 15, 30, 60, 120, *[240] * 28)
    )

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting to be sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("could not be delivered")
        KEPT = "kept", _("kept here, no mail server is configured")
        WITHDRAWN = "withdrawn", _("taken back before it was sent")
        HELD = "held", _("waits for somebody to look at its recipients")

    article = models.OneToOneField(Article, on_delete=models.PROTECT, related_name="outgoing")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    message_id = models.CharField(max_length=250, unique=True)
    envelope_from = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=600)
    # Each with address, state (queued, sent, failed), the server's answer, whether the history tells a failure, and as
    # `delay` what a server has reported about one that is late.
    recipients = models.JSONField(default=list)
    # The domains of the recipients, for the list of the outbox.
    domains = ArrayField(models.CharField(max_length=255), default=list, db_default=[])
    # Why it is held (mail/holding.py): [{"code", "address", "meant"}]
    doubts = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="outgoing_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["-id"], name="outgoing_failed", condition=models.Q(state="failed")),
            models.Index(fields=["-created_at", "-id"], name="outgoing_by_day"),
            models.Index(fields=["-id"], name="outgoing_held", condition=models.Q(state="held")),
            models.Index(fields=["ticket", "id"], name="outgoing_waits", condition=models.Q(due_at__isnull=False)),
            GinIndex(fields=["domains"], name="outgoing_domains"),
            HashIndex(fields=["digest"], name="outgoing_digest"),
        ]

    def __str__(self) -> str:
        """Without its subject: the audit shows this to administrators who may not see the ticket."""
        return f"{self.pk} {', '.join(recipient['address'] for recipient in self.recipients)}"

    def kills(self) -> bool:
        """Sending finds that out itself, so that its recipients and the ticket are told, too."""
        return False

    def park(self) -> None:
        super().park()
        self.state = self.State.FAILED


class Letter(WorkRow):
    """A mail of the house to one person, outside any ticket, asked for by address. It is composed when it is sent
    (mail/letters.py) and the row then goes, so that neither a secret link nor a stranger's address stays here."""

    task = "mail.tasks.send_letter"

    class Kind(models.TextChoices):
        PASSWORD_RESET = "password_reset", _("new password")  # noqa: S105
        ALARM = "alarm", _("alarm")
        REGISTRATION = "registration", _("signing up")
        INVITATION = "invitation", _("invitation")
        MEMBERSHIP = "membership", _("invitation into an organisation")
        NOTICE = "notice", _("notice")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, null=True, blank=True, related_name="letters")
    address = models.CharField(max_length=320)
    language = models.CharField(max_length=8)
    # In whose name, and to whose portal its link leads; none: the default one's.
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    # What the kind needs to know besides: the name somebody signs up with, the number of an invitation, a whole text.
    data = models.JSONField(default=dict, db_default={})
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="letter_due", condition=models.Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class AutoReply(models.Model):
    """One automatic answer to an address, remembered so that no loop can grow."""

    address = models.CharField(max_length=320)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["address", "at"], name="auto_reply_recent")]

    def __str__(self) -> str:
        return self.address
