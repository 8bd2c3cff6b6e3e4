"""Views that people save: a condition with columns and an order."""

from typing import ClassVar

from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class SavedView(models.Model):
    """A view belongs to whoever made it; members of `roles` see it too. It shows everybody only what they may see."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="views")
    name = models.CharField(_("name"), max_length=60)
    # The condition language (tickets/conditions.py).
    condition = models.JSONField(default=dict)
    # The search text it was made from, when it was: shown to be changed.
    search = models.CharField(max_length=500, blank=True)
    columns = models.JSONField(default=list, blank=True)
    order = models.CharField(_("order"), max_length=30, default="-changed")
    group_by = models.CharField(_("grouped by"), max_length=30, blank=True)
    roles: models.ManyToManyField = models.ManyToManyField(
        Group, blank=True, related_name="+", verbose_name=_("shared with these roles")
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "name", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "name"], name="one_view_of_a_name")]

    def __str__(self) -> str:
        return self.name
