"""Articles: what was said on a ticket, by whom, through which channel; append-only. And their files."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.clock import now
from tickets.models.file_check import CheckedFile
from tickets.models.ticket import Channel, Ticket


class Sender(models.TextChoices):
    CUSTOMER = "customer", _("customer")
    AGENT = "agent", _("agent")
    SYSTEM = "system", _("system")


class Article(models.Model):
    """Addresses are lists of `{"name", "address"}`; `html` is clean (core/html.py) and may name `cid:` images."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="articles", db_index=False)
    # Where it was written, when a merge has moved it.
    origin_ticket = models.ForeignKey(
        Ticket, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    channel = models.CharField(max_length=10, choices=Channel.choices)
    sender = models.CharField(max_length=8, choices=Sender.choices)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="articles", db_index=False)
    visible_to_customer = models.BooleanField()
    sent_from = models.JSONField(default=dict)
    to = models.JSONField(default=list)
    cc = models.JSONField(default=list)
    bcc = models.JSONField(default=list)
    reply_to = models.JSONField(default=list)
    subject = models.CharField(max_length=500, blank=True)
    body = models.TextField()
    html = models.TextField(blank=True)
    # RFC 5322 Message-ID in its angle brackets, when there is one.
    message_id = models.CharField(max_length=250, blank=True)
    # Things a reader must know: [{"code": "unverified"}, {"code": "names_ticket", "number": "…"}]; see sentences.
    marks = models.JSONField(default=list)
    # The form it was sent with: a double click makes one article.
    submission = models.UUIDField(null=True, blank=True, editable=False)
    # A mail leaves no earlier than this: time to take it back.
    send_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        ordering: ClassVar = ["created_at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["ticket", "created_at", "id"], name="article_of_ticket"),
            models.Index(fields=["message_id"], name="article_message_id", condition=~models.Q(message_id="")),
            models.Index(
                fields=["origin_ticket"], name="article_origin", condition=models.Q(origin_ticket__isnull=False)
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["author", "submission"], name="one_article_per_submission"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}/{self.pk}"


class Attachment(CheckedFile):
    """A file of an article. The bytes are a blob; the name is cleaned and only shown, never a path."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=150)
    size = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    is_inline = models.BooleanField(default=False)
    content_id = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["digest"], name="attachment_digest")]

    def __str__(self) -> str:
        return self.name
