"""What helps agents to write: drafts kept while they type, templates for whole replies, snippets for pieces."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.clock import now
from tickets.models.file_check import CheckedFile
from tickets.models.queue import Queue
from tickets.models.ticket import Ticket


class Draft(models.Model):
    """What an agent has typed and not sent: one per agent, ticket and form. Nobody else ever reads it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    # None: a draft of a new ticket.
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, null=True, blank=True, related_name="drafts")
    form = models.CharField(max_length=20)  # "reply", "note", "forward" ...
    # The form's fields as they were typed, by name.
    content = models.JSONField(default=dict)
    saved_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "ticket", "form"], name="one_draft_per_form", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"{self.form} of {self.user_id} on {self.ticket_id}"


class Picture(CheckedFile):
    """A picture put into a text that is being written. It becomes a file of the message when that is sent; until then,
    and in drafts, only who put it there sees it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=150)
    digest = models.CharField(max_length=64)
    added_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.name

    @property
    def content_id(self) -> str:
        """How the text names it."""
        return f"{self.uuid.hex}.picture@helpdesk"


class Wording(models.Model):
    """A text with placeholders (Liquid, core/liquid.py), for everybody or for some roles, in all queues or in some."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    body = models.TextField(_("text"))
    language = models.CharField(_("language"), max_length=8, blank=True, choices=settings.LANGUAGES)
    roles: models.ManyToManyField = models.ManyToManyField(
        Group, blank=True, related_name="+", verbose_name=_("only for these roles")
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        abstract = True
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class ReplyTemplate(Wording):
    """A whole reply, offered in its queues and the ones below them."""

    queues: models.ManyToManyField = models.ManyToManyField(
        Queue, blank=True, related_name="+", verbose_name=_("only in these queues")
    )


class Snippet(Wording):
    """A piece of text that an agent puts in by `/` and its keyword."""

    keyword = models.SlugField(_("keyword"), max_length=30, unique=True)
