"""What a report asks, as people write it and as it is stored. Whatever cannot be answered is refused here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.clock import now
from reports.dimensions import TIME, dimensions, dimensions_for
from reports.measures import Source, measures
from reports.narrowing import KNOWN_THEN
from reports.periods import COMPARISONS, GRAINS, PERIODS, Bucket, Period, as_far, buckets, moments_of, shifted
from sla.configuring import fields_in
from tickets.conditions import ConditionError, check

__all__ = ["COMPARISONS", "GRAINS", "MOMENTS", "PERIODS", "Period", "Question", "QuestionError", "read", "written"]

MOST_ROWS = 500
MOST_COLUMNS = 120
MOST_BUCKETS = 400
MOST_MEASURES = 8
USUAL_PERIOD = "last_30_days"
THEN = "then"
# When tickets are to be what the condition says.
MOMENTS: Mapping[str, Promise] = {
    "": gettext_lazy("As they are today"),
    THEN: gettext_lazy("As they were then"),
}


class QuestionError(ValueError):
    """The question cannot be asked; the message says why, in the reader's language. `field` is the part of it."""

    def __init__(self, message: str, field: str = ""):
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Question:
    """`rows` and `columns` are keys of reports/dimensions.py, or empty. `grain` cuts the time where that is one of
    them. `as_of` says whether the condition means tickets as they are today, or as they were then (`THEN`). `zone` is
    whose days, weeks and months count; empty: those of whoever asks.
    """

    measures: tuple[str, ...]
    rows: str = ""
    columns: str = ""
    period: Period = Period(USUAL_PERIOD)
    grain: str = "day"
    compare: str = ""
    condition: Mapping[str, Any] = field(default_factory=dict)
    as_of: str = ""
    zone: str = ""

    @property
    def is_of_then(self) -> bool:
        return self.as_of == THEN

    @property
    def has_time(self) -> bool:
        return TIME in (self.rows, self.columns)


@dataclass(frozen=True)
class Frame:
    """The time that a question is about, seen by somebody now."""

    question: Question
    zone: ZoneInfo
    now: datetime

    @cached_property
    def whole(self) -> Bucket:
        return moments_of(*self._days, self.zone)

    @cached_property
    def before(self) -> Bucket | None:
        """The time it is compared with, which goes as far as this one has come."""
        if not self.question.compare:
            return None
        before = moments_of(*shifted(*self._days, self.question.compare), self.zone)
        return as_far(before, self.whole, self.now, self.zone)

    def buckets(self, whole: Bucket) -> list[Bucket]:
        return list(buckets(whole, self.question.grain, self.zone))

    @cached_property
    def _days(self) -> tuple[date, date]:
        return self.question.period.days(self.now.astimezone(self.zone).date())


def frame_of(question: Question, user: User) -> Frame:
    return Frame(question, ZoneInfo(question.zone or user.time_zone or settings.TIME_ZONE), now())


def read(data: Mapping[str, Any], user: User) -> Question:
    """A question from its JSON form. Raises `QuestionError`."""
    if not isinstance(data, Mapping):
        raise QuestionError(_("This is no question."))
    question = Question(
        measures=_measures(data.get("measures")),
        rows=_dimension(data, "rows"),
        columns=_dimension(data, "columns"),
        period=_period(data.get("period") or {"name": USUAL_PERIOD}),
        grain=_choice(data, "grain", GRAINS, "day"),
        compare=_choice(data, "compare", COMPARISONS, ""),
        condition=_condition(data.get("condition") or {}),
        as_of=_choice(data, "as_of", MOMENTS, "") if data.get("condition") else "",
        zone=_zone(data.get("zone") or ""),
    )
    _refuse_what_does_not_fit(question, user)
    return question


def written(question: Question) -> dict[str, Any]:
    """The JSON form, which `read` reads."""
    period = question.period
    days = {"from": period.first.isoformat(), "to": period.last.isoformat()} if period.first and period.last else {}
    return {
        "measures": list(question.measures),
        "rows": question.rows,
        "columns": question.columns,
        "period": {"name": period.name} if period.name else days,
        "grain": question.grain,
        "compare": question.compare,
        "condition": dict(question.condition),
        "as_of": question.as_of,
        "zone": question.zone,
    }


def _refuse_what_does_not_fit(question: Question, user: User) -> None:
    known = {dimension.key for dimension in dimensions_for(question.measures)}
    for name in ("rows", "columns"):
        key = getattr(question, name)
        if key and key not in known:
            words = {"dimension": dimensions()[key].label}
            raise QuestionError(_("“%(dimension)s” is not known of all these measures.") % words, name)
    if question.rows and question.rows == question.columns:
        raise QuestionError(_("Rows and columns cannot be the same."), "columns")
    if question.is_of_then:
        _refuse_what_is_not_known_then(question)
    frame = frame_of(question, user)
    most = MOST_COLUMNS if question.columns == TIME else MOST_BUCKETS
    if question.has_time:
        for number, _bucket in enumerate(buckets(frame.whole, question.grain, frame.zone)):
            if number >= most:
                raise QuestionError(
                    _("Choose a longer grain: at most %(number)s are shown.") % {"number": most}, "grain"
                )


def _refuse_what_is_not_known_then(question: Question) -> None:
    if any(measures()[key].source not in (Source.FACTS, Source.SPANS) for key in question.measures):
        raise QuestionError(_("For these measures nobody knows what tickets were then."), "as_of")
    if fields_in(question.condition) - KNOWN_THEN:
        raise QuestionError(
            _(
                "What tickets were then is known of queue, type, service, status, priority, agent, customer, "
                "organisation and channel alone."
            ),
            "as_of",
        )


def _measures(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not value:
        raise QuestionError(_("Choose at least one measure."), "measures")
    for key in value:
        if not isinstance(key, str) or key not in measures():
            raise QuestionError(_("There is no measure “%(name)s”.") % {"name": key}, "measures")
    if len(value) > MOST_MEASURES:
        raise QuestionError(_("A report has at most %(number)s measures.") % {"number": MOST_MEASURES}, "measures")
    return tuple(dict.fromkeys(value))


def _dimension(data: Mapping[str, Any], name: str) -> str:
    key = data.get(name) or ""
    if key and (not isinstance(key, str) or key not in dimensions()):
        raise QuestionError(_("Nothing can be told apart by “%(name)s”.") % {"name": key}, name)
    return key


def _choice(data: Mapping[str, Any], name: str, known: Mapping[str, Any], usual: str) -> str:
    value = data.get(name) or usual
    if not isinstance(value, str) or value not in known:
        raise QuestionError(_("“%(name)s” is none of the choices.") % {"name": value}, name)
    return value


def _period(value: Any) -> Period:
    if isinstance(value, str):
        value = {"name": value}
    if not isinstance(value, Mapping):
        raise QuestionError(_("Choose a period."), "period")
    if name := value.get("name"):
        if not isinstance(name, str) or name not in PERIODS:
            raise QuestionError(_("“%(name)s” is none of the choices.") % {"name": name}, "period")
        return Period(name)
    try:
        first, last = (date.fromisoformat(str(value.get(side))) for side in ("from", "to"))
    except ValueError as error:
        raise QuestionError(_("A period has a first and a last day, such as 2026-03-31."), "period") from error
    if last < first:
        raise QuestionError(_("The period ends before it begins."), "period")
    if not 1990 <= first.year <= last.year <= 2200:
        raise QuestionError(_("Choose a period."), "period")
    return Period("", first, last)


def _condition(value: Any) -> Mapping[str, Any]:
    if not value:
        return {}
    try:
        check(value)
    except ConditionError as error:
        raise QuestionError(str(error), "condition") from error
    return value


def _zone(value: Any) -> str:
    if value and (not isinstance(value, str) or value not in available_timezones()):
        raise QuestionError(_("There is no time zone “%(name)s”.") % {"name": value}, "zone")
    return value
