"""The form of a schedule, but for its search and its effects (web/setup/schedule_page.py)."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import (
    CharField,
    CheckboxSelectMultiple,
    ChoiceField,
    ModelForm,
    RadioSelect,
    Select,
    TextInput,
    TypedChoiceField,
    TypedMultipleChoiceField,
)
from django.utils import timezone
from django.utils.dates import WEEKDAYS as DAY_NAMES
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from automation.models import Schedule
from automation.times import (
    BETWEEN,
    HOURS,
    MOST_LINES,
    MOST_TIMES,
    STEPS,
    WEEKDAYS,
    Clock,
    NoTimes,
    Steps,
    Week,
    line_of,
    next_time,
    plan_of,
)
from core.clock import now
from core.text import clean_line
from web.common.locales import is_offered, zone_choices

USUAL = Week((1, 2, 3, 4, 5), ((8, 0),))
BY_WEEK, BY_STEPS, BY_LINE = "week", "steps", "line"
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?")
PLAIN = {"autocomplete": "off", "spellcheck": "false", "placeholder": "0 8 * * 1-5"}


def _steps() -> list[tuple[int, str]]:
    return [(step, _told_step(step)) for step in STEPS]


def _told_step(minutes: int) -> str:
    if minutes < 60:
        return gettext("Every %(number)s minutes") % {"number": minutes}
    hours = minutes // 60
    return gettext("Every hour") if hours == 1 else gettext("Every %(number)s hours") % {"number": hours}


class ScheduleForm(ModelForm):
    """`times` says whether the times of the day count, how often, or the line."""

    times = ChoiceField(
        label=_("How the times are given"),
        choices=[
            (BY_WEEK, _("At certain times")),
            (BY_STEPS, _("Again and again")),
            (BY_LINE, _("As a cron line, for experts")),
        ],
        widget=RadioSelect,
        initial=BY_WEEK,
    )
    weekdays = TypedMultipleChoiceField(
        label=_("Weekdays"),
        choices=[(number, DAY_NAMES[number - 1]) for number in WEEKDAYS],
        coerce=int,
        required=False,
        widget=CheckboxSelectMultiple,
    )
    clock = CharField(
        label=_("Times"),
        required=False,
        max_length=200,
        widget=TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "placeholder": "08:00, 13:30"}),
        help_text=_("One or several, with commas between them."),
    )
    step = TypedChoiceField(label=_("How often"), choices=_steps, coerce=int, required=False, empty_value=None)
    line = CharField(
        label=_("Cron line"),
        required=False,
        max_length=200,
        widget=TextInput(attrs=PLAIN),
        help_text=_(
            "Minute, hour, day of the month, month, weekday (1 is Monday). Also lists (8,12), ranges (1-5), steps "
            "(*/15), L for the last day of the month and MON#1 for its first Monday. Several lines with semicolons "
            "between them."
        ),
    )

    class Meta:
        model = Schedule
        fields = ("name", "zone", "limit", "once_per_ticket")
        labels = {
            "name": _("Name"),
            "zone": _("Time zone"),
            "limit": _("Tickets per run at most"),
            "once_per_ticket": _("Deal with each ticket only once"),
        }
        help_texts = {
            "limit": _("The oldest tickets come first. The others wait for the next run."),
            "once_per_ticket": _("Otherwise each run deals with a ticket again for as long as it fits."),
        }
        widgets = {"zone": Select}
        error_messages = {"name": {"unique": _("There is already a schedule with this name.")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        one: Schedule = kwargs["instance"]
        if not one.zone:
            one.zone = timezone.get_current_timezone_name()
        initial = _times_of(one) | (kwargs.pop("initial", None) or {})
        super().__init__(*args, label_suffix="", initial=initial, **kwargs)
        self.fields["zone"].widget.choices = zone_choices(one.zone)

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"], 100)

    def clean_zone(self) -> str:
        zone = self.cleaned_data["zone"]
        if zone != self.instance.zone and not is_offered(zone):
            raise ValidationError(gettext("There is no such time zone."))
        return zone

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        {BY_LINE: self._clean_line, BY_STEPS: self._clean_steps}.get(cleaned.get("times"), self._clean_week)(cleaned)
        return cleaned

    def _clean_line(self, cleaned: dict[str, Any]) -> None:
        line = " ".join(cleaned.get("line", "").split())
        try:
            next_time(line, cleaned.get("zone") or "UTC", now())
        except NoTimes:
            self.add_error("line", _("This line cannot be read, or its time never comes."))
        self.instance.cron = line

    def _clean_week(self, cleaned: dict[str, Any]) -> None:
        weekdays, times = self._chosen_days(cleaned), _clocks(cleaned.get("clock", ""))
        if not times:
            self.add_error("clock", _("Write times such as 08:00, 13:30."))
        elif len(times) > MOST_TIMES:
            self.add_error("clock", _("At most %(number)s times a day.") % {"number": MOST_TIMES})
        elif weekdays:
            self._keep(line_of(Week(weekdays, times)), "clock")

    def _clean_steps(self, cleaned: dict[str, Any]) -> None:
        weekdays, step = self._chosen_days(cleaned), cleaned.get("step")
        if not step and "step" not in self.errors:
            self.add_error("step", _("Choose how often."))
        if weekdays and step:
            self._keep(line_of(Steps(weekdays, step)), "step")

    def _chosen_days(self, cleaned: dict[str, Any]) -> list[int]:
        weekdays = cleaned.get("weekdays") or []
        if not weekdays and "weekdays" not in self.errors:
            self.add_error("weekdays", _("Choose at least one."))
        return weekdays

    def _keep(self, cron: str, field: str) -> None:
        """What is said with many different minutes can be too long to be kept."""
        if len(cron) > Schedule._meta.get_field("cron").max_length or cron.count(BETWEEN) >= MOST_LINES:
            self.add_error(field, _("These are too many different times for one schedule."))
        else:
            self.instance.cron = cron

    def next_line(self) -> str:
        """The line as it stands in the form now; empty while it says nothing."""
        value = {name: self[name].value() for name in ("times", "line", "weekdays", "clock", "step")}
        if value["times"] == BY_LINE:
            return str(value["line"] or "")
        weekdays = _known(value["weekdays"], self.fields["weekdays"].choices)
        if value["times"] == BY_STEPS:
            steps = _known([value["step"]], self.fields["step"].choices)
            return line_of(Steps(weekdays, steps[0])) if weekdays and steps else ""
        times = _clocks(str(value["clock"] or ""))
        return line_of(Week(weekdays, times)) if weekdays and times else ""


def _known(values: Any, choices: Any) -> list[int]:
    known = {str(key) for key, _label in choices}
    return [int(value) for value in values or [] if str(value) in known]


def _clocks(text: str) -> list[Clock]:
    """ "08:00, 13.30 18" as hours and minutes; nothing when one of them is no time of the day."""
    found = []
    for word in re.split(r"[,;\s]+", text.strip()):
        match = _CLOCK.fullmatch(word)
        hour, minute = (int(match[1]), int(match[2] or 0)) if match else (HOURS, 0)
        if hour >= HOURS or minute > 59:
            return []
        found.append((hour, minute))
    return found


def _times_of(schedule: Schedule) -> dict[str, Any]:
    plan = plan_of(schedule.cron) if schedule.cron else USUAL
    times = plan.times if isinstance(plan, Week) else USUAL.times
    return {
        "times": BY_WEEK if isinstance(plan, Week) else BY_STEPS if plan else BY_LINE,
        "weekdays": list((plan or USUAL).weekdays),
        "clock": ", ".join(f"{hour:02}:{minute:02}" for hour, minute in times),
        "step": plan.minutes if isinstance(plan, Steps) else 60,
        "line": schedule.cron,
    }
