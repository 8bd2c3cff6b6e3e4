"""States, priorities and types: rows that administrators may extend; the stock rows are those of OTRS."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _


class StateType(models.TextChoices):
    """What a state means to the machinery. Names are people's, types are ours."""

    NEW = "new", _("new")
    OPEN = "open", _("open")
    PENDING_REMINDER = "pending_reminder", _("waiting, reminds")
    PENDING_AUTO = "pending_auto", _("waiting, goes on by itself")
    CLOSED = "closed", _("closed")
    MERGED = "merged", _("merged")
    REMOVED = "removed", _("removed")


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
