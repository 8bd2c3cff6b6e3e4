"""A process and its versions: the drawing is what runs, and a run keeps the version with which it began."""

from typing import ClassVar, Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.clock import now
from tickets.models import Queue, Service


class ProcessQuerySet(models.QuerySet["Process"]):
    def active(self) -> Self:
        """Those that can be started: in use, with a published version."""
        return self.filter(is_active=True, active__isnull=False)

    def in_desk(self, queue: Queue) -> Self:
        """Those that agents may start on a ticket of this queue, by name."""
        everywhere = ~models.Exists(Process.queues.through.objects.filter(process=models.OuterRef("pk")))
        here = models.Exists(Process.queues.through.objects.filter(process=models.OuterRef("pk"), queue__in=queue.line))
        return self.active().filter(Q(everywhere) | Q(here), by_agents=True)


class Process(models.Model):
    """The key never changes, because rules, programs and call activities name a process by it."""

    key = models.SlugField(
        _("key"),
        max_length=50,
        unique=True,
        validators=[RegexValidator(r"^[a-z][a-z0-9_-]*$", _("Small letters, digits, - and _ only."))],
    )
    name = models.CharField(_("name"), max_length=100)
    # What readers of other languages see instead: {"de": "Zugang beantragen"}.
    names = models.JSONField(_("name in other languages"), default=dict, blank=True)
    description = models.CharField(_("description"), max_length=300, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    # Agents may start it on a ticket; in these queues and below them, or everywhere when none is named.
    by_agents = models.BooleanField(_("agents may start it"), default=True)
    queues: models.ManyToManyField = models.ManyToManyField(
        Queue, blank=True, related_name="+", verbose_name=_("only in these queues")
    )
    # It starts by itself with a request of one of these services.
    services: models.ManyToManyField = models.ManyToManyField(
        Service, blank=True, related_name="+", verbose_name=_("starts with requests of these services")
    )
    active = models.ForeignKey(
        "Version", on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = ProcessQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def shown_name(self) -> str:
        """The name in the language of the reader, where it has one."""
        return self.names.get(get_language() or "") or self.name


class Version(models.Model):
    """One state of the drawing. Drafts change, published ones never do; at most one of each per process."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("version", "draft")
        PUBLISHED = "published", pgettext_lazy("version", "published")
        RETIRED = "retired", pgettext_lazy("version", "retired")

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    # BPMN 2.0 as it was drawn or imported, byte for byte.
    xml = models.TextField()
    comment = models.CharField(max_length=200, blank=True)
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(default=now)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["process", "number"], name="one_version_per_number"),
            models.UniqueConstraint(fields=["process"], name="one_draft_per_process", condition=Q(state="draft")),
            models.UniqueConstraint(fields=["process"], name="one_published_version", condition=Q(state="published")),
        ]

    def __str__(self) -> str:
        return f"{self.process.name} {self.number}"

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT
