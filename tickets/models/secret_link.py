"""Links in mails that open one request without signing in. Only a digest of each is kept (tickets/secret_links.py)."""

from typing import ClassVar

from django.db import models

from accounts.models import User
from core.clock import now
from tickets.models.article import Article
from tickets.models.ticket import Ticket


class SecretLink(models.Model):
    """It opens `ticket` as `user` would see it, for as long as `address`, where the mail went, is his."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="secret_links")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    address = models.EmailField(max_length=254)
    # The mail that carries it.
    article = models.ForeignKey(
        Article, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    used_at = models.DateTimeField(null=True, blank=True)
    # How often it was opened.
    uses = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="secret_link_expires")]

    def __str__(self) -> str:
        return f"link of {self.user} to {self.ticket_id}"
