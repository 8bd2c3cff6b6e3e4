"""Texts that exist in several languages under one name."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

# As a placeholder names it: {{ content.greeting }}.
KEY = RegexValidator(r"^[a-z][a-z0-9_]{0,39}\Z", _("Write it in small letters, such as greeting or our_hours."))


class Content(models.Model):
    """One text in several languages. Other texts take it in as `{{ content.KEY }}`, in the reader's language
    (automation/contents.py)."""

    key = models.CharField(_("key"), max_length=40, unique=True, validators=[KEY])
    name = models.CharField(_("name"), max_length=100, unique=True)
    # The one that the others are translated from.
    language = models.CharField(_("original language"), max_length=8, choices=settings.LANGUAGES, default="en")
    # {language: text}; a language that is not there has no text.
    texts = models.JSONField(_("texts"), default=dict)
    # {language: revision}; which revision of the original each translation was made from.
    made_from = models.JSONField(_("made from"), default=dict, blank=True)
    # Counts how often the original has changed.
    revision = models.PositiveIntegerField(default=1, editable=False)
    is_liquid = models.BooleanField(_("placeholders in it are filled in"), default=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def original(self) -> str:
        return self.texts.get(self.language, "")

    def missing(self) -> list[str]:
        """The languages of the house that it has no text in."""
        return [code for code, _name in settings.LANGUAGES if not self.texts.get(code)]

    def outdated(self) -> list[str]:
        """The languages whose text is older than the last change of the original."""
        others = (code for code, _name in settings.LANGUAGES if code != self.language and self.texts.get(code))
        return [code for code in others if self.made_from.get(code, 0) < self.revision]
