"""Brands: under which name, colours and host name customers meet us, and who may sign up there."""

from typing import ClassVar, Self

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

COLOUR = RegexValidator(r"\A#[0-9a-f]{6}\Z", _("Write a colour as #rrggbb."))
DEFAULT_COLOUR = "#006074"


class BrandQuerySet(models.QuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True)


class Registration(models.TextChoices):
    """Who may make an account without being invited."""

    CLOSED = "closed", _("Nobody, people are invited")
    DOMAINS = "domains", _("People with an address of an allowed domain")
    OPEN = "open", _("Everybody, except from refused domains")


class Brand(models.Model):
    """One portal. What belongs to no brand is for all of them; what belongs to one, only for that one."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    # In addresses and file names; never changes.
    key = models.SlugField(_("key"), max_length=40, unique=True)
    # Shown under every host name that is no other brand's; exactly one brand is it.
    is_default = models.BooleanField(_("for all other host names"), default=False, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    host = models.CharField(_("host name"), max_length=253, blank=True)
    # What an administrator picked; accounts/palette.py makes what is shown of it.
    colour = models.CharField(_("colour"), max_length=7, default=DEFAULT_COLOUR, validators=[COLOUR])
    accent = models.CharField(_("colour behind the search"), max_length=7, blank=True, validators=[COLOUR])
    # The SHA-256 of the picture (core/blobs.py).
    logo = models.CharField(_("logo"), max_length=64, blank=True)
    logo_type = models.CharField(max_length=20, blank=True, editable=False)
    website = models.URLField(_("website"), max_length=200, blank=True)
    # Who stands as the sender of mails about requests of this brand.
    sender_name = models.CharField(_("name of the sender"), max_length=100, blank=True)
    sender_address = models.EmailField(_("address of the sender"), max_length=254, blank=True)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default="en")
    # Those that visitors may choose; empty: all.
    languages = models.JSONField(_("languages offered"), default=list, blank=True)
    # Texts by language, {"en": "..."}: what greets people above the search, the line below it, and the foot.
    greeting = models.JSONField(_("greeting"), default=dict, blank=True)
    intro = models.JSONField(_("introduction"), default=dict, blank=True)
    footer = models.JSONField(_("line at the foot"), default=dict, blank=True)
    privacy_url = models.URLField(_("address of the privacy notice"), max_length=300, blank=True)
    imprint_url = models.URLField(_("address of the imprint"), max_length=300, blank=True)
    accessibility_url = models.URLField(_("address of the accessibility statement"), max_length=300, blank=True)
    registration = models.CharField(
        _("who may sign up"), max_length=7, choices=Registration.choices, default=Registration.CLOSED
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = BrandQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-is_default", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="one_default_brand"
            ),
            models.UniqueConstraint(fields=["host"], condition=~models.Q(host=""), name="one_brand_per_host"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def dot(self) -> int:
        """Which of the eight colours marks it for agents (static/css/brands.css)."""
        return (self.pk or 0) % 8

    def offered(self) -> list[tuple[str, str]]:
        """The languages that visitors may choose, as (code, name)."""
        return [(code, name) for code, name in settings.LANGUAGES if not self.languages or code in self.languages]

    def said(self, texts: dict[str, str]) -> str:
        """Of texts by language that of the reader, else of the brand, else any; "" when there is none."""
        for language in (get_language() or "", self.language):
            if texts.get(language):
                return texts[language]
        return next((text for text in texts.values() if text), "")


class DomainRule(models.Model):
    """Whether addresses of a domain may sign up. A refusal wins over everything else."""

    class Verdict(models.TextChoices):
        ALLOW = "allow", _("Allowed")
        REFUSE = "refuse", _("Refused")

    # Empty: at every brand.
    brand = models.ForeignKey(
        Brand, on_delete=models.CASCADE, null=True, blank=True, related_name="domain_rules", verbose_name=_("brand")
    )
    domain = models.CharField(_("domain"), max_length=253)
    verdict = models.CharField(_("verdict"), max_length=6, choices=Verdict.choices, default=Verdict.ALLOW)

    class Meta:
        ordering: ClassVar = ["domain", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["brand", "domain"], nulls_distinct=False, name="one_verdict_per_brand_and_domain"
            )
        ]

    def __str__(self) -> str:
        return self.domain
