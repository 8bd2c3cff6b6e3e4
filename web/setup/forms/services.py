"""The forms of a service or topic, and of a question of its form. What a service is, it stays."""

from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Brand, Organisation
from core.text import clean_line
from tickets.customfields import fields_for
from tickets.models import FieldDefinition, Priority, Queue, Service, ServiceField, TicketType
from tickets.models.queue import SEPARATOR
from tickets.models.service import Audience
from tickets.vocabulary import default_type

# The signs that a card of the catalogue can have.
ICONS: Mapping[str, str | Promise] = {
    "package": _("Parcel"),
    "laptop": _("Laptop"),
    "monitor": _("Screen"),
    "phone": _("Phone"),
    "printer": _("Printer"),
    "key": _("Key"),
    "user-plus": _("New person"),
    "users": _("People"),
    "building": _("Building"),
    "mail": _("Letter"),
    "globe": _("Globe"),
    "wrench": _("Tool"),
    "bike": _("Bicycle"),
    "battery": _("Battery"),
    "truck": _("Lorry"),
    "card": _("Payment card"),
    "calendar": _("Calendar"),
    "book": _("Book"),
    "shield": pgettext_lazy("sign", "Shield"),
    "bolt": _("Lightning"),
    "chat": _("Speech bubble"),
    "help": _("Question mark"),
}
# The texts that readers of other languages see instead, by the field that keeps them, with their longest.
TRANSLATED = {"name": ("names", 100), "description": ("descriptions", 200), "subject": ("subjects", 300)}
MOST_WORDS = 2_000


class ServiceForm(forms.ModelForm):
    icon = forms.ChoiceField(label=_("Sign"), choices=tuple(ICONS.items()), widget=forms.RadioSelect, required=False)

    organisations = forms.CharField(
        label=_("Organisations"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Their names, one per line. Only for the last choice above."),
    )

    class Meta:
        model = Service
        fields = (
            *("name", "parent", "description", "instructions", "icon", "queue", "type", "priority", "subject"),
            *("audience", "brands", "is_active"),
        )
        widgets = {
            "instructions": forms.Textarea(attrs={"rows": 4}),
            "audience": forms.RadioSelect,
            "brands": forms.CheckboxSelectMultiple,
        }
        labels = {
            "name": _("Name"),
            "parent": pgettext_lazy("service", "Inside"),
            "description": _("Description"),
            "instructions": _("Instructions"),
            "queue": _("Queue"),
            "type": _("Type"),
            "priority": _("Priority"),
            "subject": _("Subject"),
            "audience": _("Who finds it"),
            "brands": _("Brands"),
            "is_active": _("Active"),
        }
        help_texts = {
            "name": _("For readers whose language has no name of its own below; so for the other texts."),
            "description": _("On its card in the catalogue."),
            "instructions": _("Above the form: what to know before asking."),
            "queue": _("Where requests go. Customers never see it."),
            "subject": _(
                "Without one, the person writes it. It may take in {{ service }}, {{ customer.name }}, "
                "{{ customer.organisation }} and answers, such as {{ field.model }}."
            ),
            "brands": _("Without a choice, in the portals of all brands."),
            "is_active": _("An inactive one cannot be requested any more. Tickets keep it."),
        }

    def __init__(self, *args: Any, is_topic: bool, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.is_topic = is_topic
        if self.instance.pk:
            self.initial["organisations"] = "\n".join(self.instance.organisations.values_list("name", flat=True))
        self.initial["icon"] = self.instance.icon or "package"
        self._offer(Service.objects.filter(queue=None))
        if is_topic:
            for name in ("queue", "type", "priority", "subject"):
                del self.fields[name]
        else:
            self._offer_what_tickets_become()
        for code, name in settings.LANGUAGES:
            self._add_language(code, gettext(name))

    @property
    def languages(self) -> Iterable[tuple[str, list[forms.BoundField], bool]]:
        """For each language its name, its fields, and whether it has texts or errors."""
        for code, name in settings.LANGUAGES:
            bound = [self[field] for field in self.fields if field.endswith(f"_{code}")]
            yield gettext(name), bound, any(one.value() or one.errors for one in bound)

    def clean_name(self) -> str:
        name = clean_line(self.cleaned_data["name"], 100)
        if SEPARATOR in name:
            raise ValidationError(_("A name cannot contain two colons. They stand between the levels of the tree."))
        return name

    def clean_organisations(self) -> list[Organisation]:
        """All of them are known, or none is taken."""
        lines = (clean_line(line, 200) for line in self.cleaned_data["organisations"].splitlines())
        names = list(dict.fromkeys(line for line in lines if line))
        found = {row.name: row for row in Organisation.objects.filter(name__in=names)}
        if missing := [name for name in names if name not in found]:
            words = _("There is no organisation with this name: %(names)s")
            raise ValidationError(words % {"names": ", ".join(missing)})
        return [found[name] for name in names]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("audience") == Audience.MEMBERS and not cleaned.get("organisations"):
            self.add_error("organisations", _("Name at least one organisation."))
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()
        for name, (kept, length) in TRANSLATED.items():
            if name in self.fields:
                setattr(self.instance, kept, self._texts(name, lambda text, most=length: clean_line(text, most)))
        self.instance.instructions_in = self._texts("instructions", str.strip)

    def _texts(self, name: str, cleaned: Any) -> dict[str, str]:
        texts = {code: cleaned(self.cleaned_data.get(f"{name}_{code}") or "") for code, _name in settings.LANGUAGES}
        return {code: text for code, text in texts.items() if text}

    def _offer(self, topics: Any) -> None:
        if self.instance.pk:
            below = f"{self.instance.path}{SEPARATOR}"
            topics = topics.exclude(pk=self.instance.pk).exclude(path__startswith=below)
        self.fields["parent"].queryset = topics.order_by("path")
        self.fields["parent"].label_from_instance = attrgetter("place")
        self.fields["parent"].empty_label = gettext("None, on the first page")
        self.fields["brands"].queryset = Brand.objects.all()

    def _offer_what_tickets_become(self) -> None:
        self.fields["queue"].required = True
        self.fields["queue"].queryset = Queue.objects.active().order_by("path")
        self.fields["queue"].label_from_instance = attrgetter("place")
        self.fields["queue"].empty_label = gettext("Choose")
        for name, model in (("type", TicketType), ("priority", Priority)):
            self.fields[name].queryset = model.objects.active()
            self.fields[name].label_from_instance = lambda row: gettext(row.name)
            self.fields[name].empty_label = gettext("As usual")

    def _add_language(self, code: str, language: str) -> None:
        for name, (kept, length) in TRANSLATED.items():
            if name in self.fields:
                self.fields[f"{name}_{code}"] = forms.CharField(
                    label=self.fields[name].label,
                    max_length=length,
                    required=False,
                    initial=getattr(self.instance, kept).get(code, ""),
                )
        self.fields[f"instructions_{code}"] = forms.CharField(
            label=self.fields["instructions"].label,
            max_length=MOST_WORDS,
            required=False,
            initial=self.instance.instructions_in.get(code, ""),
            widget=forms.Textarea(attrs={"rows": 3}),
        )


class AddQuestion(forms.Form):
    """One more question: a field that tickets of the queue and type can have and the form has not."""

    field = forms.ModelChoiceField(label=_("Field"), queryset=FieldDefinition.objects.none())

    def __init__(self, *args: Any, service: Service, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        taken = service.questions.values("field")
        offered = fields_for(service.queue, service.type or default_type()).exclude(pk__in=taken)
        self.fields["field"].queryset = offered
        self.fields["field"].empty_label = gettext("Choose")
        self.fields["field"].label_from_instance = attrgetter("shown_label")


class QuestionForm(forms.ModelForm):
    """But for its condition (web/common/builder.py)."""

    class Meta:
        model = ServiceField
        fields = ("is_required", "help_text")
        labels = {"is_required": _("Required"), "help_text": _("Hint")}
        help_texts = {
            "is_required": _("The request cannot be sent without it, where it is asked."),
            "help_text": _("Shown below the question, instead of the hint of the field."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        for code, name in settings.LANGUAGES:
            self.fields[f"help_{code}"] = forms.CharField(
                label=gettext("Hint in %(language)s") % {"language": gettext(name)},
                max_length=200,
                required=False,
                initial=self.instance.help_texts.get(code, ""),
            )

    def other_hints(self) -> Iterable[forms.BoundField]:
        return [self[f"help_{code}"] for code, _name in settings.LANGUAGES]

    def _post_clean(self) -> None:
        super()._post_clean()
        texts = {code: clean_line(self.cleaned_data.get(f"help_{code}") or "", 200) for code, _n in settings.LANGUAGES}
        self.instance.help_texts = {code: text for code, text in texts.items() if text}
