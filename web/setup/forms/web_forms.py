"""The form of a form that stands in other websites: where its tickets go, what it asks, what it says."""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import BoundField, CharField, ChoiceField, ModelForm, RadioSelect, Textarea
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tickets.models import FieldDefinition, Priority, Queue, TicketType, WebForm
from tickets.models.webform import Asked
from tickets.webforms import TEXTS, checked_sites
from web.setup.forms.websites import with_safe_scheme

PLAIN = {"autocomplete": "off", "spellcheck": "false"}
LABELS = {
    "title": _("Heading"),
    "intro": _("Text above the fields"),
    "thanks": _("What is said when it was sent"),
    "consent": _("What visitors agree to"),
}


@dataclass(frozen=True)
class Language:
    """The fields of one language."""

    name: str
    fields: list[BoundField]
    is_open: bool


class WebFormForm(ModelForm):
    sites_text = CharField(
        label=_("Sites that may show it"),
        required=False,
        max_length=10_000,
        widget=Textarea(attrs={**PLAIN, "rows": 4, "class": "textarea mono", "placeholder": "https://www.example.com"}),
        help_text=_("One per line. A star stands for everything below a name: https://*.example.com."),
    )

    class Meta:
        model = WebForm
        formfield_callback = with_safe_scheme
        fields = (
            *("name", "is_active", "queue", "type", "priority", "language", "asks_name", "asks_subject"),
            *("takes_files", "look", "consent_url"),
        )
        labels = {
            "name": _("Name"),
            "is_active": _("Active"),
            "queue": _("Queue"),
            "type": _("Type"),
            "priority": _("Priority"),
            "language": _("Language"),
            "asks_name": _("Name of the visitor"),
            "asks_subject": _("Subject"),
            "takes_files": _("Visitors may add files"),
            "look": _("Colours"),
            "consent_url": _("Address of the privacy statement"),
        }
        help_texts = {
            "name": _("For administrators and agents; visitors do not see it."),
            "is_active": _("An inactive form is not there for visitors."),
            "queue": _("Its brand gives the form its colours."),
            "language": _("For visitors whose language has no texts below."),
            "asks_subject": _("Without one the first words become the title of the ticket."),
            "takes_files": _("Five at most, ten megabytes together."),
            "look": _("A form stands in a page of yours: choose what fits it."),
        }
        widgets = {"look": RadioSelect, "asks_name": RadioSelect, "asks_subject": RadioSelect}
        error_messages = {"name": {"unique": _("There is already a web form with this name.")}}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self._offer_rows()
        self.initial["sites_text"] = "\n".join(self.instance.sites)
        self._definitions = list(FieldDefinition.objects.filter(is_active=True))
        asked = dict(self.instance.questions.values_list("field", "is_required")) if self.instance.pk else {}
        for field in self._definitions:
            initial = (Asked.REQUIRED if asked[field.pk] else Asked.OPTIONAL) if field.pk in asked else Asked.NO
            choice = ChoiceField(label=field.shown_label, choices=Asked.choices, initial=initial)
            self.fields[f"ask_{field.pk}"] = choice
        for code, language in settings.LANGUAGES:
            for name, limit in TEXTS.items():
                initial = self.instance.texts.get(code, {}).get(name, "")
                label = f"{LABELS[name]} ({gettext(language)})"
                widget = None if name == "title" else Textarea(attrs={"rows": 3, "lang": code, "dir": "auto"})
                options = {"label": label, "required": False, "max_length": limit, "initial": initial}
                self.fields[f"{name}_{code}"] = CharField(**options, **({"widget": widget} if widget else {}))

    def clean_sites_text(self) -> str:
        try:
            return "\n".join(checked_sites(self.cleaned_data["sites_text"].splitlines()))
        except ValidationError as error:
            raise ValidationError(error.messages) from error

    @property
    def questions(self) -> Iterable[BoundField]:
        return [self[f"ask_{field.pk}"] for field in self._definitions]

    @property
    def languages(self) -> list[Language]:
        return [
            Language(gettext(language), [self[f"{name}_{code}"] for name in TEXTS], self._is_open(code))
            for code, language in settings.LANGUAGES
        ]

    def chosen(self) -> list[tuple[FieldDefinition, bool]]:
        """The custom fields it asks, each with whether it must be filled in."""
        data = self.cleaned_data
        asked = [(field, data[f"ask_{field.pk}"]) for field in self._definitions]
        return [(field, how == Asked.REQUIRED) for field, how in asked if how != Asked.NO]

    def _is_open(self, code: str) -> bool:
        has_error = any(f"{name}_{code}" in self.errors for name in TEXTS) if self.is_bound else False
        return has_error or code == self.instance.language or code in self.instance.texts

    def _offer_rows(self) -> None:
        self.fields["queue"].queryset = Queue.objects.active().order_by("path")
        self.fields["queue"].label_from_instance = attrgetter("place")
        self.fields["queue"].empty_label = gettext("Choose a queue")
        for name, rows in (("type", TicketType.objects.active()), ("priority", Priority.objects.active())):
            self.fields[name].queryset = rows
            self.fields[name].label_from_instance = lambda row: gettext(row.name)
            self.fields[name].empty_label = gettext("As usual")

    def _post_clean(self) -> None:
        super()._post_clean()
        data: dict[str, Any] = self.cleaned_data
        self.instance.sites = [line.strip() for line in data.get("sites_text", "").splitlines() if line.strip()]
        self.instance.texts = {
            code: {name: data.get(f"{name}_{code}", "") for name in TEXTS} for code, _language in settings.LANGUAGES
        }
