"""Forms that stand in other websites: who may show them, what they ask, and what came through them."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tickets.models.field import FieldDefinition
from tickets.models.queue import Queue
from tickets.models.ticket import Ticket
from tickets.models.vocabulary import Priority, TicketType


def new_key() -> str:
    """What stands in the address: nothing to guess, nothing that tells of the house."""
    return get_random_string(16, "abcdefghjkmnpqrstuvwxyz23456789")


class Asked(models.TextChoices):
    NO = "no", _("not asked")
    OPTIONAL = "optional", _("may be left out")
    REQUIRED = "required", _("must be filled in")


class Look(models.TextChoices):
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")
    AUTO = "auto", _("As the visitor's computer is set")


class WebFormQuerySet(models.QuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def open_to_visitors(self) -> Self:
        """A form leads nowhere while its queue is out of use."""
        return self.active().filter(queue__is_active=True)


class WebForm(models.Model):
    """A form for visitors without an account; what they send becomes a ticket of its queue (and so of its brand)."""

    key = models.CharField(max_length=32, unique=True, default=new_key, editable=False)
    name = models.CharField(_("name"), max_length=100, unique=True)
    is_active = models.BooleanField(_("active"), default=True)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="+", verbose_name=_("queue"))
    # None: the usual one.
    type = models.ForeignKey(
        TicketType, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("type")
    )
    priority = models.ForeignKey(
        Priority, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("priority")
    )
    # Of visitors whose language has no texts below.
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default="en")
    asks_name = models.CharField(_("name of the visitor"), max_length=8, choices=Asked.choices, default=Asked.OPTIONAL)
    asks_subject = models.CharField(_("subject"), max_length=8, choices=Asked.choices, default=Asked.REQUIRED)
    takes_files = models.BooleanField(_("files"), default=False)
    look = models.CharField(_("colours"), max_length=5, choices=Look.choices, default=Look.LIGHT)
    # {"de": {"title", "intro", "thanks", "consent"}}: what is left out has our own words, and no box to tick.
    texts = models.JSONField(_("texts"), default=dict, blank=True)
    consent_url = models.URLField(_("address of the privacy statement"), max_length=300, blank=True)
    # Origins that may show it in a frame: "https://shop.example", "https://*.shop.example".
    sites = models.JSONField(_("sites"), default=list, blank=True)

    objects = WebFormQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    def text(self, name: str) -> str:
        """In the language of the reader, else in that of the form; empty where nobody has written it."""
        own = self.texts.get(get_language() or "", {})
        return own.get(name) or self.texts.get(self.language, {}).get(name, "")


class WebFormField(models.Model):
    """A custom field that the form asks."""

    form = models.ForeignKey(WebForm, on_delete=models.CASCADE, related_name="questions")
    field = models.ForeignKey(FieldDefinition, on_delete=models.PROTECT, related_name="+")
    is_required = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["form", "field"], name="one_web_question_each")]

    def __str__(self) -> str:
        return f"{self.form}: {self.field}"


class WebFormPost(models.Model):
    """What came through a form, with the ticket that it opened; it lives and goes with that ticket."""

    form = models.ForeignKey(WebForm, on_delete=models.SET_NULL, null=True, related_name="posts")
    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, related_name="web_post")
    # Of the stamp it was sent with: one stamp opens one ticket, however often it is sent.
    nonce = models.CharField(max_length=32, unique=True)
    at = models.DateTimeField(default=timezone.now)
    # Why it looked like spam (tickets/webform_judging.py); none: it did not.
    held = models.JSONField(default=list)
    # The words the visitor has agreed to.
    consent = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.form}: {self.ticket_id}"
