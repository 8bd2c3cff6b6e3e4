"""Everything on the page of a schedule that can be typed: its form, its search, its effects."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext as _

from automation.models import Schedule
from automation.schedules import next_times
from core.moments import current_locale
from web.common.builder import Group, Unreadable, condition_of, edited, leaves, posted, rows_of
from web.common.choices import spelt_out
from web.setup.admin_choices import AdminChoices
from web.setup.effect_asks import Offered
from web.setup.effects_editor import EffectsEditor
from web.setup.forms.problems import Problem, problems
from web.setup.forms.schedules import ScheduleForm

SEVERAL = ("weekdays",)
# What a new schedule is about, until somebody says otherwise.
OPEN = {"all": [{"field": "closed", "empty": True}]}


class SchedulePage:
    def __init__(self, form: ScheduleForm, group: Group, editor: EffectsEditor, choices: AdminChoices) -> None:
        self.form, self.group, self.editor, self.choices = form, group, editor, choices

    @classmethod
    def of(cls, schedule: Schedule, choices: AdminChoices) -> "SchedulePage":
        group = rows_of(spelt_out(schedule.condition or OPEN))
        return cls(ScheduleForm(instance=schedule), group, EffectsEditor.of(schedule.effects, Offered()), choices)

    @classmethod
    def typed(cls, schedule: Schedule, data: QueryDict, choices: AdminChoices) -> "SchedulePage":
        """As it stands in the form, unchecked, with what the pressed button asks for."""
        values = {
            name: data.getlist(name) if name in SEVERAL else data.get(name, "") for name in ScheduleForm.base_fields
        }
        group = edited(posted(data), data.get("edit", ""))
        editor = EffectsEditor.typed(data, Offered())
        return cls(ScheduleForm(instance=schedule, initial=values), group, editor, choices)

    @classmethod
    def sent(cls, schedule: Schedule, data: QueryDict, choices: AdminChoices) -> "SchedulePage":
        editor = EffectsEditor.sent(data, Offered())
        return cls(ScheduleForm(data, instance=schedule), posted(data), editor, choices)

    @property
    def schedule(self) -> Schedule:
        return self.form.instance

    def is_valid(self) -> bool:
        """Puts what was read into the schedule, too."""
        valid = [self.form.is_valid(), self._read_condition(), self.editor.is_valid()]
        if not all(valid):
            return False
        self.schedule.effects = self.editor.effects
        return True

    def problems(self) -> list[Problem]:
        wrong = [Problem(leaf.error, f"field-{leaf.path}") for leaf in leaves(self.group) if leaf.error]
        return [*problems(self.form), *wrong, *self.editor.problems()]

    def drawn_condition(self) -> dict[str, Any]:
        return self.choices.drawn(self.choices.settle(self.group))

    def next_times(self) -> list[str]:
        """The next runs in the zone of the schedule, whoever looks."""
        zone = str(self.form["zone"].value() or "UTC")
        return told_times(next_times(self.form.next_line(), zone), zone)

    def _read_condition(self) -> bool:
        condition = self.complete_condition()
        if condition is not None:
            self.schedule.condition = dict(condition)
        return condition is not None

    def complete_condition(self) -> Mapping[str, Any] | None:
        try:
            return condition_of(self.choices.settle(self.group), self.choices.known)
        except Unreadable:
            return None


def told_times(moments: Sequence[datetime], zone: str) -> list[str]:
    locale, told = current_locale(), []
    for moment in moments:
        local = moment.astimezone(ZoneInfo(zone))
        day = locale.date_formats["full"].apply(local, locale)
        told.append(_("%(day)s at %(clock)s") % {"day": day, "clock": f"{local:%H:%M}"})
    return told
