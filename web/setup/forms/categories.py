"""The form of a category of the knowledge base."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Brand
from core.text import clean_line
from knowledge.categories import tree
from knowledge.models import Category
from web.setup.forms.services import ICONS

# The texts that readers of other languages see instead, by the field that keeps them.
TRANSLATED = {"name": "names", "description": "descriptions"}
LENGTH = {"name": 100, "description": 200}
STEP = "\N{EM SPACE}"


class CategoryForm(forms.ModelForm):
    icon = forms.ChoiceField(
        label=_("Sign"),
        choices=(("folder", _("Folder")), *ICONS.items()),
        widget=forms.RadioSelect,
        required=False,
    )

    class Meta:
        model = Category
        fields = ("name", "parent", "description", "icon", "needs_review", "brands", "is_active")
        widgets = {"brands": forms.CheckboxSelectMultiple}
        labels = {
            "name": _("Name"),
            "parent": pgettext_lazy("category", "Inside"),
            "description": _("Description"),
            "needs_review": _("Four eyes"),
            "brands": _("Brands"),
            "is_active": _("Active"),
        }
        help_texts = {
            "name": _("For readers whose language has no name of its own below; so for the description."),
            "description": _("On its card on the first page of the knowledge base."),
            "needs_review": _("Who wrote a version does not publish it here: somebody else has to approve it."),
            "brands": _("Without a choice, in the knowledge bases of all brands."),
            "is_active": _("What stands in an inactive one, readers do not find."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.initial["icon"] = self.instance.icon or "folder"
        self._offer_parents()
        self.fields["brands"].queryset = Brand.objects.order_by("name")
        for code, name in settings.LANGUAGES:
            self._add_language(code, gettext(name))

    @property
    def languages(self) -> Iterable[tuple[str, list[forms.BoundField], bool]]:
        """For each language its name, its fields, and whether it has texts or errors."""
        for code, name in settings.LANGUAGES:
            bound = [self[field] for field in self.fields if field.endswith(f"_{code}")]
            yield gettext(name), bound, any(one.value() or one.errors for one in bound)

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"], LENGTH["name"])

    def clean_description(self) -> str:
        return clean_line(self.cleaned_data["description"], LENGTH["description"])

    def clean_icon(self) -> str:
        icon = self.cleaned_data["icon"]
        return "" if icon == "folder" else icon

    def _post_clean(self) -> None:
        super()._post_clean()
        for name, kept in TRANSLATED.items():
            setattr(self.instance, kept, self._texts(name))

    def _texts(self, name: str) -> dict[str, str]:
        texts = {
            code: clean_line(self.cleaned_data.get(f"{name}_{code}") or "", LENGTH[name])
            for code, _name in settings.LANGUAGES
        }
        return {code: text for code, text in texts.items() if text}

    def _offer_parents(self) -> None:
        """Not itself, nor what lies in it."""
        own = {self.instance.pk} if self.instance.pk else set()
        places, language = [("", gettext("None, on the first page"))], get_language() or ""
        for depth, one in tree(Category.objects.all()):
            if one.pk in own or one.parent_id in own:
                own.add(one.pk)
            else:
                places.append((str(one.pk), f"{STEP * depth}{one.name_in(language)}"))
        self.fields["parent"].queryset = Category.objects.exclude(pk__in=own)
        self.fields["parent"].choices = places

    def _add_language(self, code: str, name: str) -> None:
        labels = {"name": _("Name"), "description": _("Description")}
        for field, kept in TRANSLATED.items():
            self.fields[f"{field}_{code}"] = forms.CharField(
                label=labels[field],
                max_length=LENGTH[field],
                required=False,
                initial=getattr(self.instance, kept).get(code, ""),
                widget=forms.TextInput(attrs={"lang": code, "dir": "auto", "autocomplete": "off"}),
            )
