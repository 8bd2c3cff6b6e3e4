"""Forms of notices: who hears of an occasion, what the mail says, and the figures of the house."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy, ngettext, override
from django.utils.translation import gettext as _

from accounts.models import Role
from automation.models import Endpoint, NoticeHouse
from automation.notices.house import levels_of, text_written
from automation.notices.occasions import ROLE_KEY, Audience, Channel, Level, Levels, Occasion, Relation
from automation.notices.wordings import Wording
from core.liquid import TemplateError, in_words, render
from tickets.placeholders import examples_of
from web.common.placeholders import groups


@dataclass(frozen=True)
class LevelRow:
    relation: str
    label: str
    cells: Sequence[tuple[str, forms.BoundField]]


class LevelsForm(forms.Form):
    """A field for each relation and channel; roles may be added, and go when nothing is on for them."""

    def __init__(self, occasion: Occasion, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.occasion = occasion
        self.levels = levels_of(occasion)
        roles = {
            f"{ROLE_KEY}{role.pk}": str(role) for role in Role.objects.select_related("group").order_by("group__name")
        }
        labels = dict(Relation.choices)
        self.relations = {key: str(labels.get(key) or roles.get(key, "")) for key in self.levels}
        self.relations = {key: label for key, label in self.relations.items() if label}
        for key in self.relations:
            for channel in occasion.channels:
                self.fields[_name(key, channel)] = forms.ChoiceField(
                    label=f"{self.relations[key]}: {Channel(channel).label}",
                    choices=Level.choices,
                    initial=self.levels[key][channel],
                )
        others = [(key, name) for key, name in roles.items() if key not in self.relations]
        if occasion.audience == Audience.AGENTS and others:
            self.fields["role"] = forms.ChoiceField(
                label=_("One more role"),
                required=False,
                choices=[("", _("None")), *others],
                help_text=_("Its members hear of tickets that they may see. Say how once it is in the table."),
            )

    @property
    def rows(self) -> list[LevelRow]:
        return [
            LevelRow(key, label, [(str(Channel(one).label), self[_name(key, one)]) for one in self.occasion.channels])
            for key, label in self.relations.items()
        ]

    @property
    def channels(self) -> list[str]:
        return [str(Channel(channel).label) for channel in self.occasion.channels]

    def chosen(self) -> Levels:
        """Of the relations in the table, and of a role that was added: on in the bell."""
        found = {
            key: {channel: self.cleaned_data[_name(key, channel)] for channel in self.occasion.channels}
            for key in self.relations
        }
        if added := self.cleaned_data.get("role"):
            off = dict.fromkeys(self.occasion.channels, Level.OFF.value)
            found[added] = {**off, Channel.BELL.value: Level.ON.value}
        return {key: said for key, said in found.items() if not _is_idle(key, said)}


class NoticeTextForm(forms.Form):
    """Both empty: the stock text is sent."""

    # Fields with placeholders in them.
    templates: ClassVar = ("subject", "body")

    subject = forms.CharField(label=gettext_lazy("Subject"), required=False, max_length=200)
    body = forms.CharField(
        label=gettext_lazy("Text"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 14, "dir": "auto"}),
    )

    def __init__(self, wording: Wording, language: str, *args: Any, **kwargs: Any) -> None:
        written = text_written(wording.key, language)
        own = written if written is not None and written.language == language else None
        with override(language or get_language()):
            self.stock = {"subject": str(wording.stock.subject), "body": str(wording.stock.body)}
        kwargs.setdefault("initial", {"subject": own.subject, "body": own.body} if own else {})
        super().__init__(*args, label_suffix="", **kwargs)
        self.known = wording.placeholders
        self.placeholders = groups(self.known)

    def begin_with_stock(self) -> None:
        self.initial = dict(self.stock)

    def clean_subject(self) -> str:
        return self._read("subject")

    def clean_body(self) -> str:
        return self._read("body")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in self.templates:
            if not data.get(name) and any(data.get(other) for other in self.templates) and name not in self.errors:
                self.add_error(name, _("Write both, the subject and the text, or neither of them."))
        return data

    def _read(self, name: str) -> str:
        text = self.cleaned_data[name].strip()
        try:
            render(text, examples_of(self.known))
        except TemplateError as error:
            raise ValidationError(in_words(error)) from error
        return text


class HouseForm(forms.ModelForm):
    class Meta:
        model = NoticeHouse
        fields = ("hold_seconds", "keep_days", "endpoint_id")
        help_texts = {
            "hold_seconds": gettext_lazy("What happens on one ticket meanwhile goes into the same email."),
            "keep_days": gettext_lazy("Older ones leave the bell."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        endpoints = list(Endpoint.objects.filter(is_active=True).values_list("pk", "name"))
        self.fields["endpoint_id"] = forms.TypedChoiceField(
            label=_("Endpoint for notices"),
            required=False,
            coerce=int,
            empty_value=None,
            choices=[("", _("None")), *endpoints],
            help_text=_("A webhook that gets what is on in the column “Webhook”, for each person and event."),
        )


def summary(occasion: Occasion, levels: Levels, channel: str) -> list[str]:
    """For whom this channel is on, in words."""
    labels = dict(Relation.choices)
    on = [key for key, said in levels.items() if said.get(channel) in (Level.ON, Level.ALWAYS)]
    named = [str(labels[key]) for key in on if key in labels]
    roles = sum(key.startswith(ROLE_KEY) for key in on)
    return named + ([ngettext("%(number)s role", "%(number)s roles", roles) % {"number": roles}] if roles else [])


def _is_idle(key: str, said: dict[str, str]) -> bool:
    return key.startswith(ROLE_KEY) and all(level in (Level.OFF, Level.NEVER) for level in said.values())


def _name(relation: str, channel: str) -> str:
    return f"{relation.replace(':', '-')}-{channel}"
