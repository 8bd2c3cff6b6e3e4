"""What everybody should know for a while: a disruption, maintenance, news."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Brand, User
from core.clock import now


class Level(models.TextChoices):
    NEWS = "news", pgettext_lazy("announcement", "News")
    MAINTENANCE = "maintenance", pgettext_lazy("announcement", "Planned work")
    DISRUPTION = "disruption", pgettext_lazy("announcement", "Disruption")
    SOLVED = "solved", pgettext_lazy("announcement", "It works again")


class Audience(models.TextChoices):
    EVERYBODY = "everybody", _("Everybody, also without signing in")
    SIGNED_IN = "signed_in", _("People who are signed in")


class AnnouncementQuerySet(models.QuerySet):
    def running(self, at: datetime) -> Self:
        """Those whose time it is."""
        begun = self.filter(is_active=True, starts_at__lte=at)
        return begun.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))

    def shown_to(self, user: User | None, brand: Brand | None, at: datetime) -> Self:
        """What somebody reads on the portal of `brand`; what is meant for no certain one stands on all of them."""
        here = Q(brands__isnull=True) | Q(brands=brand) if brand else Q(brands__isnull=True)
        shown = self.running(at).filter(here)
        return shown if user is not None else shown.filter(audience=Audience.EVERYBODY)


class Announcement(models.Model):
    """Stands on the first pages of the portal and of the knowledge base while it runs, or above every page."""

    # The language that readers get whose own is missing.
    language = models.CharField(_("original language"), max_length=8, choices=settings.LANGUAGES, default="en")
    # {language: title} and {language: text}; the original has at least a title.
    titles = models.JSONField(_("title"), default=dict)
    texts = models.JSONField(_("text"), default=dict, blank=True)
    level = models.CharField(_("kind"), max_length=12, choices=Level.choices, default=Level.NEWS)
    audience = models.CharField(_("for"), max_length=9, choices=Audience.choices, default=Audience.EVERYBODY)
    brands = models.ManyToManyField(Brand, blank=True, related_name="announcements", verbose_name=_("brands"))
    is_banner = models.BooleanField(_("above every page"), default=False)
    starts_at = models.DateTimeField(_("shown from"), default=now)
    ends_at = models.DateTimeField(_("shown until"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-starts_at", "-pk"]

    def __str__(self) -> str:
        return self.titles.get(self.language, "")

    @property
    def reading_language(self) -> str:
        """In which language a reader of this page gets it: title and text never mix two."""
        wanted = get_language() or ""
        return wanted if self.titles.get(wanted) else self.language

    @property
    def title(self) -> str:
        return self.titles.get(self.reading_language, "")

    @property
    def text(self) -> str:
        return self.texts.get(self.reading_language, "")

    def has_ended(self, at: datetime) -> bool:
        return self.ends_at is not None and self.ends_at <= at
