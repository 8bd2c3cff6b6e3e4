"""Addresses, accounts, the ledger of what came in, the outbox of what goes out."""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar
from urllib.parse import quote

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.secrets import seal, unseal
from core.work import WorkRow
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


class Account(models.Model):
    """A mailbox on another server from which mail is fetched."""

    class Security(models.TextChoices):
        TLS = "tls", _("TLS from the start")
        STARTTLS = "starttls", _("STARTTLS")
        NONE = "none", _("none")

    class After(models.TextChoices):
        KEEP = "keep", _("Leave it there")
        MOVE = "move", _("Move it to a folder")
        DELETE = "delete", _("Delete it")

    name = models.CharField(_("name"), max_length=100, unique=True)
    host = models.CharField(_("server"), max_length=253)
    port = models.PositiveIntegerField(_("port"), default=993)
    security = models.CharField(_("encryption"), max_length=8, choices=Security.choices, default=Security.TLS)
    username = models.CharField(_("user name"), max_length=253)
    sealed_password = models.TextField(blank=True, editable=False)
    folder = models.CharField(_("folder"), max_length=200, default="INBOX")
    after = models.CharField(_("fetched mail"), max_length=6, choices=After.choices, default=After.KEEP)
    move_to = models.CharField(_("folder for fetched mail"), max_length=200, blank=True)
    # Empty: the queue follows from the recipient's address.
    queue = models.ForeignKey(
        Queue, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("queue")
    )
    is_active = models.BooleanField(_("active"), default=True)
    last_success_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_error = models.TextField(blank=True, editable=False)

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> str:
        """Whose folder on which server, as an IMAP URL (RFC 5092): somewhere else, the same numbers are other mails."""
        return f"imap://{quote(self.username)}@{self.host.lower()}/{quote(self.folder)}"[:750]

    @property
    def password(self) -> str:
        return unseal(self.sealed_password) if self.sealed_password else ""

    @password.setter
    def password(self, text: str) -> None:
        self.sealed_password = seal(text) if text else ""


class Incoming(WorkRow):
    """One message as it came, from the moment it is durable; the ledger shows every one of them."""

    task = "mail.tasks.process_incoming"
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
        DISCARDED = "discarded", _("Set aside by an administrator")

    source = models.CharField(max_length=4, choices=Source.choices)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="incoming")
    # The folder it was fetched from, with user and server (`Account.place`): UIDs mean something only there.
    place = models.CharField(max_length=750, blank=True, default="", db_default="")
    uidvalidity = models.BigIntegerField(null=True, blank=True)
    uid = models.BigIntegerField(null=True, blank=True)
    digest = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    # Which mailbox and what content: the same message handed over twice is one message (not the Message-ID alone,
    # which anybody can choose).
    identity = models.CharField(max_length=64, db_index=True)
    envelope_from = models.CharField(max_length=320, blank=True)
    envelope_to = ArrayField(models.CharField(max_length=320), default=list)
    received_at = models.DateTimeField(default=timezone.now)

    state = models.CharField(max_length=11, choices=State.choices, default=State.RECEIVED)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    reason_code = models.CharField(max_length=11, choices=Reason.choices, blank=True, default="", db_default="")
    reason = models.CharField(max_length=200, blank=True)
    # Each step of the decision where it belongs, for people: [{"step": ..., "found": ...}]
    trace = models.JSONField(default=list)
    message_id = models.CharField(max_length=250, blank=True)
    sender = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    is_automatic = models.BooleanField(default=False)
    article = models.OneToOneField(Article, on_delete=models.PROTECT, null=True, blank=True, related_name="incoming")

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="incoming_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["state", "-id"], name="incoming_state"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "place", "uidvalidity", "uid"],
                condition=models.Q(uid__isnull=False),
                name="each_message_of_a_folder_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.sender}"

    def park(self) -> None:
        super().park()
        self.set_aside(self.State.QUARANTINED, self.Reason.TROUBLE, self.last_error)

    def set_aside(self, state: "Incoming.State", reason: "Incoming.Reason", more: str = "") -> None:
        """It becomes no ticket, at least not now. Saving is up to the caller."""
        self.state, self.reason_code, self.reason = state, reason, more[:200]


class Outgoing(WorkRow):
    """One message to be sent: final text, envelope and what became of each recipient."""

    task = "mail.tasks.send_outgoing"
    backoff: ClassVar[Sequence[timedelta]] = tuple(
        timedelta(minutes=m) for m in (1, 2, 5, 15, 30, 60, 120, *[240] * 28)
    )

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting to be sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("could not be delivered")
        KEPT = "kept", _("kept here, no mail server is configured")

    article = models.OneToOneField(Article, on_delete=models.PROTECT, related_name="outgoing")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    message_id = models.CharField(max_length=250, unique=True)
    envelope_from = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=600)
    # Each with address, state (queued, sent, failed), the server's answer, and whether the history tells a failure.
    recipients = models.JSONField(default=list)
    state = models.CharField(max_length=6, choices=State.choices, default=State.QUEUED)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="outgoing_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["-id"], name="outgoing_failed", condition=models.Q(state="failed")),
        ]

    def __str__(self) -> str:
        """Without its subject: the audit shows this to administrators who may not see the ticket."""
        return f"{self.pk} {', '.join(recipient['address'] for recipient in self.recipients)}"

    def park(self) -> None:
        super().park()
        self.state = self.State.FAILED


class Letter(WorkRow):
    """A mail of the house to one person, outside any ticket, asked for by address. It is composed when it is sent
    (mail/letters.py) and the row then goes, so that neither a secret link nor a stranger's address stays here."""

    task = "mail.tasks.send_letter"

    class Kind(models.TextChoices):
        PASSWORD_RESET = "password_reset", _("new password")  # noqa: S105

    kind = models.CharField(max_length=20, choices=Kind.choices)
    address = models.CharField(max_length=320)
    language = models.CharField(max_length=8)
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
