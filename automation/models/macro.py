"""Macros: effects an agent runs by one click or key."""

from typing import ClassVar

from django.contrib.auth.models import Group
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.models import Queue


class Macro(models.Model):
    """It is offered to `roles` in `queues` and those below them; where none is named, to all."""

    class Then(models.TextChoices):
        STAY = "stay", pgettext_lazy("macro", "Stay on the ticket")
        NEXT = "next", pgettext_lazy("macro", "Open the next ticket of the list")
        LIST = "list", pgettext_lazy("macro", "Go back to the list")

    name = models.CharField(_("name"), max_length=100, unique=True)
    is_active = models.BooleanField(_("active"), default=True)
    position = models.PositiveSmallIntegerField(default=0, editable=False)
    effects = models.JSONField(_("effects"), default=list)
    roles: models.ManyToManyField = models.ManyToManyField(
        Group, blank=True, related_name="+", verbose_name=_("only for these roles")
    )
    queues: models.ManyToManyField = models.ManyToManyField(
        Queue, blank=True, related_name="+", verbose_name=_("only in these queues")
    )
    # A digit, which nothing else on the page listens to.
    key = models.CharField(_("key"), max_length=1, blank=True, validators=[RegexValidator(r"\A[0-9]\Z")])
    on_ticket = models.BooleanField(_("on the page of a ticket"), default=True)
    in_lists = models.BooleanField(_("in lists, for selected tickets"), default=True)
    then = models.CharField(_("afterwards"), max_length=4, choices=Then.choices, default=Then.STAY)

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], name="one_macro_per_key", condition=~Q(key="")),
        ]

    def __str__(self) -> str:
        return self.name
