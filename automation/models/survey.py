"""Questions to customers after a ticket was closed, and their answers."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from automation.models.content import Content
from core.clock import now
from core.work import WorkRow
from tickets.models import Article, Event, Queue, Ticket

LOWEST, HIGHEST = 1, 5


class SurveyRule(models.Model):
    """Whether and when customers of a queue are asked; a queue without a row does as the one above it, at last not."""

    queue = models.OneToOneField(Queue, on_delete=models.CASCADE, primary_key=True, related_name="survey_rule")
    is_on = models.BooleanField(_("customers are asked"), default=False)
    delay = models.PositiveIntegerField(_("hours after closing"), default=24, validators=[MaxValueValidator(24 * 90)])
    pause = models.PositiveIntegerField(
        _("days until the same customer is asked again"), default=30, validators=[MaxValueValidator(3650)]
    )
    valid = models.PositiveIntegerField(
        _("days in which an answer counts"), default=14, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    needs_answer = models.BooleanField(_("only when an agent has answered"), default=True)
    unless_customer_closed = models.BooleanField(_("not when the customer has closed it"), default=False)
    # What stands around the question instead of the stock words.
    text = models.ForeignKey(
        Content, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("text")
    )

    def __str__(self) -> str:
        return str(self.queue)


class SurveyInvitation(WorkRow):
    """One customer is asked about one ticket, some time after it was closed."""

    task = "automation.tasks.ask_survey"

    class State(models.TextChoices):
        PLANNED = "planned", _("will be asked")
        ASKED = "asked", _("was asked")
        ANSWERED = "answered", _("has answered")
        SKIPPED = "skipped", _("was not asked")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="surveys", db_index=False)
    # The closing that it asks about, or what set off the effect that asks.
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    # Asked for by a rule, a schedule or a macro, whatever the queue says.
    is_ordered = models.BooleanField(default=False)
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PLANNED)
    # Why nobody was asked (automation/surveying.py).
    reason = models.CharField(max_length=20, blank=True)
    article = models.OneToOneField(Article, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=now)
    asked_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="survey_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["parked_at"], name="survey_parked", condition=models.Q(parked_at__isnull=False)),
            models.Index(fields=["customer", "-asked_at"], name="survey_of_customer"),
            models.Index(fields=["-asked_at"], name="survey_by_day"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket", "event"], name="one_survey_per_closing"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.state}"


class SurveyAnswer(models.Model):
    """What a customer thinks, once for each invitation. The queue and the agent are those of the moment."""

    invitation = models.OneToOneField(SurveyInvitation, on_delete=models.CASCADE, related_name="answer")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="survey_answers")
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="+", db_index=False)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    score = models.PositiveSmallIntegerField(_("score"))
    comment = models.TextField(_("comment"), blank=True)
    answered_at = models.DateTimeField(default=now)

    class Meta:
        ordering: ClassVar = ["-answered_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["-answered_at", "-id"], name="survey_answer_by_day"),
            models.Index(fields=["queue", "-answered_at", "-id"], name="survey_answer_of_queue"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(score__gte=LOWEST, score__lte=HIGHEST), name="survey_score_on_the_scale"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.score}"
