"""Agents who want to hear of a ticket: watchers by their own will, mentioned ones by a colleague's. No right in it."""

from typing import ClassVar

from django.db import models

from accounts.models import User
from core.clock import now
from tickets.models.article import Article
from tickets.models.ticket import Ticket


class Watcher(models.Model):
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="watchers")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="watched")
    since = models.DateTimeField(default=now, editable=False)

    class Meta:
        ordering: ClassVar = ["since", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "ticket"], name="one_watcher_each")]

    def __str__(self) -> str:
        return f"{self.user} watches {self.ticket_id}"


class Mention(models.Model):
    """`user` is named in `article`."""

    # Copied from the article, and moved with it, so that the view of mentions never looks at articles.
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="mentions")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "article"], name="one_mention_each")]
        indexes: ClassVar = [models.Index(fields=["user", "ticket"], name="mention_of_user")]

    def __str__(self) -> str:
        return f"{self.user} in {self.article_id}"
