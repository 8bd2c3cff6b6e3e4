"""Forms of texts that agents use: reply templates, snippets, checklists."""

from operator import attrgetter
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.forms import CheckboxSelectMultiple, ModelForm, Textarea
from django.utils.translation import gettext_lazy as _

from core.liquid import TemplateError, in_words, render
from tickets.models import ChecklistTemplate, ReplyTemplate, Snippet
from tickets.models.effort import STEPS_AT_MOST
from tickets.wordings import PLACEHOLDERS, examples
from web.common.placeholders import groups

BODY = _("Placeholders are written as {{ customer.first_name }}.")
EVERYBODY = _("Without a choice, every agent gets it.")


class _Wording(ModelForm):
    # Fields with placeholders in them.
    templates: ClassVar = ("body",)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.placeholders = groups(PLACEHOLDERS)
        self.fields["language"].choices = [("", _("All languages")), *self.fields["language"].choices[1:]]
        self.fields["roles"].queryset = self.fields["roles"].queryset.order_by("name")
        if "queues" in self.fields:
            self.fields["queues"].label_from_instance = attrgetter("place")

    def clean_body(self) -> str:
        """A text that could not be filled in would fail in front of a customer."""
        body = self.cleaned_data["body"]
        try:
            render(body, examples())
        except TemplateError as error:
            raise ValidationError(in_words(error)) from error
        return body


class TemplateForm(_Wording):
    class Meta:
        model = ReplyTemplate
        fields = ("name", "language", "body", "queues", "roles", "is_active")
        labels = {
            "name": _("Name"),
            "language": _("Language"),
            "body": _("Text"),
            "queues": _("Only in these queues"),
            "roles": _("Only for these roles"),
            "is_active": _("Active"),
        }
        help_texts = {
            "body": BODY,
            "language": _("Offered for customers who are answered in it; without a choice, for all."),
            "queues": _("And in the queues below them. Without a choice, in all queues."),
            "roles": EVERYBODY,
        }
        widgets = {
            "body": Textarea(attrs={"rows": 10}),
            "queues": CheckboxSelectMultiple,
            "roles": CheckboxSelectMultiple,
        }
        error_messages = {"name": {"unique": _("There is already a template with this name.")}}


class SnippetForm(_Wording):
    class Meta:
        model = Snippet
        fields = ("name", "keyword", "language", "body", "roles", "is_active")
        labels = {
            "name": _("Name"),
            "keyword": _("Keyword"),
            "language": _("Language"),
            "body": _("Text"),
            "roles": _("Only for these roles"),
            "is_active": _("Active"),
        }
        help_texts = {
            "keyword": _("Agents type it after a slash: /thanks"),
            "body": BODY,
            "language": _("Offered for customers who are answered in it; without a choice, for all."),
            "roles": EVERYBODY,
        }
        widgets = {"body": Textarea(attrs={"rows": 6}), "roles": CheckboxSelectMultiple}
        error_messages = {
            "name": {"unique": _("There is already a snippet with this name.")},
            "keyword": {"unique": _("There is already a snippet with this keyword.")},
        }


class ChecklistForm(ModelForm):
    class Meta:
        model = ChecklistTemplate
        fields = ("name", "steps", "is_active")
        labels = {"name": _("Name"), "steps": _("Steps"), "is_active": _("Active")}
        widgets = {"steps": Textarea(attrs={"rows": 8})}
        error_messages = {"name": {"unique": _("There is already a checklist with this name.")}}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)

    def clean_steps(self) -> str:
        steps = self.cleaned_data["steps"]
        if len(ChecklistTemplate(steps=steps).lines()) > STEPS_AT_MOST:
            words = {"number": STEPS_AT_MOST}
            raise ValidationError(_("A checklist takes at most %(number)s steps."), params=words)
        return steps
