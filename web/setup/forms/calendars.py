"""The form of a calendar: its name and zone, where its holidays come from, and its hours (web/setup/forms/hours.py)."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import ModelForm, Select
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.moments import current_locale
from core.text import clean_line, fold
from sla.hours import ALWAYS, Hours, read
from sla.instants import HoursError
from sla.models import Calendar
from sla.packs import UnknownCountry, public_holidays, region_names, regions
from web.common.locales import is_offered, zone_choices
from web.setup.forms.hours import OwnDayRows, WeekRows


class CalendarForm(ModelForm):
    class Meta:
        model = Calendar
        fields = ("name", "zone", "country", "region", "is_default")
        labels = {
            "name": _("Name"),
            "zone": _("Time zone"),
            "country": _("Public holidays of"),
            "region": _("Region"),
            "is_default": _("Counts wherever no other calendar is chosen"),
        }
        widgets = {"zone": Select, "country": Select, "region": Select}
        error_messages = {"name": {"unique": _("There is already a calendar with this name.")}}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        country = str(self["country"].value() or "")
        self.fields["zone"].widget.choices = zone_choices(self.instance.zone)
        self.fields["country"].widget.choices = [("", gettext("None")), *country_choices()]
        self.fields["region"].widget.choices = [("", gettext("Whole country")), *_regions_of(country)]
        if not _regions_of(country):
            self.fields["region"].widget.attrs["disabled"] = True

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"], 100)

    def clean_zone(self) -> str:
        zone = self.cleaned_data["zone"]
        if zone != self.instance.zone and not is_offered(zone):
            raise ValidationError(gettext("There is no such time zone."))
        return zone

    def clean(self) -> dict[str, Any]:
        """A region of another country is none: the list has just been drawn for the new one."""
        cleaned = super().clean()
        if cleaned.get("region") not in regions().get(cleaned.get("country", ""), []):
            cleaned["region"] = ""
        return cleaned


class CalendarPage:
    """Everything on the page of a calendar that can be typed."""

    def __init__(self, form: CalendarForm, week: WeekRows, days: OwnDayRows) -> None:
        self.form, self.week, self.days = form, week, days

    @classmethod
    def of(cls, calendar: Calendar) -> "CalendarPage":
        form = CalendarForm(instance=calendar)
        return cls(form, WeekRows.of(calendar.hours), OwnDayRows.of(calendar.own_days))

    @classmethod
    def typed(cls, calendar: Calendar, data: QueryDict) -> "CalendarPage":
        """As it stands in the form, unchecked."""
        values = {name: data.get(name, "") for name in CalendarForm.base_fields}
        form = CalendarForm(instance=calendar, initial=values)
        return cls(form, WeekRows.posted(data), OwnDayRows.posted(data))

    @classmethod
    def sent(cls, calendar: Calendar, data: QueryDict) -> "CalendarPage":
        return cls(CalendarForm(data, instance=calendar), WeekRows.posted(data), OwnDayRows.posted(data))

    def edit(self, text: str) -> None:
        """One of its buttons: "span mon", "drop mon 1", "copy mon", "day", "undo-day 2"; others change nothing."""
        what, *rest = text.split() or [""]
        index = int(rest[-1]) if rest and rest[-1].isdecimal() and len(rest[-1]) < 4 else 0
        if what in ("day", "undo-day"):
            self.days.edit(what, index)
        elif rest:
            self.week.edit(what, rest[0], index)

    def is_valid(self) -> bool:
        """Puts the hours into the calendar, too."""
        calendar = self.form.instance
        hours, days = self.week.hours(), self.days.days()
        if not self.form.is_valid() or self.problems():
            return False
        calendar.hours, calendar.own_days = hours, days
        return True

    def problems(self) -> list:
        return [*self.week.problems(), *self.days.problems()]

    def hours(self, days: Mapping[str, Any]) -> Hours:
        """What can be read of it, for the drawing and for trying it; `days` as `single_days` gives them."""
        hours = {day: facts["hours"] for day, facts in days.items()}
        try:
            return read({"zone": str(self.form["zone"].value()), "hours": self.week.hours(), "days": hours})
        except HoursError:
            return Hours("UTC", ALWAYS.week)

    def single_days(self, years: range) -> dict[str, Any]:
        """Public holidays and own days, which win, in order."""
        country, region = (str(self.form[name].value() or "") for name in ("country", "region"))
        try:
            found = public_holidays(country, region, years) if country else {}
        except UnknownCountry:
            found = {}
        public = {day.isoformat(): {"name": name, "hours": [], "is_public": True} for day, name in found.items()}
        return dict(sorted({**public, **self.days.days()}.items()))


def country_choices() -> list[tuple[str, str]]:
    """In the reader's language and order."""
    names = current_locale().territories
    return sorted(((code, names.get(code, code)) for code in regions()), key=lambda pair: fold(pair[1]))


def _regions_of(country: str) -> list[tuple[str, str]]:
    if not regions().get(country):
        return []
    return sorted(region_names(country).items(), key=lambda pair: fold(pair[1]))
