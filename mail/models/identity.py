"""What administrators decide about mail that comes in: filters, known senders, whom to believe. Rows, no behaviour."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.models import Priority, Queue, TicketType


class Filter(models.Model):
    """When every condition fits a message, the filter says where its ticket goes; read from top to bottom."""

    class Action(models.TextChoices):
        FILE = "", _("Make a ticket of it")
        JUNK = "junk", _("Put it into the queue for unwanted messages")
        IGNORE = "ignore", _("Ignore it: no ticket is made")

    name = models.CharField(_("name"), max_length=100, unique=True)
    position = models.PositiveIntegerField(_("order"), default=0)
    # Each {"part", "header", "test", "value"}: see mail/filtering.py. Every one of them must hold.
    conditions = models.JSONField(_("conditions"), default=list)
    action = models.CharField(_("what becomes of it"), max_length=6, choices=Action.choices, blank=True)
    queue = models.ForeignKey(
        Queue, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("queue")
    )
    priority = models.ForeignKey(
        Priority, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("priority")
    )
    type = models.ForeignKey(
        TicketType, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("type")
    )
    # Words in which {1} and {name} stand for what an expression of the conditions has found.
    tags = models.JSONField(_("tags"), default=list)
    fields = models.JSONField(_("fields"), default=dict)
    # The key of one of these fields: a ticket of the sender with the same value in it is the one that is meant.
    joins_by = models.CharField(_("joins the ticket with the same value in"), max_length=60, blank=True)
    is_last = models.BooleanField(_("no filter below it is asked"), default=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        app_label = "mail"
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class KnownSender(models.Model):
    """An address, or a whole domain ("@example.com"), whose mail is always or never wanted."""

    class Verdict(models.TextChoices):
        WANTED = "wanted", _("always wanted: never counts as junk")
        JUNK = "junk", _("into the queue for unwanted messages")
        DENIED = "denied", _("ignored: no ticket is made")

    pattern = models.CharField(_("address or domain"), max_length=320, unique=True)  # normalised
    verdict = models.CharField(_("its mail is"), max_length=6, choices=Verdict.choices, default=Verdict.DENIED)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        app_label = "mail"
        ordering: ClassVar = ["pattern"]

    def __str__(self) -> str:
        return self.pattern


class Trust(models.Model):
    """What may be believed of mail that comes by one mailbox or one of our own doors; without a row: nothing."""

    class Door(models.TextChoices):
        RECEIVER = "receiver", _("our own mail receiver (SMTP and LMTP)")
        PIPE = "pipe", _("pipe")

    account = models.OneToOneField(
        "mail.Account", on_delete=models.CASCADE, null=True, blank=True, related_name="trust", verbose_name=_("mailbox")
    )
    door = models.CharField(max_length=8, choices=Door.choices, blank=True)
    # Which server's results count (RFC 8601), and how many Received lines above the sender's are known to be ours.
    server = models.CharField(_("name of the server that checks senders"), max_length=253, blank=True)
    hops = models.PositiveSmallIntegerField(_("Received lines written by your own servers"), default=1)
    is_below = models.BooleanField(_("its result stands below its own Received line"), default=False)
    reads_headers = models.BooleanField(_("X-Helpdesk and X-OTRS headers are obeyed"), default=False)

    class Meta:
        app_label = "mail"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["door"], condition=~models.Q(door=""), name="one_trust_per_door"),
            models.CheckConstraint(
                condition=models.Q(account__isnull=True) ^ models.Q(door=""), name="trust_of_a_mailbox_or_a_door"
            ),
        ]

    def __str__(self) -> str:
        return str(self.account) if self.account else str(self.get_door_display())


class QueueIntake(models.Model):
    """What is special about mail for one queue."""

    queue = models.OneToOneField(Queue, on_delete=models.CASCADE, related_name="mail_intake", verbose_name=_("queue"))
    unwraps_forwards = models.BooleanField(
        _("mail that an agent forwards is opened for whoever wrote it at first"), default=False
    )

    class Meta:
        app_label = "mail"

    def __str__(self) -> str:
        return self.queue.path
