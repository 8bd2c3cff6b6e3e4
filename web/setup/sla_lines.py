"""How the audit shows the settings of service levels: each value as lines, so that they can be compared."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.durations import written_duration
from core.moments import current_locale
from sla.hours import WEEKDAYS
from sla.models import Kind
from tickets.models import State
from web.common.condition_words import in_words
from web.setup.forms.slas import write_percentages
from web.setup.forms.targets import none
from web.setup.sla_conditions import SlaChoices
from web.setup.week import day_names


def _hours(hours: Mapping[str, Any]) -> list[str]:
    names = dict(zip(WEEKDAYS, day_names("wide"), strict=True))
    return [f"{names.get(key, key)}: {_ranges(hours[key])}" for key in WEEKDAYS if hours.get(key)]


def _own_days(days: Mapping[str, Any]) -> list[str]:
    closed = pgettext("hours", "closed")
    return [
        f"{' '.join(filter(None, (day, facts.get('name', ''))))}: {_ranges(facts.get('hours', [])) or closed}"
        for day, facts in sorted(days.items())
    ]


def _country(code: str) -> list[str]:
    return [current_locale().territories.get(code, code)]


def _condition(condition: Mapping[str, Any]) -> list[str]:
    return in_words([condition], SlaChoices(None))


def _targets(targets: list[Mapping[str, Any]]) -> list[str]:
    kinds = dict(Kind.choices)
    lines = []
    for target in targets:
        about = [str(kinds[target["kind"]])] if "kind" in target else []
        priority = target.get("priority") or {"name": _("All priorities")}
        about.append(_(priority["name"]))
        span = _span(target["seconds"]) if target.get("seconds") else none()
        calendar = f" ({target['calendar']['name']})" if target.get("calendar") else ""
        lines.append(f"{', '.join(about)}: {span}{calendar}")
    return lines


def _states(ids: list[int]) -> list[str]:
    names = dict(State.objects.filter(pk__in=ids).values_list("pk", "name"))
    return [_(names[pk]) if pk in names else str(pk) for pk in ids]


def _ranges(ranges: list[list[str]]) -> str:
    return ", ".join(f"{begin}–{end}" for begin, end in ranges)


def _span(seconds: int) -> str:
    """In hours: how long a day of business time was then is not known."""
    return written_duration(seconds, day=0)


def _spans(values: list[int]) -> list[str]:
    return [_span(value) for value in values]


def _percentages(values: list[int]) -> list[str]:
    return [write_percentages([value]) for value in values]


Lines = Callable[[Any], list[str]]
# By kind and field.
LINES: Mapping[tuple[str, str], Lines] = {
    ("sla.calendar", "hours"): _hours,
    ("sla.calendar", "own_days"): _own_days,
    ("sla.calendar", "country"): _country,
    ("sla.policy", "condition"): _condition,
    ("sla.policy", "targets"): _targets,
    ("sla.policy", "warnings"): _percentages,
    ("sla.policy", "levels"): _spans,
    ("sla.policy", "pause_states"): _states,
    ("sla.queuehours", "targets"): _targets,
    ("sla.queuehours", "warnings"): _percentages,
    ("sla.queuehours", "levels"): _spans,
    ("sla.queuehours", "unlock_after"): lambda seconds: [_span(seconds)],
}
