"""Setting service levels up: calendars, SLAs, hours of queues. Every change is audited and reaches running clocks."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import note, remove_audited, snapshot
from accounts.models import ConfigChange, User
from accounts.people import system_actor
from core.clock import now
from sla.models import Calendar, CalendarVersion, Policy, QueueHours, QueueTarget, Stamp, Target
from sla.packs import UnknownCountry, public_holidays
from sla.retargeting import ask_for
from sla.terms import read_version
from tickets.changes import plain
from tickets.conditions import ConditionError, check

# Public holidays are known for so many years ahead, and renewed when fewer than `ENOUGH` are left.
YEARS_BACK, YEARS_AHEAD, ENOUGH = 2, 12, 6
# A promise may not depend on what clocks themselves change, nor on what changes without an event.
NOT_IN_CONDITIONS = frozenset(
    {"due", "changed", "closed", "last_customer", "pending", "has_files", "sla", "words", "watcher", "mentioned"}
)


def save_calendar(calendar: Calendar, *, by: User) -> Calendar:
    """Save a calendar; when its hours or days are others now, it gets a new version, and its clocks are set anew.

    Raises `ValidationError` for hours that cannot be read and countries nobody knows.
    """
    with transaction.atomic():
        latest = calendar.versions.order_by("-id").first() if calendar.pk else None
        data, until_year = data_of(calendar)
        if calendar.is_default:
            others = Calendar.objects.filter(is_default=True).exclude(pk=calendar.pk)
            others.update(is_default=False)
        is_new_default = calendar.is_default and not Calendar.objects.filter(pk=calendar.pk, is_default=True).exists()
        changed = _save(calendar, {}, {}, by=by)
        if latest is None or latest.data != data:
            CalendarVersion.objects.create(calendar=calendar, data=data, until_year=until_year)
            changed = True
        if changed:
            _announce(calendar.name, by=by, calendar=None if is_new_default else calendar)
    return calendar


def save_policy(policy: Policy, targets: Iterable[Target], *, by: User) -> Policy:
    """Save an SLA with exactly these targets. Raises `ValidationError` when its condition cannot be read."""
    with transaction.atomic():
        _check_condition(policy)
        before = _targets(policy.targets.all()) if policy.pk else []
        wanted = list(targets)
        for target in wanted:
            target.clean_fields(exclude=["policy"])
        if _save(policy, {"targets": before}, {"targets": _targets(wanted)}, by=by):
            policy.targets.all().delete()
            Target.objects.bulk_create([_copied(target, policy=policy) for target in wanted])
            _announce(policy.name, by=by)
    return policy


def save_queue_hours(hours: QueueHours, stays: Iterable[QueueTarget], *, by: User) -> QueueHours:
    """Save what a queue adds, with exactly these targets for the stay in it."""
    with transaction.atomic():
        known = QueueHours.objects.filter(pk=hours.pk).first()
        before = _targets(known.targets.all()) if known else []
        wanted = list(stays)
        for target in wanted:
            target.clean_fields(exclude=["hours"])
        if _save(hours, {"targets": before}, {"targets": _targets(wanted)}, by=by):
            hours.targets.all().delete()
            QueueTarget.objects.bulk_create([_copied(target, hours=hours) for target in wanted])
            _announce(str(hours.queue), by=by)
    return hours


def remove_policy(policy: Policy, *, by: User) -> None:
    """Take an SLA away that no ticket has ever had. Raises `ProtectedError` otherwise: it can be made inactive."""
    with transaction.atomic():
        remove_audited(policy, by=by)
        _announce(policy.name, by=by)


def renew_calendars() -> int:
    """New versions for calendars whose public holidays end soon; returns how many."""
    renewed = 0
    for calendar in Calendar.objects.exclude(country=""):
        if calendar.current().until_year < now().year + ENOUGH:
            save_calendar(calendar, by=system_actor("sla"))
            renewed += 1
    return renewed


def data_of(calendar: Calendar) -> tuple[dict[str, Any], int]:
    """The version that the calendar has now: the years that the latest one begins with stay in it."""
    years = range(now().year - YEARS_BACK, now().year + YEARS_AHEAD + 1)
    latest = calendar.versions.order_by("-id").first() if calendar.pk else None
    if latest and latest.until_year >= now().year + ENOUGH:
        years = range(latest.created_at.year - YEARS_BACK, latest.until_year + 1)
    days: dict[str, Any] = {}
    try:
        if calendar.country:
            found = public_holidays(calendar.country, calendar.region, years)
            days |= {day.isoformat(): {"name": name, "hours": []} for day, name in found.items()}
        days |= {_day(day): {"name": "", "hours": [], **facts} for day, facts in calendar.own_days.items()}
        data = {"zone": calendar.zone, "hours": calendar.hours, "days": dict(sorted(days.items()))}
        read_version(data)
    except UnknownCountry as error:
        raise ValidationError({"country": _("There are no public holidays for this country or region.")}) from error
    except (ValueError, AttributeError, TypeError) as error:  # HoursError is one of them
        raise ValidationError({"hours": str(error)}) from error
    return data, years[-1]


def _day(text: str) -> str:
    return date.fromisoformat(text).isoformat()


def _check_condition(policy: Policy) -> None:
    if policy.condition is None:
        return
    try:
        check(policy.condition)
    except ConditionError as error:
        raise ValidationError({"condition": str(error)}) from error
    if named := fields_in(policy.condition) & NOT_IN_CONDITIONS:
        text = _("An SLA cannot depend on %(fields)s.") % {"fields": ", ".join(sorted(named))}
        raise ValidationError({"condition": text})


def fields_in(condition: Any) -> set[str]:
    """The names of all fields that a condition asks for."""
    if isinstance(condition, Mapping):
        own = {condition["field"]} if isinstance(condition.get("field"), str) else set()
        return own.union(*(fields_in(part) for part in condition.values()))
    if isinstance(condition, list):
        return set[str]().union(*(fields_in(part) for part in condition))
    return set()


def _save(row: Any, before: dict[str, Any], after: dict[str, Any], *, by: User) -> bool:
    """Save a row that has others below it, with one line of the audit for all of them; false when nothing changed."""
    row.clean_fields(exclude=["queue"])
    row.validate_unique(exclude={"queue"})
    stored = type(row).objects.select_for_update(of=("self",)).filter(pk=row.pk).first() if row.pk else None
    old = {**snapshot(stored), **before} if stored else {}
    if stored and old == {**snapshot(row), **after}:
        return False
    row.save()
    action = ConfigChange.Action.CHANGED if stored else ConfigChange.Action.CREATED
    note(row, action=action, before=old, after={**snapshot(row), **after}, by=by)
    return True


def _targets(targets: Iterable[Target | QueueTarget]) -> list[dict[str, Any]]:
    """As the audit shows them."""
    names = ("kind", "priority", "seconds", "calendar")
    shown = [{name: plain(getattr(target, name)) for name in names if hasattr(target, name)} for target in targets]
    return sorted(shown, key=str)


def _copied(target: Any, **owner: Any) -> Any:
    """A new row like this one: all targets are written anew with their SLA or queue."""
    values = {f.attname: f.value_from_object(target) for f in target._meta.concrete_fields if not f.primary_key}
    for name, row in owner.items():
        values[f"{name}_id"] = row.pk
    return type(target)(**values)


def _announce(name: str, *, by: User, calendar: Calendar | None = None) -> None:
    """Tell all processes that the setup is another one now, and have running clocks follow."""
    stamp = Stamp.objects.select_for_update().first() or Stamp()
    stamp.stamp = uuid.uuid4()
    stamp.save()
    ask_for(name, calendar=calendar, by=by)
