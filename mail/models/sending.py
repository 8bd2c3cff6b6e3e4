"""What is stored for sending: servers and how they do, domains and their pace, the house's rules, texts that answer by
themselves, and storms. `mail.models` is where others import them from."""

from collections.abc import Sequence
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.secrets import seal, unseal
from tickets.models import Queue, Ticket


class Server(models.Model):
    """A mail server that takes what we send. Those of a queue, an address or of nobody in particular form a pool: the
    first that answers gets the message (mail/ways.py)."""

    class Security(models.TextChoices):
        TLS = "tls", _("TLS from the start")
        STARTTLS = "starttls", _("STARTTLS")
        NONE = "none", _("none")

    name = models.CharField(_("name"), max_length=100, unique=True)
    host = models.CharField(_("server"), max_length=253)
    port = models.PositiveIntegerField(
        _("port"), default=587, validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    security = models.CharField(_("encryption"), max_length=8, choices=Security.choices, default=Security.STARTTLS)
    username = models.CharField(_("user name"), max_length=253, blank=True)
    sealed_password = models.TextField(blank=True, editable=False)
    # Empty: the password, if any. Else tokens of this mailbox's provider (XOAUTH2); the user is that of the row.
    consent = models.ForeignKey(
        "mail.Consent",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="servers",
        verbose_name=_("leave of a provider"),
    )
    # Mail of these queues and those inside, and from these addresses. Without either: of all that have none.
    queues: models.ManyToManyField = models.ManyToManyField(
        Queue, blank=True, related_name="+", verbose_name=_("queues")
    )
    addresses: models.ManyToManyField = models.ManyToManyField(
        "mail.Address", blank=True, related_name="+", verbose_name=_("addresses")
    )
    is_active = models.BooleanField(_("active"), default=True)

    # To whom a secret is shown, and how well hidden on the way.
    PLACE: ClassVar[Sequence[str]] = ("host", "port", "security", "username")

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def password(self) -> str:
        return unseal(self.sealed_password) if self.sealed_password else ""

    @password.setter
    def password(self, text: str) -> None:
        self.sealed_password = seal(text) if text else ""


class ServerState(models.Model):
    """How a server did lately, by the key of its way: also the one of the environment, which is no row."""

    key = models.CharField(max_length=40, unique=True)
    last_success_at = models.DateTimeField(null=True, blank=True)
    # Since when every try has failed; empty while it works.
    failing_since = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    # Until then another server of the pool is tried first.
    rests_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.key


class Domain(models.Model):
    """A domain we send to: who is at it now and when the next may come. Rows, not workers, keep the pace."""

    name = models.CharField(max_length=255, unique=True)
    # {number of the outgoing message: until when its claim counts, in seconds since 1970}
    holders = models.JSONField(default=dict)
    free_at = models.DateTimeField(null=True, blank=True)
    # Seconds between two messages, grown by refusals "for now" (421, 4xx) and halved by each success.
    pause = models.PositiveIntegerField(default=0)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["seen_at"], name="domain_seen")]

    def __str__(self) -> str:
        return self.name


class MailRules(models.Model):
    """The house's own figures about mail; one row (mail/rules.py)."""

    answers_per_hour = models.PositiveIntegerField(_("automatic replies to one address per hour"), default=1)
    answers_per_day = models.PositiveIntegerField(_("automatic replies to one address per day"), default=10)
    answers_authenticated = models.BooleanField(_("only to senders who are proven"), default=False)
    answers_new = models.BooleanField(_("reply to a new ticket"), default=True)
    answers_follow_up = models.BooleanField(_("reply to a further message"), default=False)
    answers_rejected = models.BooleanField(_("reply to a refused message"), default=True)
    answers_continued = models.BooleanField(_("reply to a message that continues in a new ticket"), default=True)

    storm_minutes = models.PositiveIntegerField(_("minutes that are looked at"), default=10)
    storm_of_sender = models.PositiveIntegerField(_("messages of one sender in that time"), default=50)
    storm_of_ticket = models.PositiveIntegerField(_("messages to one ticket in that time"), default=30)
    storm_never = models.TextField(_("senders without a limit"), blank=True)

    domain_parallel = models.PositiveIntegerField(_("connections to one domain at once"), default=5)
    domain_per_minute = models.PositiveIntegerField(_("messages to one domain per minute"), default=0)

    hold_new_recipients = models.PositiveIntegerField(_("most new recipients of one message"), default=15)
    hold_typos = models.BooleanField(_("hold addresses that look mistyped"), default=True)
    never_send_to = models.TextField(_("addresses that get no mail"), blank=True)

    def __str__(self) -> str:
        return str(_("Rules of mail"))


class AutomaticText(models.Model):
    """What an automatic reply says, in place of the stock text: for one queue and those inside, or for all."""

    class Event(models.TextChoices):
        NEW = "new", _("New ticket")
        FOLLOW_UP = "follow_up", _("Further message on a ticket")
        REJECTED = "rejected", _("Refused message on a closed ticket")
        CONTINUED = "continued", _("New ticket that continues a closed one")

    event = models.CharField(_("event"), max_length=10, choices=Event.choices)
    queue = models.ForeignKey(
        Queue, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("queue")
    )
    language = models.CharField(_("language"), max_length=8, blank=True, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering: ClassVar = ["event", "queue__path", "language"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["event", "queue", "language"], name="one_text_per_event_queue_language", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        parts = [self.get_event_display(), self.queue.place if self.queue else "", self.get_language_display()]
        return ", ".join(str(part) for part in parts if part)


class QueueAnswers(models.Model):
    """Which events a queue answers by itself; what is empty comes from the queue above, at last from the rules."""

    queue = models.OneToOneField(Queue, on_delete=models.CASCADE, primary_key=True, related_name="+")
    new = models.BooleanField(_("reply to a new ticket"), null=True, blank=True)
    follow_up = models.BooleanField(_("reply to a further message"), null=True, blank=True)
    rejected = models.BooleanField(_("reply to a refused message"), null=True, blank=True)
    continued = models.BooleanField(_("reply to a message that continues in a new ticket"), null=True, blank=True)

    EVENTS: ClassVar[Sequence[str]] = ("new", "follow_up", "rejected", "continued")

    def __str__(self) -> str:
        return str(self.queue)


class Storm(models.Model):
    """More mail of one sender, or to one ticket, than anybody reads: what comes on top is kept in the ledger and told
    in one internal ticket until an administrator decides (mail/storms.py)."""

    class Kind(models.TextChoices):
        SENDER = "sender", _("one sender")
        TICKET = "ticket", _("one ticket")

    class State(models.TextChoices):
        BLOWING = "blowing", _("goes on")
        OVER = "over", _("is over")
        RELEASED = "released", _("released")
        DROPPED = "dropped", _("dropped")

    kind = models.CharField(max_length=6, choices=Kind.choices)
    # The sender's address or the ticket's number.
    about = models.CharField(max_length=320)
    state = models.CharField(max_length=8, choices=State.choices, default=State.BLOWING)
    held = models.PositiveIntegerField(default=0)
    # The first few subjects, for the digest.
    subjects = ArrayField(models.CharField(max_length=300), default=list)
    started_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)
    # The internal ticket that tells of it.
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    digest_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "about"], condition=models.Q(state="blowing"), name="one_storm_at_a_time"
            )
        ]

    def __str__(self) -> str:
        """Without subjects: the audit shows this."""
        return f"{self.kind} {self.about}"
