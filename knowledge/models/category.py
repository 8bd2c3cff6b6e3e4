"""Categories: the tree in which articles stand."""

from collections.abc import Mapping
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from knowledge.open_categories import open_categories


class CategoryQuerySet(models.QuerySet["Category"]):
    def open(self, brand: models.Model | None) -> Self:
        """Active ones below active ones, offered by `brand` all the way up; None: whatever the brand."""
        return self.filter(pk__in=open_categories(brand))

    def editable_by(self, user: User) -> Self:
        """Where `user` may put articles: anywhere that is active, for who writes them."""
        return self.filter(is_active=True)


class Category(models.Model):
    name = models.CharField(_("name"), max_length=100)
    # In other languages: {"de": "Akku und Laden"}.
    names = models.JSONField(_("names in other languages"), default=dict, blank=True)
    description = models.CharField(_("description"), max_length=200, blank=True)
    descriptions = models.JSONField(_("descriptions in other languages"), default=dict, blank=True)
    # The name of an icon of ours; empty: a folder.
    icon = models.CharField(_("icon"), max_length=40, blank=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("inside")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("active"), default=True)
    needs_review = models.BooleanField(_("somebody else reviews before it is published"), default=False)
    brands: models.ManyToManyField = models.ManyToManyField(
        "accounts.Brand", blank=True, related_name="+", verbose_name=_("only for these brands")
    )

    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "name", "id"]

    def __str__(self) -> str:
        return self.name

    def name_in(self, language: str) -> str:
        return _in(self.names, language) or self.name

    def description_in(self, language: str) -> str:
        return _in(self.descriptions, language) or self.description


def _in(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language, "")
