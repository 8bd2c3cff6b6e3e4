"""How a queue gives its tickets to agents: policies, skills, capacity, absence."""

from typing import ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from sla.models import Calendar
from tickets.models import Priority, Queue

LOWEST_LEVEL, HIGHEST_LEVEL = 1, 5
LEVELS = (MinValueValidator(LOWEST_LEVEL), MaxValueValidator(HIGHEST_LEVEL))


class Method(models.TextChoices):
    """Who of those who can take a ticket gets it."""

    MANUAL = "manual", _("Nobody: agents take or get tickets by hand")
    ROUND_ROBIN = "round_robin", _("In turn: whoever has waited longest")
    LEAST_LOAD = "least_load", _("Whoever has the least to do")


class QueueAssignment(models.Model):
    """What a queue says about giving tickets. A queue without a row does as the one above it."""

    queue = models.OneToOneField(Queue, on_delete=models.CASCADE, primary_key=True, related_name="assignment")
    method = models.CharField(_("who gets new tickets"), max_length=12, choices=Method.choices, default=Method.MANUAL)
    # Only members of this role; None for everybody who may have tickets of the queue.
    role = models.ForeignKey(
        Role, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("only members of")
    )
    by_skills = models.BooleanField(_("only who has the skills that a ticket needs"), default=False)
    # First whoever had a ticket of the same customer within so many days; 0 for never.
    sticky_days = models.PositiveSmallIntegerField(
        _("first whoever had the customer's last ticket, for so many days"),
        default=0,
        validators=[MaxValueValidator(3650)],
    )
    # Points of work (see `PriorityWeight`) per agent in one queue.
    limit = models.PositiveSmallIntegerField(_("most per agent in this queue"), null=True, blank=True)

    def __str__(self) -> str:
        return str(self.queue)


class WhenAway(models.TextChoices):
    """What becomes of somebody's open tickets while they are out of office."""

    KEEP = "keep", _("They stay where they are")
    QUEUE = "queue", _("They go back to their queues")
    STAND_IN = "stand_in", _("The substitute has them meanwhile")


class AgentProfile(models.Model):
    """How much and when an agent is given tickets. Nobody is limited without a row."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="agent_profile")
    # Points of work in all queues together; None for no limit, 0 for no tickets at all.
    limit = models.PositiveSmallIntegerField(_("most at the same time"), null=True, blank=True)
    # Tickets are given within its hours only; None for always.
    calendar = models.ForeignKey(
        Calendar, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("working hours")
    )
    # The agent's own switch.
    is_available = models.BooleanField(_("available for new tickets"), default=True)
    when_away = models.CharField(
        _("your open tickets while you are away"), max_length=8, choices=WhenAway.choices, default=WhenAway.KEEP
    )
    # First day of the absence whose tickets have been handed over; None while there is nothing to take back.
    away_since = models.DateField(null=True, blank=True, editable=False)

    def __str__(self) -> str:
        return str(self.user)


class SkillQuerySet(models.QuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True)


class Skill(models.Model):
    """Something that a ticket may need and agents know at levels from 1 to 5."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    # A language: tickets in it need this skill without being asked.
    language = models.CharField(_("the language"), max_length=8, blank=True, default="", choices=settings.LANGUAGES)
    is_active = models.BooleanField(_("active"), default=True)

    objects = SkillQuerySet.as_manager()

    class Meta:
        # Languages last.
        ordering: ClassVar = ["language", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["language"], condition=~models.Q(language=""), name="one_skill_per_language"
            )
        ]

    def __str__(self) -> str:
        return self.name


class AgentSkill(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="agents")
    level = models.PositiveSmallIntegerField(validators=LEVELS)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "skill"], name="one_level_per_skill")]

    def __str__(self) -> str:
        return f"{self.user}: {self.skill} {self.level}"


class SkillRule(models.Model):
    """Tickets for which the condition holds need these skills. Of several rules the first by position decides on the
    level of a skill."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    # In the language of tickets/conditions.py.
    condition = models.JSONField(_("condition"), default=dict)
    # {id of a skill: lowest level}
    wants = models.JSONField(_("skills"), default=dict)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering: ClassVar = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class PriorityWeight(models.Model):
    """How many points of work an open ticket of this priority counts; 1 without a row."""

    priority = models.OneToOneField(Priority, on_delete=models.CASCADE, primary_key=True, related_name="+")
    weight = models.PositiveSmallIntegerField(default=1, validators=[MaxValueValidator(100)])

    def __str__(self) -> str:
        return f"{self.priority}: {self.weight}"


class Loan(models.Model):
    """A ticket that somebody's stand-in has while they are away; it goes back when they return."""

    ticket_id = models.BigIntegerField()
    lender = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    borrower = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    since = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"{self.ticket_id} of {self.lender}"
