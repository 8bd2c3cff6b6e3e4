"""Queues, a tree, and who may do what in them (django-guardian permissions with direct foreign keys)."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

SEPARATOR = "::"


def place(path: str) -> str:
    """ "Support::Hardware" -> "Support › Hardware", as people read it."""
    return path.replace(SEPARATOR, " › ")


class QueueQuerySet(models.QuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True)


class FollowUp(models.TextChoices):
    """What a customer's message does to a closed ticket."""

    REOPEN = "reopen", _("It reopens the ticket")
    REJECT = "reject", _("It is refused, with a notice")
    NEW = "new", _("It becomes a new ticket")


class Queue(models.Model):
    name = models.CharField(_("name"), max_length=100)
    # "Support::Hardware"; kept by tickets/actions/queues.py so that lists sort and show it without a walk.
    path = models.CharField(max_length=400, unique=True, editable=False)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("inside")
    )
    description = models.CharField(_("description for agents"), max_length=200, blank=True)
    language = models.CharField(_("default language of replies"), max_length=8, blank=True, choices=settings.LANGUAGES)
    signature = models.TextField(_("signature"), blank=True)
    follow_up = models.CharField(
        _("reply to a solved ticket"), max_length=6, choices=FollowUp.choices, default=FollowUp.REOPEN
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = QueueQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["path"]
        default_permissions = ()
        permissions: ClassVar = [
            ("read", "See tickets"),
            ("create", "Create tickets"),
            ("move_into", "Move tickets into it"),
            ("note", "Add notes"),
            ("owner", "Change the owner"),
            ("priority", "Change the priority"),
            ("write", "Everything on its tickets"),
        ]

    def __str__(self) -> str:
        return self.path

    @property
    def place(self) -> str:
        return place(self.path)


class QueueUserPermission(UserObjectPermissionBase):
    """A right on one queue for one agent."""

    content_object = models.ForeignKey(Queue, on_delete=models.CASCADE)


class QueueGroupPermission(GroupObjectPermissionBase):
    """A right on one queue for one role."""

    content_object = models.ForeignKey(Queue, on_delete=models.CASCADE)
