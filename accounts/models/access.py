"""What opens doors besides a password: roles, and the tokens of programs."""

from django.contrib.auth.models import Group
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.person import User

# Requests that a token may send within a minute.
USUAL_PER_MINUTE, MOST_PER_MINUTE = 600, 100_000

LONGEST_MARKED = 70


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

    class Area(models.TextChoices):
        TICKETS = "tickets", _("Tickets")
        PEOPLE = "people", _("People")
        KNOWLEDGE = "knowledge", _("Knowledge base")
        REPORTS = "reports", _("Reports")
        SETUP = "setup", _("Administration")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scope = models.CharField(_("scope"), max_length=5, choices=Scope.choices, default=Scope.WRITE)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    # Which parts of the interface it opens; none: all.
    areas = ArrayField(
        models.CharField(max_length=10, choices=Area.choices), verbose_name=_("parts"), default=list, blank=True
    )
    # Ids of queues (those are above us): it sees tickets in them and below alone; none: all that the person sees.
    queues = ArrayField(models.BigIntegerField(), verbose_name=_("queues"), default=list, blank=True)
    per_minute = models.PositiveIntegerField(
        _("requests per minute"),
        default=USUAL_PER_MINUTE,
        db_default=USUAL_PER_MINUTE,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_PER_MINUTE)],
    )
    # The token with which it began, when it came by renewing; none: this one.
    first = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # The token in whose place it came; that one works on for a while.
    replaces = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def family(self) -> int:
        """The id that a token and those that came in its place have in common: to a program they are one."""
        return self.first_id or self.pk

    @property
    def mark(self) -> str:
        """As history names it: names may be alike, and there is room for a hundred characters."""
        return f"{self.name[:LONGEST_MARKED]} ({self.prefix}…)"
