"""What opens doors besides a password: roles, and the tokens of programs."""

from django.contrib.auth.models import Group
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.person import User


class Role(models.Model):
    """What a Django group means here: rights on queues are granted to it (tickets/rights.py)."""

    group = models.OneToOneField(Group, on_delete=models.CASCADE, related_name="role")
    description = models.CharField(_("description"), max_length=200, blank=True)

    def __str__(self) -> str:
        return self.group.name


class ApiToken(models.Model):
    """A secret with which a program acts as a person. Only its digest is kept."""

    class Scope(models.TextChoices):
        READ = "read", _("Read")
        WRITE = "write", _("Read and write")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scope = models.CharField(_("scope"), max_length=5, choices=Scope.choices, default=Scope.WRITE)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
