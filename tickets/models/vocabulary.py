"""States, priorities and types: rows that administrators may extend; the stock rows are those of OTRS."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class StateType(models.TextChoices):
    """What a state means to the machinery. Names are people's, types are ours."""

    NEW = "new", pgettext_lazy("kind of state", "new")
    OPEN = "open", pgettext_lazy("kind of state", "open")
    PENDING_REMINDER = "pending_reminder", pgettext_lazy("kind of state", "waiting, reminds")
    PENDING_AUTO = "pending_auto", pgettext_lazy("kind of state", "waiting, goes on by itself")
    CLOSED = "closed", pgettext_lazy("kind of state", "closed")
    MERGED = "merged", pgettext_lazy("kind of state", "merged")
    REMOVED = "removed", pgettext_lazy("kind of state", "removed")


# A ticket in one of these is off the desk: it has `closed_at` and is in no open list.
FINAL_TYPES = (StateType.CLOSED, StateType.MERGED, StateType.REMOVED)
PENDING_TYPES = (StateType.PENDING_REMINDER, StateType.PENDING_AUTO)


class VocabularyQuerySet(models.QuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True)


class Vocabulary(models.Model):
    name = models.CharField(_("name"), max_length=60, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    objects = VocabularyQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering: ClassVar = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class State(Vocabulary):
    type = models.CharField(_("type"), max_length=20, choices=StateType.choices)
    # Where a "pending auto" state goes when its time has come.
    next_state = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("next state")
    )

    @property
    def is_final(self) -> bool:
        return self.type in FINAL_TYPES

    @property
    def is_pending(self) -> bool:
        return self.type in PENDING_TYPES


class Priority(Vocabulary):
    """Level 1 (very low) to 5 (very high)."""

    level = models.PositiveSmallIntegerField(_("level"), default=3)


class TicketType(Vocabulary):
    """Unclassified, incident, service request, problem, change ..."""
