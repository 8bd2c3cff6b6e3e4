"""Definitions of custom fields; values live in `custom_fields` of what they belong to (tickets/customfields.py)."""

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tickets.models.queue import Queue
from tickets.models.vocabulary import TicketType


class FieldKind(models.TextChoices):
    TEXT = "text", _("Text")
    NUMBER = "number", _("Number")
    CHECKBOX = "checkbox", _("Yes or no")
    DROPDOWN = "dropdown", _("One of a list")
    MULTISELECT = "multiselect", _("Several of a list")
    DATE = "date", _("Date")


class FieldDefinition(models.Model):
    """A typed field. The key never changes, because values, conditions and programs are keyed by it."""

    key = models.SlugField(
        _("key"),
        max_length=50,
        unique=True,
        validators=[RegexValidator(r"^[a-z][a-z0-9_]*$", _("Small letters, digits and underscores only."))],
    )
    label = models.CharField(_("label"), max_length=100)
    # What readers of other languages see instead: {"de": "Farbe"}.
    labels = models.JSONField(_("label in other languages"), default=dict, blank=True)
    help_text = models.CharField(_("hint"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=FieldKind.choices)
    options = models.JSONField(_("choices"), default=list, blank=True)  # ["red", "green"]
    is_required = models.BooleanField(_("required"), default=False)
    to_close = models.BooleanField(_("required to close a ticket"), default=False)
    in_portal = models.BooleanField(_("customers see it"), default=False)
    # Has an index of its own, made and dropped by a chore (tickets/fieldindex.py).
    is_searchable = models.BooleanField(_("searched often"), default=False)
    # Where tickets have it; none means everywhere. A queue stands for everything inside it.
    queues: models.ManyToManyField = models.ManyToManyField(
        Queue, blank=True, related_name="+", verbose_name=_("only in these queues")
    )
    types: models.ManyToManyField = models.ManyToManyField(
        TicketType, blank=True, related_name="+", verbose_name=_("only for these types")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering: ClassVar = ["position", "label"]

    def __str__(self) -> str:
        return self.label

    @property
    def shown_label(self) -> str:
        """The label in the language of the reader, where it has one."""
        return self.labels.get(get_language() or "") or self.label
