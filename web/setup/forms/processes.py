"""The forms about a process as a whole: a new one, its name and who may start it, and a file to be read in."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from core.text import clean_line
from processes.models import Process
from processes.ready import offers
from tickets import options
from tickets.models import Queue

BLANK = ""
# As processes/xml.py takes it.
MAX_FILE = 2_000_000


class NewProcess(forms.Form):
    template = forms.ChoiceField(required=False, widget=forms.RadioSelect)
    name = forms.CharField(max_length=100, required=False)
    key = forms.SlugField(max_length=50, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        ready = [(one.key, one.name) for one in offers()]
        self.fields["template"].label = _("Begin with")
        self.fields["template"].choices = [(BLANK, _("An empty drawing")), *ready]
        self.fields["name"].label = _("Name")
        self.fields["key"].label = _("Key")
        self.fields["key"].help_text = _("Rules and programs name it by this; it never changes.")

    def clean(self) -> dict[str, Any]:
        """A template brings name and key with it."""
        cleaned = super().clean() or {}
        for name in ("name", "key") if not cleaned.get("template") else ():
            if not cleaned.get(name) and not self.errors.get(name):
                self.add_error(name, forms.Field.default_error_messages["required"])
        return cleaned


class ImportForm(forms.Form):
    file = forms.FileField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["file"].label = _("BPMN file")
        self.fields["file"].help_text = _("BPMN 2.0 of any tool, .bpmn or .xml. How it is laid out stays.")
        self.fields["file"].widget.attrs["accept"] = ".bpmn,.xml,application/xml,text/xml"

    def clean_file(self) -> bytes:
        found = self.cleaned_data["file"]
        if found.size > MAX_FILE:
            raise forms.ValidationError(_("The file is too large."))
        return found.read()


class ProcessForm(forms.ModelForm):
    class Meta:
        model = Process
        fields = ("name", "description", "is_active", "by_agents", "queues", "services")
        widgets: Mapping[str, Any] = {
            "queues": forms.CheckboxSelectMultiple,
            "services": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        fields = self.fields
        fields["name"].label, fields["description"].label = _("Name"), _("Description")
        fields["is_active"].label = _("Active")
        fields["is_active"].help_text = _("An inactive one cannot be started. What runs goes on.")
        fields["by_agents"].label = _("Agents may start it on a ticket")
        fields["queues"].label = _("Only in these queues")
        fields["queues"].help_text = _("And those below them. Without a choice, in all.")
        fields["queues"].queryset = Queue.objects.active().order_by("path")
        fields["queues"].label_from_instance = lambda queue: queue.place
        fields["services"].label = _("Starts with requests of these services")
        fields["services"].queryset = options.services()
        fields["services"].label_from_instance = lambda service: service.place
        for code, name in settings.LANGUAGES:
            if code != settings.LANGUAGE_CODE:
                label = _("Name in %(language)s") % {"language": gettext(name)}
                initial = self.instance.names.get(code, "")
                fields[f"name_{code}"] = forms.CharField(max_length=100, required=False, label=label, initial=initial)

    @property
    def named(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("name_")]

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"], 100)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        codes = [code for code, _name in settings.LANGUAGES if cleaned.get(f"name_{code}")]
        self.instance.names = {code: clean_line(cleaned[f"name_{code}"], 100) for code in codes}
        return cleaned


class FlowForm(forms.Form):
    name = forms.CharField(max_length=300, required=False)
    otherwise = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", auto_id="step-%s", **kwargs)
        self.fields["name"].label = _("Name")
        self.fields["otherwise"].label = _("Otherwise: taken when no other way is")
