"""Queues, a tree, and who may do what in them (django-guardian permissions with direct foreign keys)."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import connection, models
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

SEPARATOR = "::"


def place(path: str) -> str:
    """ "Support::Hardware" -> "Support › Hardware", as people read it."""
    return path.replace(SEPARATOR, " › ")


# A queue and all above it, nearest first.
_ABOVE = """
WITH RECURSIVE above (id, parent_id, distance) AS (
    SELECT id, parent_id, 0 FROM tickets_queue WHERE id = %s
    UNION ALL
    SELECT queue.id, queue.parent_id, distance + 1 FROM tickets_queue AS queue JOIN above ON queue.id = above.parent_id
    WHERE distance < 100
) SELECT id FROM above ORDER BY distance
"""


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
    # Requests here are seen in the portal of this brand alone, and answered in its name; none: everywhere.
    brand = models.ForeignKey(
        "accounts.Brand",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="queues",
        verbose_name=_("brand"),
    )
    # Agents of this queue get the next ticket instead of choosing one (tickets/guidance.py).
    is_guided = models.BooleanField(_("agents get the next ticket and do not choose"), default=False)
    # Where unwanted messages go.
    is_junk = models.BooleanField(_("for unwanted messages"), default=False)
    # Links in mails that need no sign-in (tickets/secret_links.py); 0: there are none.
    secret_link_days = models.PositiveSmallIntegerField(
        _("days in which a link in a mail opens the request without signing in"),
        default=30,
        db_default=30,
        validators=[MaxValueValidator(365)],
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = QueueQuerySet.as_manager()

    # What `line` has found, and for which place in the tree.
    _line: tuple[tuple[Any, ...], list[int]] | None = None

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

    @property
    def host(self) -> str:
        """The host name under which its customers meet us; "" where that is the usual one."""
        return self.brand.host if self.brand is not None and self.brand.is_active else ""

    @property
    def line(self) -> list[int]:
        """The ids of this queue and those above it, nearest first; asked once, and of a queue in none not at all."""
        key = (self.pk, self.parent_id, self.path)
        if self._line is None or self._line[0] != key:
            self._line = key, [self.pk, *self._above()] if self.pk else []
        return list(self._line[1])

    def _above(self) -> list[int]:
        if self.parent_id is None:
            return []
        with connection.cursor() as cursor:
            cursor.execute(_ABOVE, [self.parent_id])
            return [pk for (pk,) in cursor.fetchall()]


class QueueUserPermission(UserObjectPermissionBase):
    """A right on one queue for one agent."""

    content_object = models.ForeignKey(Queue, on_delete=models.CASCADE)


class QueueGroupPermission(GroupObjectPermissionBase):
    """A right on one queue for one role."""

    content_object = models.ForeignKey(Queue, on_delete=models.CASCADE)
