"""Reports by mail at their times. Each of the people gets what he may see himself, in his language and zone."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from core.clock import now
from core.links import absolute
from core.text import clean_line
from mail.letters import Enclosure, tell
from reports.asking import ask
from reports.exporting import as_seen_by, make
from reports.models import Export, Report, Subscription
from reports.questions import QuestionError, read, written
from reports.saved import reports_for
from reports.sheets import corner_of, not_all
from reports.tables import TOTAL, Header, Table
from reports.wording import number

MOST_PEOPLE = 50
# What a mail shows of a long report; the page has all of it.
MOST_LINES, MOST_COLUMNS = 50, 13
Rhythm = Subscription.Rhythm


def subscribe(
    report: Report, *, people: Sequence[User], rhythm: str, hour: int, format: str = "", by: User
) -> Subscription:
    """Send a report that `by` sees to agents, himself or others, from its next time on. Raises `ValidationError`."""
    if not reports_for(by).filter(pk=report.pk).exists():
        raise ValidationError(_("There is no such report."))
    if not people or len(people) > MOST_PEOPLE or not all(each.is_active and each.is_agent for each in people):
        raise ValidationError({"people": _("Choose colleagues, at most %(number)s.") % {"number": MOST_PEOPLE}})
    zone = by.time_zone or settings.TIME_ZONE
    row = Subscription(report=report, owner=by, rhythm=rhythm, hour=hour, format=format, zone=zone)
    row.full_clean(exclude=["people"])
    row.due_at = next_time(rhythm, hour, zone, now())
    with transaction.atomic():
        row.save()
        row.people.set(people)
    return row


def unsubscribe(subscription: Subscription, *, by: User) -> None:
    """Its owner ends it for all; anybody else for himself alone. Raises `ValidationError`."""
    if subscription.owner_id == by.pk:
        subscription.delete()
    elif subscription.people.filter(pk=by.pk).exists():
        subscription.people.remove(by)
    else:
        raise ValidationError(_("Only who made it can change it."))


def subscriptions_of(report: Report, user: User) -> QuerySet[Subscription]:
    """Those that `user` has made or is sent."""
    mine = Q(owner=user) | Q(people=user)
    return report.subscriptions.filter(mine).distinct().prefetch_related("people")


def send(subscription: Subscription) -> list[str]:
    """Write to everybody and plan the next time. Returns the fields to save (core/work.py: `run_inside`).

    It ends when who planned it has left, or no longer sees the report: nobody else could end it for all. The others are
    told so, once.
    """
    report, owner = subscription.report, subscription.owner
    is_planned = owner.is_active and owner.is_agent and reports_for(owner).filter(pk=report.pk).exists()
    for person in subscription.people.filter(is_active=True, is_agent=True).order_by("pk"):
        if is_planned:
            _write_to(person, report, subscription)
        elif person != owner:
            _tell_of_end(person, report, owner)
    if not is_planned:
        subscription.people.clear()
    subscription.sent_at = now()
    return ["sent_at"]


def plan_next() -> None:
    """What was sent is due again at its next time; what goes to nobody any more is gone."""
    Subscription.objects.filter(due_at__isnull=True, people=None).delete()
    for pk, row in Subscription.objects.filter(due_at__isnull=True, parked_at__isnull=True).in_bulk().items():
        due = next_time(row.rhythm, row.hour, row.zone, now())
        Subscription.objects.filter(pk=pk, due_at__isnull=True).update(due_at=due, attempts=0)


def next_time(rhythm: str, hour: int, zone: str, after: datetime) -> datetime:
    """The first moment after this one, on the clock of the zone; an hour that the clock skips is the next."""
    day = after.astimezone(ZoneInfo(zone)).date()
    for _day in range(40):
        moment = datetime.combine(day, time(hour), ZoneInfo(zone)).astimezone(UTC)
        if moment > after and _is_day(rhythm, day):
            return moment
        day += timedelta(days=1)
    raise AssertionError(rhythm)


def _is_day(rhythm: str, day: date) -> bool:
    match rhythm:
        case Rhythm.WEEKDAYS:
            return day.weekday() < 5
        case Rhythm.WEEKLY:
            return day.weekday() == 0
        case Rhythm.MONTHLY:
            return day.day == 1
        case _:
            return True


def _write_to(person: User, report: Report, subscription: Subscription) -> None:
    with as_seen_by(person, person.language):
        try:
            question = read(report.question, person)
        except QuestionError as error:
            tell(person, subject=clean_line(report.name, 200), body=f"{error}\n")
            return
        table = ask(question, person)
        first, last = date_format(table.starts, "SHORT_DATE_FORMAT"), _last_day(table)
        period = first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}
        subject = clean_line(f"{report.name}: {period}", 200)
        feet = _feet(table, report, person)
        body = "\n\n".join([subject, _plain(table), *feet]) + "\n"
        file = _file(person, report, subscription, written(question)) if subscription.format else None
        tell(person, subject=subject, body=body, html=_html(table, subject, feet), file=file)


def _tell_of_end(person: User, report: Report, owner: User) -> None:
    with as_seen_by(person, person.language):
        subject = clean_line(_("“%(report)s” is no longer sent") % {"report": report.name}, 200)
        words = _("%(name)s, who planned these mails, has left or no longer sees the report. So they end here.")
        body = [words % {"name": owner}]
        if reports_for(person).filter(pk=report.pk).exists():
            link = {"link": absolute(f"/desk/reports/{report.pk}/mails/")}
            body.append(_("You can plan them yourself: %(link)s") % link)
        tell(person, subject=subject, body="\n\n".join(body) + "\n")


def _file(person: User, report: Report, subscription: Subscription, question: dict) -> Enclosure:
    export = Export(owner=person, name=report.name, question=question, format=subscription.format)
    export.language, export.due_at = person.language, None
    export.save()
    make(export)
    return Enclosure(export.file_name, export.content_type, export.digest)


def _shown(table: Table) -> tuple[list[Header], list[Header]]:
    question = table.question
    columns = [*table.columns[:MOST_COLUMNS], *([Header(TOTAL, _("Total"))] if question.columns else [])]
    rows = [*table.rows[:MOST_LINES], *([Header(TOTAL, _("Total"))] if question.rows else [])]
    return rows, columns


def _texts(table: Table) -> list[list[str]]:
    """Headings, then a line for each row."""
    rows, columns = _shown(table)
    by_column = bool(table.question.columns)
    heads = [
        f"{column.label}: {measure.label}" if by_column and len(table.measures) > 1 else column.label or measure.label
        for column in columns
        for measure in table.measures
    ]
    lines = [[corner_of(table), *map(str, heads)]]
    for row in rows:
        values = [
            number(table.cell(row.key, column.key, measure.key).value, measure)
            for column in columns
            for measure in table.measures
        ]
        lines.append([row.label, *values])
    return lines


def _plain(table: Table) -> str:
    lines = _texts(table)
    widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(widths[0]) if at == 0 else cell.rjust(widths[at]) for at, cell in enumerate(line)).rstrip()
        for line in lines
    )


# Mail programs know no style sheets.
_CELL = "padding:4px 10px;border-bottom:1px solid #ddd;text-align:{}"


def _html(table: Table, subject: str, feet: Sequence[str]) -> SafeString:
    head, *lines = _texts(table)
    return format_html(
        '<html><body style="font-family:sans-serif"><h1 style="font-size:18px">{}</h1>'
        '<table style="border-collapse:collapse;font-size:14px"><tr>{}</tr>{}</table>{}</body></html>',
        subject,
        _cells("th", head),
        format_html_join("", "<tr>{}</tr>", ((_cells("td", line),) for line in lines)),
        format_html_join("", "<p>{}</p>", ((foot,) for foot in feet)),
    )


def _cells(tag: str, line: Sequence[str]) -> SafeString:
    styled = ((SafeString(tag), _CELL.format("left" if at == 0 else "right"), cell) for at, cell in enumerate(line))
    return format_html_join("", '<{0} style="{1}">{2}</{0}>', styled)


def _feet(table: Table, report: Report, person: User) -> list[str]:
    """What is said below the table: that it is cut, where all of it is, and where to end the mails."""
    address = f"/desk/reports/{report.pk}/"
    feet = [not_all()] if _is_cut(table) else []
    if reports_for(person).filter(pk=report.pk).exists():
        feet.append(_("Open the report: %(link)s") % {"link": absolute(address)})
    mails = {"link": absolute(f"{address}mails/")}
    return [*feet, _("You get this report because somebody has planned it for you: %(link)s") % mails]


def _is_cut(table: Table) -> bool:
    return table.is_cut or len(table.rows) > MOST_LINES or len(table.columns) > MOST_COLUMNS


def _last_day(table: Table) -> str:
    return date_format(table.ends - timedelta(microseconds=1), "SHORT_DATE_FORMAT")
