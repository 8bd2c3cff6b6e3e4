"""The catalogue of what can be requested: services in topics, and what each of them asks."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Brand, Membership, Organisation, User
from tickets.models.field import FieldDefinition
from tickets.models.queue import Queue, place
from tickets.models.vocabulary import Priority, TicketType


class Audience(models.TextChoices):
    """Who finds a service in the catalogue. To request it, everybody signs in."""

    EVERYBODY = "everybody", _("Everybody, also without signing in")
    CUSTOMERS = "customers", _("Everybody who is signed in")
    MEMBERS = "members", _("Only people of these organisations")


class ServiceQuerySet(models.QuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def requestable(self) -> Self:
        """Without the topics, which only hold others."""
        return self.filter(queue__isnull=False)

    def offered_to(self, user: User | None, brand: Brand | None) -> Self:
        """What somebody may find in the portal of a brand, each by itself: what lies in a topic that is hidden is
        hidden as well (tickets/catalogue.py)."""
        brands = Service.brands.through.objects.filter(service=OuterRef("pk"))
        # a request in the queue of another brand could not be seen where it was made
        in_queue = Q(queue__isnull=True) | Q(queue__is_active=True) & (
            Q(queue__brand__isnull=True) | Q(queue__brand=brand)
        )
        here = ~Exists(brands) | Q(Exists(brands.filter(brand=brand)))
        return self.active().filter(in_queue, here, _open_to(user))


def _open_to(user: User | None) -> Q:
    if user is None:
        return Q(audience=Audience.EVERYBODY)
    organisations = Service.organisations.through.objects.filter(service=OuterRef("pk"))
    mine = organisations.filter(organisation__in=Membership.objects.filter(user=user).values("organisation"))
    return ~Q(audience=Audience.MEMBERS) | Q(Exists(mine))


class Service(models.Model):
    """Something that can be requested; without a queue it is a topic, which holds others and cannot be requested."""

    name = models.CharField(_("name"), max_length=100)
    # What readers of other languages see instead: {"de": "Neues Notebook"}; so for the other texts.
    names = models.JSONField(_("name in other languages"), default=dict, blank=True)
    # "Workplace::New laptop"; kept by tickets/catalogue.py, so that lists sort and show it without a walk.
    path = models.CharField(max_length=400, unique=True, editable=False)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("inside")
    )
    description = models.CharField(_("description"), max_length=200, blank=True)
    descriptions = models.JSONField(_("description in other languages"), default=dict, blank=True)
    # Above the form: what to know before asking.
    instructions = models.TextField(_("instructions"), max_length=2000, blank=True)
    instructions_in = models.JSONField(_("instructions in other languages"), default=dict, blank=True)
    # What the subject of a request is, with placeholders for answers; empty: the person writes it.
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    subjects = models.JSONField(_("subject in other languages"), default=dict, blank=True)
    icon = models.CharField(_("icon"), max_length=30, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    # What a request becomes; type and priority: none means the usual ones.
    queue = models.ForeignKey(
        Queue, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("queue")
    )
    type = models.ForeignKey(
        TicketType, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("type")
    )
    priority = models.ForeignKey(
        Priority, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("priority")
    )

    audience = models.CharField(_("who finds it"), max_length=9, choices=Audience.choices, default=Audience.CUSTOMERS)
    organisations: models.ManyToManyField = models.ManyToManyField(
        Organisation, blank=True, related_name="+", verbose_name=_("organisations")
    )
    # None: in the portal of every brand.
    brands: models.ManyToManyField = models.ManyToManyField(
        Brand, blank=True, related_name="+", verbose_name=_("brands")
    )

    objects = ServiceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "path"]

    def __str__(self) -> str:
        return self.path

    @property
    def place(self) -> str:
        return place(self.path)

    @property
    def is_topic(self) -> bool:
        return self.queue_id is None

    @property
    def shown_name(self) -> str:
        return _in_language(self.names, self.name)

    def name_in(self, language: str) -> str:
        return self.names.get(language) or self.name

    @property
    def shown_description(self) -> str:
        return _in_language(self.descriptions, self.description)

    @property
    def shown_instructions(self) -> str:
        return _in_language(self.instructions_in, self.instructions)

    @property
    def shown_subject(self) -> str:
        return _in_language(self.subjects, self.subject)


class ServiceField(models.Model):
    """A question of a service's form: a custom field, and when it is asked."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="questions")
    field = models.ForeignKey(
        FieldDefinition, on_delete=models.PROTECT, related_name="+", verbose_name=pgettext_lazy("of a form", "field")
    )
    is_required = models.BooleanField(_("required"), default=False)
    # Over the answers of the form (tickets/catalogue_forms.py); none: always asked.
    condition: Any = models.JSONField(_("asked only when"), null=True, blank=True)
    help_text = models.CharField(_("hint"), max_length=200, blank=True)
    help_texts = models.JSONField(_("hint in other languages"), default=dict, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["service", "field"], name="one_question_each"),
        ]

    def __str__(self) -> str:
        return f"{self.service}: {self.field}"

    @property
    def shown_help(self) -> str:
        """The hint of the form, else the one of the field."""
        return _in_language(self.help_texts, self.help_text) or self.field.help_text


def _in_language(texts: dict[str, str], usual: str) -> str:
    return texts.get(get_language() or "") or usual
