"""The forms of an import: a new file, and how it is read."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from imports.kinds.all import KINDS
from imports.models import Dates, Import
from imports.rights import importable
from imports.starting import LARGEST_FILE
from web.common.locales import zone_choices


class _HowRead(forms.Form):
    """How times and dates are read that leave it open."""

    zone = forms.ChoiceField(required=False)
    dates = forms.ChoiceField(choices=Dates.choices)

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["zone"].label = _("Time zone of times without one")
        self.fields["zone"].choices = zone_choices(zone)
        self.fields["dates"].label = _("Dates")
        self.fields["dates"].help_text = _("2026-12-31 is always read right.")

    def clean_zone(self) -> str:
        return self.cleaned_data["zone"] or settings.TIME_ZONE


class NewImport(_HowRead):
    what = forms.ChoiceField(widget=forms.RadioSelect)
    file = forms.FileField()
    field_order = ("what", "file", "zone", "dates")

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        kinds = importable(by)
        initial = {"what": kinds[0] if kinds else "", "zone": "", "dates": ""}
        super().__init__(*args, zone=by.time_zone, initial=initial, **kwargs)
        zone_before = ("", _("As the last time with these headings, else your time zone"))
        dates_before = ("", _("As the last time with these headings, else the day first"))
        self.fields["zone"].choices = [zone_before, *zone_choices(by.time_zone)[1:]]
        self.fields["dates"].choices, self.fields["dates"].required = [dates_before, *Dates.choices], False
        self.fields["what"].label = _("What the rows are")
        self.fields["what"].choices = [(kind.value, kind.label) for kind in kinds]
        self.fields["file"].label = _("File")
        self.fields["file"].help_text = _("CSV or XLSX with headings in its first line, up to %(number)s MB.") % {
            "number": LARGEST_FILE // (1024 * 1024)
        }
        self.fields["file"].widget.attrs["accept"] = ".csv,.tsv,.txt,.xlsx"

    def clean_zone(self) -> str:
        return self.cleaned_data["zone"]


class ColumnsForm(_HowRead):
    """What each column of a file is; `columns` gives the keys in the order of the headings."""

    def __init__(self, *args: Any, job: Import, **kwargs: Any) -> None:
        super().__init__(*args, zone=job.zone, initial={"zone": job.zone, "dates": job.dates}, **kwargs)
        offered = [
            ("", _("Left out")),
            *(
                (column.key, f"{column.label} *" if column.is_needed else column.label)
                for column in KINDS[job.what].columns()
            ),
        ]
        self.names = [f"column_{place}" for place in range(len(job.headings))]
        for name, heading, key in zip(self.names, job.headings, job.columns, strict=False):
            field = forms.ChoiceField(choices=offered, required=False, label=heading or _("Without a heading"))
            self.fields[name], self.initial[name] = field, key

    @property
    def columns(self) -> list[str]:
        return [self.cleaned_data.get(name, "") for name in self.names]

    @property
    def selects(self) -> list[forms.BoundField]:
        return [self[name] for name in self.names]
