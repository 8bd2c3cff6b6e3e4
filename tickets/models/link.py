"""Links between tickets. A link is read from its source: the source *is the parent of* the target, and so on."""

from typing import ClassVar

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from accounts.models import User
from core.clock import now
from tickets.models.ticket import Ticket


class LinkKind(models.TextChoices):
    NORMAL = "normal", pgettext_lazy("link", "related to")
    PARENT = "parent", pgettext_lazy("link", "parent of")
    DUPLICATE = "duplicate", pgettext_lazy("link", "duplicate of")
    CAUSED = "caused", pgettext_lazy("link", "caused by")


# How the target reads the same link.
BACKWARDS = {
    LinkKind.NORMAL: pgettext_lazy("link", "related to"),
    LinkKind.PARENT: pgettext_lazy("link", "child of"),
    LinkKind.DUPLICATE: pgettext_lazy("link", "original of"),
    LinkKind.CAUSED: pgettext_lazy("link", "cause of"),
}


def link_words(kind: str) -> str | Promise:
    """What a link is called from the side it is read from; `kind` with "_of" behind it is the target's side."""
    forwards, backwards, _nothing = kind.partition("_of")
    return BACKWARDS[LinkKind(forwards)] if backwards else LinkKind(forwards).label


class Link(models.Model):
    """A normal link has no direction and is stored once, from the older ticket to the newer one."""

    source = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="links_from")
    target = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="links_to")
    kind = models.CharField(max_length=10, choices=LinkKind.choices)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "target", "kind"], name="one_link_of_a_kind"),
            models.CheckConstraint(condition=~models.Q(source=models.F("target")), name="no_link_to_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind} {self.target_id}"
